"""Every write of telling: notices, what leaves, how people wish it, and webhooks."""

from app.notify.notices import (
    drop_old_notices,
    notify,
    read_all_notices,
    read_notice,
    read_notices_about,
    try_mail,
)
from app.notify.outbox import (
    drop_old_outgoing,
    drop_outgoing_of,
    readdress_outgoing,
    resend_failed,
    resend_outgoing,
    stop_outgoing,
    tell_programs,
)
from app.notify.preferences import set_preference
from app.notify.webhooks import create_webhook, delete_webhook, renew_secret, try_webhook, update_webhook

__all__ = [
    "create_webhook",
    "delete_webhook",
    "drop_old_notices",
    "drop_old_outgoing",
    "drop_outgoing_of",
    "notify",
    "read_all_notices",
    "read_notice",
    "read_notices_about",
    "readdress_outgoing",
    "renew_secret",
    "resend_failed",
    "resend_outgoing",
    "set_preference",
    "stop_outgoing",
    "tell_programs",
    "try_mail",
    "try_webhook",
    "update_webhook",
]
