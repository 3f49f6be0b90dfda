"""What leaves: rows that administrators see, with their tries, and what is told to programs."""

import json
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, select

from app.audit.actions import Action, record
from app.audit.kinds import AuditKind
from app.base.actor import Actor, ActorKind, Permission
from app.base.db import Tx
from app.base.errors import Conflict, Forbidden
from app.base.ids import new_id
from app.base.jobs import enqueue
from app.base.prepared import Prepared
from app.notify.access import outbox_of, outgoing_for
from app.notify.events import announce_outgoing
from app.notify.lifecycle import AGAIN, OPEN, Channel, Kind, OutgoingState
from app.notify.models import Notice, Outgoing, Webhook
from app.notify.preferences import preference_of

SEND = "outgoing.send"
KEEP = timedelta(days=90)
TEST = "webhook.test"
_MOST_AGAIN = 500


def send_after(tx: Tx, notice: Notice, *, email: str, language: str, tests: bool = False) -> None:
    """The notice also goes where its person wishes, unless it is read by then; for this room. `tests`: by mail
    whatever they wish.
    """
    wish = preference_of(tx, notice.person_id)
    leaves_at, held = wish.peace.leaves_at(tx.now, urgent=notice.urgent)
    state = OutgoingState.HELD if held else OutgoingState.WAITING

    def add(channel: Channel, address: str, webhook_id: str | None = None) -> None:
        row = _row(tx, notice.hospital_id, channel, address, notice.kind, [_item(notice)])
        row.person_id, row.webhook_id, row.language = notice.person_id, webhook_id, language
        _start(tx, row, state, leaves_at)

    if email and (tests or notice.kind in wish.mail_kinds):
        add(Channel.MAIL, email)
    if wish.messenger and notice.kind in wish.messenger_kinds:
        gateway = _gateway(tx, notice.hospital_id)
        if gateway is not None:
            add(Channel.MESSENGER, wish.messenger, gateway.id)


def tell_programs(
    tx: Tx, actor: Actor, *, hospital_id: str, kind: Kind, type_: str, data: dict[str, Any]
) -> int:
    """Calls the hospital's webhooks that hear this kind; how many. `data`: ids, numbers, words of our own, no patient."""
    if actor.kind is not ActorKind.SYSTEM and actor.hospital_id != hospital_id:
        raise Forbidden
    # Most have none, and this is asked at every line of a talk.
    if _ANY.first(tx, hospital=hospital_id) is None:
        return 0
    hearing = [hook for hook in _active(tx, hospital_id) if kind in json.loads(hook.kinds)]
    for hook in hearing:
        call_program(tx, hook, type_, data)
    return len(hearing)


_ANY = Prepared(
    lambda _dialect: (
        select(Webhook.id)
        .where(Webhook.hospital_id == bindparam("hospital"), Webhook.active.is_(True))
        .limit(1)
    )
)


def call_program(tx: Tx, hook: Webhook, type_: str, data: dict[str, Any]) -> str:
    """One call of one webhook; its id, which the receiver knows it by. For this room."""
    payload = {"type": type_, "timestamp": tx.now.isoformat(), "data": data}
    row = _row(tx, hook.hospital_id, Channel.WEBHOOK, hook.url, type_, payload)
    row.webhook_id = hook.id
    _start(tx, row, OutgoingState.WAITING, tx.now)
    return row.id


def _active(tx: Tx, hospital_id: str) -> list[Webhook]:
    query = select(Webhook).where(Webhook.hospital_id == hospital_id, Webhook.active)
    return list(tx.session.scalars(query.order_by(Webhook.id)))


def _gateway(tx: Tx, hospital_id: str) -> Webhook | None:
    return next((hook for hook in _active(tx, hospital_id) if hook.gateway), None)


def _item(notice: Notice) -> dict[str, Any]:
    return {
        "notice_id": notice.id,
        "message": notice.message,
        "params": json.loads(notice.params),
        "path": notice.path,
    }


def _row(tx: Tx, hospital_id: str, channel: Channel, address: str, kind: str, content: Any) -> Outgoing:
    return Outgoing(
        id=new_id(),
        hospital_id=hospital_id,
        channel=channel,
        address=address,
        kind=kind,
        language="",
        content=json.dumps(content, ensure_ascii=False),
        attempts=0,
        since=tx.now,
        last_error="",
        created_at=tx.now,
    )


def _start(tx: Tx, row: Outgoing, state: OutgoingState, at: datetime) -> None:
    row.state, row.next_try_at = state, at
    tx.session.add(row)
    announce_outgoing(tx, row.hospital_id, row.id)
    if at <= tx.now:
        enqueue(tx, SEND, row.id)


def resend_outgoing(tx: Tx, actor: Actor, *, outgoing_id: str) -> None:
    """Tries again now, whatever it waits for; what has been sent stays sent."""
    row = outgoing_for(tx, actor, outgoing_id)
    if row.state not in AGAIN:
        raise Conflict("not_again", "This has been sent, or is being sent at this moment.")
    row.attempts, row.since, row.finished_at = 0, tx.now, None
    _record(tx, actor, "U", row)
    _start(tx, row, OutgoingState.WAITING, tx.now)


def resend_failed(tx: Tx, actor: Actor) -> int:
    """After the mail server or a program was away: all that failed in the actor's outbox is tried again; how much."""
    failed = select(Outgoing).where(outbox_of(actor), Outgoing.state == OutgoingState.FAILED)
    rows = list(tx.session.scalars(failed.order_by(Outgoing.id).limit(_MOST_AGAIN)))
    for row in rows:
        resend_outgoing(tx, actor, outgoing_id=row.id)
    return len(rows)


def drop_outgoing_of(tx: Tx, actor: Actor, *, person_id: str) -> None:
    """Their account is closed: what waits for them is not sent."""
    _check_keeper(actor)
    for row in _waiting_for(tx, person_id):
        end(tx, row, OutgoingState.DROPPED)


def readdress_outgoing(tx: Tx, actor: Actor, *, person_id: str, email: str) -> None:
    """Mails that wait for them go to their new address; without one they are not sent."""
    _check_keeper(actor)
    for row in _waiting_for(tx, person_id):
        if row.channel == Channel.MAIL and email:
            row.address = email
        elif row.channel == Channel.MAIL:
            end(tx, row, OutgoingState.DROPPED)


def _check_keeper(actor: Actor) -> None:
    if actor.kind is not ActorKind.SYSTEM:
        actor.check(Permission.PERSON_MANAGE)


def _waiting_for(tx: Tx, person_id: str) -> list[Outgoing]:
    waiting = select(Outgoing).where(Outgoing.person_id == person_id, Outgoing.state.in_(OPEN))
    return list(tx.session.scalars(waiting.with_for_update()))


def end(tx: Tx, row: Outgoing, state: OutgoingState) -> None:
    """Nothing more is tried. For this room."""
    row.state, row.next_try_at, row.finished_at = state, None, tx.now
    announce_outgoing(tx, row.hospital_id, row.id)


def stop_outgoing(tx: Tx, actor: Actor, *, outgoing_id: str) -> None:
    """It is not sent. One that has ended stays as it ended."""
    row = outgoing_for(tx, actor, outgoing_id)
    if row.state not in OPEN:
        return
    end(tx, row, OutgoingState.DROPPED)
    _record(tx, actor, "D", row)


def _record(tx: Tx, actor: Actor, action: Action, row: Outgoing) -> None:
    record(
        tx,
        actor,
        AuditKind.NETWORK_ENTRY,
        action,
        subject_type="outgoing",
        subject_id=row.id,
        hospital_id=row.hospital_id,
        detail={"channel": row.channel, "kind": row.kind},
    )


def drop_old_outgoing(tx: Tx, actor: Actor) -> None:
    """Periodic: what ended three months ago is looked for by nobody."""
    actor.check(Permission.NOTIFY_MANAGE)
    tx.session.execute(delete(Outgoing).where(Outgoing.finished_at < tx.now - KEEP))
