"""Who is on call: of a group, of a hospital, at a moment."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, select

from app.base.actor import SYSTEM, Role
from app.base.db import Tx
from app.identity.queries import people_of
from consults.dispatch.models import DutyGroup, DutyShift
from consults.lifecycle import OPEN_STATES
from consults.models import Consult
from consults.offers import OFFERED_FOR
from consults.urgency import Urgency


@dataclass(frozen=True)
class Duty:
    """Those a case may be offered to now, and how long they may think."""

    person_ids: frozenset[str]
    thinking: timedelta
    is_open: bool = False  # every specialist of the hospital, whoever they are


def cases_before(person_id: str) -> ColumnElement[bool]:
    """Consults that a specialist has accepted and not yet given an opinion on."""
    return and_(Consult.consultant_id == person_id, Consult.opinion.is_(None), Consult.state.in_(OPEN_STATES))


def thinking_of(group: DutyGroup, urgency: Urgency) -> timedelta:
    """How long this group may leave an offer unanswered."""
    return timedelta(minutes=int(getattr(group, urgency.value)))


def groups_of(tx: Tx, hospital_id: str) -> list[DutyGroup]:
    """The hospital's groups that have not ended, by name."""
    query = select(DutyGroup).where(DutyGroup.hospital_id == hospital_id, DutyGroup.ended_at.is_(None))
    return list(tx.session.scalars(query.order_by(DutyGroup.name)))


def specialists_of(tx: Tx, hospital_id: str) -> frozenset[str]:
    """Everybody there who may answer."""
    return frozenset(person.id for person in people_of(tx, SYSTEM, hospital_id, role=Role.SPECIALIST))


def on_call(tx: Tx, group_ids: Collection[str], at: datetime) -> frozenset[str]:
    """Whose shift in one of these groups runs."""
    runs = (DutyShift.begins_at <= at, DutyShift.ends_at > at, DutyShift.group_id.in_(group_ids))
    return frozenset(tx.session.scalars(select(DutyShift.person_id).where(*runs)))


def group_on_duty(tx: Tx, group: DutyGroup, urgency: Urgency) -> Duty:
    """The group's people on call; nobody on call: all its members."""
    can = specialists_of(tx, group.hospital_id)
    members = frozenset(member.person_id for member in group.members) & can
    return Duty(on_call(tx, [group.id], tx.now) & members or members, thinking_of(group, urgency))


def pool_on_duty(tx: Tx, hospital_id: str, urgency: Urgency, modalities: Collection[str]) -> Duty:
    """Everybody on call in the groups that read these modalities; nobody on call: all specialists; a hospital without
    groups is asked as a whole.
    """
    groups = groups_of(tx, hospital_id)
    if not groups:
        return Duty(frozenset(), OFFERED_FOR[urgency], is_open=True)
    wanted = set(modalities)
    fitting = [group for group in groups if not group.modalities or wanted & set(group.modalities)] or groups
    can = specialists_of(tx, hospital_id)
    found = on_call(tx, [group.id for group in fitting], tx.now) & can
    return Duty(found or can, min(thinking_of(group, urgency) for group in fitting))
