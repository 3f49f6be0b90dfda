"""The signature of a call, by the Standard Webhooks scheme (https://www.standardwebhooks.com), version 1.

The receiver checks that `webhook-timestamp` is not old and that one word of `webhook-signature` is
`v1,` + base64(HMAC-SHA256(secret, "{webhook-id}.{webhook-timestamp}.{body}")); the secret is what follows `whsec_`,
from base64. A call that is tried again keeps its `webhook-id`, so that it is taken once.
"""

import base64
import hashlib
import hmac

PREFIX = "whsec_"


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """The value of `webhook-signature`."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
