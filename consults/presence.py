"""Who is in which room, over all web processes of this machine. Kept in memory, never stored.

Every process says about every two seconds who is in its rooms; what a process has not repeated for eight seconds is
forgotten, so that a room never shows somebody whose process has died.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypedDict

from app.base.ids import new_id

BEAT_SECONDS = 2.0
FORGET_SECONDS = 8.0


class Present(TypedDict):
    """Somebody in the room. Several windows of one person are one; `since` is the first of them."""

    id: str
    name: str
    hospital: str
    since: str


@dataclass
class _Heard:
    people: list[Present]
    at: float


@dataclass
class Presence:
    """The sockets of this process, and what the other processes said."""

    clock: Callable[[], float] = time.monotonic
    process: str = field(default_factory=new_id)
    _own: dict[str, dict[str, Present]] = field(default_factory=dict)  # consult -> socket -> person
    _heard: dict[str, dict[str, _Heard]] = field(default_factory=dict)  # consult -> process -> people
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def enter(self, consult_id: str, socket_id: str, person: Present) -> None:
        """A socket of this process is in the room."""
        with self._lock:
            self._own.setdefault(consult_id, {})[socket_id] = person

    def leave(self, consult_id: str, socket_id: str) -> None:
        """It no longer is."""
        with self._lock:
            sockets = self._own.get(consult_id, {})
            sockets.pop(socket_id, None)
            if not sockets:
                self._own.pop(consult_id, None)

    def beat(self, consult_id: str) -> dict[str, Any]:
        """What to tell the other processes about a room; an empty list says that our last one left."""
        with self._lock:
            people = list(self._own.get(consult_id, {}).values())
        return {"process": self.process, "people": people}

    def hear(self, consult_id: str, beat: dict[str, Any]) -> None:
        """What another process said; our own words come back too and are passed over."""
        if beat["process"] == self.process:
            return
        with self._lock:
            self._heard.setdefault(consult_id, {})[beat["process"]] = _Heard(beat["people"], self.clock())

    def people(self, consult_id: str) -> list[Present]:
        """Everybody in the room, the longest there first."""
        with self._lock:
            self._forget(consult_id)
            found = list(self._own.get(consult_id, {}).values())
            for heard in self._heard.get(consult_id, {}).values():
                found += heard.people
        first: dict[str, Present] = {}
        for person in sorted(found, key=lambda present: present["since"]):
            first.setdefault(person["id"], person)
        return list(first.values())

    def _forget(self, consult_id: str) -> None:
        limit = self.clock() - FORGET_SECONDS
        heard = self._heard.get(consult_id, {})
        for process in [name for name, said in heard.items() if said.at < limit or not said.people]:
            del heard[process]
        if not heard:
            self._heard.pop(consult_id, None)
