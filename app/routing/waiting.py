"""How much waits to be sent to each device."""

from collections.abc import Collection

from sqlalchemy import func, select

from app.base.actor import Actor, Permission
from app.base.db import Tx
from app.routing.lifecycle import DeliveryState
from app.routing.models import Delivery


def waiting_by_device(tx: Tx, actor: Actor, device_ids: Collection[str]) -> dict[str, int]:
    """Of these devices, which the actor manages: how many deliveries are not done yet."""
    actor.check(Permission.DEVICE_MANAGE)
    waiting = (
        select(Delivery.device_id, func.count())
        .where(
            Delivery.device_id.in_(device_ids),
            Delivery.state.in_((DeliveryState.SENDING, DeliveryState.WAITING)),
        )
        .group_by(Delivery.device_id)
    )
    return {str(row[0]): row[1] for row in tx.session.execute(waiting)}


def deliveries_by_state(tx: Tx) -> dict[str, int]:
    """Of all hospitals together, for the metrics."""
    query = select(Delivery.state, func.count()).group_by(Delivery.state)
    return {row[0]: row[1] for row in tx.session.execute(query)}
