"""A page of studies, newest first: the order of the lists and of all searches."""

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import merge
from itertools import islice
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Select, and_, case, false, select, true, union_all

from app.archive.access import seen_by, shared_with
from app.archive.conditions import Binds, Condition, both, equal, rows
from app.archive.leads import Lead
from app.archive.matching import unindexed
from app.archive.models import Patient, Study
from app.base.actor import Actor, ActorKind
from app.base.db import Tx

NEWEST = (Study.study_date, Study.study_time, Study.id)
Query: TypeAlias = Select[*tuple[Any, ...]]


@dataclass(frozen=True)
class Wanted:
    """What studies are looked for. `along`: what the index of dates serves, by which they are read when there is no
    lead; `conditions`: what is looked at study by study. A lead holds for the hospital named. `first` of them are
    passed over, and at most `limit` answered.
    """

    along: Sequence[Condition]
    conditions: Sequence[Condition]
    lead: Lead | None
    hospital_id: str | None
    first: int
    limit: int


def of_patient(conditions: Sequence[Condition]) -> list[Condition]:
    """Conditions on Patient as one on Study."""
    if not conditions:
        return []
    wanted = both(*conditions)

    def make(binds: Binds) -> ColumnElement[bool]:
        known = select(Patient.id).where(Patient.id == Study.patient_id, wanted.make(binds))
        return known.correlate(Study).scalar_subquery().is_not(None)

    return [Condition(("of patient", wanted.shape), wanted.values, make)]


def looked_at(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """All of these, by which no database chooses its way: each row that the way leads to is tried."""
    return case((and_(*conditions), true()), else_=false())


def newest_ids(tx: Tx, actor: Actor, wanted: Wanted) -> list[str]:
    """The ids of the newest studies that match and that the actor may see. One's own hospital's and the shared ones
    are read each along its index, only as far as is needed.
    """
    seen = both(*wanted.conditions, seen_by(actor))  # what costs most is looked at last
    if actor.kind is not ActorKind.PERSON or actor.hospital_id is None:
        return [one[2] for one in _walked(tx, wanted, seen, wanted.hospital_id, wanted.first, wanted.limit)]
    reach = wanted.first + wanted.limit
    parts = []
    if wanted.hospital_id in {None, actor.hospital_id}:
        parts.append(_walked(tx, wanted, seen, actor.hospital_id, 0, reach))
    if wanted.hospital_id != actor.hospital_id:
        parts.append(_shared(tx, actor, wanted, seen, reach))
    found = parts[0] if len(parts) == 1 else islice(merge(*parts, reverse=True), reach)
    return [one[2] for one in found][wanted.first :]


def _walked(
    tx: Tx, wanted: Wanted, seen: Condition, hospital_id: str | None, first: int, limit: int
) -> list[tuple[Any, ...]]:
    of_hospital = [equal(Study.hospital_id, hospital_id)] if hospital_id is not None else []
    way = both(*of_hospital, *wanted.along)
    if wanted.lead is not None and wanted.lead.modalities:
        return _by_modalities(tx, wanted.lead.modalities, way, seen, first, limit)
    begun = wanted.lead.condition if wanted.lead is not None else None

    def make(binds: Binds) -> Query:
        if begun is None:
            query = _in_order(select(*NEWEST).where(way.make(binds), looked_at(seen.make(binds))))
        else:
            query = select(*NEWEST).where(begun.make(binds), looked_at(way.make(binds), seen.make(binds)))
            query = query.order_by(*(unindexed(one).desc() for one in NEWEST))
        return query.limit(binds.next()).offset(binds.next())

    shape = ("walked", begun and begun.shape, way.shape, seen.shape)
    values = (*(begun.values if begun else ()), *way.values, *seen.values, limit, first)
    return rows(tx, shape, values, make)


def _in_order(query: Query) -> Query:
    """Read along an index of dates, no further than is needed."""
    return query.order_by(*(one.desc() for one in NEWEST))


def _by_modalities(
    tx: Tx, groups: Sequence[str], way: Condition, seen: Condition, first: int, limit: int
) -> list[tuple[Any, ...]]:
    """Of each group the newest, along its part of the index; of these the newest."""

    def make(binds: Binds) -> Query:
        each = []
        for _ in groups:
            query = select(*NEWEST).where(
                way.make(binds), Study.modalities == binds.next(), looked_at(seen.make(binds))
            )
            each.append(select(_in_order(query).limit(binds.next()).subquery()))
        every = each[0].subquery() if len(each) == 1 else union_all(*each).subquery()
        newest = select(*every.c).order_by(*(column.desc() for column in every.c))
        return newest.limit(binds.next()).offset(binds.next())

    values = [(*way.values, group, *seen.values, first + limit) for group in groups]
    every = (*(value for each in values for value in each), limit, first)
    return rows(tx, ("modalities", len(groups), way.shape, seen.shape), every, make)


def _shared(tx: Tx, actor: Actor, wanted: Wanted, seen: Condition, reach: int) -> list[tuple[Any, ...]]:
    shared = shared_with(actor)
    of_hospital = [equal(Study.hospital_id, wanted.hospital_id)] if wanted.hospital_id is not None else []
    looked = both(*of_hospital, *wanted.along, seen)

    def make(binds: Binds) -> Query:
        foreign = Study.hospital_id != binds.next()
        query = select(*NEWEST).where(shared.make(binds), looked_at(foreign, looked.make(binds)))
        return query.order_by(*(unindexed(one).desc() for one in NEWEST)).limit(binds.next())

    values = (actor.hospital_id or "", *shared.values, *looked.values, reach)
    return rows(tx, ("shared", shared.shape, looked.shape), values, make)
