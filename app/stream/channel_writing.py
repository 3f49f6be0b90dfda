"""Answers on their way over the frame channel: in parts, so that an urgent one does not wait for a large one."""

import heapq
import struct
from collections.abc import Mapping
from typing import Protocol

import orjson

from app.base.errors import HoichanError, TooMany
from app.base.i18n import Language
from app.edge.errors import problem, status_of
from app.edge.websocket import Line
from app.stream.answers import Answer

HEAD = struct.Struct("<IHHB3x")
"""Number of the wish, status as in HTTP, length of the headers, whether more of the body follows; the headers come with the first part."""
PART_BYTES = 256 * 1024
WAITING_BYTES = 4 << 20
"""So much is made ready and not more, however much was wished for: the line is slower than we are."""
_BURST = 256 * 1024
_MOST_PARCELS = 4096


class Asked(Protocol):
    """What a wish says of its answer."""

    @property
    def number(self) -> int: ...
    @property
    def rank(self) -> int: ...


class _Parcel:
    """An answer of which a part may have gone."""

    def __init__(self, number: int, status: int, headers: bytes, body: bytes) -> None:
        self.number = number
        self._status = status
        self._headers = headers
        self._body = memoryview(body)
        self._at = 0

    @property
    def left(self) -> int:
        return len(self._body) - self._at

    def send(self, line: Line) -> int:
        """One message; its length."""
        part = self._body[self._at : self._at + PART_BYTES]
        headers = self._headers if self._at == 0 else b""
        self._at += len(part)
        line.send(HEAD.pack(self.number, self._status, len(headers), self.left > 0), headers, part)
        return len(part)


class Outbox:
    """Of one socket, on its thread."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._parcels: list[tuple[int, int, _Parcel]] = []
        self._waiting = 0
        self._count = 0

    @property
    def full(self) -> bool:
        """Whether so much waits that nothing new should be begun."""
        return self._waiting >= WAITING_BYTES

    def put(self, wish: Asked, answer: Answer) -> None:
        self._add(wish, 200, answer.headers, answer.body)

    def refuse(self, wish: Asked, error: HoichanError, spoken: Language) -> None:
        """Problem details, as over HTTP. Raises TooMany for who asks on and reads none: nothing else bounds refusals."""
        if len(self._parcels) >= _MOST_PARCELS:
            raise TooMany("too_fast", "Too much at once. Slow down for a moment.")
        body = orjson.dumps(problem(error, spoken))
        self._add(wish, status_of(error), {"Content-Type": "application/problem+json"}, body)

    def drop(self, number: int) -> None:
        """What of it has not gone does not go."""
        for at, (_, _, parcel) in enumerate(self._parcels):
            if parcel.number == number:
                self._waiting -= parcel.left
                del self._parcels[at]
                heapq.heapify(self._parcels)
                return

    def send(self) -> None:
        """As much as the line takes without waiting, and not so much that nobody is heard meanwhile."""
        sent = 0
        while self._line.flush() and self._parcels and sent < _BURST:
            parcel = self._parcels[0][2]
            length = parcel.send(self._line)
            self._waiting -= length
            sent += length
            if not parcel.left:
                heapq.heappop(self._parcels)

    @property
    def empty(self) -> bool:
        return not self._parcels

    def _add(self, wish: Asked, status: int, headers: Mapping[str, str], body: bytes) -> None:
        told = orjson.dumps({**headers, "Content-Length": str(len(body))})
        self._count += 1
        parcel = _Parcel(wish.number, status, told, body)
        heapq.heappush(self._parcels, (wish.rank, self._count, parcel))
        self._waiting += len(body)
