"""The programs that a hospital lets be called: where they are, what they hear, and the secret that signs the calls."""

import base64
import json
import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import update

from app.audit.actions import Action, record
from app.audit.kinds import AuditKind, AuditType
from app.base.actor import Actor
from app.base.db import Tx
from app.base.errors import Conflict, Invalid
from app.base.ids import new_id
from app.notify.access import webhook_for, webhooks_home
from app.notify.lifecycle import OPEN, Kind, OutgoingState
from app.notify.models import Outgoing, Webhook
from app.notify.outbox import TEST, call_program
from app.notify.signing import PREFIX


@dataclass(frozen=True)
class WebhookInput:
    """What stands in the form."""

    name: str
    url: str
    kinds: frozenset[Kind] = frozenset()
    gateway: bool = False
    active: bool = True


def create_webhook(tx: Tx, actor: Actor, *, wish: WebhookInput) -> str:
    """For the actor's hospital, with a new secret; its id."""
    home = webhooks_home(actor)
    row = Webhook(id=new_id(), hospital_id=home, secret=_secret(), created_at=tx.now, created_by=actor.id)
    _take(row, wish)
    tx.session.add(row)
    _record(tx, actor, "C", row)
    return row.id


def update_webhook(tx: Tx, actor: Actor, *, webhook_id: str, wish: WebhookInput) -> None:
    """What waits for it goes to the new address."""
    row = webhook_for(tx, actor, webhook_id)
    _take(row, wish)
    tx.session.execute(update(Outgoing).where(_waiting_for(row)).values(address=row.url))
    _record(tx, actor, "U", row)


def renew_secret(tx: Tx, actor: Actor, *, webhook_id: str) -> None:
    """From now on the calls are signed by another one."""
    row = webhook_for(tx, actor, webhook_id)
    row.secret = _secret()
    _record(tx, actor, "U", row, {"secret": "new"})


def delete_webhook(tx: Tx, actor: Actor, *, webhook_id: str) -> None:
    """Nothing more is sent to it, neither what waits."""
    row = webhook_for(tx, actor, webhook_id)
    ended = {"state": OutgoingState.DROPPED, "next_try_at": None, "finished_at": tx.now}
    tx.session.execute(
        update(Outgoing).where(Outgoing.webhook_id == row.id, Outgoing.state.in_(OPEN)).values(**ended)
    )
    _record(tx, actor, "D", row)
    tx.session.delete(row)


def try_webhook(tx: Tx, actor: Actor, *, webhook_id: str) -> str:
    """A call that says nothing; the outbox shows what came of it."""
    row = webhook_for(tx, actor, webhook_id)
    if not row.active:
        raise Conflict("webhook_off", "The webhook is switched off.")
    _record(tx, actor, "E", row)
    return call_program(tx, row, TEST, {})


def _waiting_for(row: Webhook) -> Any:
    return (Outgoing.webhook_id == row.id) & (Outgoing.channel == "webhook") & Outgoing.state.in_(OPEN)


def _take(row: Webhook, wish: WebhookInput) -> None:
    for value, longest in ((wish.name, 120), (wish.url, 500)):
        if not value or len(value) > longest or not value.isprintable():
            raise Invalid("bad_webhook", "The webhook needs a name and an address.")
    _check_url(wish.url)
    row.name, row.url, row.gateway, row.active = wish.name, wish.url, wish.gateway, wish.active
    row.kinds = json.dumps(sorted(wish.kinds))


def _check_url(url: str) -> None:
    """Its form; where it leads is looked at when it is called, each time."""
    try:
        parts = urlsplit(url)
        whole = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        whole = False
    if not whole or parts.username is not None or " " in url:
        raise Invalid(
            "bad_webhook_address", "The address must begin with https:// or http:// and hold no password."
        )


def _secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def _record(tx: Tx, actor: Actor, action: Action, row: Webhook, detail: dict[str, Any] | None = None) -> None:
    tx.session.flush()
    record(
        tx,
        actor,
        AuditKind.SECURITY_ALERT,
        action,
        subject_type="webhook",
        subject_id=row.id,
        hospital_id=row.hospital_id,
        detail={
            "type": AuditType.NETWORK_CONFIGURATION,
            "kinds": json.loads(row.kinds),
            "active": row.active,
            **(detail or {}),
        },
    )
