"""Volumes to the viewer: state and facts of a volume, planes and curves through it.

Whoever reaches the series' frames reaches its volume, by the same key. What is moved by hand asks many times a second:
of the wishes of one pane only the newest is answered, and no more are worked on at once than there are processors.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable

import numpy as np
from flask import Blueprint, Response, jsonify, request

from app.base.errors import Unavailable
from app.base.i18n import translate
from app.edge.language import language
from app.edge.services import Services
from app.render.packing import pack
from app.render.volume import Volume
from app.render.volume_curved import ribbon
from app.render.volume_pictures import portrait, preview
from app.render.volume_presets import presets_for
from app.render.volume_rendering import Solids
from app.render.volume_sampling import Surface, Values, plane, sampled
from app.render.volume_view import RenderingWish
from app.render.volume_wishes import CurvedWish, Look, PlaneWish, Turn
from app.render.volumes import Images, Volumes, places_of
from app.stream.answers import BYTES
from app.stream.encoding import negotiated
from app.stream.frames import json_object, opens
from app.stream.reach import opened_slices, opened_version

_AT_ONCE = 2
_PANES = 4096
_NOT_KEPT = "no-store"
_PATIENCE = 5.0  # seconds a thread waits for its turn


class _Turns:
    """The newest wish of each pane, and whose turn it is to compute."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._newest: OrderedDict[tuple[str, str], int] = OrderedDict()
        self._places = threading.BoundedSemaphore(_AT_ONCE)

    def take(self, key: str, turn: Turn, work: Callable[[], Response]) -> Response:
        """What `work` answers, or 204 when a newer wish has come meanwhile."""
        self._note(key, turn)
        if not self._places.acquire(timeout=_PATIENCE):
            raise Unavailable("decoder_busy", "Too many images are being decoded. Try again in a moment.")
        try:
            if turn.number is not None and turn.number < self._newest.get((key, turn.pane), 0):
                return Response(status=204, headers={"Cache-Control": _NOT_KEPT})
            return work()
        finally:
            self._places.release()

    def _note(self, key: str, turn: Turn) -> None:
        if turn.number is None:
            return
        place = key, turn.pane
        with self._lock:
            self._newest[place] = max(turn.number, self._newest.get(place, 0))
            self._newest.move_to_end(place)
            while len(self._newest) > _PANES:
                self._newest.popitem(last=False)


def add_volumes(door: Blueprint, services: Services) -> None:
    volumes = Volumes(services.renderer, services.settings.render.volume_mb << 20)
    _add_state(door, services, volumes)
    turns = _Turns()
    _add_surfaces(door, services, volumes, turns)
    _add_bodies(door, services, volumes, turns)


def _add_state(door: Blueprint, services: Services, volumes: Volumes) -> None:
    @door.get("/volume/<series_id>")
    @opens
    def volume(key: str, series_id: str) -> Response:
        """Starts making it when it is not there; asked again and again until it is. 422 says why there is none."""
        version = opened_version(services, key, series_id)
        progress = volumes.progress(series_id, version)
        if progress is None:
            slices = opened_slices(services, key, series_id)
            frames = [location for location, _ in slices]
            volumes.start(Images(series_id, version, frames, places_of(slices)))
        if progress == 1.0:
            made = volumes.ready(series_id, version)
            return _told({"state": "ready", "progress": 1, **_facts(made)})
        return _told({"state": "loading", "progress": round(progress or 0.0, 3)})


def _told(answer: dict[str, object]) -> Response:
    response = jsonify(answer)
    response.headers["Cache-Control"] = _NOT_KEPT
    return response


def _facts(volume: Volume) -> dict[str, object]:
    spoken = language()
    notes = [translate(spoken, note.message, **note.params) for note in volume.notes]
    return volume.facts() | {"notes": notes, "presets": presets_for(volume)}


def _add_surfaces(door: Blueprint, services: Services, volumes: Volumes, turns: _Turns) -> None:
    @door.get("/plane/<series_id>")
    @opens
    def plane_of(key: str, series_id: str) -> Response:
        wish = PlaneWish.from_query(request.args)
        volume = volumes.ready(series_id, opened_version(services, key, series_id))
        surface = plane(wish.centre, wish.right, wish.down, wish.spacing, wish.size)
        return turns.take(key, wish.turn, lambda: _answer(volume, surface, wish.look))

    @door.post("/curved/<series_id>")
    @opens
    def curved(key: str, series_id: str) -> Response:
        """Along a curve through points of the patient."""
        wish = CurvedWish.from_json(json_object())
        volume = volumes.ready(series_id, opened_version(services, key, series_id))
        surface, length = ribbon(wish)
        response = turns.take(key, wish.turn, lambda: _answer(volume, surface, wish.look))
        response.headers["X-Hoichan-Length"] = f"{length:.2f}"
        return response


def _add_bodies(door: Blueprint, services: Services, volumes: Volumes, turns: _Turns) -> None:
    solids = Solids()

    @door.get("/rendering/<series_id>")
    @opens
    def rendering(key: str, series_id: str) -> Response:
        """The body from outside."""
        wish = RenderingWish.from_query(request.args)
        version = opened_version(services, key, series_id)
        volume = volumes.ready(series_id, version)

        def work() -> Response:
            solid = solids.of((series_id, version), volume, fine=wish.full)
            return Response(
                portrait(volume, solid, wish), mimetype="image/jpeg", headers={"Cache-Control": _NOT_KEPT}
            )

        return turns.take(key, wish.turn, work)


def _answer(volume: Volume, surface: Surface, look: Look) -> Response:
    values = sampled(volume, surface, look.slab, fine=look.full)
    if look.full:
        response = _packed(volume, values)
    else:
        response = Response(preview(volume, values, look), mimetype="image/jpeg")
    response.headers["X-Hoichan-Size"] = f"{surface.width},{surface.height}"
    response.headers["Cache-Control"] = _NOT_KEPT
    return response


def _packed(volume: Volume, values: Values) -> Response:
    """As stored values travel: 16 bits with a sign."""
    encoding = negotiated(request.accept_encodings)
    response = Response(pack(np.ascontiguousarray(values, "<i2"), encoding), mimetype=BYTES)
    if encoding != "identity":
        response.headers["Content-Encoding"] = encoding
    ends = sorted(volume.real(float(end)) for end in (values.min(), values.max()))
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["X-Hoichan-Slope"] = repr(volume.slope)
    response.headers["X-Hoichan-Intercept"] = repr(volume.intercept)
    response.headers["X-Hoichan-Range"] = f"{ends[0]:g},{ends[1]:g}"
    return response
