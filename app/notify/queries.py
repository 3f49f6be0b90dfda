"""Every read of telling."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select

from app.base.actor import Actor
from app.base.db import Tx
from app.base.prepared import Prepared
from app.notify.access import outbox_of, webhook_for, webhooks_home
from app.notify.lifecycle import AGAIN, OPEN, Kind, OutgoingState
from app.notify.models import Notice, Outgoing, Webhook
from app.notify.preferences import Preference, preference_of

FILTERS = {
    "failed": (OutgoingState.FAILED,),
    "kept": (OutgoingState.KEPT,),
    "open": OPEN,
    "sent": (OutgoingState.SENT,),
}


@dataclass(frozen=True)
class NoticeInfo:
    """One notice of the reader."""

    id: str
    message: str
    params: dict[str, Any]
    path: str
    created_at: datetime
    read: bool
    urgent: bool


@dataclass(frozen=True)
class OutgoingInfo:
    """One row of the outbox. `items`: the sentences of a mail or message; none of a webhook's call."""

    id: str
    channel: str
    address: str
    kind: str
    items: tuple[dict[str, Any], ...]
    state: str
    attempts: int
    created_at: datetime
    next_try_at: datetime | None
    finished_at: datetime | None
    problem: str
    problem_params: dict[str, Any]

    @property
    def may_again(self) -> bool:
        return self.state in AGAIN

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


@dataclass(frozen=True)
class OutgoingPage:
    rows: tuple[OutgoingInfo, ...]
    more: bool


@dataclass(frozen=True)
class WebhookInfo:
    """One webhook of the reader's hospital, with the secret its receiver needs."""

    id: str
    name: str
    url: str
    secret: str
    kinds: frozenset[Kind]
    gateway: bool
    active: bool


def unread_notices(tx: Tx, actor: Actor) -> int:
    """What the bell counts."""
    counted = select(func.count()).where(Notice.person_id == actor.id, Notice.read_at.is_(None))
    return tx.session.scalar(counted) or 0


def still_unread(tx: Tx, subject: str, message: str) -> set[str]:
    """Who has been told this sentence about the subject and has not read it."""
    tx.flush()
    return {person_id for (person_id,) in _UNREAD.rows(tx, subject=subject, message=message)}


_UNREAD = Prepared(
    lambda _dialect: select(Notice.person_id).where(
        Notice.subject == bindparam("subject"),
        Notice.message == bindparam("message"),
        Notice.read_at.is_(None),
    )
)


def was_told(tx: Tx, subject: str, message: str) -> bool:
    """Whether anybody was ever told this sentence about the subject."""
    query = select(Notice.id).where(Notice.subject == subject, Notice.message == message)
    return tx.session.scalar(query.limit(1)) is not None


def notices_of(tx: Tx, actor: Actor, *, limit: int = 100) -> tuple[NoticeInfo, ...]:
    """The reader's own, newest first."""
    query = select(Notice).where(Notice.person_id == actor.id).order_by(Notice.id.desc()).limit(limit)
    return tuple(
        NoticeInfo(
            row.id,
            row.message,
            json.loads(row.params),
            row.path,
            row.created_at,
            row.read_at is not None,
            row.urgent,
        )
        for row in tx.session.scalars(query)
    )


def own_preference(tx: Tx, actor: Actor) -> Preference:
    """How the reader is told."""
    return preference_of(tx, actor.id)


def has_gateway(tx: Tx, hospital_id: str | None) -> bool:
    """Whether messages to people can leave this hospital."""
    query = select(Webhook.id).where(Webhook.hospital_id == hospital_id, Webhook.active, Webhook.gateway)
    return tx.session.scalar(query.limit(1)) is not None


def outgoing_of(tx: Tx, actor: Actor, *, state: str = "", limit: int, offset: int = 0) -> OutgoingPage:
    """The newest first; `state` is a word of FILTERS."""
    query = select(Outgoing).where(outbox_of(actor)).order_by(Outgoing.id.desc())
    if state in FILTERS:
        query = query.where(Outgoing.state.in_(FILTERS[state]))
    rows = list(tx.session.scalars(query.offset(offset).limit(limit + 1)))
    return OutgoingPage(tuple(_info(row) for row in rows[:limit]), more=len(rows) > limit)


def _info(row: Outgoing) -> OutgoingInfo:
    content = json.loads(row.content)
    _, problem, params = json.loads(row.last_error) if row.last_error else ("", "", {})
    return OutgoingInfo(
        id=row.id,
        channel=row.channel,
        address=row.address,
        kind=row.kind,
        items=tuple(content) if isinstance(content, list) else (),
        state=row.state,
        attempts=row.attempts,
        created_at=row.created_at,
        next_try_at=row.next_try_at,
        finished_at=row.finished_at,
        problem=problem,
        problem_params=params,
    )


def failed_outgoing(tx: Tx, actor: Actor) -> int:
    """How much an administrator should look at."""
    failed = Outgoing.state == OutgoingState.FAILED
    return tx.session.scalar(select(func.count()).select_from(Outgoing).where(outbox_of(actor), failed)) or 0


def webhooks_of(tx: Tx, actor: Actor) -> tuple[WebhookInfo, ...]:
    """Those of the actor's hospital, by name."""
    query = select(Webhook).where(Webhook.hospital_id == webhooks_home(actor)).order_by(Webhook.name)
    return tuple(_hook(row) for row in tx.session.scalars(query))


def webhook_info(tx: Tx, actor: Actor, webhook_id: str) -> WebhookInfo:
    """Raises NotFound."""
    return _hook(webhook_for(tx, actor, webhook_id))


def _hook(row: Webhook) -> WebhookInfo:
    kinds = frozenset(Kind(word) for word in json.loads(row.kinds))
    return WebhookInfo(row.id, row.name, row.url, row.secret, kinds, row.gateway, row.active)
