"""Previews of a series, made when its images arrive so that nobody waits for them."""

from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from app.archive.frames_index import FrameLocation
from app.archive.queries import series_frames
from app.base.actor import SYSTEM
from app.base.db import Database
from app.base.errors import NotFound, Unsupported
from app.render.frames import Renderer

_AT_ONCE = 2


def make_previews(
    db: Database, renderer: Renderer, series_id: str, only: Collection[str] | None = None
) -> set[str]:
    """Part of the job `previews.make`, of all images or of these SOP Instance UIDs. Frames that cannot be decoded are
    left out: the digests of their objects. Those already there cost a look.

    Raises Unavailable when no decoder can be had: the job is tried again.
    """
    try:
        with db.reading() as tx:
            locations = series_frames(tx, SYSTEM, series_id, only=only)
    except NotFound:
        return set()

    def make(location: FrameLocation) -> str:
        with suppress(NotFound):
            try:
                renderer.prepare_preview(location)
            except Unsupported:
                return location.digest
        return ""

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return {digest for digest in pool.map(make, locations) if digest}
