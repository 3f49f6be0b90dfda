"""The only way to a hospital, person or device that is to be changed. Others' are not found."""

from app.base.actor import Actor, Permission, Role
from app.base.db import Tx
from app.base.errors import Forbidden, NotFound
from app.identity.models import Device, Hospital, Person


def sees_hospital(actor: Actor, hospital_id: str | None) -> bool:
    """One's own hospital; the platform's administrators, all."""
    if Role.PLATFORM_ADMINISTRATOR in actor.roles or actor.allows(Permission.HOSPITAL_MANAGE):
        return True
    return hospital_id is not None and hospital_id == actor.hospital_id


def check_people_of(actor: Actor, hospital_id: str | None) -> None:
    """Raises NotFound unless the actor manages a hospital's people; None: the platform's own."""
    actor.check(Permission.PERSON_MANAGE)
    if not sees_hospital(actor, hospital_id):
        raise NotFound


def hospital_for(tx: Tx, actor: Actor, hospital_id: str) -> Hospital:
    """The hospital, if this actor may manage anything in it."""
    found = tx.session.get(Hospital, hospital_id)
    if found is None or not sees_hospital(actor, found.id):
        raise NotFound
    return found


def person_for(tx: Tx, actor: Actor, person_id: str) -> Person:
    """A person this actor may manage. A platform administrator is managed by platform administrators only."""
    actor.check(Permission.PERSON_MANAGE)
    found = tx.session.get(Person, person_id)
    if found is None or not sees_hospital(actor, found.hospital_id):
        raise NotFound
    if Role.PLATFORM_ADMINISTRATOR in found.roles and not actor.allows(Permission.HOSPITAL_MANAGE):
        raise Forbidden
    return found


def device_for(tx: Tx, actor: Actor, device_id: str) -> Device:
    """A device of a hospital this actor manages."""
    actor.check(Permission.DEVICE_MANAGE)
    found = tx.session.get(Device, device_id)
    if found is None or not sees_hospital(actor, found.hospital_id):
        raise NotFound
    return found
