"""Talks with Janus, a server that passes sound and pictures on (Debian's `janus`, its HTTP interface, plugin VideoRoom).

Only this server does: a browser never reaches that interface, so who may be heard is decided here. A request of the
plugin is answered at once with "ack" and later by an event with the same transaction, which is fetched.
"""

import json
import secrets
import time
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import urlencode, urlsplit

from app.base.errors import NotFound, Unavailable

PLUGIN = "janus.plugin.videoroom"
PATIENCE = 4.0
WHOLE_SECONDS = 8.0
MOST_READ = 1 << 20
# Error codes of the plugin (janus_videoroom.c).
ROOM_EXISTS = 427
NO_SUCH_FEED = 428
FEED_EXISTS = 436


class StillThere(Unavailable):
    """What somebody sent before has been ended, and Janus has not yet cleared it away."""


@dataclass(frozen=True)
class Janus:
    """Where it is, and the `api_secret` that it wants with each request."""

    url: str
    secret: str = ""

    def begin(self) -> "Session":
        """Ends by itself when nothing is asked of it for a minute."""
        return Session(self, int(self.post("", {"janus": "create"})["data"]["id"]))

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """One request; raises Unavailable when it is not answered, or refused."""
        asked = {"transaction": secrets.token_hex(6), **body}
        if self.secret:
            asked["apisecret"] = self.secret
        return self._said("POST", path, json.dumps(asked))

    def poll(self, path: str) -> dict[str, Any]:
        """The next event of a session."""
        return self._said("GET", path + ("?" + urlencode({"apisecret": self.secret}) if self.secret else ""))

    def _said(self, method: str, path: str, body: str | None = None) -> dict[str, Any]:
        parts = urlsplit(self.url)
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        line = kind(parts.hostname or "", parts.port, timeout=PATIENCE)
        try:
            line.request(method, parts.path.rstrip("/") + path, body, {"Content-Type": "application/json"})
            said: dict[str, Any] = json.loads(line.getresponse().read(MOST_READ))
        except (OSError, HTTPException, ValueError) as error:
            raise away() from error
        finally:
            line.close()
        if said.get("janus") == "error":
            raise away()
        return said


@dataclass(frozen=True)
class Session:
    """What one member of a conference sends and receives."""

    janus: Janus
    id: int

    def attach(self) -> int:
        """A handle: one connection of a browser."""
        asked = {"janus": "attach", "plugin": PLUGIN}
        return int(self.janus.post(f"/{self.id}", asked)["data"]["id"])

    def detach(self, handle: int) -> None:
        """Ends one connection."""
        self.janus.post(f"/{self.id}/{handle}", {"janus": "detach"})

    def command(self, handle: int, body: dict[str, Any]) -> int:
        """A request that is answered at once: 0, or the plugin's error code."""
        said = self.janus.post(f"/{self.id}/{handle}", {"janus": "message", "body": body})
        return int(said["plugindata"]["data"].get("error_code", 0))

    def request(self, handle: int, body: dict[str, Any], jsep: dict[str, str] | None = None) -> str:
        """A request that is answered by an event; returns the description that came with it, or an empty text."""
        transaction = secrets.token_hex(6)
        asked = {"janus": "message", "transaction": transaction, "body": body}
        self.janus.post(f"/{self.id}/{handle}", asked | ({"jsep": jsep} if jsep else {}))
        deadline = time.monotonic() + WHOLE_SECONDS
        while time.monotonic() < deadline:
            event = self.janus.poll(f"/{self.id}")
            if event.get("transaction") == transaction and "plugindata" in event:
                return _described(event)
        raise away()

    def keep(self) -> None:
        """It goes on."""
        self.janus.post(f"/{self.id}", {"janus": "keepalive"})

    def end(self) -> None:
        """With everything that it sent and received."""
        self.janus.post(f"/{self.id}", {"janus": "destroy"})


def _described(event: dict[str, Any]) -> str:
    code = event["plugindata"]["data"].get("error_code", 0)
    if code == NO_SUCH_FEED:
        raise NotFound
    if code == FEED_EXISTS:
        raise StillThere(away().code, away().message)
    if code:
        raise away()
    return str(event.get("jsep", {}).get("sdp", ""))


def away() -> Unavailable:
    return Unavailable(
        "conference_away", "The server for larger calls does not answer. Write in the talk meanwhile."
    )
