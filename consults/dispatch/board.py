"""What a coordinator sees of their hospital: the cases by what is wrong with them, and everybody's load."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select

from app.base.actor import SYSTEM, Actor, Role
from app.base.db import Tx
from app.identity.online import people_online
from app.identity.queries import hospital, people_of, person_info
from consults.access import asked_of, standing_offer, state_of
from consults.dispatch.chain import offer_data
from consults.dispatch.duty import groups_of, on_call
from consults.dispatch.roster import home_of
from consults.lifecycle import OPEN_STATES, ReturnReason, State
from consults.models import Consult
from consults.offers import OfferData
from consults.preflight.queries import sent_as_is_among
from consults.promise import first_opinions, in_promise, is_near
from consults.urgency import Urgency

MOST = 300
TWICE_WITHIN = timedelta(hours=24)
FAULTS = frozenset({ReturnReason.MISSING_SERIES, ReturnReason.POOR_IMAGE, ReturnReason.WRONG_PATIENT})


class Column(StrEnum):
    """Where a case stands on the board. Sent back, it is faulty or returned; else the first that fits, in this order,
    faulty when something stood against it as it was sent and nobody has accepted it yet.
    """

    RETURNED = "returned"
    SLOW = "slow"
    DUPLICATE = "duplicate"
    RUNNING = "running"
    FAULTY = "faulty"
    WAITING = "waiting"


@dataclass(frozen=True)
class Case:
    """One card."""

    id: str
    number: str
    column: Column
    state: State
    urgency: Urgency
    patient_name: str
    referring: str
    asked_at: datetime
    due_at: datetime | None
    doctor: str | None
    offer: OfferData | None
    before: "Earlier | None"


@dataclass(frozen=True)
class Earlier:
    """The case in which the same hospital asked about the same patient within a day before."""

    id: str
    number: str


@dataclass(frozen=True)
class _Known:
    """What the cases of a board are compared with."""

    again: Mapping[str, Earlier]
    as_is: frozenset[str]
    opinions: Mapping[str, datetime]


@dataclass(frozen=True)
class Load:
    """One specialist: open cases that are theirs, whether they are on call, whether they are at a screen."""

    person_id: str
    name: str
    open_cases: int
    on_call: bool
    online: bool


@dataclass(frozen=True)
class Board:
    columns: dict[Column, tuple[Case, ...]]
    loads: tuple[Load, ...]


def board(tx: Tx, actor: Actor) -> Board:
    """Everything open that the coordinator's hospital was asked; the most pressing first."""
    home = home_of(actor)
    of_home = (asked_of(actor), Consult.consulting_hospital_id == home)  # not what they read for others
    pressing = select(Consult).where(*of_home, Consult.state.in_(OPEN_STATES))
    rows = tx.session.scalars(pressing.order_by(Consult.due_at, Consult.id).limit(MOST)).all()
    ids = [row.id for row in rows]
    known = _Known(_asked_twice(rows), sent_as_is_among(tx, ids), first_opinions(tx, ids))
    cases = [_case(tx, row, known) for row in rows]
    columns = {column: tuple(case for case in cases if case.column is column) for column in Column}
    return Board(columns, loads(tx, home))


def loads(tx: Tx, home: str) -> tuple[Load, ...]:
    """The hospital's specialists: on call first, then those with least to do."""
    counted = select(Consult.consultant_id, func.count()).where(
        Consult.consulting_hospital_id == home, Consult.state.in_(OPEN_STATES)
    )
    cases = dict(tx.session.execute(counted.group_by(Consult.consultant_id)).all())
    called = on_call(tx, [group.id for group in groups_of(tx, home)], tx.now)
    online = people_online(tx, home)
    found = [
        Load(person.id, person.name, cases.get(person.id, 0), person.id in called, person.id in online)
        for person in people_of(tx, SYSTEM, home, role=Role.SPECIALIST)
    ]
    return tuple(sorted(found, key=lambda load: (not load.on_call, not load.online, load.open_cases)))


def _asked_twice(rows: Sequence[Consult]) -> dict[str, Earlier]:
    """Consults of a patient whom the same hospital asked about within a day before: the later by its id."""
    seen: dict[tuple[str, str, str], Consult] = {}
    again = {}
    for row in sorted(rows, key=lambda one: (_asked_at(one), one.id)):
        who = (row.referring_hospital_id, row.patient_id or row.patient_name, row.patient_birth_date)
        first = seen.get(who)
        if first is not None and _asked_at(row) - _asked_at(first) <= TWICE_WITHIN:
            again[row.id] = Earlier(first.id, first.number)
        seen[who] = row
    return again


def _asked_at(row: Consult) -> datetime:
    return row.requested_at or row.created_at


def _case(tx: Tx, row: Consult, known: _Known) -> Case:
    offer = offer_data(tx, row) if standing_offer(row) is not None else None
    return Case(
        id=row.id,
        number=row.number,
        column=_column(tx, row, known),
        state=state_of(row),
        urgency=Urgency(row.urgency),
        patient_name=row.patient_name,
        referring=hospital(tx, row.referring_hospital_id).short_name,
        asked_at=_asked_at(row),
        due_at=row.due_at,
        doctor=person_info(tx, row.consultant_id).name if row.consultant_id else None,
        offer=offer if row.consultant_id is None else None,
        before=known.again.get(row.id),
    )


def _column(tx: Tx, row: Consult, known: _Known) -> Column:
    if row.state == State.ON_HOLD:
        return Column.FAULTY if row.return_reason in FAULTS else Column.RETURNED
    if _is_slow(tx, row, known):
        return Column.SLOW
    if row.id in known.again:
        return Column.DUPLICATE
    if row.consultant_id is not None:
        return Column.RUNNING
    return Column.FAULTY if row.id in known.as_is else Column.WAITING


def _is_slow(tx: Tx, row: Consult, known: _Known) -> bool:
    """The promise is missed, or at risk as no opinion is given."""
    if row.opinion is None:
        return is_near(row, tx.now)
    return in_promise(row.due_at, known.opinions.get(row.id), row.closed_at, tx.now) is False
