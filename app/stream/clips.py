"""A range of a series as one moving picture, made when it is asked for."""

import threading
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, request

from app.archive.frames_index import FrameLocation
from app.base.actor import Permission
from app.base.errors import Invalid, NotFound, Unavailable
from app.edge.actor import requires
from app.edge.services import Services
from app.render.clips import KINDS, ClipWish, animated
from app.render.frames import Renderer
from app.render.params import FrameParams, Window
from app.stream.reach import opened_series

_ONE = threading.BoundedSemaphore(1)
_PATIENCE = 20.0


def add_clips(door: Blueprint, services: Services) -> None:
    @door.post("/clip/<series_id>")
    @requires(Permission.STUDY_READ, links=True)
    def clip(key: str, series_id: str) -> Response:
        """GIF or WebP of the images under one window; without marks and without a name."""
        told = request.get_json(silent=True)
        if not isinstance(told, dict):
            raise Invalid("bad_json", "The request could not be understood.")
        wish, params = _wish(told)
        frames = opened_series(services, key, series_id)
        if wish.last >= len(frames):
            raise NotFound
        response = Response(_made(services.renderer, frames, wish, params), mimetype=KINDS[wish.kind])
        response.headers["Content-Disposition"] = f"attachment; filename=clip.{wish.kind}"
        return response


def _made(
    renderer: Renderer, frames: Sequence[FrameLocation | None], wish: ClipWish, params: FrameParams
) -> bytes:
    """One at a time: all pictures of a clip are held at once."""
    if not _ONE.acquire(timeout=_PATIENCE):
        raise Unavailable("decoder_busy", "Too many images are being decoded. Try again in a moment.")
    try:
        return animated([renderer.picture(_drawable(frames[place]), params) for place in wish.places], wish)
    finally:
        _ONE.release()


def _drawable(location: FrameLocation | None) -> FrameLocation:
    if location is None:
        raise NotFound
    return location


def _wish(told: dict[str, Any]) -> tuple[ClipWish, FrameParams]:
    try:
        first, last, step, side = (int(told[name]) for name in ("first", "last", "step", "side"))
        wish = ClipWish(str(told["kind"]), first, last, step, float(told["rate"]), side)
        window = told.get("window")
        shown = None if window is None else Window(float(window["center"]), float(window["width"]))
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise Invalid(
            "bad_clip", "This clip cannot be made: choose other images, another rate or size."
        ) from error
    return wish, FrameParams(window=shown, invert=bool(told.get("invert")), box=(wish.side, wish.side))
