"""How something outgoing comes along: claimed by one courier, sent, put off or given up."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.orm import aliased

from app.base.db import Tx
from app.base.errors import HoichanError, Invalid, NotFound
from app.notify.events import announce_outgoing
from app.notify.lifecycle import GIVE_UP_AFTER, LEASE, OPEN, Channel, OutgoingState, wait_after
from app.notify.models import Notice, Outgoing, Webhook
from app.notify.outbox import end

_MOST_TOGETHER = 50


@dataclass(frozen=True)
class Claimed:
    """What a courier holds until its lease is over. `content`: the notices that are still unread, or the payload."""

    id: str
    channel: Channel
    address: str
    language: str
    content: Any
    secret: str
    until: datetime


def due(tx: Tx, limit: int = 50) -> list[str]:
    """What may be tried now, the longest waiting first; also what a courier that died left behind. Of each webhook the
    oldest call alone, and none while one is under way: a program that does not answer never keeps all couriers.
    """
    busy = aliased(Outgoing)
    under_way = exists().where(
        busy.webhook_id == Outgoing.webhook_id,
        busy.state == OutgoingState.SENDING,
        busy.next_try_at > tx.now,
    )
    query = (
        select(func.min(Outgoing.id))
        .where(Outgoing.state.in_(OPEN), Outgoing.next_try_at <= tx.now, ~under_way)
        .group_by(func.coalesce(Outgoing.webhook_id, Outgoing.id))
    )
    return list(tx.session.scalars(query.order_by(func.min(Outgoing.next_try_at)).limit(limit)))


def claim(tx: Tx, outgoing_id: str) -> Claimed | None:
    """Takes it, with what else was held for the same person; None when another did, or when there is nothing to say."""
    until = tx.now + LEASE
    claiming = (
        update(Outgoing)
        .where(Outgoing.id == outgoing_id, Outgoing.state.in_(OPEN), Outgoing.next_try_at <= tx.now)
        .values(state=OutgoingState.SENDING, next_try_at=until, attempts=Outgoing.attempts + 1)
        .returning(Outgoing.id)
    )
    if tx.session.execute(claiming).one_or_none() is None:
        return None
    row = tx.session.get_one(Outgoing, outgoing_id, populate_existing=True)
    if row.channel != Channel.WEBHOOK:
        _gather(tx, row)
        if not json.loads(row.content):
            end(tx, row, OutgoingState.DROPPED)
            return None
    announce_outgoing(tx, row.hospital_id, row.id)
    hook = tx.session.get(Webhook, row.webhook_id) if row.webhook_id else None
    if row.webhook_id and (hook is None or not hook.active):
        end(tx, row, OutgoingState.DROPPED)
        return None
    address = hook.url if hook is not None and row.channel == Channel.WEBHOOK else row.address
    content = json.loads(row.content)
    if hook is not None and row.channel == Channel.MESSENGER:
        content, address = {"to": row.address, "items": content}, hook.url
    secret = hook.secret if hook is not None else ""
    return Claimed(row.id, Channel(row.channel), address, row.language, content, secret, until)


def _gather(tx: Tx, row: Outgoing) -> None:
    """One mail for all that is due to the same person, without what they have read since."""
    same = (
        select(Outgoing)
        .where(
            Outgoing.person_id == row.person_id,
            Outgoing.channel == row.channel,
            Outgoing.address == row.address,
            Outgoing.state.in_((OutgoingState.HELD, OutgoingState.WAITING)),
            Outgoing.attempts == 0,
            Outgoing.next_try_at <= tx.now,
            Outgoing.id != row.id,
        )
        .order_by(Outgoing.id)
        .limit(_MOST_TOGETHER)
    )
    others = list(tx.session.scalars(same.with_for_update()))
    items = [item for one in (row, *others) for item in json.loads(one.content)]
    unread = select(Notice.id).where(
        Notice.id.in_([item["notice_id"] for item in items]), Notice.read_at.is_(None)
    )
    left = set(tx.session.scalars(unread))
    items.sort(key=lambda item: str(item["notice_id"]))
    row.content = json.dumps([item for item in items if item["notice_id"] in left], ensure_ascii=False)
    tx.session.execute(delete(Outgoing).where(Outgoing.id.in_([one.id for one in others])))


def finish(tx: Tx, claimed: Claimed, state: OutgoingState = OutgoingState.SENT) -> None:
    """It has left, or stays here for good."""
    row = _held(tx, claimed)
    if row is not None:
        row.last_error = ""
        end(tx, row, state)


def put_off(tx: Tx, claimed: Claimed, error: HoichanError) -> None:
    """Tried again later; after a day, or when it never can go through, it has failed and people see it."""
    row = _held(tx, claimed)
    if row is None:
        return
    row.last_error = json.dumps([error.code, error.message, error.params], ensure_ascii=False)
    hopeless = isinstance(error, (Invalid, NotFound))
    next_try = tx.now + wait_after(row.attempts)
    if hopeless or next_try - row.since > GIVE_UP_AFTER:
        end(tx, row, OutgoingState.FAILED)
        return
    row.state, row.next_try_at = OutgoingState.WAITING, next_try
    announce_outgoing(tx, row.hospital_id, row.id)


def _held(tx: Tx, claimed: Claimed) -> Outgoing | None:
    """The row while it is ours: not when it was stopped meanwhile, or taken by another after our lease."""
    row = tx.session.get(Outgoing, claimed.id, with_for_update=True)
    ours = row is not None and row.state == OutgoingState.SENDING and row.next_try_at == claimed.until
    return row if ours else None
