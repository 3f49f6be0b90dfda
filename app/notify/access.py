"""The only way to a notice, something outgoing or a webhook. Another person's, another hospital's, are not found."""

from sqlalchemy import ColumnElement, true

from app.base.actor import Actor, Permission
from app.base.db import Tx
from app.base.errors import NotFound
from app.notify.models import Notice, Outgoing, Webhook


def notice_for(tx: Tx, actor: Actor, notice_id: str) -> Notice:
    """One of the actor's own."""
    found = tx.session.get(Notice, notice_id)
    if found is None or found.person_id != actor.id:
        raise NotFound
    return found


def outgoing_for(tx: Tx, actor: Actor, outgoing_id: str) -> Outgoing:
    """Of a hospital whose outbox the actor keeps."""
    actor.check(Permission.NOTIFY_MANAGE)
    return _kept(actor, tx.session.get(Outgoing, outgoing_id, with_for_update=tx.writable))


def webhook_for(tx: Tx, actor: Actor, webhook_id: str) -> Webhook:
    """Of the actor's own hospital: its secret is nobody else's."""
    hospital_id = webhooks_home(actor)
    found = tx.session.get(Webhook, webhook_id, with_for_update=tx.writable)
    if found is None or found.hospital_id != hospital_id:
        raise NotFound
    return found


def webhooks_home(actor: Actor) -> str:
    """Whose webhooks the actor keeps: those of their hospital."""
    actor.check(Permission.NOTIFY_MANAGE)
    if actor.hospital_id is None:
        raise NotFound
    return actor.hospital_id


def outbox_of(actor: Actor) -> ColumnElement[bool]:
    """The same rule as `outgoing_for`, as a condition for lists."""
    actor.check(Permission.NOTIFY_MANAGE)
    if actor.allows(Permission.HOSPITAL_MANAGE):
        return true()
    return Outgoing.hospital_id == actor.hospital_id


def _kept(actor: Actor, found: Outgoing | None) -> Outgoing:
    if found is None:
        raise NotFound
    if not actor.allows(Permission.HOSPITAL_MANAGE) and found.hospital_id != actor.hospital_id:
        raise NotFound
    return found
