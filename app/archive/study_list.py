"""The study list: one line for each study, newest first."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Row, Select, select, union_all

from app.archive import names
from app.archive.access import visible_parts, visible_studies
from app.archive.matching import free_text, has_modality, unindexed
from app.archive.models import Patient, Study
from app.archive.states import StudyState
from app.base.actor import Actor
from app.base.db import Tx
from app.base.errors import NotFound
from app.identity.models import Hospital


@dataclass(frozen=True)
class StudyQuery:
    """What a study list asks for; empty fields ask for nothing. Dates are YYYYMMDD, both included."""

    text: str = ""  # words of the name in any order, or the beginning of a patient or accession number
    study_date_from: str = ""
    study_date_to: str = ""
    modality: str = ""
    state: str = ""
    hospital_id: str = ""
    limit: int = 50
    offset: int = 0


@dataclass(frozen=True)
class StudyInfo:
    """One line of a study list."""

    id: str
    study_instance_uid: str
    patient_key: str  # equal for studies of one patient of one hospital
    patient_name: str
    patient_id: str
    birth_date: str  # YYYYMMDD, or YYYY, or empty
    sex: str
    age: str
    study_date: str
    study_time: str
    modalities: tuple[str, ...]
    description: str
    accession_number: str
    referring_physician_name: str
    series_count: int
    instance_count: int
    state: str
    hospital_id: str
    hospital_name: str
    shared: bool  # it belongs to another hospital than the actor's
    guessed_charset: str  # in which its texts were read without anybody's word for it; "": as declared or confirmed
    device_id: str | None  # which brought it


@dataclass(frozen=True)
class StudyPage:
    studies: tuple[StudyInfo, ...]
    more: bool


_NEWEST = (Study.study_date, Study.study_time, Study.id)


def list_studies(tx: Tx, actor: Actor, query: StudyQuery) -> StudyPage:
    """The studies this actor may see, newest first."""
    if query.text.strip() or query.state == StudyState.ARRIVING:
        asked = _few(actor, query)
    else:
        asked = _newest(actor, query)
    rows = tx.session.execute(asked.limit(query.limit + 1).offset(query.offset)).all()
    return StudyPage(tuple(_info(actor, row) for row in rows[: query.limit]), len(rows) > query.limit)


def _few(actor: Actor, query: StudyQuery) -> Select[Study, Patient, str]:
    """Few match: they are found first and sorted then."""
    asked = _study_rows().where(visible_studies(actor), *_asked(query))
    return asked.order_by(*(unindexed(column).desc() for column in _NEWEST))


def _newest(actor: Actor, query: StudyQuery) -> Select[Study, Patient, str]:
    """Many match: each part of what is visible is read in order of date, only as far as this page needs."""
    newest = [column.desc() for column in _NEWEST]
    reach = query.limit + query.offset + 1
    parts = [
        select(select(Study.id).where(part, *_asked(query)).order_by(*newest).limit(reach).subquery())
        for part in visible_parts(actor)
    ]
    found = union_all(*parts).subquery()
    return (
        _study_rows()
        .where(Study.id.in_(select(found.c.id)))
        .order_by(*(unindexed(column).desc() for column in _NEWEST))
    )


def _study_rows() -> Select[Study, Patient, str]:
    return (
        select(Study, Patient, Hospital.name)
        .join(Patient, Patient.id == Study.patient_id)
        .join(Hospital, Hospital.id == Study.hospital_id)
    )


def _asked(query: StudyQuery) -> list[ColumnElement[bool]]:
    conditions = [free_text(query.text)]
    if query.study_date_from:
        conditions.append(Study.study_date >= query.study_date_from)
    if query.study_date_to:
        conditions.append(Study.study_date <= query.study_date_to)
    if query.modality:
        conditions.append(has_modality(query.modality))
    if query.state:
        conditions.append(Study.state == query.state)
    if query.hospital_id:
        conditions.append(Study.hospital_id == query.hospital_id)
    return conditions


def _info(actor: Actor, row: Row[Study, Patient, str]) -> StudyInfo:
    study, patient, hospital_name = row
    return StudyInfo(
        id=study.id,
        study_instance_uid=study.study_instance_uid,
        patient_key=patient.id,
        patient_name=names.display(patient.name),
        patient_id=patient.patient_id,
        birth_date=patient.birth_date,
        sex=patient.sex,
        age=study.patient_age,
        study_date=study.study_date,
        study_time=study.study_time,
        modalities=tuple(one for one in study.modalities.split("\\") if one),
        description=study.description,
        accession_number=study.accession_number,
        referring_physician_name=names.display(study.referring_physician_name),
        series_count=study.series_count,
        instance_count=study.instance_count,
        state=study.state,
        hospital_id=study.hospital_id,
        hospital_name=hospital_name,
        shared=study.hospital_id != actor.hospital_id,
        guessed_charset=patient.guessed_charset or study.guessed_charset,
        device_id=study.device_id,
    )


def study_info(tx: Tx, actor: Actor, study_id: str) -> StudyInfo:
    """One study, or NotFound."""
    row = tx.session.execute(_study_rows().where(visible_studies(actor), Study.id == study_id)).one_or_none()
    if row is None:
        raise NotFound
    return _info(actor, row)
