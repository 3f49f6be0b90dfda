"""Every write of routing: rules, deliveries and fetches from other archives."""

from app.routing.commitments import commitment_told, promise_commitment
from app.routing.deliveries import (
    add_delivery,
    cancel_delivery,
    resend_all,
    resend_delivery,
    send_study,
)
from app.routing.fetches import cancel_fetch, retry_fetch, start_fetch
from app.routing.rules import NOTIFIED_ROLES, RuleInput, create_rule, delete_rule, switch_rule, update_rule

__all__ = [
    "NOTIFIED_ROLES",
    "RuleInput",
    "add_delivery",
    "cancel_delivery",
    "cancel_fetch",
    "commitment_told",
    "create_rule",
    "delete_rule",
    "promise_commitment",
    "resend_all",
    "resend_delivery",
    "retry_fetch",
    "send_study",
    "start_fetch",
    "switch_rule",
    "update_rule",
]
