"""The only way to a rule, a delivery or a fetch. Another hospital's are not found."""

from typing import TypeVar

from app.base.actor import Actor, ActorKind, Permission
from app.base.db import Tx
from app.base.errors import NotFound
from app.identity.access import sees_hospital
from app.routing.models import Delivery, Fetch, RoutingRule
from app.routing.remotes import check_exchange

Row = TypeVar("Row", Delivery, Fetch)


def rule_for(tx: Tx, actor: Actor, rule_id: str) -> RoutingRule:
    """A rule of a hospital the actor looks after."""
    actor.check(Permission.ROUTING_MANAGE)
    found = tx.session.get(RoutingRule, rule_id)
    if found is None or not sees_hospital(actor, found.hospital_id):
        raise NotFound
    return found


def delivery_for(tx: Tx, actor: Actor, delivery_id: str) -> Delivery:
    """A delivery of the actor's hospital."""
    return _own(actor, tx.session.get(Delivery, delivery_id, with_for_update=tx.writable))


def fetch_for(tx: Tx, actor: Actor, fetch_id: str) -> Fetch:
    """A fetch of the actor's hospital."""
    return _own(actor, tx.session.get(Fetch, fetch_id, with_for_update=tx.writable))


def _own(actor: Actor, found: Row | None) -> Row:
    if found is None:
        raise NotFound
    if actor.kind is not ActorKind.SYSTEM and found.hospital_id != check_exchange(actor):
        raise NotFound
    return found
