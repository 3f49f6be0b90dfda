"""The cases of a span that the reader of the statistics may count, each with its times."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select, true

from app.archive.queries import modalities_among
from app.base.actor import Actor, Permission
from app.base.db import Tx
from app.identity.queries import hospitals, person_info
from consults.lifecycle import State
from consults.models import Consult, ConsultEvent, ConsultStep, ConsultStudy
from consults.opinions.models import ConsultOutcome
from consults.promise import first_opinions, in_promise

MOST = 20_000
_AT_ONCE = 500
_COLUMNS = (
    Consult.id,
    Consult.number,
    Consult.referring_hospital_id,
    Consult.consulting_hospital_id,
    Consult.consultant_id,
    Consult.urgency,
    Consult.requested_at,
    Consult.due_at,
    Consult.closed_at,
)


@dataclass(frozen=True)
class Case:
    """One consult that was sent. `reader`: who accepted it last; `in_promise`: see consults.promise;
    `returned`: how often it was sent back; `agreement`: the outcome, empty until it is told.
    """

    number: str
    referring: str
    consulting: str
    consulting_id: str
    reader_id: str
    reader: str
    modality: str
    urgency: str
    requested_at: datetime
    due_at: datetime | None
    accepted_at: datetime | None
    answered_at: datetime | None
    in_promise: bool | None
    returned: int
    agreement: str


def cases_between(tx: Tx, actor: Actor, begin: datetime, end: datetime) -> list[Case]:
    """Sent from `begin` until before `end`, the oldest first; at most MOST, the newest of them."""
    actor.check(Permission.STATISTICS_READ)
    query = (
        select(*_COLUMNS)
        .where(_counted(actor), Consult.requested_at >= begin, Consult.requested_at < end)
        .order_by(Consult.requested_at.desc(), Consult.id.desc())
        .limit(MOST)
    )
    rows = tx.session.execute(query).all()
    found: list[Case] = []
    for first in range(0, len(rows), _AT_ONCE):
        found += _cases(tx, rows[first : first + _AT_ONCE])
    return found[::-1]


def _counted(actor: Actor) -> ColumnElement[bool]:
    """Which consults somebody may count; what is in them is guarded by access.py all the same."""
    if actor.hospital_id is None:
        return true() if actor.allows(Permission.HOSPITAL_MANAGE) else Consult.referrer_id == actor.id
    if actor.allows(Permission.AGREEMENT_MANAGE) or actor.allows(Permission.CONSULT_COORDINATE):
        home = actor.hospital_id
        return or_(Consult.referring_hospital_id == home, Consult.consulting_hospital_id == home)
    return or_(Consult.referrer_id == actor.id, Consult.consultant_id == actor.id)


def _cases(tx: Tx, rows: Collection[Any]) -> list[Case]:
    ids = [row.id for row in rows]
    homes = {home.id: home.name for home in hospitals(tx)}
    people = {row.consultant_id for row in rows if row.consultant_id}
    names = {person_id: person_info(tx, person_id).name for person_id in people}
    accepted, answered = _accepted(tx, ids), first_opinions(tx, ids)
    returned, taken, agreed = _returned(tx, ids), _modalities(tx, ids), _agreements(tx, ids)
    return [
        Case(
            number=row.number,
            referring=homes[row.referring_hospital_id],
            consulting=homes[row.consulting_hospital_id],
            consulting_id=row.consulting_hospital_id,
            reader_id=row.consultant_id or "",
            reader=names.get(row.consultant_id or "", ""),
            modality=taken.get(row.id, ""),
            urgency=row.urgency,
            requested_at=row.requested_at,
            due_at=row.due_at,
            accepted_at=accepted.get(row.id),
            answered_at=answered.get(row.id),
            in_promise=in_promise(row.due_at, answered.get(row.id), row.closed_at, tx.now),
            returned=returned.get(row.id, 0),
            agreement=agreed.get(row.id, ""),
        )
        for row in rows
    ]


def _pairs(tx: Tx, query: Any) -> dict[str, Any]:
    return {str(row[0]): row[1] for row in tx.session.execute(query)}


def _accepted(tx: Tx, ids: list[str]) -> dict[str, datetime]:
    entered = select(ConsultStep.consult_id, func.min(ConsultStep.entered_at)).where(
        ConsultStep.consult_id.in_(ids), ConsultStep.state == State.ACCEPTED
    )
    return _pairs(tx, entered.group_by(ConsultStep.consult_id))


def _returned(tx: Tx, ids: list[str]) -> dict[str, int]:
    held = select(ConsultEvent.consult_id, func.count()).where(
        ConsultEvent.consult_id.in_(ids), ConsultEvent.type == "consult.held"
    )
    return _pairs(tx, held.group_by(ConsultEvent.consult_id))


def _agreements(tx: Tx, ids: list[str]) -> dict[str, str]:
    told = select(ConsultOutcome.consult_id, ConsultOutcome.agreement)
    return _pairs(tx, told.where(ConsultOutcome.consult_id.in_(ids)))


def _modalities(tx: Tx, ids: list[str]) -> dict[str, str]:
    """Of the first study: what the question is about."""
    first = select(ConsultStudy.consult_id, ConsultStudy.study_id).where(ConsultStudy.consult_id.in_(ids))
    studies = _pairs(tx, first.order_by(ConsultStudy.place.desc()))
    taken = modalities_among(tx, list(studies.values()))
    return {
        consult_id: next((word for word in taken.get(study_id, ()) if word not in _NO_PICTURES), "")
        for consult_id, study_id in studies.items()
    }


_NO_PICTURES = frozenset({"KO", "PR", "SR", "DOC", "SEG", "RTSTRUCT"})
