"""Every write of telling: notices, what leaves, how people wish it, and webhooks."""

from app.notify.notices import (
    drop_old_notices,
    notify,
    read_all_notices,
    read_notice,
    read_notices_about,
)
from app.notify.outbox import drop_old_outgoing, resend_outgoing, stop_outgoing, tell_programs
from app.notify.preferences import set_preference
from app.notify.webhooks import create_webhook, delete_webhook, renew_secret, try_webhook, update_webhook

__all__ = [
    "create_webhook",
    "delete_webhook",
    "drop_old_notices",
    "drop_old_outgoing",
    "notify",
    "read_all_notices",
    "read_notice",
    "read_notices_about",
    "renew_secret",
    "resend_outgoing",
    "set_preference",
    "stop_outgoing",
    "tell_programs",
    "try_webhook",
    "update_webhook",
]
