"""Every read of groups and the roster."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import func, select

from app.base.actor import Actor, Permission
from app.base.clock import VIETNAM
from app.base.db import Tx
from app.base.errors import NotFound
from app.identity.queries import person_info
from consults.access import consult_for, people_asked
from consults.dispatch.board import Load, loads
from consults.dispatch.duty import cases_before, groups_of
from consults.dispatch.models import DutyGroup, DutyShift
from consults.models import Consult


@dataclass(frozen=True)
class GroupInfo:
    """A duty group with its members, by name."""

    id: str
    name: str
    specialty: str
    modalities: tuple[str, ...]
    emergency: int
    urgent: int
    routine: int
    members: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ShiftInfo:
    """One shift, with its moments in Vietnam's time."""

    id: str
    name: str
    begins_at: datetime
    ends_at: datetime
    runs: bool


@dataclass(frozen=True)
class Week:
    """A week of one group: each day with the shifts that begin on it."""

    group: GroupInfo
    days: tuple[tuple[date, tuple[ShiftInfo, ...]], ...]


def list_groups(tx: Tx, actor: Actor) -> list[GroupInfo]:
    """Of the actor's own hospital."""
    actor.check(Permission.CONSULT_DISCUSS)
    return [_group(tx, row) for row in groups_of(tx, actor.hospital_id)] if actor.hospital_id else []


def _group(tx: Tx, row: DutyGroup) -> GroupInfo:
    members = sorted((person_info(tx, one.person_id).name, one.person_id) for one in row.members)
    return GroupInfo(
        id=row.id,
        name=row.name,
        specialty=row.specialty,
        modalities=tuple(row.modalities),
        emergency=row.emergency,
        urgent=row.urgent,
        routine=row.routine,
        members=tuple((person_id, name) for name, person_id in members),
    )


def monday_of(day: date) -> date:
    """The first day of the week."""
    return day - timedelta(days=day.weekday())


def midnight(day: date) -> datetime:
    """When a day begins in Vietnam."""
    return datetime.combine(day, time(), VIETNAM)


def weeks(tx: Tx, actor: Actor, monday: date) -> list[Week]:
    """The week of every group of the actor's hospital."""
    return [Week(group, _days(tx, group.id, monday)) for group in list_groups(tx, actor)]


def _days(tx: Tx, group_id: str, monday: date) -> tuple[tuple[date, tuple[ShiftInfo, ...]], ...]:
    begin = (
        DutyShift.begins_at >= midnight(monday),
        DutyShift.begins_at < midnight(monday + timedelta(days=7)),
    )
    query = select(DutyShift).where(DutyShift.group_id == group_id, *begin).order_by(DutyShift.begins_at)
    shifts = [_shift(tx, row) for row in tx.session.scalars(query)]
    days = [monday + timedelta(days=number) for number in range(7)]
    return tuple((day, tuple(one for one in shifts if one.begins_at.date() == day)) for day in days)


def _shift(tx: Tx, row: DutyShift) -> ShiftInfo:
    begins, ends = row.begins_at.astimezone(VIETNAM), row.ends_at.astimezone(VIETNAM)
    name = person_info(tx, row.person_id).name
    return ShiftInfo(row.id, name, begins, ends, row.begins_at <= tx.now < row.ends_at)


@dataclass(frozen=True)
class Giving:
    """What the page shows on which a case is given to somebody else."""

    consult_id: str
    number: str
    patient_name: str
    choices: tuple[Load, ...]
    passed: tuple[tuple[str, str], ...]  # who passed it on, and why: for coordinators alone


def giving(tx: Tx, actor: Actor, consult_id: str) -> Giving:
    """A case the actor may give away; whoever has it is no choice. NotFound for everybody else."""
    consult = consult_for(tx, actor, consult_id)
    if actor.hospital_id != consult.consulting_hospital_id:
        raise NotFound
    has_it = people_asked(consult) if consult.consultant_id else frozenset()
    found = tuple(one for one in loads(tx, consult.consulting_hospital_id) if one.person_id not in has_it)
    passed = _passed(tx, consult) if actor.allows(Permission.CONSULT_COORDINATE) else ()
    return Giving(consult.id, consult.number, consult.patient_name, found, passed)


def _passed(tx: Tx, consult: Consult) -> tuple[tuple[str, str], ...]:
    told = [one for offer in consult.offers for one in offer.people if one.passed_at is not None]
    return tuple((person_info(tx, one.person_id).name, one.reason) for one in told)


def open_cases_of(tx: Tx, actor: Actor) -> int:
    """How many cases are the actor's and wait for an opinion."""
    actor.check(Permission.CONSULT_ANSWER)
    return tx.session.scalar(select(func.count()).where(cases_before(actor.id))) or 0


def shift_ends_at(tx: Tx, actor: Actor) -> datetime | None:
    """When the shift ends that the actor is on; None when they are on none."""
    runs = (DutyShift.person_id == actor.id, DutyShift.begins_at <= tx.now, DutyShift.ends_at > tx.now)
    return tx.session.scalar(select(DutyShift.ends_at).where(*runs).order_by(DutyShift.ends_at).limit(1))


def colleagues(tx: Tx, actor: Actor) -> tuple[Load, ...]:
    """Whom the actor may hand their cases over to."""
    actor.check(Permission.CONSULT_ANSWER)
    if actor.hospital_id is None:
        return ()
    return tuple(one for one in loads(tx, actor.hospital_id) if one.person_id != actor.id)
