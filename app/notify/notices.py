"""Notices: one sentence for one person, shown by the bell until it is read, and sent after them when they are away."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam, delete, update

from app.audit.actions import record
from app.audit.kinds import AuditKind
from app.base.actor import Actor, ActorKind, Permission
from app.base.db import Tx
from app.base.errors import Conflict, Forbidden
from app.base.ids import new_id
from app.base.prepared import Prepared
from app.notify.access import notice_for, webhooks_home
from app.notify.events import announce_notice
from app.notify.lifecycle import Kind
from app.notify.models import Notice
from app.notify.outbox import send_after

KEEP = timedelta(days=90)
TRIAL = "This mail is a trial: mails of Hoichan reach you."


@dataclass(frozen=True)
class Recipient:
    """Somebody who is told. `email`: where a mail would go; `language`: of what is sent."""

    person_id: str
    hospital_id: str
    email: str = ""
    language: str = ""


@dataclass(frozen=True)
class News:
    """What is told: a sentence of the catalogue and the page it leads to. No names of patients.

    `urgent` passes quiet hours and digests.
    """

    kind: Kind
    message: str
    path: str
    params: Mapping[str, Any] = field(default_factory=dict)
    subject: str = ""
    urgent: bool = False


def notify(tx: Tx, actor: Actor, *, recipient: Recipient, news: News) -> None:
    """Tells one person."""
    if actor.kind is not ActorKind.SYSTEM and actor.hospital_id is None:
        raise Forbidden
    row = _written(tx, recipient, news)
    send_after(tx, row, email=recipient.email, language=recipient.language)


def _written(tx: Tx, recipient: Recipient, news: News) -> Notice:
    row = Notice(
        id=new_id(),
        person_id=recipient.person_id,
        hospital_id=recipient.hospital_id,
        kind=news.kind,
        subject=news.subject,
        message=news.message,
        params=json.dumps(dict(news.params), ensure_ascii=False),
        path=news.path,
        urgent=news.urgent,
        created_at=tx.now,
    )
    tx.session.add(row)
    announce_notice(tx, recipient.person_id)
    return row


def try_mail(tx: Tx, actor: Actor, *, email: str, language: str) -> None:
    """A mail to whoever keeps the outbox, and its notice at their bell; the outbox shows what came of it."""
    home = webhooks_home(actor)
    if not email:
        raise Conflict("no_email", "Your account has no e-mail address.")
    row = _written(tx, Recipient(actor.id, home), News(Kind.ARCHIVE, TRIAL, "/outbox", urgent=True))
    send_after(tx, row, email=email, language=language, tests=True)
    record(
        tx,
        actor,
        AuditKind.NETWORK_ENTRY,
        "E",
        subject_type="notice",
        subject_id=row.id,
        hospital_id=home,
        detail={"channel": "mail"},
    )


def read_notice(tx: Tx, actor: Actor, *, notice_id: str) -> str:
    """Marks one of the actor's notices as read; where it leads to. Read again, nothing changes."""
    found = notice_for(tx, actor, notice_id)
    if found.read_at is None:
        found.read_at = tx.now
        announce_notice(tx, actor.id)
    return found.path


def read_all_notices(tx: Tx, actor: Actor) -> int:
    """Marks everything as read; how many there were."""
    unread = update(Notice).where(Notice.person_id == actor.id, Notice.read_at.is_(None))
    return _told_read(tx, actor, tx.session.execute(unread.values(read_at=tx.now).returning(Notice.id)).all())


def read_notices_about(tx: Tx, actor: Actor, *, subject: str) -> int:
    """The actor sees the thing itself: what was told of it is no news any more."""
    tx.flush()
    return _told_read(tx, actor, _READ_ABOUT.rows(tx, person=actor.id, subject=subject, now=tx.now))


_READ_ABOUT = Prepared(
    lambda _dialect: (
        update(Notice)
        .where(
            Notice.person_id == bindparam("person"),
            Notice.subject == bindparam("subject"),
            Notice.read_at.is_(None),
        )
        .values(read_at=bindparam("now"))
        .returning(Notice.id)
    )
)


def _told_read(tx: Tx, actor: Actor, done: Sequence[Any]) -> int:
    if done:
        announce_notice(tx, actor.id)
    return len(done)


def drop_old_notices(tx: Tx, actor: Actor) -> None:
    """Periodic: what was told three months ago is no news."""
    actor.check(Permission.NOTIFY_MANAGE)
    tx.session.execute(delete(Notice).where(Notice.created_at < tx.now - KEEP))
