"""Who is in the call of which room, over all web processes of this machine. Kept in memory, never stored.

As presence does it: a process repeats what it has with every beat, and what it has not repeated is forgotten.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypedDict

from app.base.errors import NotFound

FORGET_SECONDS = 8.0


class Caller(TypedDict):
    """The person, as others see them."""

    id: str
    name: str
    hospital: str


class Member(TypedDict):
    """A window in the call. `id` is made when it joins; `since` orders members: the later one calls the earlier.

    `conference`: the call has grown beyond what browsers carry each with each, and stays so until it is over.
    """

    id: str
    person: Caller
    since: str
    muted: bool
    camera: bool
    screen: bool
    conference: bool


@dataclass
class _Heard:
    members: list[Member]
    at: float


@dataclass
class Members:
    """The windows of this process that are in a call, and what the other processes said of theirs."""

    process: str
    clock: Callable[[], float] = time.monotonic
    _own: dict[str, dict[str, Member]] = field(default_factory=dict)  # consult -> socket -> member
    _heard: dict[str, dict[str, _Heard]] = field(default_factory=dict)  # consult -> process -> members
    _were: dict[str, dict[str, Caller]] = field(
        default_factory=dict
    )  # consult -> person: since the call began
    _over: set[str] = field(default_factory=set)  # consults whose call is over, wherever its last one was
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def put(self, consult_id: str, socket_id: str, member: Member) -> None:
        """A window of this process is in the call, or shows something else than before."""
        with self._lock:
            self._own.setdefault(consult_id, {})[socket_id] = member

    def own(self, consult_id: str, socket_id: str) -> Member | None:
        """The socket's place in the call; None when it is not in it."""
        with self._lock:
            return self._own.get(consult_id, {}).get(socket_id)

    def drop(self, consult_id: str, socket_id: str) -> Member | None:
        """It has left; what it was, or None when it was not in the call."""
        with self._lock:
            return self._own.get(consult_id, {}).pop(socket_id, None)

    def socket_of(self, consult_id: str, member_id: str) -> str | None:
        """The socket of this process that a signal to a member goes to."""
        with self._lock:
            sockets = self._own.get(consult_id, {})
            return next((sid for sid, member in sockets.items() if member["id"] == member_id), None)

    def beat(self, consult_id: str) -> list[Member]:
        """What to tell the other processes; an empty list says that our last one left."""
        with self._lock:
            return list(self._own.get(consult_id, {}).values())

    def hear(self, consult_id: str, process: str, members: list[Member]) -> None:
        """What another process said; our own words come back too and are passed over."""
        if process == self.process:
            return
        with self._lock:
            self._heard.setdefault(consult_id, {})[process] = _Heard(members, self.clock())

    def all(self, consult_id: str) -> list[Member]:
        """Everybody in the call, the longest there first; of a person's windows the newest."""
        with self._lock:
            self._forget(consult_id)
            found = list(self._own.get(consult_id, {}).values())
            for heard in self._heard.get(consult_id, {}).values():
                found += heard.members
            if any(member["conference"] for member in found):
                self._grow(consult_id)
                found = [_grown(member) for member in found]
            newest: dict[str, Member] = {}
            for member in sorted(found, key=_order):
                newest[member["person"]["id"]] = member
            self._remember(consult_id, [member["person"] for member in newest.values()])
        return sorted(newest.values(), key=_order)

    def check(self, consult_id: str, member_id: str) -> None:
        """Raises NotFound for whoever is not in this call."""
        if member_id not in {member["id"] for member in self.all(consult_id)}:
            raise NotFound

    def take_past(self, consult_id: str) -> list[Caller]:
        """Everybody who was in the call that is over; the next one begins with nobody."""
        with self._lock:
            self._own.pop(consult_id, None)
            self._over.discard(consult_id)
            return list(self._were.pop(consult_id, {}).values())

    def _remember(self, consult_id: str, people: list[Caller]) -> None:
        """Those of an earlier call are forgotten when the next begins: only then has its end been written down."""
        if not people:
            self._over.add(consult_id)
            return
        if consult_id in self._over:
            self._over.discard(consult_id)
            self._were.pop(consult_id, None)
        self._were.setdefault(consult_id, {}).update({person["id"]: person for person in people})

    def _grow(self, consult_id: str) -> None:
        """As another process found: so that it does not shrink when the one who made it large leaves."""
        own = self._own.get(consult_id, {})
        own.update({sid: _grown(member) for sid, member in own.items()})

    def _forget(self, consult_id: str) -> None:
        limit = self.clock() - FORGET_SECONDS
        heard = self._heard.get(consult_id, {})
        for process in [name for name, said in heard.items() if said.at < limit or not said.members]:
            del heard[process]
        if not heard:
            self._heard.pop(consult_id, None)


def _grown(member: Member) -> Member:
    return {**member, "conference": True}


def _order(member: Member) -> tuple[str, str]:
    return member["since"], member["id"]
