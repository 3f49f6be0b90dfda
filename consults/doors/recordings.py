"""Door: pieces of recordings received, and recordings played."""

import json
import time
from io import BytesIO

from flask import Blueprint, Response, jsonify, make_response, render_template, request, send_file
from werkzeug.wrappers import Response as BaseResponse

from app.base.actor import Permission
from app.base.db import Tx
from app.base.errors import Invalid, TooLarge
from app.edge.actor import current_actor, requires
from app.edge.compression import gzipped
from app.edge.page_config import page_config
from app.edge.services import Services
from app.viewing.queries import preferences_for
from consults.actions import enter_room
from consults.queries import room_state
from consults.recordings.actions import keep_piece, open_recording, piece_wanted
from consults.recordings.container import read_head, read_lines, read_voice
from consults.recordings.queries import playable, whole_of
from consults.recordings.schemas import Content, Piece
from consults.recordings.track import lines_of
from consults.schemas import parse

LARGEST_PIECE = 1 << 20


def add_routes(door: Blueprint, services: Services) -> None:
    """Under /consults/<id>/recordings."""
    _add_receiving(door, services)
    _add_playing(door, services)


def _add_receiving(door: Blueprint, services: Services) -> None:
    @door.get("/<consult_id>/recordings/clock")
    @requires(Permission.CONSULT_DISCUSS, guests=True)
    def clock(consult_id: str) -> Response:  # noqa: ARG001 - the same for every consult
        """Milliseconds since 1970, by which all windows of a recording place what they keep."""
        return jsonify(now_ms=round(time.time() * 1000))

    @door.put("/<consult_id>/recordings/<recording_id>/<any(track,voice):kind>/<take>/<int:number>")
    @requires(Permission.CONSULT_DISCUSS, guests=True, body_limit=LARGEST_PIECE)
    def piece(consult_id: str, recording_id: str, kind: str, take: str, number: int) -> Response:
        """Answered when the bytes are kept; the same piece again is answered the same."""
        times = {
            name: request.args.get(name, 0, int)
            for name in ("duration_ms", "offset_ms")
            if name in request.args
        }
        told = parse(Piece, {"take": take, "kind": kind, "number": number, **times})
        actor = current_actor()
        with services.db.transaction() as tx:  # a stranger's bytes are not even received
            consult = piece_wanted(tx, actor, consult_id=consult_id, recording_id=recording_id, piece=told)
            study_ids = [study.study_id for study in consult.studies] if consult else []
        if consult is None:
            return jsonify(ok=True)
        body = request.get_data()
        if len(body) > LARGEST_PIECE:
            raise TooLarge("piece_too_large", "This piece of the recording is too large.")
        content = _checked(kind, body, study_ids)
        with services.blobs.open_spool() as spool:
            spool.write(body)
            blob = spool.commit()
            with services.db.transaction() as tx:
                keep_piece(
                    tx,
                    actor,
                    consult_id=consult_id,
                    recording_id=recording_id,
                    piece=told,
                    blob=blob,
                    content=content,
                )
        return jsonify(ok=True)


def _checked(kind: str, body: bytes, study_ids: list[str]) -> Content:
    """What it is; raises Invalid for what is neither a track nor a voice as browsers make it."""
    if kind == "track":
        return Content("application/json", len(lines_of(body, study_ids)))
    if body.startswith(b"\x1a\x45\xdf\xa3"):
        return Content("audio/webm")
    if body.startswith(b"OggS"):
        return Content("audio/ogg")
    if body[4:8] == b"ftyp":
        return Content("audio/mp4")
    raise Invalid("bad_voice", "This piece of the recording cannot be kept.")


def _add_playing(door: Blueprint, services: Services) -> None:
    @door.get("/<consult_id>/recordings/<recording_id>")
    @requires(Permission.CONSULT_DISCUSS, guests=True)
    def play(consult_id: str, recording_id: str) -> Response:
        """The viewer with what was recorded; the images are opened under the player's own right."""
        actor = current_actor()
        with services.db.transaction() as tx:
            playable(tx, actor, consult_id, recording_id)
            keys = enter_room(tx, actor, consult_id=consult_id)
            consult = room_state(tx, actor, consult_id)["consult"]
            preferences = preferences_for(tx, actor)
        config = page_config(
            "recording",
            studies=[{"id": study_id, "key": key, "manifest": None} for study_id, key in keys.items()],
            preferences=preferences,
            consult_id=consult_id,
            recording_id=recording_id,
        )
        page = render_template("consults/recording.html", consult=consult, config=config)
        return gzipped(make_response(page))

    @door.get("/<consult_id>/recordings/<recording_id>/track")
    @requires(Permission.CONSULT_DISCUSS, guests=True)
    def track(consult_id: str, recording_id: str) -> Response:
        """Head and lines; to fetch them is to play it, and is recorded."""
        with services.db.transaction() as tx:
            path = services.blobs.path(_opened(tx, consult_id, recording_id))
        lines = ",".join(json.dumps(line) for line in read_lines(path))
        answer = make_response(f'{{"head":{json.dumps(read_head(path))},"lines":[{lines}]}}')
        answer.mimetype = "application/json"
        answer.headers["Cache-Control"] = "private, no-store"
        return gzipped(answer)

    @door.get("/<consult_id>/recordings/<recording_id>/voices/<int:number>")
    @requires(Permission.CONSULT_DISCUSS, guests=True)
    def voice(consult_id: str, recording_id: str, number: int) -> BaseResponse:
        with services.db.reading() as tx:
            path = services.blobs.path(_seen(tx, consult_id, recording_id))
        media_type, content = read_voice(path, number)
        answer = send_file(BytesIO(content), media_type)
        answer.headers["X-Content-Type-Options"] = "nosniff"
        answer.headers["Cache-Control"] = "private, no-store"
        return answer


def _opened(tx: Tx, consult_id: str, recording_id: str) -> str:
    return open_recording(tx, current_actor(), consult_id=consult_id, recording_id=recording_id)


def _seen(tx: Tx, consult_id: str, recording_id: str) -> str:
    """Of a recording whose opening was recorded with its track."""
    return whole_of(tx, playable(tx, current_actor(), consult_id, recording_id)[1])
