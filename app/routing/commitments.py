"""Answers to Storage Commitment requests: each is a delivery from the moment it was asked for."""

from collections.abc import Sequence

from sqlalchemy import update

from app.audit.actions import record
from app.audit.kinds import AuditKind
from app.base.actor import Actor, Right
from app.base.db import Tx
from app.routing.deliveries import add_delivery
from app.routing.events import announce_delivery
from app.routing.lifecycle import OPEN, DeliveryKind, DeliveryState
from app.routing.models import Delivery


def promise_commitment(
    tx: Tx,
    actor: Actor,
    *,
    transaction_uid: str,
    committed: Sequence[tuple[str, str]],
    failed: Sequence[tuple[str, str, int]],
    delay_seconds: float,
) -> str:
    """A device asked; the delivery's id. `committed`: SOP class and instance; `failed`: with the Failure Reason.
    Until `delay_seconds` are over the association on which it was asked may tell it.
    """
    actor.check_right(Right.COMMIT)
    return add_delivery(
        tx,
        actor,
        kind=DeliveryKind.COMMITMENT,
        device_id=actor.id,
        payload={"transaction_uid": transaction_uid, "committed": list(committed), "failed": list(failed)},
        unique_key=f"commitment {actor.id} {transaction_uid}"[:120],
        delay_seconds=delay_seconds,
    )


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
