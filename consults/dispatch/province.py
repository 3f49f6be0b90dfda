"""All hospitals at a glance: who is on call, what waits, which lines and machines are silent. No patient is named."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from app.archive.connectivity import device_states
from app.base.actor import SYSTEM, Actor, Permission
from app.base.clock import VIETNAM
from app.base.db import Tx
from app.identity.queries import hospitals, person_info
from app.routing.failing import failing_deliveries
from consults.dispatch.duty import groups_of, on_call
from consults.lifecycle import State
from consults.models import Consult


@dataclass(frozen=True)
class GroupOnCall:
    name: str
    people: tuple[str, ...]


@dataclass(frozen=True)
class HospitalNow:
    """One line of the board. `kept` and `due`: of the cases completed today, and those whose promise passed today."""

    name: str
    groups: tuple[GroupOnCall, ...]
    waiting: int
    oldest_at: datetime | None
    kept: int
    due: int
    silent: tuple[str, ...]
    failing: int


def province(tx: Tx, actor: Actor) -> tuple[HospitalNow, ...]:
    """For whoever watches over duty; where most waits stands first."""
    actor.check(Permission.DUTY_WATCH)
    failing = failing_deliveries(tx)
    silent: dict[str, list[str]] = {}
    for state in device_states(tx, SYSTEM):
        if state.silent:
            silent.setdefault(state.device.hospital_id, []).append(state.device.name or state.device.ae_title)
    lines = [
        _line(tx, home.id, home.name, tuple(silent.get(home.id, ())), failing.get(home.id, 0))
        for home in hospitals(tx)
    ]
    return tuple(sorted(lines, key=lambda line: -line.waiting))


def _line(tx: Tx, home: str, name: str, silent: tuple[str, ...], failing: int) -> HospitalNow:
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
    """Kept, and due, since midnight in Vietnam: completed today, or promised for a moment of today that has passed."""
    midnight = tx.now.astimezone(VIETNAM).replace(hour=0, minute=0, second=0, microsecond=0)
    of_home = (Consult.consulting_hospital_id == home, Consult.due_at.is_not(None))
    done = (Consult.state == State.COMPLETED, Consult.closed_at >= midnight)
    completed = select(func.count()).where(*of_home, *done)
    kept = tx.session.scalar(completed.where(Consult.closed_at <= Consult.due_at)) or 0
    open_still = Consult.state.in_((State.ACCEPTED, State.IN_PROGRESS, State.ON_HOLD, State.REQUESTED))
    missed = select(func.count()).where(
        *of_home, open_still, Consult.due_at >= midnight, Consult.due_at <= tx.now
    )
    return kept, (tx.session.scalar(completed) or 0) + (tx.session.scalar(missed) or 0)
