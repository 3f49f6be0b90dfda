"""What routing announces: lists of deliveries and fetches ask again."""

from app.base.db import Tx
from app.base.events import announce

DELIVERY_CHANGED = "delivery.changed"
FETCH_CHANGED = "fetch.changed"


def announce_delivery(tx: Tx, hospital_id: str, delivery_id: str) -> None:
    """To the hospital whose study it is."""
    announce(tx, f"hospital:{hospital_id}", DELIVERY_CHANGED, {"delivery_id": delivery_id})


def announce_fetch(tx: Tx, hospital_id: str, fetch_id: str) -> None:
    """To the hospital that fetches."""
    announce(tx, f"hospital:{hospital_id}", FETCH_CHANGED, {"fetch_id": fetch_id})
