"""The study list: one line for each study, newest first."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, case, select

from app.archive import names
from app.archive.access import home_of, visible_studies
from app.archive.attributes import MODALITIES, STUDY_DATE
from app.archive.conditions import Condition, among, either, equal, rows
from app.archive.leads import Lead, lead, text_lead
from app.archive.matching import begins, has_modality, on_days, words_match
from app.archive.models import Patient, Study
from app.archive.newest import Wanted, newest_ids, of_patient
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
    guessed_charset: (
        str  # in which its texts were read without anybody's word for it; "": as declared or confirmed
    )
    device_id: str | None  # which brought it


@dataclass(frozen=True)
class StudyPage:
    studies: tuple[StudyInfo, ...]
    more: bool


def list_studies(tx: Tx, actor: Actor, query: StudyQuery) -> StudyPage:
    """The studies this actor may see, newest first."""
    text = query.text.strip()
    words = names.words(text)
    beginning = _lead(tx, actor, query, words, text)
    conditions = _asked(query)
    if text:
        conditions.append(_text(words, text))
    wanted = Wanted(
        _days(query), conditions, beginning, query.hospital_id or None, query.offset, query.limit + 1
    )
    ids = newest_ids(tx, actor, wanted)
    named = among(Study.id, ids)
    found = rows(tx, "lines", named.values, lambda binds: _study_rows().where(named.make(binds)))
    lines = {row[0]: row for row in found}
    return StudyPage(tuple(_info(actor, lines[one]) for one in ids[: query.limit]), len(ids) > query.limit)


def _lead(tx: Tx, actor: Actor, query: StudyQuery, words: tuple[str, ...], text: str) -> Lead | None:
    if text and (found := text_lead(tx, words, prefixes(text))) is not None:
        return found
    keys = {MODALITIES: query.modality, STUDY_DATE: f"{query.study_date_from}-{query.study_date_to}"}
    return lead(tx, keys, fuzzy=True, hospital_id=query.hospital_id or actor.hospital_id)


def prefixes(text: str) -> tuple[str, ...]:
    """Numbers are found as they were typed, in capitals and in small letters: each way is a range of an index."""
    return tuple(dict.fromkeys((text, text.upper(), text.lower())))


def _text(words: tuple[str, ...], text: str) -> Condition:
    """The page's one search field: a name, or the beginning of a patient number or of an accession number."""
    numbers = [begins(Patient.patient_id, prefix) for prefix in prefixes(text)]
    (of_patients,) = of_patient([either(words_match(Patient.folded_name, words), *numbers)])
    return either(of_patients, *(begins(Study.accession_number, prefix) for prefix in prefixes(text)))


_COLUMNS = (
    Study.id,
    Study.study_instance_uid,
    Study.patient_id.label("patient_key"),
    Patient.name.label("patient_name"),
    Patient.patient_id,
    Patient.birth_date,
    Patient.sex,
    Study.patient_age.label("age"),
    Study.study_date,
    Study.study_time,
    Study.modalities,
    Study.description,
    Study.accession_number,
    Study.referring_physician_name,
    Study.series_count,
    Study.instance_count,
    Study.state,
    Study.hospital_id,
    case((Patient.guessed_charset != "", Patient.guessed_charset), else_=Study.guessed_charset).label(
        "guessed_charset"
    ),
    Study.device_id,
    Hospital.name.label("hospital_name"),
)


_FIELDS = tuple(column.key for column in _COLUMNS)


def _study_rows() -> Select[*tuple[Any, ...]]:
    query = select(*_COLUMNS).join_from(Study, Patient, Patient.id == Study.patient_id)
    return query.join(Hospital, Hospital.id == Study.hospital_id)


def _asked(query: StudyQuery) -> list[Condition]:
    conditions: list[Condition] = []
    if query.modality:
        conditions.append(has_modality(query.modality))
    if query.state:
        conditions.append(equal(Study.state, query.state))
    return conditions


def _days(query: StudyQuery) -> list[Condition]:
    if not query.study_date_from and not query.study_date_to:
        return []
    return [on_days(Study.study_date, query.study_date_from, query.study_date_to or "99999999")]


def _info(actor: Actor, row: Sequence[Any]) -> StudyInfo:
    told = dict(zip(_FIELDS, row, strict=True))
    told["patient_name"] = names.display(told["patient_name"])
    told["referring_physician_name"] = names.display(told["referring_physician_name"])
    told["modalities"] = tuple(one for one in told["modalities"].split("\\") if one)
    return StudyInfo(**told, shared=told["hospital_id"] != actor.hospital_id)


def study_info(tx: Tx, actor: Actor, study_id: str) -> StudyInfo:
    """One study, or the one it was merged into; or NotFound."""
    wanted = _study_rows().where(visible_studies(actor), Study.id == home_of(study_id))
    row = tx.session.execute(wanted).one_or_none()
    if row is None:
        raise NotFound
    return _info(actor, row)


def modalities_among(tx: Tx, study_ids: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Which modalities these studies have, for sums: no name goes with it, and whoever counts guards what they count."""
    kept = select(Study.id, Study.modalities).where(Study.id.in_(study_ids))
    return {row.id: tuple(row.modalities.strip("\\").split("\\")) for row in tx.session.execute(kept)}
