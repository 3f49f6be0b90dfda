"""Answers of which a part may be asked (RFC 9110 section 14), and that need not be sent twice (section 13)."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from flask import Response, request

from app.base.actor import ActorKind
from app.edge.actor import current_actor

CHUNK = 1 << 20
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


@dataclass(frozen=True)
class Ranged:
    """Bytes of a known length that can be read anywhere: `read(offset, length)`; `whole` reads all of them otherwise."""

    length: int
    read: Callable[[int, int], bytes]
    whole: Callable[[], Iterator[bytes]] | None = None

    def pieces(self, start: int, end: int) -> Iterator[bytes]:
        """From `start` to before `end`."""
        if self.whole is not None and (start, end) == (0, self.length):
            return self.whole()
        return self._parts(start, end)

    def _parts(self, start: int, end: int) -> Iterator[bytes]:
        for offset in range(start, end, CHUNK):
            yield self.read(offset, min(CHUNK, end - offset))


def joined(parts: list[Ranged]) -> Ranged:
    """One after the other."""

    def read(offset: int, length: int) -> bytes:
        found = b""
        for part in parts:
            if offset < part.length and length > 0:
                piece = part.read(offset, min(length, part.length - offset))
                found, length = found + piece, length - len(piece)
                offset += len(piece)
            offset -= part.length
        return found

    return Ranged(sum(part.length for part in parts), read)


def of_bytes(data: bytes) -> Ranged:
    """Bytes that are held anyway."""
    return Ranged(len(data), lambda offset, length: data[offset : offset + length])


def ranged_response(body: Ranged, content_type: str, mark: str) -> Response:
    """All of it (200), the part asked for (206), or that there is none (416); several parts at once are not offered,
    which the standard allows.
    """
    found = asked_range(body.length, mark)
    if found == (0, 0):
        response = Response(status=416)
        response.headers["Content-Range"] = f"bytes */{body.length}"
        return response
    start, end = found or (0, body.length)
    response = Response(body.pieces(start, end), 206 if found else 200, content_type=content_type)
    response.headers["Content-Length"] = str(end - start)
    response.headers["Accept-Ranges"] = "bytes"
    if found:
        response.headers["Content-Range"] = f"bytes {start}-{end - 1}/{body.length}"
    return marked(response, mark)


def asked_range(length: int, mark: str) -> tuple[int, int] | None:
    """First byte and the one behind the last; None for all; (0, 0) when nothing of it is there."""
    match = _RANGE.fullmatch(request.headers.get("Range", "").strip())
    condition = request.headers.get("If-Range", "")
    if match is None or match.groups() == ("", "") or condition not in {"", f'"{mark}"'}:
        return None
    first, last = match.groups()
    if not first:
        start, end = max(0, length - int(last)), length
    else:
        start, end = int(first), min(length, int(last or length) + 1)
    return (start, end) if start < end else (0, 0)


def is_known(mark: str) -> bool:
    """Whether the asker has this already; who packs on the way makes our mark a weak one (RFC 9110 section 13.1.2)."""
    return request.if_none_match.contains_weak(mark)


def not_modified(mark: str) -> Response:
    """304."""
    return marked(Response(status=304), mark)


def marked(response: Response, mark: str) -> Response:
    """With its entity tag. Programs may keep it and ask again; browsers on shared machines may not."""
    response.headers["ETag"] = f'"{mark}"'
    if current_actor().kind is not ActorKind.PERSON:
        response.headers["Cache-Control"] = "private, no-cache"
    return response
