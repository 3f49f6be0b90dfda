"""Door: the pages of consults and their JSON. What lasts goes through `wishes.fulfil`, as it does by socket."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from flask import (
    Blueprint,
    Response,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    send_from_directory,
)
from werkzeug.wrappers import Response as BaseResponse

from app.archive.queries import destroyed_among, manifest
from app.base.actor import Permission
from app.base.db import Tx
from app.base.errors import Invalid
from app.edge.actor import current_actor, public, requires
from app.edge.compression import gzipped
from app.edge.first_picture import FirstPicture, first_picture
from app.edge.nav import NavItem, offer
from app.edge.page_config import inlined, page_config
from app.edge.services import Services
from app.evidence.saving import Evidence
from app.evidence.schemas import SaveInput
from app.viewing.queries import preferences_for
from consults.actions import enter_room
from consults.asking import day_of
from consults.doors import (
    agreements,
    asking,
    attachments,
    dispatch,
    earlier,
    guests,
    masks,
    minutes,
    opinions,
    papers,
    preflight,
    quality,
    recordings,
    statistics,
    talk,
)
from consults.doors.wishing import fulfil_here
from consults.images_read import images_read
from consults.lifecycle import STATE_NAMES, State
from consults.looking import note_look
from consults.opinions.queries import outcomes_wanted
from consults.queries import Box, events_after, list_consults, room_state
from consults.talk.actions import keeping_key
from consults.urgency import URGENCY_NAMES

FILES = Path(__file__).parent / "static"
# The one page with calls: what every other page forbids (app/edge/headers.py) it may ask the person for.
CALLING = "camera=(self), display-capture=(self), geolocation=(), microphone=(self), payment=(), usb=()"
WISH_OF: dict[str, str] = {
    "accept": "consult.accept",
    "agree": "recording.agree",
    "answers": "question.answer",
    "basis": "basis.complete",
    "begin": "starts.choose",
    "cancel": "consult.cancel",
    "complete": "consult.complete",
    "consent": "reader.consent",
    "decide": "decision.record",
    "detach": "attachment.withdraw",
    "dismiss": "reader.dismiss",
    "handover": "consult.handover",
    "hold": "consult.hold",
    "invite": "reader.invite",
    "labs": "labs.add",
    "leave": "reader.leave",
    "opinion": "opinion.give",
    "outcome": "outcome.report",
    "pass": "consult.pass",
    "read": "reading.give",
    "reassign": "consult.reassign",
    "record": "recording.start",
    "refuse": "recording.refuse",
    "reject": "consult.reject",
    "reopen": "consult.reopen",
    "request": "consult.request",
    "reschedule": "consult.reschedule",
    "resubmit": "consult.resubmit",
    "resume": "consult.resume",
    "retract": "recording.withdraw",
    "start": "consult.start",
    "stop": "recording.stop",
    "strike": "lab.remove",
    "studies": "study.share",
    "withdraw": "consult.withdraw",
}


def blueprint(services: Services) -> Blueprint:
    """All routes under /consults."""
    door = Blueprint("consults", __name__, url_prefix="/consults")
    offer(door, NavItem(20, "/consults", "Consults", (Permission.CONSULT_DISCUSS,)))
    offer(door, NavItem(21, "/consults/agreements", "Agreements", (Permission.AGREEMENT_MANAGE,)))
    door.add_app_template_filter(day_of, "consult_day")
    _add_list(door, services)
    asking.add_routes(door, services)
    _add_room(door, services)
    _add_talk(door, services)
    _add_objects(door, services)
    _add_files(door)
    agreements.add_routes(door, services)
    dispatch.add_routes(door, services)
    guests.add_routes(door, services)
    masks.add_routes(door, services)
    opinions.add_routes(door, services)
    papers.add_routes(door, services)
    quality.add_routes(door, services)
    recordings.add_routes(door, services)
    statistics.add_routes(door, services)
    talk.add_routes(door, services)
    minutes.add_routes(door, services)
    attachments.add_routes(door, services)
    preflight.add_routes(door, services)
    earlier.add_routes(door, services)
    return door


def _add_list(door: Blueprint, services: Services) -> None:
    @door.get("")
    @requires(Permission.CONSULT_DISCUSS)
    def consults() -> str:
        actor = current_actor()
        may = {Permission.CONSULT_ANSWER, Permission.CONSULT_COORDINATE}
        box = _box(Box.INBOX if any(actor.allows(one) for one in may) else Box.SENT)
        closed = request.args.get("closed") == "1"
        number = min(max(request.args.get("page", 0, type=int), 0), 1000)
        with services.db.reading() as tx:
            page = list_consults(tx, actor, box, closed=closed, page=number)
            wanted = outcomes_wanted(tx, actor)
        return render_template(
            "consults/list.html",
            page=page,
            wanted=wanted,
            box=box,
            closed=closed,
            number=number,
            state_names=STATE_NAMES,
            urgency_names=URGENCY_NAMES,
            config=page_config("consults"),
        )


def _box(default: Box) -> Box:
    chosen = request.args.get("box", default)
    return Box(chosen) if chosen in set(Box) else default


def _add_room(door: Blueprint, services: Services) -> None:
    @door.get("/<consult_id>")
    @requires(Permission.CONSULT_DISCUSS, guests=True)
    def room(consult_id: str) -> BaseResponse:
        actor = current_actor()
        with services.db.transaction() as tx:
            keys = enter_room(tx, actor, consult_id=consult_id)
            state = room_state(tx, actor, consult_id)
            preferences = preferences_for(tx, actor)
            kept_by = keeping_key(tx, actor)
        if state["consult"]["state"] == State.DRAFT:
            return redirect(f"/consults/{consult_id}/edit", 303)
        return _room(services, state, keys, preferences, kept_by)

    @door.get("/<consult_id>/state")
    @requires(Permission.CONSULT_DISCUSS, guests=True)
    def state(consult_id: str) -> Response:
        """`open`: studies the page has a key for already; for the others it is given one."""
        is_open = request.args["open"].split(",") if "open" in request.args else None
        with services.db.transaction() as tx:
            keys = enter_room(tx, current_actor(), consult_id=consult_id, is_open=is_open)
            told = room_state(tx, current_actor(), consult_id)
            studies = told["consult"]["studies"]
            gone = destroyed_among(tx, [study["id"] for study in studies])
        for study in studies:
            study_id = study["id"]
            study |= {
                "key": keys.get(study_id) or None,
                "open": study_id in keys,
                "destroyed": study_id in gone,
            }
        return gzipped(jsonify(told))

    @door.get("/<consult_id>/reading")
    @requires(Permission.CONSULT_DISCUSS)
    def reading(consult_id: str) -> str:
        """What each reader had on the screen, to be printed."""
        with services.db.transaction() as tx:
            told = images_read(tx, current_actor(), consult_id)
            note_look(tx, current_actor(), consult_id)
        return render_template("consults/reading.html", told=told, consult_id=consult_id)

    @door.get("/<consult_id>/events")
    @requires(Permission.CONSULT_DISCUSS, guests=True)
    def events(consult_id: str) -> Response:
        after = max(request.args.get("after", 0, type=int), 0)
        with services.db.transaction() as tx:
            seen, head = events_after(tx, current_actor(), consult_id, after)
            note_look(tx, current_actor(), consult_id)
        return jsonify(events=seen, head=head)


def _room(
    services: Services,
    state: dict[str, Any],
    keys: dict[str, str],
    preferences: dict[str, Any],
    kept_by: str,
) -> Response:
    """The page of the room as this person finds it; `keys` open its studies, `kept_by` enciphers what is not sent yet."""
    may_link = current_actor().allows(Permission.LINK_MANAGE) and state["me"]["side"] == "referring"
    first = state["consult"]["studies"][0]["id"]
    studies, picture = _studies(services, keys, preferences["hanging"])
    config = page_config(
        "consult",
        studies=studies,
        preferences=preferences,
        consult_id=state["consult"]["id"],
        keeping_key=kept_by,
        links_url=f"/studies/{first}/links" if may_link else None,
    )
    page = render_template("consults/room.html", consult=state["consult"], first=picture, config=config)
    answer = gzipped(make_response(page))
    answer.headers["Permissions-Policy"] = CALLING
    return answer


def _studies(
    services: Services, keys: dict[str, str], hanging: list[dict[str, Any]]
) -> tuple[list[dict[str, Any]], FirstPicture | None]:
    """For the viewer: the first study's manifest goes into the page, so that its first image needs no question."""
    actor = current_actor()
    studies: list[dict[str, Any]] = [
        {"id": study_id, "key": key, "manifest": None} for study_id, key in keys.items()
    ]
    if not studies:
        return [], None
    with services.db.reading() as tx:
        studies[0]["manifest"] = inlined(manifest(tx, actor, studies[0]["id"]))
        return studies, first_picture(services, tx, actor, studies[0], hanging)


def _add_talk(door: Blueprint, services: Services) -> None:
    def fulfilled(name: str, consult_id: str, **more: Any) -> Response:
        sent = request.get_json(silent=True) if request.content_length else {}
        if not isinstance(sent, dict):
            raise Invalid("bad_json", "A JSON object was expected.")
        wish = sent | more | {"consult_id": consult_id}
        return jsonify(ok=True, **fulfil_here(services, name, wish))

    @door.post("/<consult_id>/messages")
    @requires(Permission.CONSULT_DISCUSS, guests=True)
    def post_message(consult_id: str) -> Response:
        return fulfilled("message.post", consult_id)

    @door.put("/<consult_id>/annotations/<annotation_id>")
    @requires(Permission.ANNOTATION_WRITE, guests=True)
    def put_annotation(consult_id: str, annotation_id: str) -> Response:
        mark = request.get_json(silent=True)
        if not isinstance(mark, dict) or mark.get("id") != annotation_id:
            raise Invalid("bad_annotation", "This mark cannot be kept: {where} is wrong.", where="id")
        wish = {"consult_id": consult_id, "annotation": mark}
        return jsonify(ok=True, **fulfil_here(services, "annotation.put", wish))

    @door.delete("/<consult_id>/annotations/<annotation_id>")
    @requires(Permission.ANNOTATION_WRITE, guests=True)
    def delete_annotation(consult_id: str, annotation_id: str) -> Response:
        return fulfilled("annotation.delete", consult_id, id=annotation_id)

    @door.post(f"/<consult_id>/<any({','.join(map(repr, WISH_OF))}):verb>")
    @requires(Permission.CONSULT_DISCUSS, guests=True)
    def wish(consult_id: str, verb: str) -> Response:
        return fulfilled(WISH_OF[verb], consult_id)


def _add_objects(door: Blueprint, services: Services) -> None:
    evidence = Evidence(services.db, services.blobs)

    @door.post("/<consult_id>/studies/<study_id>/objects")
    @requires(Permission.ANNOTATION_WRITE)
    def objects(consult_id: str, study_id: str) -> tuple[Response, int]:
        """The talk's marks on a study, or key images, kept as DICOM objects by the hospital of the images."""
        wanted = SaveInput.from_wire(request.get_json(silent=True))
        actor = current_actor()

        def marks_of(tx: Tx) -> list[dict[str, Any]]:
            marks = room_state(tx, actor, consult_id)["annotations"]
            return [mark for mark in marks if mark["study_id"] == study_id]

        return jsonify(asdict(evidence.save(actor, study_id, wanted, marks_of))), 201


def _add_files(door: Blueprint) -> None:
    @door.get("/files/<name>")
    @public
    def files(name: str) -> Response:
        return send_from_directory(FILES, name, max_age=3600)
