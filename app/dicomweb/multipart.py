"""multipart/related, read part by part without holding a body, and written as it goes (PS3.18 section 8.6.1, RFC 2387)."""

import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email.message import Message
from typing import Protocol

from app.base.errors import Invalid, TooLarge

_CHUNK = 1 << 20  # less is copied again and again by gunicorn's reader
_MAX_HEADERS = 16_384
_MAX_PREAMBLE = 65_536


class Readable(Protocol):
    """A request body."""

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes; none at the end."""


@dataclass(frozen=True)
class Part:
    """Headers of a part, names in lower case, and its body, which must be consumed before the next part."""

    headers: dict[str, str]
    body: Iterator[memoryview]


def _parameter(content_type: str, name: str) -> str:
    """Empty when it is not there."""
    message = Message()
    message["Content-Type"] = content_type
    found = message.get_param(name)
    return found if isinstance(found, str) else ""


def boundary_of(content_type: str) -> str:
    """The boundary named by a Content-Type. Raises Invalid."""
    boundary = _parameter(content_type, "boundary")
    if not 1 <= len(boundary) <= 200 or not boundary.isascii():
        raise Invalid("bad_multipart", "The Content-Type names no usable boundary.")
    return boundary


def root_type_of(content_type: str, first: Part) -> str:
    """What `type` says the first part is (RFC 2387 3.1); empty when it says nothing, or `start` names another part."""
    start = _parameter(content_type, "start")
    if start and start != first.headers.get("content-id", ""):
        return ""
    return media_type_of(_parameter(content_type, "type"))


def media_type_of(content_type: str) -> str:
    """Without parameters."""
    return content_type.split(";", maxsplit=1)[0].strip().lower()


class MultipartReader:
    """Iterates over the parts of `stream`; raises Invalid where the body is not what was announced."""

    def __init__(self, stream: Readable, boundary: str) -> None:
        self._stream = stream
        self._mark = b"\r\n--" + boundary.encode()
        self._held = b"\r\n"  # what has come; the first mark may stand at the very beginning
        self._at = 0  # what stands before has been taken

    def __iter__(self) -> Iterator[Part]:
        self._skip_preamble()
        while self._another_part():
            body = self._body()
            yield Part(self._headers(), body)
            for _ in body:  # whatever the caller did not want
                pass

    def _skip_preamble(self) -> None:
        while (at := self._held.find(self._mark)) < 0:
            if len(self._held) > _MAX_PREAMBLE:
                raise Invalid("bad_multipart", "The body does not begin with its boundary.")
            self._more()
        self._at = at + len(self._mark)

    def _more(self) -> None:
        data = self._stream.read(_CHUNK)
        if not data:
            raise Invalid("truncated_body", "The request ended in the middle of a part. Send it again.")
        self._held = self._held[self._at :] + data
        self._at = 0

    def _left(self) -> int:
        return len(self._held) - self._at

    def _another_part(self) -> bool:
        """After a mark: "--" ends the body, a line end begins a part (RFC 2046 section 5.1.1)."""
        while self._left() < 2 or (not self._ends() and self._held.find(b"\r\n", self._at) < 0):
            if self._left() > _MAX_HEADERS:
                raise Invalid("bad_multipart", "A boundary is not followed by a line end.")
            self._more()
        if self._ends():
            return False
        self._at = self._held.index(b"\r\n", self._at)  # it stays: an empty header block needs it
        return True

    def _ends(self) -> bool:
        return self._held.startswith(b"--", self._at)

    def _headers(self) -> dict[str, str]:
        while (end := self._held.find(b"\r\n\r\n", self._at)) < 0:
            if self._left() > _MAX_HEADERS:
                raise TooLarge("headers_too_large", "The headers of a part are too long.")
            self._more()
        lines = self._held[self._at : end].decode("latin-1").split("\r\n")
        self._at = end + 4
        pairs = (line.partition(":") for line in lines if ":" in line)
        return {name.strip().lower(): value.strip() for name, _, value in pairs}

    def _body(self) -> Iterator[memoryview]:
        """Runs only after `_headers`, because nobody asks for it before. Ends behind the next mark."""
        keep = len(self._mark) - 1
        while (end := self._held.find(self._mark, self._at)) < 0:
            safe = len(self._held) - keep
            if safe > self._at:
                begin, self._at = self._at, safe
                yield memoryview(self._held)[begin:safe]
            self._more()
        begin, self._at = self._at, end + len(self._mark)
        if end > begin:
            yield memoryview(self._held)[begin:end]


@dataclass(frozen=True)
class OutgoingPart:
    """One part of an answer: its Content-Type, further headers, and its bytes in pieces."""

    content_type: str
    body: Iterable[bytes]
    location: str = ""


def new_boundary() -> str:
    """Long enough never to occur in the data."""
    return f"hoichan-{secrets.token_hex(20)}"


def written(parts: Iterable[OutgoingPart], boundary: str) -> Iterator[bytes]:
    """The body."""
    for part in parts:
        location = f"Content-Location: {part.location}\r\n" if part.location else ""
        yield f"--{boundary}\r\nContent-Type: {part.content_type}\r\n{location}\r\n".encode()
        yield from part.body
        yield b"\r\n"
    yield f"--{boundary}--\r\n".encode()
