"""The job `set_aside.compare`: whether an image that came again is the same in another encoding."""

import numpy as np

from app.archive.actions import set_aside_found_same
from app.archive.comparing import Opened, differences, open_stored
from app.archive.frames_index import FrameLocation
from app.archive.queries import set_aside_digests
from app.base.actor import SYSTEM
from app.base.blobs import Blobs
from app.base.db import Database
from app.base.errors import NotFound, Unsupported
from app.render.frames import Renderer

_MOST_FRAMES = 2000


def compare_set_aside(db: Database, blobs: Blobs, renderer: Renderer, set_aside_id: str) -> None:
    """Settles it as a repetition when headers say the same and every frame has the same values; leaves it to a
    person otherwise. Raises Unavailable when no decoder can be had: the job is tried again.
    """
    with db.reading() as tx:
        digests = set_aside_digests(tx, SYSTEM, set_aside_id)
    if digests is None:
        return
    try:
        first, other = (open_stored(blobs, digest) for digest in digests)
    except NotFound:
        return
    if differences(first.header, other.header) or not same_pixels(renderer, first, other):
        return
    with db.transaction() as tx:
        set_aside_found_same(tx, SYSTEM, set_aside_id=set_aside_id)


def same_pixels(renderer: Renderer, first: Opened, other: Opened) -> bool:
    """Whether each frame has the same stored values. What cannot be decoded is not known to be the same."""
    count = first.part10.frames.count
    if count != other.part10.frames.count or count > _MOST_FRAMES:
        return False
    if not count:
        return not (first.part10.frames.reason == "video" or other.part10.frames.reason == "video")
    try:
        return all(
            np.array_equal(renderer.values(location_in(first, n)), renderer.values(location_in(other, n)))
            for n in range(1, count + 1)
        )
    except Unsupported:
        return False


def location_in(opened: Opened, frame_number: int) -> FrameLocation:
    """Where a frame lies in a stored file, whether or not it was entered."""
    spans, bit_offset = opened.part10.frames.location(frame_number)
    syntax, header_length = opened.part10.transfer_syntax_uid, opened.part10.header_length
    return FrameLocation(opened.digest, syntax, header_length, frame_number, spans, bit_offset)
