"""The worker's side of the outbox: each row is claimed, sent, and noted (job `outgoing.send`)."""

import json
import logging
import time
from dataclasses import dataclass

from app.base.db import Database
from app.base.errors import HoichanError, Unavailable
from app.base.faults import fault_of
from app.base.settings import Settings
from app.notify import progress
from app.notify.calling import call
from app.notify.lifecycle import Channel, OutgoingState
from app.notify.mailing import compose, send_mail, sentences, spoken
from app.notify.progress import Claimed
from app.notify.signing import signature

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Post:
    """What the couriers of the outbox are given."""

    db: Database
    settings: Settings


def send_due(post: Post) -> int:
    """Tries what is due, one after the other; how many tries were made."""
    with post.db.reading() as tx:
        waiting = progress.due(tx)
    return sum(send(post, outgoing_id) for outgoing_id in waiting)


def send(post: Post, outgoing_id: str) -> bool:
    """One try of what is due and nobody holds; says whether there was one."""
    with post.db.transaction() as tx:
        claimed = progress.claim(tx, outgoing_id)
    if claimed is None:
        return False
    try:
        state = _sent(post.settings, claimed)
    except HoichanError as error:
        _put_off(post, claimed, error)
    except Exception as error:  # noqa: BLE001 - the row is tried again; its reader is told
        log.error("outgoing %s failed: %s", claimed.id, fault_of(error))  # noqa: TRY400 - no text: T18
        _put_off(post, claimed, Unavailable("internal", "Something went wrong here. The log has more."))
    else:
        with post.db.transaction() as tx:
            progress.finish(tx, claimed, state)
    return True


def _put_off(post: Post, claimed: Claimed, error: HoichanError) -> None:
    with post.db.transaction() as tx:
        progress.put_off(tx, claimed, error)


def _sent(settings: Settings, claimed: Claimed) -> OutgoingState:
    if claimed.channel is not Channel.MAIL:
        _call(settings, claimed)
        return OutgoingState.SENT
    if not settings.mail.host:
        return OutgoingState.KEPT
    language = spoken(claimed.language or settings.language)
    origin, items = settings.web.origin, claimed.content
    send_mail(settings.mail, compose(settings.mail, origin, claimed.id, claimed.address, items, language))
    return OutgoingState.SENT


def _call(settings: Settings, claimed: Claimed) -> None:
    payload = claimed.content
    if claimed.channel is Channel.MESSENGER:
        payload = _message(settings, claimed)
    elif "path" in payload["data"]:
        payload["data"]["url"] = settings.web.origin + payload["data"].pop("path")
    body = json.dumps(payload, ensure_ascii=False).encode()
    moment = int(time.time())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Hoichan-Webhooks",
        "webhook-id": claimed.id,
        "webhook-timestamp": str(moment),
        "webhook-signature": signature(claimed.secret, claimed.id, moment, body),
    }
    call(claimed.address, headers, body, allow_private=settings.webhooks.allow_private)


def _message(settings: Settings, claimed: Claimed) -> dict[str, object]:
    """For a gateway: whom, and one short text with its link."""
    items = claimed.content["items"]
    told = sentences(items, spoken(claimed.language or settings.language))
    text = "\n".join([*told, settings.web.origin + (items[0]["path"] if len(items) == 1 else "/notices")])
    return {"type": "person.notice", "data": {"to": claimed.content["to"], "text": text}}
