"""Setting and taking back a setting of the viewer: one's own, or one's hospital's for everybody in it."""

from typing import Any

from sqlalchemy import delete, update

from app.audit.actions import Action, record
from app.audit.kinds import AuditKind
from app.base.actor import Actor, ActorKind, Permission
from app.base.db import Tx, insert_once
from app.base.errors import Forbidden, NotFound
from app.viewing.models import ViewerPreference
from app.viewing.schemas import PREFERENCES, checked


def set_preference(tx: Tx, actor: Actor, *, name: str, value: object, for_hospital: bool = False) -> Any:
    """Keeps the setting in place of what was there; the value as kept. Invalid or NotFound as schemas.checked says."""
    owner_id = _owner(actor, for_hospital=for_hospital)
    kept = checked(name, value)
    values = {"value": kept, "changed_at": tx.now}
    is_new = insert_once(tx, ViewerPreference, owner_id=owner_id, name=name, **values)
    if not is_new:
        own = ViewerPreference.owner_id == owner_id, ViewerPreference.name == name
        tx.session.execute(update(ViewerPreference).where(*own).values(**values))
    _record(tx, actor, "C" if is_new else "U", owner_id, name)
    return kept


def drop_preference(tx: Tx, actor: Actor, *, name: str, for_hospital: bool = False) -> None:
    """The default counts again: the hospital's, or the program's. Nothing happens when nothing was set."""
    owner_id = _owner(actor, for_hospital=for_hospital)
    if name not in PREFERENCES:
        raise NotFound
    own = ViewerPreference.owner_id == owner_id, ViewerPreference.name == name
    if tx.session.scalars(delete(ViewerPreference).where(*own).returning(ViewerPreference.name)).all():
        _record(tx, actor, "D", owner_id, name)


def _owner(actor: Actor, *, for_hospital: bool) -> str:
    if for_hospital:
        actor.check(Permission.VIEWER_MANAGE)
        if actor.hospital_id is None:
            raise NotFound
        return actor.hospital_id
    if actor.kind is not ActorKind.PERSON:
        raise Forbidden
    return actor.id


def _record(tx: Tx, actor: Actor, action: Action, owner_id: str, name: str) -> None:
    record(
        tx,
        actor,
        AuditKind.APPLICATION_ACTIVITY,
        action,
        subject_type="viewer-preference",
        subject_id=owner_id,
        hospital_id=actor.hospital_id,
        detail={"name": name},
    )
