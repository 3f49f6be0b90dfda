"""Asking a duty group: which there are, and whose they are."""

from app.base.actor import Actor, Permission
from app.base.db import Tx
from app.base.errors import Invalid
from consults.asking import Address
from consults.dispatch.duty import groups_of, specialists_of
from consults.dispatch.models import DutyGroup


def groups_to_ask(tx: Tx, actor: Actor, hospital_id: str) -> list[tuple[str, str]]:
    """The groups of a hospital that have somebody to answer: id and name."""
    actor.check(Permission.CONSULT_ASK)
    can = specialists_of(tx, hospital_id)
    return [(row.id, row.name) for row in groups_of(tx, hospital_id) if _members(row) & can]


def group_address(tx: Tx, actor: Actor, group_id: str) -> Address:
    """The hospital of the group. Raises Invalid when nobody there could answer."""
    group = tx.session.get(DutyGroup, group_id)
    if (
        group is None
        or group.ended_at is not None
        or not _members(group) & specialists_of(tx, group.hospital_id)
    ):
        raise Invalid("no_such_group", "This duty group cannot be asked. Choose another one.")
    if group.hospital_id == actor.hospital_id:
        raise Invalid("own_hospital", "A consult is asked of another hospital. Choose another one.")
    return Address(group.hospital_id, None)


def _members(group: DutyGroup) -> set[str]:
    return {member.person_id for member in group.members}
