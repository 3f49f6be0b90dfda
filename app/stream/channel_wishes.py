"""What the browser asks over the frame channel, and in which order it is answered."""

import heapq
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import parse_qsl

import orjson

from app.archive.frames_index import FrameLocation
from app.base.errors import HoichanError, Invalid, NotFound, TooMany
from app.render.params import FrameParams
from app.stream.answers import Answer, Form, StoredForm

MOST_WISHES = 512
_LONGEST_ADDRESS = 1000
_HIGHEST = (1 << 32) - 1


def _bad() -> Invalid:
    return Invalid("bad_event", "This message was not understood. Reload the page.")


@dataclass(frozen=True)
class Address:
    """Of one frame in one form."""

    instance_id: str
    frame_number: int
    form: Form

    @classmethod
    def parse(cls, text: str) -> "Address":
        """`rendered/<instance>/<frame>?<query>` or `stored/...`, as in HTTP. Raises NotFound or Invalid."""
        path, _, query = text.partition("?")
        kind, _, rest = path.partition("/")
        instance_id, _, number = rest.partition("/")
        if kind not in {"rendered", "stored"} or not (
            number.isascii() and number.isdigit() and len(number) < 8
        ):
            raise NotFound
        told: Mapping[str, str] = dict(reversed(parse_qsl(query, keep_blank_values=True)))
        form = FrameParams.from_query(told) if kind == "rendered" else StoredForm.from_query(told)
        return cls(instance_id, int(number), form)


_address = lru_cache(maxsize=4096)(Address.parse)


@dataclass(eq=False)
class Wish:
    """One frame asked for; `location` is filled in before it is added to the list."""

    number: int
    rank: int
    frame: tuple[str, int]
    form: Form
    location: FrameLocation = field(init=False)


@dataclass(frozen=True)
class Refused:
    """A wish that cannot be understood."""

    number: int
    rank: int
    error: HoichanError


@dataclass(frozen=True)
class Message:
    """What came in one text."""

    wishes: list[Wish]
    refused: list[Refused]
    dropped: list[int]

    @classmethod
    def from_text(cls, text: str) -> "Message":
        """Raises Invalid for what no page of ours sends."""
        try:
            told = orjson.loads(text)
            asked, dropped = told.get("ask", []), told.get("drop", [])
            wishes = [_wish(*each) for each in asked]
        except (ValueError, TypeError, AttributeError):
            raise _bad() from None
        if not isinstance(dropped, list) or not all(isinstance(number, int) for number in dropped):
            raise _bad()
        return cls(
            [wish for wish in wishes if isinstance(wish, Wish)],
            [wish for wish in wishes if isinstance(wish, Refused)],
            dropped,
        )


def _wish(number: object, text: object, rank: object) -> Wish | Refused:
    if not (isinstance(number, int) and isinstance(rank, int) and isinstance(text, str)):
        raise TypeError
    if not 0 <= number <= _HIGHEST or len(text) > _LONGEST_ADDRESS:
        raise ValueError
    try:
        address = _address(text)
    except HoichanError as error:
        return Refused(number, rank, error)
    return Wish(number, rank, (address.instance_id, address.frame_number), address.form)


class WishList:
    """Of one socket. New wishes come first (they may lie in memory), slow ones wait for their turn."""

    def __init__(self) -> None:
        self._wished: dict[int, Wish] = {}
        self._new: list[tuple[int, int, Wish]] = []
        self._slow: list[tuple[int, int, Wish]] = []
        self._finished: deque[tuple[Wish, Answer | HoichanError]] = deque()
        self._working = 0
        self._count = 0

    def add(self, wish: Wish) -> None:
        """Raises TooMany; a number may be used again once it was answered."""
        if len(self._wished) >= MOST_WISHES:
            raise TooMany("too_fast", "Too much at once. Slow down for a moment.")
        self._wished[wish.number] = wish
        self._push(self._new, wish)

    def drop(self, number: int) -> None:
        """No longer wished for, or answered."""
        self._wished.pop(number, None)

    def next_new(self) -> Wish | None:
        """The most urgent one that was not looked for yet."""
        return self._pop(self._new)

    def put_off(self, wish: Wish) -> None:
        """It must be made."""
        self._push(self._slow, wish)

    def next_slow(self, at_once: int) -> Wish | None:
        """The most urgent one to be made now; it counts as being made until it is among the finished."""
        if self._working >= at_once:
            return None
        wish = self._pop(self._slow)
        self._working += wish is not None
        return wish

    @property
    def only_one(self) -> bool:
        """Whether nothing else is wished for just now."""
        return len(self._wished) == 1

    def finish(self, wish: Wish, made: Answer | HoichanError) -> None:
        """From any thread."""
        self._finished.append((wish, made))

    def finished(self) -> Iterator[tuple[Wish, Answer | HoichanError]]:
        """What was made and is still wished for."""
        while self._finished:
            wish, made = self._finished.popleft()
            self._working -= 1
            if self._is_wished(wish):
                del self._wished[wish.number]
                yield wish, made

    def _push(self, heap: list[tuple[int, int, Wish]], wish: Wish) -> None:
        if len(heap) > 4 * MOST_WISHES:  # dropped while the line took nothing, so that none was looked for
            heap[:] = [each for each in heap if self._is_wished(each[2])]
            heapq.heapify(heap)
        self._count += 1
        heapq.heappush(heap, (wish.rank, self._count, wish))

    def _pop(self, heap: list[tuple[int, int, Wish]]) -> Wish | None:
        while heap:
            wish = heapq.heappop(heap)[2]
            if self._is_wished(wish):
                return wish
        return None

    def _is_wished(self, wish: Wish) -> bool:
        return self._wished.get(wish.number) is wish
