"""The job `set_aside.compare`: whether an image that came again is the same in another encoding."""

import numpy as np

from app.archive.actions import set_aside_compared, set_aside_found_same
from app.archive.comparing import Opened, differences, open_stored
from app.archive.frames_index import FrameLocation
from app.archive.queries import set_aside_digests
from app.archive.set_asides import COMPARED
from app.base.actor import SYSTEM
from app.base.blobs import Blobs
from app.base.db import Database
from app.base.errors import NotFound, Unsupported
from app.render.frames import Renderer

_MOST_FRAMES = 2000


def compare_set_aside(db: Database, blobs: Blobs, renderer: Renderer, set_aside_id: str) -> None:
    """Settles it as a repetition when headers say the same and every frame has the same values; leaves it to a
    person otherwise, with what was found. Raises Unavailable when no decoder can be had: the job is tried again.
    """
    with db.reading() as tx:
        digests = set_aside_digests(tx, SYSTEM, set_aside_id)
    if digests is None:
        return
    found = _found(blobs, renderer, digests)
    with db.transaction() as tx:
        if found:
            set_aside_compared(tx, SYSTEM, set_aside_id=set_aside_id, found=found)
        else:
            set_aside_found_same(tx, SYSTEM, set_aside_id=set_aside_id)


def _found(blobs: Blobs, renderer: Renderer, digests: tuple[str, str]) -> str:
    """Empty when they are the same; else what differs, a key of set_asides.COMPARED."""
    try:
        first, other = (open_stored(blobs, digest) for digest in digests)
        if differences(first.header, other.header):
            return "headers"
        return "" if same_pixels(renderer, first, other) else "pixels"
    except NotFound:
        return "missing"
    except Unsupported:
        return "undecodable"


def same_pixels(renderer: Renderer, first: Opened, other: Opened) -> bool:
    """Whether each frame has the same stored values. Raises Unsupported where that cannot be found out."""
    count = first.part10.frames.count
    if count != other.part10.frames.count:
        return False
    unread = {first.part10.frames.reason, other.part10.frames.reason} - {"", "no_pixel_data"}
    if count > _MOST_FRAMES or (not count and unread):
        raise Unsupported("undecodable", COMPARED["undecodable"])
    return all(
        np.array_equal(renderer.values(location_in(first, n)), renderer.values(location_in(other, n)))
        for n in range(1, count + 1)
    )


def location_in(opened: Opened, frame_number: int) -> FrameLocation:
    """Where a frame lies in a stored file, whether or not it was entered."""
    spans, bit_offset = opened.part10.frames.location(frame_number)
    syntax, header_length = opened.part10.transfer_syntax_uid, opened.part10.header_length
    return FrameLocation(opened.digest, syntax, header_length, frame_number, spans, bit_offset)
