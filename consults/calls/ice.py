"""What a browser needs to find another: STUN and TURN servers of the settings, with credentials that end by themselves.

As coturn's `use-auth-secret` wants them (draft-uberti-behave-turn-rest-00): the name is "<end in Unix seconds>:<person>",
the password the base64 of HMAC-SHA1 over that name. The secret itself leaves the server never.
"""

import base64
import hmac
from datetime import datetime, timedelta
from typing import Any

from app.base.settings import CallSettings

LASTS = timedelta(hours=1)


def credentials(secret: str, person_id: str, at: datetime) -> tuple[str, str]:
    """Name and password for a TURN server, good for one hour from `at`."""
    name = f"{int((at + LASTS).timestamp())}:{person_id}"
    digest = hmac.new(secret.encode(), name.encode(), "sha1").digest()
    return name, base64.b64encode(digest).decode()


def ice_servers(settings: CallSettings, person_id: str, at: datetime) -> list[dict[str, Any]]:
    """The `iceServers` of an RTCPeerConnection. Empty: browsers of one network find each other without."""
    servers: list[dict[str, Any]] = []
    if settings.stun_urls:
        servers.append({"urls": list(settings.stun_urls)})
    if settings.turn_urls:
        name, password = credentials(settings.turn_secret, person_id, at)
        servers.append({"urls": list(settings.turn_urls), "username": name, "credential": password})
    return servers
