"""Every read of the archive. What comes back is plain data, so that doors and consults need no tables."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Row, Select, select

from app.archive import frames_index, names
from app.archive.access import instance_for, series_for, visible_studies
from app.archive.frames_index import FrameLocation
from app.archive.manifest import in_order, manifest
from app.archive.matching import free_text, has_modality
from app.archive.models import Instance, Patient, Series, SetAside, Study
from app.archive.search import Found, Search, search_instances, search_series, search_studies
from app.base.actor import Actor
from app.base.db import Tx
from app.base.errors import NotFound
from app.identity.models import Hospital

__all__ = [
    "Found",
    "Search",
    "StoredFile",
    "StudyInfo",
    "StudyPage",
    "StudyQuery",
    "file_of",
    "files_of",
    "list_studies",
    "locate_frame",
    "manifest",
    "referenced_digests",
    "search_instances",
    "search_series",
    "search_studies",
    "series_frames",
    "set_asides",
    "study_info",
]


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


@dataclass(frozen=True)
class StudyPage:
    studies: tuple[StudyInfo, ...]
    more: bool


def list_studies(tx: Tx, actor: Actor, query: StudyQuery) -> StudyPage:
    """The studies this actor may see, newest first."""
    asked = _study_rows(actor).where(*_asked(query))
    asked = asked.order_by(Study.study_date.desc(), Study.study_time.desc(), Study.id.desc())
    rows = tx.session.execute(asked.limit(query.limit + 1).offset(query.offset)).all()
    return StudyPage(tuple(_info(actor, row) for row in rows[: query.limit]), len(rows) > query.limit)


def _study_rows(actor: Actor) -> Select[Study, Patient, str]:
    return (
        select(Study, Patient, Hospital.name)
        .join(Patient, Patient.id == Study.patient_id)
        .join(Hospital, Hospital.id == Study.hospital_id)
        .where(visible_studies(actor))
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
    )


def study_info(tx: Tx, actor: Actor, study_id: str) -> StudyInfo:
    """One study, or NotFound."""
    row = tx.session.execute(_study_rows(actor).where(Study.id == study_id)).one_or_none()
    if row is None:
        raise NotFound
    return _info(actor, row)


def _location(row: Instance, frame_number: int) -> FrameLocation:
    spans, bit_offset = frames_index.unpack(row.frame_index).location(frame_number)
    return FrameLocation(
        row.digest, row.transfer_syntax_uid, row.header_length, frame_number, spans, bit_offset
    )


def locate_frame(
    tx: Tx, actor: Actor, *, instance_id: str, frame_number: int, study_id: str | None = None
) -> FrameLocation:
    """Where a frame lies, or NotFound; with `study_id` only within that study."""
    instance = instance_for(tx, actor, instance_id)
    if study_id is not None and tx.session.get_one(Series, instance.series_id).study_id != study_id:
        raise NotFound
    return _location(instance, frame_number)


def series_frames(
    tx: Tx, actor: Actor, series_id: str, *, study_id: str | None = None
) -> list[FrameLocation]:
    """All frames of a series in the order of the manifest: the place in the list is the frame index."""
    series = series_for(tx, actor, series_id)
    if study_id is not None and series.study_id != study_id:
        raise NotFound
    rows = in_order(tx.session.scalars(select(Instance).where(Instance.series_id == series.id)).all())
    return [_location(row, number) for row in rows for number in range(1, row.frame_count + 1)]


@dataclass(frozen=True)
class StoredFile:
    """A stored file and what is needed to send it on."""

    instance_id: str
    study_instance_uid: str
    series_instance_uid: str
    sop_instance_uid: str
    sop_class_uid: str
    transfer_syntax_uid: str
    digest: str
    size: int
    dataset_start: int  # where the meta group ends; 0 when the file has none
    header_length: int
    frame_count: int
    frame_index: bytes
    notes: tuple[str, ...]

    def location(self, frame_number: int) -> FrameLocation:
        """Where a frame lies, or NotFound."""
        spans, bit_offset = frames_index.unpack(self.frame_index).location(frame_number)
        return FrameLocation(
            self.digest, self.transfer_syntax_uid, self.header_length, frame_number, spans, bit_offset
        )


def files_of(
    tx: Tx,
    actor: Actor,
    *,
    hospital_id: str,
    study_instance_uid: str,
    series_instance_uid: str | None = None,
    sop_instance_uid: str | None = None,
) -> list[StoredFile]:
    """The files of a study, series or instance of one hospital's archive, by series and instance number; NotFound
    when there are none.
    """
    conditions = [Study.hospital_id == hospital_id, Study.study_instance_uid == study_instance_uid]
    if series_instance_uid is not None:
        conditions.append(Series.series_instance_uid == series_instance_uid)
    if sop_instance_uid is not None:
        conditions.append(Instance.sop_instance_uid == sop_instance_uid)
    found = _files(tx, actor, conditions)
    if not found:
        raise NotFound
    return found


def file_of(tx: Tx, actor: Actor, instance_id: str) -> StoredFile:
    """The file of an instance, or NotFound."""
    found = _files(tx, actor, [Instance.id == instance_id])
    if not found:
        raise NotFound
    return found[0]


def _files(tx: Tx, actor: Actor, conditions: Sequence[ColumnElement[bool]]) -> list[StoredFile]:
    query = (
        select(Instance, Series.series_instance_uid, Study.study_instance_uid)
        .join(Series, Series.id == Instance.series_id)
        .join(Study, Study.id == Series.study_id)
        .where(visible_studies(actor), *conditions)
        .order_by(Series.number, Series.id, Instance.number, Instance.id)
    )
    return [
        StoredFile(
            row.id,
            study_uid,
            series_uid,
            row.sop_instance_uid,
            row.sop_class_uid,
            row.transfer_syntax_uid,
            row.digest,
            row.size,
            row.dataset_start,
            row.header_length,
            row.frame_count,
            row.frame_index,
            tuple(row.notes.split()),
        )
        for row, series_uid, study_uid in tx.session.execute(query)
    ]


@dataclass(frozen=True)
class SetAsideInfo:
    """A file that waits for a person."""

    id: str
    reason_code: str
    reason: str
    study_instance_uid: str
    sop_instance_uid: str
    source_kind: str
    source_peer: str


def set_asides(tx: Tx, actor: Actor) -> list[SetAsideInfo]:
    """What was set aside at the actor's hospital, newest first."""
    query = select(SetAside).where(SetAside.hospital_id == actor.hospital_id).order_by(SetAside.id.desc())
    return [
        SetAsideInfo(
            row.id,
            row.reason_code,
            row.reason,
            row.study_instance_uid,
            row.sop_instance_uid,
            row.source_kind,
            row.source_peer,
        )
        for row in tx.session.scalars(query.limit(200))
    ]


def referenced_digests(tx: Tx, digests: Sequence[str]) -> set[str]:
    """Which of these blobs something stored or set aside still needs: for the sweep of orphans."""
    stored = select(Instance.digest).where(Instance.digest.in_(digests))
    aside = select(SetAside.digest).where(SetAside.digest.in_(digests))
    return set(tx.session.scalars(stored)) | set(tx.session.scalars(aside))
