"""What was kept of a room is what was sent, of those who agreed, for those who see the whole case."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.archive.integrity import referenced
from app.audit.models import AuditRecord
from app.base import clock
from app.base.actor import Actor
from app.base.errors import Conflict, Forbidden, HoichanError, Invalid, NotFound
from app.base.jobs import Job
from app.edge.services import Services
from consults.event_base import Person
from consults.recordings.actions import JOIN, open_recording
from consults.recordings.container import FORMAT, read_head, read_lines, read_voice
from consults.recordings.joining import join_pieces, stop_silent
from consults.recordings.lifecycle import TABLE, Part, RecordingState, Verb, next_state
from consults.recordings.models import RecordingPiece
from consults.recordings.track import lines_of
from tests.consults.conftest import Clinic
from tests.consults.guests.inviting import guest_actor
from tests.consults.recordings.recorded import WEBM, conference, send, track_of, view_of, walk_through
from tests.consults.rooms import hall
from tests.factories import browser


def _ready(clinic: Clinic) -> tuple[str, str]:
    """A walk-through of Bob's that is joined: of which consult, and its id."""
    consult_id = clinic.accepted()
    recording_id = walk_through(clinic, consult_id, "Xem kỹ")
    clinic.wish(clinic.cast.bob, "recording.stop", consult_id=consult_id, recording_id=recording_id)
    join_pieces(clinic.db, clinic.blobs, recording_id)
    return consult_id, recording_id


def test_what_is_read_back_is_what_was_sent_in_order_once(clinic: Clinic) -> None:
    consult_id, bob = clinic.accepted(), clinic.cast.bob
    recording_id = walk_through(clinic, consult_id, "Xem kỹ chỗ này")
    view = view_of(clinic)
    second = track_of(["v", 900, view], ["p", 900, 5, 6], ["s", 950, 1], ["g", 990])
    first = track_of(["v", 0, view], ["i", 5, clinic.study_id, view["sop_instance_uid"], 1], ["p", 5, 1.5, 2])

    send(clinic, bob, consult_id, recording_id, second, number=1)  # the first was lost on its way
    send(clinic, bob, consult_id, recording_id, first, number=0)
    send(clinic, bob, consult_id, recording_id, first, number=0)  # no answer came: sent again
    send(clinic, bob, consult_id, recording_id, WEBM + b"2", kind="voice", number=1, offset_ms=500)
    send(clinic, bob, consult_id, recording_id, WEBM + b"1", kind="voice", number=0, duration_ms=500)
    clinic.wish(bob, "recording.stop", consult_id=consult_id, recording_id=recording_id)
    for _ in range(2):  # a job may run twice
        join_pieces(clinic.db, clinic.blobs, recording_id)

    with clinic.db.transaction() as tx:
        digest = open_recording(tx, clinic.cast.alice, consult_id=consult_id, recording_id=recording_id)
    path = clinic.blobs.path(digest)
    head = read_head(path)
    assert (head["format"], [person["id"] for person in head["people"]]) == (FORMAT, [bob.id])
    assert list(read_lines(path)) == [
        [0, "v", 0, view],
        [0, "i", 5, clinic.study_id, view["sop_instance_uid"], 1],
        [0, "p", 5, 1.5, 2.0],
        [0, "v", 900, view],
        [0, "p", 900, 5.0, 6.0],
        [0, "s", 950, 1],
        [0, "g", 990],
    ]
    assert [read_voice(path, number)[1][-1:] for number in (0, 1)] == [b"1", b"2"]
    assert [(one["offset_ms"], one["duration_ms"]) for one in head["voices"]] == [(0, 500), (500, 0)]
    state = clinic.state(clinic.cast.alice, consult_id)
    (told,) = state["recordings"]
    assert (told["state"], told["title"], told["first"] < told["last"]) == ("ready", "Xem kỹ chỗ này", True)
    assert [(line["text"], line["recording"]) for line in state["messages"]] == [
        ("Xem kỹ chỗ này", recording_id)
    ]
    with clinic.db.reading() as tx:
        (piece,) = tx.session.scalars(select(RecordingPiece))
        assert (piece.kind, piece.digest) == ("whole", digest)
        assert referenced(tx, [digest]) == {digest}  # no sweep removes it
        details = tx.session.scalars(select(AuditRecord.detail).where(AuditRecord.subject_id == consult_id))
        assert [detail for detail in details if f'"recording":"{recording_id}"' in detail.replace(" ", "")]


def test_everybody_in_the_room_agrees_before_it_begins_and_one_refusal_ends_it(clinic: Clinic) -> None:
    consult_id, (alice, bob, binh) = clinic.accepted(), (clinic.cast.alice, clinic.cast.bob, clinic.cast.binh)

    def told(name: str, actor: Actor, recording_id: str) -> str:
        wish = {"consult_id": consult_id, "recording_id": recording_id}
        clinic.wish(actor, f"recording.{name}", **wish)
        return str(clinic.state(alice, consult_id)["recordings"][-1]["state"])

    refused = conference(clinic, consult_id, alice, bob, binh)
    assert told("agree", bob, refused) == "asked"
    with pytest.raises(Conflict):
        conference(clinic, consult_id, bob, alice)
    with pytest.raises(Conflict):
        send(clinic, bob, consult_id, refused, track_of())
    assert told("refuse", binh, refused) == "refused"

    running = conference(clinic, consult_id, alice, bob)
    assert told("agree", bob, running) == "running"
    with pytest.raises(Forbidden):  # came later and has not agreed: nothing of theirs is kept
        send(clinic, binh, consult_id, running, track_of(["g", 1]))
    with pytest.raises(Forbidden):
        told("stop", binh, running)
    assert told("agree", binh, running) == "running"
    send(clinic, binh, consult_id, running, track_of(["g", 1]))
    assert told("stop", binh, running) == "stopped"
    assert told("withdraw", alice, running) == "withdrawn"
    with clinic.db.reading() as tx:
        assert tx.session.scalars(select(RecordingPiece)).all() == []
        assert tx.session.scalars(select(Job.name).where(Job.subject_id == running)).all() == [JOIN]
    join_pieces(clinic.db, clinic.blobs, running)  # what was taken back stays so
    assert clinic.state(alice, consult_id)["recordings"][-1]["state"] == "withdrawn"


def test_who_is_in_the_room_is_said_by_the_server(clinic: Clinic, services: Services) -> None:
    consult_id = clinic.accepted()
    with hall(services) as opened:
        alice, bob = (opened.in_room(who, consult_id) for who in (clinic.cast.alice, clinic.cast.bob))
        alice.wait(lambda doctor: bool(doctor.presence) and len(doctor.presence[-1]) == 2)
        asked = alice.wish("recording.ask", consult_id=consult_id)
        assert asked["ok"], asked
        bob.wait_for_event(asked["number"])
        outside = opened.doctor(clinic.cast.binh).wish("recording.ask", consult_id=consult_id)

    (told,) = clinic.state(clinic.cast.bob, consult_id)["recordings"]
    assert [person["id"] for person in told["asked"]] == [clinic.cast.bob.id]
    assert outside["error"]["code"] == "not_found"


def test_only_a_specialist_of_the_case_walks_through_it(sqlite_clinic: Clinic) -> None:
    clinic = sqlite_clinic
    consult_id = clinic.accepted()
    for actor, refusal in (
        (clinic.cast.alice, Forbidden),
        (clinic.cast.binh, Forbidden),
        (clinic.cast.chi, NotFound),
    ):
        with pytest.raises(refusal):
            clinic.wish(actor, "recording.start", consult_id=consult_id)
    old = walk_through(clinic, consult_id)
    walk_through(clinic, consult_id)  # the window of the old one was closed
    told = {one["id"]: one["state"] for one in clinic.state(clinic.cast.bob, consult_id)["recordings"]}
    assert (told.pop(old), list(told.values())) == ("stopped", ["running"])


def test_a_recording_that_nobody_stops_is_stopped(clinic: Clinic) -> None:
    consult_id = clinic.accepted()
    recording_id = walk_through(clinic, consult_id)
    assert stop_silent(clinic.db) == 0
    with clock.shifted(timedelta(minutes=6)):
        send(clinic, clinic.cast.bob, consult_id, recording_id, track_of(["g", 1]))
        assert stop_silent(clinic.db) == 0
    with clock.shifted(timedelta(minutes=61)):
        assert stop_silent(clinic.db) == 1
    (told,) = clinic.state(clinic.cast.bob, consult_id)["recordings"]
    assert (told["state"], told["duration_ms"]) == ("stopped", 3_600_000)


def test_strangers_and_those_who_must_not_know_play_and_send_nothing(clinic: Clinic, app: Flask) -> None:
    consult_id, recording_id = _ready(clinic)
    root = f"/consults/{consult_id}/recordings/{recording_id}"
    for stranger, code in ((clinic.cast.chi, 404), (clinic.cast.vinh, 403), (clinic.cast.root, 403)):
        there = browser(app, clinic.db, stranger)
        for path in ("", "/track", "/voices/0"):
            assert there.get(root + path).status_code == code
        assert there.send_json("PUT", f"{root}/track/take-0001/0", []).status_code == code
    assert app.test_client().get(f"{root}/track").status_code in {302, 303, 401}
    bob = browser(app, clinic.db, clinic.cast.bob)
    assert bob.get(f"{root}/voices/0").status_code == 404
    assert bob.get(f"/consults/{clinic.accepted()}/recordings/{recording_id}/track").status_code == 404

    wish = {"consult_id": consult_id, "person_id": clinic.cast.chi.id, "kind": "blind"}
    clinic.wish(clinic.cast.alice, "reader.invite", **wish)
    assert browser(app, clinic.db, clinic.cast.chi).get(f"{root}/track").status_code == 404
    assert "recordings" not in clinic.state(clinic.cast.chi, consult_id)


def test_the_door_keeps_a_piece_once_and_plays_it_back(clinic: Clinic, app: Flask) -> None:
    consult_id = clinic.accepted()
    recording_id = walk_through(clinic, consult_id)
    root = f"/consults/{consult_id}/recordings/{recording_id}"
    bob, alice = (browser(app, clinic.db, who) for who in (clinic.cast.bob, clinic.cast.alice))

    def put(path: str, body: bytes) -> int:
        headers = {"X-CSRF-Token": bob.csrf, "Accept": "application/json"}
        return bob.client.put(f"{root}/{path}", data=body, headers=headers).status_code

    track = track_of(["v", 0, view_of(clinic)])
    assert [put("track/take-0001/0", track) for _ in range(2)] == [200, 200]
    assert put("voice/take-0001/0?offset_ms=0&duration_ms=10000", WEBM + b"opus") == 200
    assert put("voice/take-0001/1", b"<html>") == 400
    assert put("track/take-0001/1", b"[[" * 5000) == 400
    assert put("track/../0", track) == 400
    clinic.wish(clinic.cast.bob, "recording.stop", consult_id=consult_id, recording_id=recording_id)
    join_pieces(clinic.db, clinic.blobs, recording_id)

    told = alice.get(f"{root}/track").get_json()
    assert [line[:3] for line in told["lines"]] == [[0, "v", 0]]
    voice = alice.get(f"{root}/voices/0")
    assert (voice.data, voice.headers["Content-Type"]) == (WEBM + b"opus", "audio/webm")
    assert alice.get(root).status_code == 200


def test_a_track_is_of_the_case_s_studies_and_of_real_views(sqlite_clinic: Clinic) -> None:
    clinic = sqlite_clinic
    view = view_of(clinic)
    lines = lines_of(track_of(["v", 0, view], ["v", 70, {"zoom": 2}]), {clinic.study_id})
    assert [line[1] for line in lines] == [0, 70]
    for wrong in (
        track_of(["v", 0, {"zoom": 2}]),  # no view before it
        track_of(["v", 0, view | {"zoom": -1}]),
        track_of(["p", -1, 0, 0]),
        track_of(["p", 1, float("nan"), 0]),
        track_of(["x", 1]),
        b"{}",
        b"\xff",
    ):
        with pytest.raises(Invalid):
            lines_of(wrong, {clinic.study_id})
    with pytest.raises(Invalid):
        lines_of(track_of(["v", 0, view]), {"another"})


def test_the_table_lets_nobody_act_who_has_not_agreed() -> None:
    for state in RecordingState:
        for verb in Verb:
            for part in (Part.OTHER, Part.ASKED):
                try:
                    next_state(state, verb, part)
                except HoichanError:
                    continue
                assert verb in {Verb.AGREE, Verb.REFUSE}
    assert {state for state, row in TABLE.items() if not row} == {
        RecordingState.REFUSED,
        RecordingState.WITHDRAWN,
    }


def test_with_nobody_else_in_the_room_it_begins_at_once(sqlite_clinic: Clinic) -> None:
    clinic = sqlite_clinic
    consult_id, alice = clinic.accepted(), clinic.cast.alice
    conference(clinic, consult_id, alice)
    (told,) = clinic.state(alice, consult_id)["recordings"]
    assert (told["state"], told["agreed"], told["by"]) == (
        "running",
        [alice.id],
        Person(id=alice.id, name=alice.name, hospital=clinic.cast.a.name).model_dump(),
    )


def test_the_tracks_of_several_are_joined_each_with_their_person(sqlite_clinic: Clinic) -> None:
    clinic = sqlite_clinic
    consult_id, (alice, bob) = clinic.accepted(), (clinic.cast.alice, clinic.cast.bob)
    recording_id = conference(clinic, consult_id, bob, alice)
    clinic.wish(alice, "recording.agree", consult_id=consult_id, recording_id=recording_id)
    send(clinic, bob, consult_id, recording_id, track_of(["s", 10, 1], ["s", 30, 0]), take="take-of-b")
    send(clinic, alice, consult_id, recording_id, track_of(["s", 20, 1], ["g", 30]), take="take-of-a")
    send(clinic, alice, consult_id, recording_id, WEBM, take="take-of-a", kind="voice", duration_ms=9)
    clinic.wish(alice, "recording.stop", consult_id=consult_id, recording_id=recording_id)
    join_pieces(clinic.db, clinic.blobs, recording_id)

    with clinic.db.transaction() as tx:
        path = clinic.blobs.path(open_recording(tx, alice, consult_id=consult_id, recording_id=recording_id))
    head = read_head(path)
    assert [person["id"] for person in head["people"]] == [bob.id, alice.id]  # who asked for it first
    assert [line[:3] for line in read_lines(path)] == [
        [0, "s", 10],
        [1, "s", 20],
        [1, "g", 30],
        [0, "s", 30],
    ]
    assert [voice["person"] for voice in head["voices"]] == [1]
    assert [
        line["text"] for line in clinic.state(bob, consult_id)["messages"]
    ] == []  # no answer of one alone


def test_who_may_not_know_the_patient_sees_that_it_is_on_and_hears_nothing(sqlite_clinic: Clinic) -> None:
    clinic = sqlite_clinic
    consult_id, bob = clinic.accepted(), clinic.cast.bob
    nameless = guest_actor(clinic, consult_id, hides_identity=True)
    running = conference(clinic, consult_id, bob, nameless)
    clinic.wish(nameless, "recording.agree", consult_id=consult_id, recording_id=running)
    (told,) = clinic.state(nameless, consult_id)["recordings"]
    assert (told["state"], nameless.id in told["agreed"]) == ("running", True)
    clinic.wish(bob, "recording.stop", consult_id=consult_id, recording_id=running)
    join_pieces(clinic.db, clinic.blobs, running)

    with clinic.db.transaction() as tx, pytest.raises(NotFound):
        open_recording(tx, nameless, consult_id=consult_id, recording_id=running)
    with pytest.raises(Forbidden):
        conference(clinic, consult_id, nameless)
