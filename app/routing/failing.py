"""How much does not get through, for whoever watches over several hospitals: numbers alone."""

from sqlalchemy import func, select

from app.base.db import Tx
from app.routing.lifecycle import DeliveryState
from app.routing.models import Delivery


def failing_deliveries(tx: Tx) -> dict[str, int]:
    """By hospital: deliveries given up, and those that failed at least once and are tried again."""
    given_up = Delivery.state == DeliveryState.FAILED
    waiting = Delivery.state.in_((DeliveryState.WAITING, DeliveryState.SENDING))
    troubled = given_up | (waiting & (Delivery.attempts > 0) & (Delivery.last_error != ""))
    query = select(Delivery.hospital_id, func.count()).where(troubled).group_by(Delivery.hospital_id)
    return dict(tx.session.execute(query).all())
