"""Every write of routing: rules, deliveries, fetches from other archives, and notices."""

from app.routing.deliveries import add_delivery

__all__ = ["add_delivery"]
