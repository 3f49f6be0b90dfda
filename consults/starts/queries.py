"""Every read of the images to begin with."""

from typing import Any

from app.base.db import Tx
from consults.models import Consult
from consults.starts.models import ConsultStart


def starts_state(tx: Tx, consult: Consult) -> list[dict[str, Any]]:
    """In the order chosen."""
    row = tx.session.get(ConsultStart, consult.id)
    return row.places if row else []
