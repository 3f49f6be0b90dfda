"""A page of studies, newest first: the order of the lists and of all searches."""

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import merge
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, false, select, true, union_all

from app.archive.access import shared_studies, visible_studies
from app.archive.leads import Lead
from app.archive.matching import unindexed
from app.archive.models import Patient, Study
from app.base.actor import Actor, ActorKind
from app.base.db import Tx

NEWEST = (Study.study_date, Study.study_time, Study.id)


@dataclass(frozen=True)
class Wanted:
    """What studies are looked for. `along`: what the index of dates serves, by which they are read when there is no
    lead; `conditions`: what is looked at study by study. A lead holds for the hospital named.
    """

    along: Sequence[ColumnElement[bool]]
    conditions: Sequence[ColumnElement[bool]]
    lead: Lead | None
    hospital_id: str | None
    reach: int


def of_patient(conditions: Sequence[ColumnElement[bool]]) -> list[ColumnElement[bool]]:
    """Conditions on Patient as one on Study."""
    if not conditions:
        return []
    known = select(Patient.id).where(Patient.id == Study.patient_id, *conditions)
    return [known.correlate(Study).scalar_subquery().is_not(None)]


def looked_at(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """All of these, by which no database chooses its way: each row that the way leads to is tried."""
    return case((and_(*conditions), true()), else_=false())


def newest_ids(tx: Tx, actor: Actor, wanted: Wanted) -> list[str]:
    """The ids of the newest `reach` studies that match and that the actor may see. One's own hospital's and the
    shared ones are read each along its index, only as far as is needed.
    """
    seen = looked_at(*wanted.conditions, visible_studies(actor))  # what costs most is looked at last
    parts = []
    if actor.kind is not ActorKind.PERSON or actor.hospital_id is None:
        parts.append(_walked(tx, wanted, seen, wanted.hospital_id))
    else:
        if wanted.hospital_id in {None, actor.hospital_id}:
            parts.append(_walked(tx, wanted, seen, actor.hospital_id))
        if wanted.hospital_id != actor.hospital_id:
            parts.append(_shared(tx, actor, wanted, seen))
    found = parts[0] if len(parts) == 1 else islice(merge(*parts, reverse=True), wanted.reach)
    return [one[2] for one in found]


def _walked(
    tx: Tx, wanted: Wanted, seen: ColumnElement[bool], hospital_id: str | None
) -> list[tuple[str, str, str]]:
    of_hospital = [Study.hospital_id == hospital_id] if hospital_id is not None else []
    way = [*of_hospital, *wanted.along]
    if wanted.lead is None:
        query = _in_order(wanted, *way, seen)
    elif wanted.lead.modalities:
        groups = [_in_order(wanted, *way, Study.modalities == one, seen) for one in wanted.lead.modalities]
        each = union_all(*(select(group.subquery()) for group in groups)).subquery()
        query = select(*each.c).order_by(*(column.desc() for column in each.c)).limit(wanted.reach)
    else:
        query = select(*NEWEST).where(wanted.lead.condition(tx), looked_at(*way, seen))
        query = query.order_by(*(unindexed(one).desc() for one in NEWEST)).limit(wanted.reach)
    return [(day, time, id_) for day, time, id_ in tx.session.execute(query)]


def _in_order(wanted: Wanted, *conditions: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Read along an index of dates, no further than is needed."""
    query = select(*NEWEST).where(*conditions)
    return query.order_by(*(one.desc() for one in NEWEST)).limit(wanted.reach)


def _shared(tx: Tx, actor: Actor, wanted: Wanted, seen: ColumnElement[bool]) -> list[tuple[str, str, str]]:
    foreign = [Study.hospital_id != actor.hospital_id]
    if wanted.hospital_id is not None:
        foreign.append(Study.hospital_id == wanted.hospital_id)
    query = select(*NEWEST).where(
        Study.id.in_(shared_studies(actor)), looked_at(*foreign, *wanted.along, seen)
    )
    query = query.order_by(*(unindexed(one).desc() for one in NEWEST))
    return [(day, time, id_) for day, time, id_ in tx.session.execute(query.limit(wanted.reach))]
