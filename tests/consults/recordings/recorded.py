"""Recordings as windows make them, and what a page does with their events."""

import json
from collections.abc import Callable
from typing import Any

from app.archive.queries import manifest
from app.base.actor import Actor
from consults.event_base import Person
from consults.recordings.actions import ask_recording, keep_piece, piece_wanted
from consults.recordings.joining import join_pieces
from consults.recordings.schemas import Content, Piece
from consults.schemas import Plain
from tests.consults.conftest import Clinic

WEBM = b"\x1a\x45\xdf\xa3"
TAKE = "take-0001"


def recorded(state: dict[str, Any], event: dict[str, Any]) -> None:
    """The counterpart of viewer_js/src/consult/recordings/fold.ts."""
    news = event["data"]["recording"]
    others = [one for one in state["recordings"] if one["id"] != news["id"]]
    state["recordings"] = sorted([*others, news], key=lambda one: str(one["id"]))


def view_of(clinic: Clinic) -> dict[str, Any]:
    """The first image of the study, as it begins."""
    with clinic.db.reading() as tx:
        series = manifest(tx, clinic.cast.alice, clinic.study_id)["series"][0]
    return {
        "study_id": clinic.study_id,
        "series_instance_uid": series["series_instance_uid"],
        "sop_instance_uid": series["instances"][0]["sop_instance_uid"],
        "frame_number": 1,
        "zoom": 1,
        "centre": [8, 8],
        "rotation": 0,
        "flip": False,
        "invert": False,
    }


def track_of(*lines: list[Any]) -> bytes:
    return json.dumps(lines).encode()


def walk_through(clinic: Clinic, consult_id: str, title: str = "") -> str:
    """Bob begins one; its id."""
    begun = clinic.wish(clinic.cast.bob, "recording.start", consult_id=consult_id, title=title)
    return str(begun["id"])


def conference(clinic: Clinic, consult_id: str, by: Actor, *present: Actor) -> str:
    """One is asked for, with these people in the room; its id."""
    people = [Person(id=one.id, name=one.name, hospital="") for one in (by, *present)]
    with clinic.db.transaction() as tx:
        return str(ask_recording(tx, by, wish=Plain(consult_id=consult_id), present=people)["id"])


def send(clinic: Clinic, actor: Actor, consult_id: str, recording_id: str, body: bytes, **more: Any) -> None:
    """The way of the door, without the door; `more`: of the piece."""
    content = Content("audio/webm", len(json.loads(body)) if body.startswith(b"[") else 0)
    piece = Piece(**{"take": TAKE, "kind": "track", "number": 0, **more})
    where = {"consult_id": consult_id, "recording_id": recording_id}
    with clinic.db.transaction() as tx:
        piece_wanted(tx, actor, **where, piece=piece)
    with clinic.blobs.open_spool() as spool:
        spool.write(body)
        blob = spool.commit()
        with clinic.db.transaction() as tx:
            keep_piece(tx, actor, **where, piece=piece, blob=blob, content=content)


def life_of_recordings(clinic: Clinic, consult_id: str) -> list[Callable[[], Any]]:
    """One is refused, one begun by both and taken back, and a walk-through is made."""
    alice, bob = clinic.cast.alice, clinic.cast.bob
    made: list[str] = []

    def ask() -> None:
        made.append(conference(clinic, consult_id, alice, bob))

    def wish(actor: Actor, verb: str) -> Callable[[], Any]:
        return lambda: clinic.wish(actor, f"recording.{verb}", consult_id=consult_id, recording_id=made[-1])

    return [
        *(ask, wish(bob, "refuse")),
        *(ask, wish(bob, "agree"), wish(bob, "stop"), wish(alice, "withdraw")),
        lambda: made.append(walk_through(clinic, consult_id, "Xem lát 12")),
        wish(bob, "stop"),
        lambda: join_pieces(clinic.db, clinic.blobs, made[-1]),
    ]
