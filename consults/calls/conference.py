"""A call of more people than can be connected each with each: every browser sends once, to Janus, and receives the
others from there. Who is in it is what `members` says; here is only what this process has told Janus of its own.
"""

import hashlib
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field

from app.base.errors import HoichanError, NotFound
from consults.calls.janus import PATIENCE, ROOM_EXISTS, Janus, Session, StillThere, away

KEEP_SECONDS = 20.0
_AGAIN_SECONDS = 0.1
BITS_A_SECOND = 1_200_000  # of each member: a small picture and, perhaps, a screen


@dataclass
class _Seat:
    session: Session
    room: int
    publisher: int
    listening: dict[str, int] = field(default_factory=dict)  # member who is heard -> handle
    kept: float = field(default_factory=time.monotonic)


@dataclass
class Conference:
    """The members of this process that are in a conference."""

    janus: Janus
    most: int
    _seats: dict[str, _Seat] = field(default_factory=dict)  # by member
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def check(self) -> None:
        """Raises Unavailable when Janus does not answer: a small call had better stay small then."""
        self.janus.begin().end()

    def publish(self, consult_id: str, member_id: str, offer: str) -> str:
        """Begins, or begins anew: what this member sends. Returns Janus's answer to the browser's offer."""
        self.leave(member_id, wait=True)
        session = self.janus.begin()
        try:
            room = _number(consult_id)
            publisher, answer = self._published(session, room, member_id, offer)
        except HoichanError:
            _in_background([session.end])
            raise
        with self._lock:
            self._seats[member_id] = _Seat(session, room, publisher)
        return answer

    def _published(self, session: Session, room: int, member_id: str, offer: str) -> tuple[int, str]:
        """The handle and the answer. Janus clears away in its own time what a member sent before: it is asked until then."""
        wanted = {"publishers": self.most, "bitrate": BITS_A_SECOND, "is_private": True}
        joining = {
            "request": "joinandconfigure",
            "ptype": "publisher",
            "room": room,
            "id": _number(member_id),
        }
        give_up = time.monotonic() + PATIENCE
        while True:
            publisher = session.attach()
            if session.command(publisher, {"request": "create", "room": room, **wanted}) not in {
                0,
                ROOM_EXISTS,
            }:
                raise away()
            try:
                return publisher, session.request(publisher, joining, {"type": "offer", "sdp": offer})
            except StillThere:
                if time.monotonic() > give_up:
                    raise
                session.detach(publisher)
                time.sleep(_AGAIN_SECONDS)

    def subscribe(self, member_id: str, other_id: str) -> str:
        """Janus's offer of what another member sends. Raises NotFound while that one sends nothing."""
        seat = self._seat(member_id)
        old = seat.listening.pop(other_id, None)
        if old is not None:
            seat.session.detach(old)
        handle = seat.session.attach()
        joining = {"request": "join", "ptype": "subscriber", "room": seat.room}
        try:
            offer = seat.session.request(handle, joining | {"streams": [{"feed": _number(other_id)}]})
        except HoichanError:
            _in_background([lambda: seat.session.detach(handle)])
            raise
        seat.listening[other_id] = handle
        return offer

    def start(self, member_id: str, other_id: str, answer: str) -> None:
        """The browser's answer to that offer: from now on it receives."""
        seat = self._seat(member_id)
        handle = seat.listening.get(other_id)
        if handle is None:
            raise NotFound
        seat.session.request(handle, {"request": "start"}, {"type": "answer", "sdp": answer})

    def keep(self) -> None:
        """Said with each beat; tells Janus now and then that its sessions go on."""
        due = time.monotonic() - KEEP_SECONDS
        with self._lock:
            seats = [seat for seat in self._seats.values() if seat.kept < due]
            for seat in seats:
                seat.kept = time.monotonic()
        _in_background([seat.session.keep for seat in seats])

    def leave(self, member_id: str, *, wait: bool = False, last: bool = False) -> None:
        """Neither sends nor receives any more. The last one of a call takes the room with it."""
        with self._lock:
            seat = self._seats.pop(member_id, None)
        if seat is None:
            return
        ends: list[Callable[[], object]] = [seat.session.end]
        if last:
            closing = {"request": "destroy", "room": seat.room}
            ends.insert(0, lambda: seat.session.command(seat.publisher, closing))
        if wait:
            _tried(ends)
        else:
            _in_background(ends)

    def _seat(self, member_id: str) -> _Seat:
        with self._lock:
            seat = self._seats.get(member_id)
        if seat is None:
            raise NotFound
        return seat


def _number(name: str) -> int:
    """Janus names rooms and feeds by numbers that JavaScript can hold."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:6], "big") + 1


def _in_background(acts: Iterable[Callable[[], object]]) -> None:
    """Whoever leaves a room, or sees to it that others do, does not wait for another server."""
    found = list(acts)
    if found:
        threading.Thread(target=_tried, args=(found,), name="conference", daemon=True).start()


def _tried(acts: Iterable[Callable[[], object]]) -> None:
    for act in acts:
        with suppress(HoichanError):  # a session that is not ended, or not kept, ends by itself in a minute
            act()
