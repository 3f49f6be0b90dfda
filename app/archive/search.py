"""Searches at the four levels, answered in the DICOM JSON model: what QIDO-RS and C-FIND ask."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, literal_column, select

from app.archive import answers
from app.archive.access import SHOWN_INSTANCE, SHOWN_SERIES, seen_by
from app.archive.attributes import UNIQUE, Attribute, Level, Matching, answered, attribute_named
from app.archive.conditions import Binds, Condition, among, both, equal, rows
from app.archive.leads import Lead, lead
from app.archive.matching import Asked, condition, moments, unindexed, values_of
from app.archive.models import Instance, Patient, Series, Study
from app.archive.newest import NEWEST, Query, Wanted, looked_at, newest_ids, of_patient
from app.base.actor import Actor
from app.base.db import Tx
from app.base.errors import Invalid

MOST = 1000


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
    plan = _plan(tx, search, Level.PATIENT)
    visible = both(seen_by(actor), *_of_hospital(Study.hospital_id, search))
    asked = both(*plan.of_patient)
    ids = [] if plan.lead is None else [among(Patient.id, plan.lead.patients)]
    beginning = both(*(ids or _of_hospital(Patient.hospital_id, search)))

    def make(binds: Binds) -> Query:
        query = select(*answers.columns_of(plan.answered), Patient.id, *_NO_STUDY)
        seen = select(Study.id).where(Study.patient_id == Patient.id)
        query = query.where(beginning.make(binds), looked_at(asked.make(binds), _any(seen, visible, binds)))
        number = unindexed(Patient.patient_id) if ids else Patient.patient_id
        return _page(query.order_by(number, Patient.id), binds)

    shape = ("patients", plan.answered, bool(ids), beginning.shape, asked.shape, visible.shape)
    values = (*beginning.values, *asked.values, *visible.values, *_page_values(search))
    return _found(tx, actor, search, plan, rows(tx, shape, values, make))


_NO_STUDY: tuple[ColumnElement[Any], ...] = (literal_column("''"),)


def _any(seen: Query, visible: Condition, binds: Binds) -> ColumnElement[bool]:
    known = seen.where(looked_at(visible.make(binds))).correlate(Patient).limit(1)
    return known.scalar_subquery().is_not(None)


def _of_hospital(column: Any, search: Search) -> list[Condition]:
    return [equal(column, search.hospital_id)] if search.hospital_id is not None else []


def search_studies(tx: Tx, actor: Actor, search: Search) -> Found:
    """Newest first."""
    plan = _plan(tx, search, Level.STUDY)
    conditions = [*plan.conditions, *of_patient(plan.of_patient)]
    limit, first = _page_values(search)
    wanted = Wanted(plan.along, conditions, plan.lead, search.hospital_id, first, limit)
    ids = newest_ids(tx, actor, wanted)
    named = among(Study.id, ids)

    def make(binds: Binds) -> Query:
        query = select(*answers.columns_of(plan.answered), Patient.id, Study.id)
        query = query.join_from(Study, Patient, Patient.id == Study.patient_id)
        return query.where(named.make(binds))

    found = rows(tx, ("studies", plan.answered), named.values, make)
    by_id = {row[-1]: row for row in found}
    return _found(tx, actor, search, plan, [by_id[one] for one in ids])


def search_series(tx: Tx, actor: Actor, search: Search) -> Found:
    """By study, newest first, then in the order of series numbers."""
    return _below(tx, actor, search, Level.SERIES)


def search_instances(tx: Tx, actor: Actor, search: Search) -> Found:
    """By study, newest first, then in the order of series and instance numbers."""
    return _below(tx, actor, search, Level.INSTANCE)


@dataclass(frozen=True)
class _Plan:
    """What is asked, in the words of the database."""

    answered: tuple[Attribute, ...]
    along: list[Condition]  # the day of the study
    conditions: list[Condition]  # on the study and below
    of_patient: list[Condition]
    lead: Lead | None
    ignored: tuple[str, ...]


def _plan(tx: Tx, search: Search, level: Level) -> _Plan:
    _check_hierarchy(search, level)
    keys, ignored = _keys(search, level)
    beginning = lead(tx, keys, fuzzy=search.fuzzy, hospital_id=search.hospital_id)
    told = answered(level, search.include, only=search.only)
    plan = _Plan(told, [], [], [], beginning, ignored)
    if search.combined_times:
        plan.along.extend(_moments(keys))
    for attribute, asked in keys.items():
        if attribute.keyword == "PatientName" and beginning is not None and beginning.by_name:
            continue
        meant = plan.of_patient if attribute.level is Level.PATIENT else plan.conditions
        meant = plan.along if attribute.keyword == "StudyDate" else meant
        meant.append(condition(attribute, asked, fuzzy=search.fuzzy))
    return plan


def _keys(search: Search, level: Level) -> tuple[dict[Attribute, Asked], tuple[str, ...]]:
    """What is matched, and the names of what is not."""
    keys: dict[Attribute, Asked] = {}
    ignored = []
    for name, value in search.matches.items():
        attribute = attribute_named(name)
        if attribute is None or attribute.level > level:
            ignored.append(name)
        elif attribute.matching is not Matching.NONE:
            keys[attribute] = value
        elif values_of(value):
            ignored.append(name)
    return keys, tuple(ignored)


_TIMES = (("StudyDate", "StudyTime"), ("SeriesDate", "SeriesTime"))


def _moments(keys: dict[Attribute, Asked]) -> list[Condition]:
    """Takes dates with their times out of the keys, where both are given."""
    found = []
    given = {attribute.keyword: attribute for attribute in keys}
    for date, time in _TIMES:
        if date in given and time in given:
            days, times = values_of(keys[given[date]]), values_of(keys[given[time]])
            if len(days) == len(times) == 1:
                found.append(moments(given[date], days[0], given[time], times[0]))
                del keys[given[date]], keys[given[time]]
    return found


def _below(tx: Tx, actor: Actor, search: Search, level: Level) -> Found:
    """Studies with their series, or with their series and instances, newest study first."""
    plan = _plan(tx, search, level)
    seen = both(*plan.conditions, *of_patient(plan.of_patient), seen_by(actor))
    way = both(*_of_hospital(Study.hospital_id, search), *plan.along)
    begun = None if plan.lead is None else plan.lead.condition

    def make(binds: Binds) -> Query:
        query = select(*answers.columns_of(plan.answered), Patient.id, Study.id)
        query = query.join_from(Study, Patient, Patient.id == Study.patient_id)
        query = query.join(Series, Series.study_id == Study.id).where(SHOWN_SERIES)
        if level is Level.INSTANCE:
            query = query.join(Instance, Instance.series_id == Series.id).where(SHOWN_INSTANCE)
        if begun is None:
            query = query.where(way.make(binds), looked_at(seen.make(binds)))
            query = query.order_by(*(column.desc() for column in NEWEST))
        else:
            query = query.where(begun.make(binds), looked_at(way.make(binds), seen.make(binds)))
            query = query.order_by(*(unindexed(column).desc() for column in NEWEST))
        return _page(query.order_by(*_ORDER[: 2 * (level - 1)]), binds)

    shape = (level, plan.answered, begun and begun.shape, way.shape, seen.shape)
    values = (*(begun.values if begun else ()), *way.values, *seen.values, *_page_values(search))
    return _found(tx, actor, search, plan, rows(tx, shape, values, make))


_ORDER = (Series.number, Series.id, Instance.number, Instance.id)


def _limit(search: Search) -> int:
    return max(0, min(search.limit, MOST))


def _page_values(search: Search) -> tuple[int, int]:
    """For `_page`: one more than is answered, and how many are passed over."""
    return _limit(search) + 1, max(0, search.offset)


def _page(query: Query, binds: Binds) -> Query:
    return query.limit(binds.next()).offset(binds.next())


def _found(tx: Tx, actor: Actor, search: Search, plan: _Plan, answer: Sequence[tuple[Any, ...]]) -> Found:
    limit = _limit(search)
    width = len(answers.columns_of(plan.answered))
    places = {"patient": width, "study": width + 1}
    return Found(
        answers.items(tx, actor, plan.answered, answer[:limit], places), len(answer) > limit, plan.ignored
    )


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
