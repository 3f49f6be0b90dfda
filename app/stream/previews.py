"""All previews of a series in one answer: the frame asked for first, then outwards from it."""

import struct
from collections.abc import Iterator, Sequence

from app.archive.frames_index import FrameLocation
from app.base.errors import HoichanError
from app.render.frames import Renderer

_RECORD = struct.Struct("<II")


def outwards(count: int, start: int) -> Iterator[int]:
    """0..count-1 once each, by distance from `start`, the later one first."""
    start = min(max(start, 0), count - 1)
    for distance in range(count):
        after, before = start + distance, start - distance
        if after < count:
            yield after
        if distance and before >= 0:
            yield before


def preview_records(
    renderer: Renderer, frames: Sequence[FrameLocation | None], start: int
) -> Iterator[bytes]:
    """Records of frame index, length and JPEG; length 0 where there is no picture."""
    for index in outwards(len(frames), start):
        picture = _preview(renderer, frames[index])
        yield _RECORD.pack(index, len(picture)) + picture


def _preview(renderer: Renderer, location: FrameLocation | None) -> bytes:
    if location is None:
        return b""
    try:
        return renderer.preview(location)
    except HoichanError:
        return b""
