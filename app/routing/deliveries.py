"""Deliveries are made, tried again and cancelled by people and rules: each is a row that people see (house.md, rule 8)."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from app.archive.access import study_for
from app.audit.actions import Action, record
from app.audit.kinds import AuditKind
from app.base.actor import Actor, ActorKind, Permission
from app.base.db import Tx, insert_once
from app.base.errors import Conflict, Forbidden
from app.base.ids import new_id
from app.base.jobs import enqueue
from app.routing.access import delivery_for
from app.routing.events import announce_delivery
from app.routing.lifecycle import OPEN, DeliveryKind, DeliveryState
from app.routing.models import Delivery
from app.routing.remotes import check_exchange, device_for, hold_device, remote_for

SEND = "delivery.send"


def add_delivery(
    tx: Tx,
    actor: Actor,
    *,
    kind: DeliveryKind | str,
    device_id: str | None,
    study_id: str | None = None,
    payload: Mapping[str, Any] | None = None,
    unique_key: str | None = None,
    delay_seconds: float = 0,
    rule_id: str | None = None,
    hospital_id: str | None = None,
    state: DeliveryState = DeliveryState.WAITING,
) -> str:
    """Something is on its way from now on, or was done in this transaction (`state` delivered); its id. With a
    `unique_key` said before nothing is added, and the id is that of the first. Who may ask for it was checked by the
    caller: a person's wishes come by `send_study`.
    """
    owner = hospital_id or actor.hospital_id
    if owner is None or (actor.kind is not ActorKind.SYSTEM and owner != actor.hospital_id):
        raise Forbidden
    delivery_id, waits = new_id(), state is DeliveryState.WAITING
    added = insert_once(
        tx,
        Delivery,
        id=delivery_id,
        hospital_id=owner,
        kind=DeliveryKind(kind).value,
        rule_id=rule_id,
        study_id=study_id,
        device_id=device_id,
        payload=json.dumps(dict(payload or {})),
        unique_key=unique_key,
        state=state.value,
        done=0,
        total=0,
        attempts=0,
        next_try_at=tx.now + timedelta(seconds=delay_seconds) if waits else None,
        last_error="",
        created_at=tx.now,
        created_by=actor.id,
        finished_at=None if waits else tx.now,
    )
    if not added:
        known = select(Delivery.id).where(Delivery.unique_key == unique_key)
        return str(tx.session.execute(known).scalar_one())
    detail = {"kind": DeliveryKind(kind).value, "device": device_id, "study": study_id, "rule": rule_id}
    record_delivery(tx, actor, "C", delivery_id, owner, detail)
    announce_delivery(tx, owner, delivery_id)
    if waits:
        enqueue(tx, SEND, delivery_id, delay_seconds=delay_seconds)
    return delivery_id


def record_delivery(
    tx: Tx, actor: Actor, action: Action, delivery_id: str, hospital_id: str, detail: dict[str, Any]
) -> None:
    """What somebody asked of a delivery; for this room."""
    record(
        tx,
        actor,
        AuditKind.BEGIN_TRANSFERRING,
        action,
        subject_type="delivery",
        subject_id=delivery_id,
        hospital_id=hospital_id,
        detail=detail,
    )


def send_study(tx: Tx, actor: Actor, *, study_id: str, device_id: str) -> str:
    """A person sends a study of their own hospital to one of its devices; the delivery's id."""
    actor.check(Permission.STUDY_FETCH)
    study = study_for(tx, actor, study_id)
    if study.hospital_id != actor.hospital_id:
        raise Forbidden(
            "foreign_study",
            "This study belongs to another hospital, which shows it to you. It cannot be sent on.",
        )
    remote = remote_for(tx, actor, device_id)
    hold_device(tx, device_id)
    under_way = select(Delivery.id).where(
        Delivery.study_id == study_id,
        Delivery.device_id == device_id,
        Delivery.kind == DeliveryKind.STUDY,
        Delivery.state.in_(OPEN),
    )
    if tx.session.scalar(under_way.limit(1)) is not None:
        raise Conflict(
            "on_its_way", "This study is already on its way to {name}. See Deliveries.", name=remote.name
        )
    return add_delivery(tx, actor, kind=DeliveryKind.STUDY, device_id=device_id, study_id=study_id)


def cancel_delivery(tx: Tx, actor: Actor, *, delivery_id: str) -> None:
    """Nothing more of it is sent; what has arrived there stays there. One that has ended stays as it ended."""
    check_exchange(actor)
    found = delivery_for(tx, actor, delivery_id)
    if found.state not in OPEN:
        return
    found.state, found.next_try_at, found.finished_at = DeliveryState.CANCELLED, None, tx.now
    record_delivery(tx, actor, "D", found.id, found.hospital_id, {"done": found.done, "total": found.total})
    announce_delivery(tx, found.hospital_id, found.id)


def resend_delivery(tx: Tx, actor: Actor, *, delivery_id: str) -> None:
    """Tries again now: what is missing, or everything where everything had arrived."""
    check_exchange(actor)
    _again(tx, actor, delivery_for(tx, actor, delivery_id))


def resend_all(tx: Tx, actor: Actor, *, device_id: str) -> int:
    """All that failed or waits for a device is tried again now; how many."""
    hospital_id = check_exchange(actor)
    device = device_for(tx, actor, device_id)
    stuck = select(Delivery).where(
        Delivery.hospital_id == hospital_id,
        Delivery.device_id == device.id,
        Delivery.state.in_((DeliveryState.FAILED, DeliveryState.WAITING)),
    )
    rows = list(tx.session.scalars(stuck.order_by(Delivery.id).with_for_update()))
    for row in rows:
        _again(tx, actor, row)
    return len(rows)


def _again(tx: Tx, actor: Actor, row: Delivery) -> None:
    if row.state == DeliveryState.SENDING or row.kind in {DeliveryKind.GRANT, DeliveryKind.NOTIFY}:
        return
    payload = json.loads(row.payload)
    if row.state == DeliveryState.DELIVERED:
        for name in ("sent", "unchanged"):
            payload.pop(name, None)
        row.done = 0
    row.payload = json.dumps(payload | {"since": tx.now.isoformat()})
    row.state, row.attempts, row.next_try_at, row.finished_at = DeliveryState.WAITING, 0, tx.now, None
    record_delivery(tx, actor, "U", row.id, row.hospital_id, {"again": True})
    announce_delivery(tx, row.hospital_id, row.id)
    enqueue(tx, SEND, row.id)
