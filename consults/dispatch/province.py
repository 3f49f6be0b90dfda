"""All hospitals at a glance: who is on call, what waits, which lines and machines are silent. No patient is named."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select

from app.archive.connectivity import device_states
from app.archive.silence import Silence
from app.base.actor import SYSTEM, Actor, Permission
from app.base.clock import VIETNAM
from app.base.db import Tx
from app.identity.queries import hospitals, person_info
from app.routing.failing import failing_deliveries
from consults.dispatch.duty import groups_of, on_call
from consults.lifecycle import State
from consults.models import Consult
from consults.promise import first_opinions, in_promise


@dataclass(frozen=True)
class GroupOnCall:
    name: str
    people: tuple[str, ...]


@dataclass(frozen=True)
class HospitalNow:
    """One line of the board. `kept` of `due`: of the cases with a promise that were answered today, or should have been."""

    name: str
    groups: tuple[GroupOnCall, ...]
    waiting: int
    oldest_at: datetime | None
    kept: int
    due: int
    silent: tuple[tuple[str, Silence], ...]
    failing: int


def province(tx: Tx, actor: Actor) -> tuple[HospitalNow, ...]:
    """For whoever watches over duty; where most waits stands first."""
    actor.check(Permission.DUTY_WATCH)
    failing = failing_deliveries(tx)
    silent: dict[str, list[tuple[str, Silence]]] = {}
    for state in device_states(tx, SYSTEM):
        if state.silence:
            machine = state.device.name or state.device.ae_title
            silent.setdefault(state.device.hospital_id, []).append((machine, state.silence))
    lines = [
        _line(tx, home.id, home.name, tuple(silent.get(home.id, ())), failing.get(home.id, 0))
        for home in hospitals(tx)
    ]
    return tuple(sorted(lines, key=lambda line: -line.waiting))


def _line(tx: Tx, home: str, name: str, silent: tuple[tuple[str, Silence], ...], failing: int) -> HospitalNow:
    waits = (Consult.consulting_hospital_id == home, Consult.state == State.REQUESTED)
    waiting, oldest = tx.session.execute(
        select(func.count(), func.min(Consult.requested_at)).where(*waits)
    ).one()
    kept, due = _promises(tx, home)
    return HospitalNow(name, _on_call(tx, home), waiting, oldest, kept, due, silent, failing)


def _on_call(tx: Tx, home: str) -> tuple[GroupOnCall, ...]:
    return tuple(
        GroupOnCall(
            group.name, tuple(sorted(person_info(tx, one).name for one in on_call(tx, [group.id], tx.now)))
        )
        for group in groups_of(tx, home)
    )


def _promises(tx: Tx, home: str) -> tuple[int, int]:
    """Kept, and due, since midnight in Vietnam: the first opinion given today, or missing at a moment of today that it
    was promised for.
    """
    midnight = tx.now.astimezone(VIETNAM).replace(hour=0, minute=0, second=0, microsecond=0)
    touched = or_(Consult.changed_at >= midnight, Consult.due_at.between(midnight, tx.now))
    of_home = (Consult.consulting_hospital_id == home, Consult.requested_at.is_not(None))
    query = select(Consult.id, Consult.due_at, Consult.closed_at).where(
        *of_home, Consult.due_at.is_not(None), touched
    )
    rows = tx.session.execute(query).all()
    answered = first_opinions(tx, [row.id for row in rows])
    told = [
        in_promise(row.due_at, answered.get(row.id), row.closed_at, tx.now)
        for row in rows
        if answered.get(row.id, row.due_at) >= midnight
    ]
    return told.count(True), len(told) - told.count(None)
