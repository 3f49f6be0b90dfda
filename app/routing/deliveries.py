"""Deliveries are made, tried again and cancelled: each is a row that people see (house.md, rule 8)."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from app.audit.actions import record
from app.audit.kinds import AuditKind
from app.base.actor import Actor, ActorKind
from app.base.db import Tx, insert_once
from app.base.errors import Forbidden
from app.base.ids import new_id
from app.base.jobs import enqueue
from app.routing.lifecycle import DeliveryKind, DeliveryState
from app.routing.models import Delivery

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
) -> str:
    """Something is on its way from now on; its id. With a `unique_key` said before nothing is added, and the id is
    that of the first. Who may ask for it was checked by the caller: a person's wishes come by `send_study`.
    """
    owner = hospital_id or actor.hospital_id
    if owner is None or (actor.kind is not ActorKind.SYSTEM and owner != actor.hospital_id):
        raise Forbidden
    delivery_id = new_id()
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
        state=DeliveryState.WAITING.value,
        done=0,
        total=0,
        attempts=0,
        next_try_at=tx.now + timedelta(seconds=delay_seconds),
        last_error="",
        created_at=tx.now,
        created_by=actor.id,
        finished_at=None,
    )
    if not added:
        known = select(Delivery.id).where(Delivery.unique_key == unique_key)
        return str(tx.session.execute(known).scalar_one())
    _record(tx, actor, "C", delivery_id, owner, {"kind": DeliveryKind(kind).value, "device": device_id})
    enqueue(tx, SEND, delivery_id, delay_seconds=delay_seconds)
    return delivery_id


def _record(
    tx: Tx, actor: Actor, action: Any, delivery_id: str, hospital_id: str, detail: dict[str, Any]
) -> None:
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
