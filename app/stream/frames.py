"""The addresses of the viewer. Each holds all that determines its answer, so answers may be kept for an hour."""

from collections.abc import Mapping
from dataclasses import asdict
from urllib.parse import quote

from flask import Blueprint, Response, jsonify, request

from app.base.actor import Permission
from app.base.errors import Invalid, Unsupported
from app.base.i18n import translate
from app.edge.actor import requires
from app.edge.compression import gzipped
from app.edge.language import language
from app.edge.services import Services
from app.reading.schemas import ReadingReport
from app.render.params import FrameParams
from app.render.parts import Part
from app.render.statistics import Region
from app.render.tile import grey_tile
from app.stream.encoding import coding_named, negotiated
from app.stream.previews import preview_records
from app.stream.reach import opened_frame, opened_manifest, opened_series, report_opened

KEPT = "private, max-age=3600"
BYTES = "application/octet-stream"
REASON = "X-Hoichan-Reason"
opens = requires(Permission.STUDY_READ, links=True)


def blueprint(services: Services) -> Blueprint:
    door = Blueprint("stream", __name__, url_prefix="/stream/<key>")
    _add_whole(door, services)
    _add_frames(door, services)
    _add_statistics(door, services)
    _add_reading(door, services)
    return door


def _add_whole(door: Blueprint, services: Services) -> None:
    @door.get("/manifest")
    @opens
    def manifest(key: str) -> Response:
        """The study as the viewer needs it; images may still be arriving, so it is not kept."""
        return gzipped(jsonify(opened_manifest(services, key)))

    @door.get("/previews/<series_id>")
    @opens
    def previews(key: str, series_id: str) -> Response:
        """One answer for a whole series. Not kept: its frames may still be arriving."""
        frames = opened_series(services, key, series_id)
        start = request.args.get("start", 0, type=int)
        return Response(preview_records(services.renderer, frames, start), mimetype=BYTES)


def _add_frames(door: Blueprint, services: Services) -> None:
    @door.get("/rendered/<instance_id>/<int:frame>")
    @opens
    def rendered(key: str, instance_id: str, frame: int) -> Response:
        params = FrameParams.from_query(request.args)
        location = opened_frame(services, key, instance_id, frame)
        try:
            picture = services.renderer.rendered_frame(location, params)
        except Unsupported as error:
            return _grey(error)
        return Response(picture, mimetype=params.media_type, headers={"Cache-Control": KEPT})

    @door.get("/stored/<instance_id>/<int:frame>")
    @opens
    def stored(key: str, instance_id: str, frame: int) -> Response:
        """Lossless values, packed; the browser windows them itself. Of large frames a part, as the screen needs it."""
        encoding = negotiated(request.accept_encodings)
        coding = coding_named(request.args.get("coding", "left"))
        part = Part.from_query(request.args.get("region", ""), request.args.get("shrink", ""))
        location = opened_frame(services, key, instance_id, frame)
        response = Response(services.renderer.packed_stored(location, encoding, coding, part), mimetype=BYTES)
        response.headers["Cache-Control"] = KEPT
        response.headers["Vary"] = "Accept-Encoding"
        if encoding != "identity":
            response.headers["Content-Encoding"] = encoding
        return response


def _grey(error: Unsupported) -> Response:
    """A tile and its reason: one broken frame must not stop a stack."""
    response = Response(grey_tile(str(error)), mimetype="image/jpeg")
    response.headers[REASON] = quote(translate(language(), error.message, **error.params))
    response.headers["Cache-Control"] = "no-store"
    return response


def _add_statistics(door: Blueprint, services: Services) -> None:
    @door.post("/statistics")
    @opens
    def statistics(key: str) -> Response:
        """Count, mean and so on of the stored values in a region of one frame."""
        wish = json_object()
        region = Region.from_json(wish.get("graphic_type"), wish.get("points"))
        frame = wish.get("frame")
        instance_id = wish.get("instance_id")
        if not isinstance(frame, int) or not isinstance(instance_id, str):
            raise Invalid("bad_region", "Say which frame of which image is measured.")
        location = opened_frame(services, key, instance_id, frame)
        return jsonify(asdict(services.renderer.statistics(location, region)))


def _add_reading(door: Blueprint, services: Services) -> None:
    @door.post("/reading")
    @opens
    def reading(key: str) -> Response:
        """What was on the screen since the study was opened, told every ten seconds and when the page is left."""
        report_opened(services, key, ReadingReport.from_wire(json_object()))
        return Response(status=204)


def json_object() -> Mapping[str, object]:
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise Invalid("bad_json", "The request could not be understood.")
    return body
