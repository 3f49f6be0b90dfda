"""A file that lies inside a stored object, handed to a browser: whole, or the part of it that a player asks for."""

import io
from typing import Any

from flask import Response, request
from werkzeug.wsgi import wrap_file

from app.archive.documents import DocumentBytes
from app.base.blobs import Blobs

# A browser's own player is a page of its own with its own styles. No `sandbox`: browsers refuse to show a PDF in one.
_PLAYER_POLICY = "default-src 'none'; media-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"


def file_response(blobs: Blobs, place: DocumentBytes, *, name: str, download: bool = False) -> Response:
    """What is not plainly a PDF or a video that browsers play is only ever saved, never shown."""
    body = io.BufferedReader(_Part(blobs, place))
    response = Response(wrap_file(request.environ, body), mimetype=place.media_type, direct_passthrough=True)
    response.content_length = place.length
    manner = "attachment" if download or not place.shown else "inline"
    response.headers["Content-Disposition"] = f"{manner}; filename={name}.{place.ending}"
    response.headers["Content-Security-Policy"] = _PLAYER_POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    if _one_part():
        response.make_conditional(request, accept_ranges=True, complete_length=place.length)
    response.headers["Accept-Ranges"] = "bytes"
    return response


def _one_part() -> bool:
    """Several parts at once, and what is no range of bytes, are answered by the whole (RFC 9110 section 14.2)."""
    asked = request.range
    return asked is not None and asked.units == "bytes" and len(asked.ranges) == 1


class _Part(io.RawIOBase):
    """A part of a stored object, read as a file."""

    def __init__(self, blobs: Blobs, place: DocumentBytes) -> None:
        self._file = blobs.path(place.digest).open("rb")
        self._place = place
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._place.length}[whence]
        self._at = max(base + offset, 0)
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: Any, /) -> int:
        view = memoryview(buffer)[: max(self._place.length - self._at, 0)]
        self._file.seek(self._place.offset + self._at)
        count = self._file.readinto(view)
        self._at += count
        return count

    def close(self) -> None:
        self._file.close()
        super().close()
