"""All previews of a series in one answer: the frame asked for first, then outwards from it."""

import struct
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from app.archive.frames_index import FrameLocation
from app.base.errors import HoichanError
from app.render.frames import Renderer

_RECORD = struct.Struct("<II")
_AT_ONCE = 2
_AHEAD = 8


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
    """Records of frame index, length and JPEG; length 0 where there is no picture.

    Those that must be made first are made a few ahead of the line; whoever stops reading stops that too.
    """
    making: deque[tuple[int, Future[bytes]]] = deque()
    pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="previews")
    try:
        for index in outwards(len(frames), start):
            making.append((index, pool.submit(_preview, renderer, frames[index])))
            if len(making) > _AHEAD:
                yield _record(*making.popleft())
        while making:
            yield _record(*making.popleft())
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _record(index: int, made: "Future[bytes]") -> bytes:
    picture = made.result()
    return _RECORD.pack(index, len(picture)) + picture


def _preview(renderer: Renderer, location: FrameLocation | None) -> bytes:
    if location is None:
        return b""
    try:
        return renderer.preview(location)
    except HoichanError:
        return b""
