"""Searches at the three levels, answered in the DICOM JSON model: what QIDO-RS and C-FIND ask."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, select

from app.archive import dicom_json
from app.archive.access import SHOWN_INSTANCE, SHOWN_SERIES, visible_studies
from app.archive.attributes import Attribute, Level, Matching, attribute_named, attributes_of
from app.archive.matching import condition, unindexed
from app.archive.models import Instance, Patient, Series, Study
from app.base.actor import Actor
from app.base.db import Tx

MOST = 1000


@dataclass(frozen=True)
class Search:
    """What is asked. `matches`: keyword or tag to value. `hospital_id`: whose archive is asked; None asks all that
    the actor may see.
    """

    matches: Mapping[str, str]
    hospital_id: str | None = None
    fuzzy: bool = False
    limit: int = 100
    offset: int = 0


@dataclass(frozen=True)
class Found:
    """Answers in the DICOM JSON model; `more` when there are further ones; `ignored`: keys that are not ours."""

    items: tuple[dict[str, Any], ...]
    more: bool
    ignored: tuple[str, ...]


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
    found = (attribute_named(name) for name, value in search.matches.items() if value.strip(" *"))
    return any(attribute is not None and attribute.few for attribute in found)


def _joined(level: Level) -> Select[*tuple[Any, ...]]:
    """All columns answered at this level and above, in the order of `_answered`."""
    query: Select[*tuple[Any, ...]] = select(*(attribute.column for attribute in _answered(level)))
    query = query.select_from(Study).join(Patient, Patient.id == Study.patient_id)
    if level >= Level.SERIES:
        query = query.join(Series, and_(Series.study_id == Study.id, SHOWN_SERIES))
    if level >= Level.INSTANCE:
        query = query.join(Instance, and_(Instance.series_id == Series.id, SHOWN_INSTANCE))
    return query


def _answered(level: Level) -> tuple[Attribute, ...]:
    return tuple(attribute for above in Level if above <= level for attribute in attributes_of(above))


def _search(tx: Tx, actor: Actor, search: Search, level: Level, *order: Any) -> Found:
    conditions, ignored = _conditions(search, level)
    limit = max(0, min(search.limit, MOST))
    query = _joined(level).where(visible_studies(actor), *conditions).order_by(*order)
    rows = tx.session.execute(query.limit(limit + 1).offset(max(0, search.offset))).all()
    answered = _answered(level)
    items = tuple(
        {attribute.tag: _value(attribute, value) for attribute, value in zip(answered, row, strict=True)}
        for row in rows[:limit]
    )
    return Found(items, len(rows) > limit, tuple(ignored))


def _conditions(search: Search, level: Level) -> tuple[list[ColumnElement[bool]], list[str]]:
    conditions: list[ColumnElement[bool]] = []
    ignored = []
    if search.hospital_id is not None:
        hospital = unindexed(Study.hospital_id) if _asks_for_few(search) else Study.hospital_id
        conditions.append(hospital == search.hospital_id)
    for name, value in search.matches.items():
        attribute = attribute_named(name)
        if attribute is None or attribute.level > level or attribute.matching is Matching.NONE:
            ignored.append(name)
        else:
            conditions.append(condition(attribute, value, fuzzy=search.fuzzy))
    return conditions, ignored


def _value(attribute: Attribute, value: Any) -> dict[str, Any]:
    if attribute.matching is Matching.MODALITIES:
        return dicom_json.attributes(attribute.vr, [one for one in value.split("\\") if one])
    return dicom_json.attribute(attribute.vr, value)
