"""A range of a series as one moving picture, made when it is asked for."""

from typing import Any

from flask import Blueprint, Response, request

from app.base.actor import Permission
from app.base.errors import Invalid, NotFound
from app.edge.actor import requires
from app.edge.services import Services
from app.render.clips import KINDS, ClipWish, animated
from app.render.params import FrameParams, Window
from app.stream.reach import opened_series


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
        pictures = [services.renderer.picture(frames[place], params) for place in wish.places]
        response = Response(animated(pictures, wish), mimetype=KINDS[wish.kind])
        response.headers["Content-Disposition"] = f"attachment; filename=clip.{wish.kind}"
        return response


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
