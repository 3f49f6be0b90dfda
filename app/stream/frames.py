"""The addresses of the viewer. Each holds all that determines its answer, so answers may be kept for an hour."""

from collections.abc import Mapping
from dataclasses import asdict

from flask import Blueprint, Response, jsonify, request

from app.archive.frames_index import FrameLocation
from app.base.actor import Permission
from app.base.errors import Invalid
from app.edge.actor import requires
from app.edge.compression import gzipped
from app.edge.language import language
from app.edge.services import Services
from app.reading.schemas import ReadingReport
from app.render.params import FrameParams
from app.render.statistics import Region
from app.stream.answers import BYTES, Asker, Form, StoredForm, answer
from app.stream.encoding import negotiated
from app.stream.previews import preview_records
from app.stream.reach import opened_frame, opened_manifest, opened_series, report_opened

opens = requires(Permission.STUDY_READ, links=True, guests=True)


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
        form = FrameParams.from_query(request.args)
        return _frame(services, opened_frame(services, key, instance_id, frame), form)

    @door.get("/stored/<instance_id>/<int:frame>")
    @opens
    def stored(key: str, instance_id: str, frame: int) -> Response:
        """Lossless values, packed; the browser windows them itself. Of large frames a part, as the screen needs it."""
        form = StoredForm.from_query(request.args)
        return _frame(services, opened_frame(services, key, instance_id, frame), form)


def _frame(services: Services, location: FrameLocation, form: Form) -> Response:
    made = answer(services.renderer, location, form, Asker(negotiated(request.accept_encodings), language()))
    return Response(made.body, headers=dict(made.headers))


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
