"""Every write of duty groups and shifts: a coordinator's, for their own hospital."""

from datetime import datetime, timedelta

from sqlalchemy import select

from app.audit.actions import Action, record
from app.audit.kinds import AuditKind, AuditType
from app.base.actor import Actor, Permission
from app.base.db import Tx, conflict_as
from app.base.errors import Conflict, Invalid, NotFound
from app.base.ids import new_id
from consults.dispatch.duty import specialists_of
from consults.dispatch.models import DutyGroup, DutyMember, DutyShift
from consults.dispatch.schemas import GroupInput

LONGEST_SHIFT = timedelta(hours=72)
WEEK = timedelta(days=7)


def keep_group(tx: Tx, actor: Actor, *, group_id: str | None, content: GroupInput) -> str:
    """A new group, or a group changed; its id. Members are specialists of the hospital."""
    home = home_of(actor)
    if not set(content.members) <= specialists_of(tx, home):
        raise Invalid("not_a_specialist", "This person cannot be asked. Choose a specialist.")
    row = group_for(tx, actor, group_id) if group_id else None
    if row is None:
        row = DutyGroup(id=new_id(), hospital_id=home, created_at=tx.now)
        tx.session.add(row)
    row.name, row.specialty, row.modalities = content.name, content.specialty, [*content.modalities]
    row.emergency, row.urgent, row.routine = content.emergency, content.urgent, content.routine
    with conflict_as("group_known", "There is a group of this name already. Choose another name."):
        tx.session.flush()
    row.members.clear()
    tx.session.flush()
    row.members = [DutyMember(person_id=person_id) for person_id in sorted(set(content.members))]
    tx.session.flush()
    _audit(tx, actor, "U" if group_id else "C", "duty_group", row.id, {"members": len(content.members)})
    return row.id


def end_group(tx: Tx, actor: Actor, *, group_id: str) -> None:
    """Nothing is offered to it any longer; its past shifts stay."""
    home_of(actor)
    row = group_for(tx, actor, group_id)
    row.ended_at = tx.now
    row.name = f"{row.name[:60]} ({row.id})"  # its name is free again
    tx.session.flush()
    _audit(tx, actor, "D", "duty_group", row.id, {})


def add_shift(
    tx: Tx, actor: Actor, *, group_id: str, person_id: str, begins_at: datetime, ends_at: datetime
) -> str:
    """Puts a member on call; its id. Shifts of one person in one group do not overlap."""
    home_of(actor)
    group = group_for(tx, actor, group_id, lock=True)
    if person_id not in {member.person_id for member in group.members}:
        raise Invalid("not_a_member", "Only members of the group can be on call for it.")
    if not begins_at < ends_at <= begins_at + LONGEST_SHIFT:
        raise Invalid("bad_shift", "A shift ends after it begins and lasts 72 hours at most.")
    if _overlaps(tx, group_id, person_id, begins_at, ends_at):
        raise Conflict("shift_overlaps", "This doctor is on call for the group at that time already.")
    return _put(tx, actor, group_id, person_id, begins_at, ends_at)


def remove_shift(tx: Tx, actor: Actor, *, shift_id: str) -> None:
    """Takes somebody off the roster; cases they have stay theirs."""
    home_of(actor)
    row = tx.session.get(DutyShift, shift_id)
    if row is None:
        raise NotFound
    group_for(tx, actor, row.group_id, lock=True)
    tx.session.delete(row)
    tx.session.flush()
    _audit(tx, actor, "D", "duty_shift", shift_id, {"group": row.group_id, "person": row.person_id})


def copy_week(tx: Tx, actor: Actor, *, group_id: str, monday: datetime) -> int:
    """The shifts that begin in the week of `monday` again a week later; how many. What overlaps is left out."""
    home_of(actor)
    group = group_for(tx, actor, group_id, lock=True)
    members = {member.person_id for member in group.members}
    begin_then = (DutyShift.begins_at >= monday, DutyShift.begins_at < monday + WEEK)
    query = select(DutyShift).where(DutyShift.group_id == group_id, *begin_then).order_by(DutyShift.begins_at)
    copied = 0
    for row in tx.session.scalars(query).all():
        span = (row.begins_at + WEEK, row.ends_at + WEEK)
        if row.person_id in members and not _overlaps(tx, group_id, row.person_id, *span):
            _put(tx, actor, group_id, row.person_id, *span)
            copied += 1
    return copied


def group_for(tx: Tx, actor: Actor, group_id: str, *, lock: bool = False) -> DutyGroup:
    """A group of the actor's own hospital that has not ended, or NotFound."""
    query = select(DutyGroup).where(
        DutyGroup.id == group_id, DutyGroup.hospital_id == actor.hospital_id, DutyGroup.ended_at.is_(None)
    )
    found = tx.session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFound
    return found


def home_of(actor: Actor) -> str:
    """The coordinator's own hospital."""
    actor.check(Permission.CONSULT_COORDINATE)
    if actor.hospital_id is None:
        raise NotFound
    return actor.hospital_id


def _overlaps(tx: Tx, group_id: str, person_id: str, begins_at: datetime, ends_at: datetime) -> bool:
    of_theirs = (DutyShift.group_id == group_id, DutyShift.person_id == person_id)
    query = select(DutyShift.id).where(
        *of_theirs, DutyShift.begins_at < ends_at, DutyShift.ends_at > begins_at
    )
    return tx.session.scalars(query).first() is not None


def _put(tx: Tx, actor: Actor, group_id: str, person_id: str, begins_at: datetime, ends_at: datetime) -> str:
    row = DutyShift(id=new_id(), group_id=group_id, person_id=person_id, begins_at=begins_at, ends_at=ends_at)
    tx.session.add(row)
    tx.session.flush()
    _audit(tx, actor, "C", "duty_shift", row.id, {"group": group_id, "person": person_id})
    return row.id


def _audit(
    tx: Tx, actor: Actor, action: Action, subject_type: str, subject_id: str, detail: dict[str, object]
) -> None:
    record(
        tx,
        actor,
        AuditKind.SECURITY_ALERT,
        action,
        subject_type=subject_type,
        subject_id=subject_id,
        hospital_id=actor.hospital_id,
        detail={"type": AuditType.USER_CHANGED, **detail},
    )
