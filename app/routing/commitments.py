"""Answers to Storage Commitment requests: each is a delivery from the moment it was asked for."""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from app.audit.actions import record
from app.audit.kinds import AuditKind
from app.base.actor import Actor, Right
from app.base.db import Tx
from app.base.jobs import enqueue
from app.routing.deliveries import SEND, add_delivery, record_delivery
from app.routing.events import announce_delivery
from app.routing.lifecycle import OPEN, DeliveryKind, DeliveryState
from app.routing.models import Delivery


def promise_commitment(
    tx: Tx,
    actor: Actor,
    *,
    transaction_uid: str,
    study_id: str | None,
    committed: Sequence[tuple[str, str]],
    failed: Sequence[tuple[str, str, int]],
    delay_seconds: float,
) -> str:
    """A device asked; the delivery's id. `committed`: SOP class and instance; `failed`: with the Failure Reason.
    `study_id`: when all that is here belongs to one. Until `delay_seconds` are over the association on which it was asked
    may tell it. Asked again under the same Transaction UID it is answered again.
    """
    actor.check_right(Right.COMMIT)
    payload = {"transaction_uid": transaction_uid, "committed": list(committed), "failed": list(failed)}
    key = f"commitment {actor.id} {transaction_uid}"
    known = tx.session.scalar(select(Delivery).where(Delivery.unique_key == key).with_for_update())
    if known is not None:
        _ask_again(tx, actor, known, payload, delay_seconds)
        return known.id
    return add_delivery(
        tx,
        actor,
        kind=DeliveryKind.COMMITMENT,
        device_id=actor.id,
        study_id=study_id,
        payload=payload,
        unique_key=key,
        delay_seconds=delay_seconds,
    )


def _ask_again(tx: Tx, actor: Actor, row: Delivery, payload: dict[str, Any], delay_seconds: float) -> None:
    row.payload, row.state, row.attempts = json.dumps(payload), DeliveryState.WAITING, 0
    row.next_try_at, row.finished_at, row.last_error = tx.now + timedelta(seconds=delay_seconds), None, ""
    record_delivery(tx, actor, "U", row.id, row.hospital_id, {"again": True})
    announce_delivery(tx, row.hospital_id, row.id)
    enqueue(tx, SEND, row.id, delay_seconds=delay_seconds)


def commitment_told(tx: Tx, actor: Actor, *, delivery_id: str) -> None:
    """The device acknowledged the report on its own association: nobody needs to call it."""
    actor.check_right(Right.COMMIT)
    told = (
        update(Delivery)
        .where(Delivery.id == delivery_id, Delivery.device_id == actor.id, Delivery.state.in_(OPEN))
        .values(state=DeliveryState.DELIVERED, next_try_at=None, finished_at=tx.now, last_error="")
        .returning(Delivery.hospital_id)
        .execution_options(synchronize_session=False)
    )
    hospital_id = tx.session.scalar(told)
    if hospital_id is None:
        return
    record(
        tx,
        actor,
        AuditKind.INSTANCES_TRANSFERRED,
        "U",
        subject_type="delivery",
        subject_id=delivery_id,
        hospital_id=hospital_id,
        detail={"commitment": "acknowledged"},
    )
    announce_delivery(tx, hospital_id, delivery_id)
