"""Searches at the four levels, answered in the DICOM JSON model: what QIDO-RS and C-FIND ask."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, select

from app.archive import answers
from app.archive.access import SHOWN_INSTANCE, SHOWN_SERIES, visible_studies
from app.archive.attributes import UNIQUE, Level, Matching, answered, attribute_named
from app.archive.matching import Asked, condition, unindexed, values_of
from app.archive.models import Instance, Patient, Series, Study
from app.base.actor import Actor
from app.base.db import Tx
from app.base.errors import Invalid

MOST = 1000
# An index leads from a value of these to the few that have it.
_FEW = frozenset(
    ["AccessionNumber", "PatientID", "PatientName", "SOPInstanceUID", "SeriesInstanceUID", "StudyInstanceUID"]
)


@dataclass(frozen=True)
class Search:
    """What is asked, by C-FIND, QIDO-RS or a page.

    `matches`: keyword or tag (eight hexadecimal digits) to what is asked of it: one value with wildcards or a range,
    several of which any may match (a list, or one text with backslashes), or for a sequence the keys of one item.
    An empty value asks nothing. `include`: attributes to be answered beside those that always are, "all" for all;
    with `only` exactly these and the unique key, as an identifier of C-FIND names them. Unless `relational` the unique
    keys of the levels above must be given, each with one value (PS3.4 C.4.1.2.1), the patient's too when
    `patient_root`. `combined_times`: a date and its time are one moment. `hospital_id`: whose archive is asked; None
    asks all that the actor may see.
    """

    matches: Mapping[str, Asked]
    hospital_id: str | None = None
    fuzzy: bool = False
    limit: int = 100
    offset: int = 0
    include: Collection[str] = ()
    only: bool = False
    relational: bool = True
    patient_root: bool = False
    combined_times: bool = False


@dataclass(frozen=True)
class Found:
    """Answers in the DICOM JSON model; `more` when there are further ones; `ignored`: keys that are not ours."""

    items: tuple[dict[str, Any], ...]
    more: bool
    ignored: tuple[str, ...]


def search_patients(tx: Tx, actor: Actor, search: Search) -> Found:
    """The patients of whom the actor may see a study, by their numbers."""
    return _search(tx, actor, search, Level.PATIENT, Patient.patient_id, Patient.id)


def search_studies(tx: Tx, actor: Actor, search: Search) -> Found:
    """Newest first."""
    newest = (Study.study_date, Study.study_time, Study.id)
    if _asks_for_few(search):
        return _search(tx, actor, search, Level.STUDY, *(unindexed(column).desc() for column in newest))
    return _search(tx, actor, search, Level.STUDY, *(column.desc() for column in newest))


def search_series(tx: Tx, actor: Actor, search: Search) -> Found:
    """By study, then in the order of series numbers."""
    study = unindexed(Study.id) if _asks_for_few(search) else Study.id
    return _search(tx, actor, search, Level.SERIES, study.desc(), Series.number, Series.id)


def search_instances(tx: Tx, actor: Actor, search: Search) -> Found:
    """By series, then in the order of instance numbers."""
    study = unindexed(Study.id) if _asks_for_few(search) else Study.id
    order = (study.desc(), Series.number, Series.id, Instance.number, Instance.id)
    return _search(tx, actor, search, Level.INSTANCE, *order)


def _asks_for_few(search: Search) -> bool:
    """Whether a key is given that few studies answer to, so that they are found first and sorted then."""
    found = (attribute_named(name) for name, value in search.matches.items() if values_of(value))
    return any(attribute is not None and attribute.keyword in _FEW for attribute in found)


def _search(tx: Tx, actor: Actor, search: Search, level: Level, *order: Any) -> Found:
    _check_hierarchy(search, level)
    conditions, ignored = _conditions(search, level)
    told = answered(level, search.include, only=search.only)
    columns = answers.columns_of(told)
    keys = [Patient.id] if level is Level.PATIENT else [Patient.id, Study.id]
    query = _from(level, select(*columns, *keys), actor, search).where(*conditions).order_by(*order)
    limit = max(0, min(search.limit, MOST))
    rows = tx.session.execute(query.limit(limit + 1).offset(max(0, search.offset))).all()
    places = {name: len(columns) + place for place, name in enumerate(("patient", "study")[: len(keys)])}
    return Found(
        answers.items(tx, actor, told, rows[:limit], places), len(rows) > limit, tuple(dict.fromkeys(ignored))
    )


def _from(
    level: Level, query: Select[*tuple[Any, ...]], actor: Actor, search: Search
) -> Select[*tuple[Any, ...]]:
    """The tables of a level, and of them what the actor may see."""
    visible = [visible_studies(actor)]
    if search.hospital_id is not None:
        few = _asks_for_few(search)
        visible.append((unindexed(Study.hospital_id) if few else Study.hospital_id) == search.hospital_id)
    if level is Level.PATIENT:
        seen = select(Study.id).where(Study.patient_id == Patient.id, *visible)
        return query.select_from(Patient).where(exists(seen.correlate(Patient)))
    query = query.select_from(Study).join(Patient, Patient.id == Study.patient_id).where(*visible)
    if level >= Level.SERIES:
        query = query.join(Series, Series.study_id == Study.id).where(SHOWN_SERIES)
    if level >= Level.INSTANCE:
        query = query.join(Instance, Instance.series_id == Series.id).where(SHOWN_INSTANCE)
    return query


def _check_hierarchy(search: Search, level: Level) -> None:
    """PS3.4 C.4.1.2.1: in a hierarchical search the way down is given."""
    if search.relational:
        return
    given = {attribute_named(name): values_of(value) for name, value in search.matches.items()}
    for above in Level:
        if above < level and (above is not Level.PATIENT or search.patient_root):
            values = given.get(UNIQUE[above], ())
            if len(values) != 1 or "*" in values[0] or "?" in values[0]:
                raise Invalid(
                    "missing_unique_key",
                    "A search at this level must give one value for {keyword}.",
                    keyword=UNIQUE[above].keyword,
                )


def _conditions(search: Search, level: Level) -> tuple[list[ColumnElement[bool]], list[str]]:
    conditions: list[ColumnElement[bool]] = []
    ignored = []
    for name, value in search.matches.items():
        attribute = attribute_named(name)
        unmatched = attribute is not None and attribute.matching is Matching.NONE
        if attribute is None or attribute.level > level or (unmatched and values_of(value)):
            ignored.append(name)
        elif not unmatched:
            conditions.append(condition(attribute, value, fuzzy=search.fuzzy))
    return conditions, ignored
