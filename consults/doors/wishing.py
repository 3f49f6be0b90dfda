"""Wishes that come by HTTP."""

from typing import Any

from app.edge.actor import current_actor
from app.edge.services import Services
from consults.steps import Answer
from consults.wishes import fulfil


def fulfil_here(services: Services, name: str, sent: Any) -> Answer:
    """A wish of whoever makes this request."""
    days = services.settings.consult.access_days
    return fulfil(services.db, current_actor(), name, sent, access_days=days)
