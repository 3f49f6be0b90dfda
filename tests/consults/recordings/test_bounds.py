"""What is sent for a recording has an end in time and in size, so that it can be joined."""

from datetime import timedelta
from typing import Any

import pytest

from app.base import clock
from app.base.actor import Actor
from app.base.blobs import Blob
from app.base.errors import Conflict, TooLarge
from consults.recordings import bounds
from consults.recordings.actions import keep_piece, piece_wanted
from consults.recordings.joining import join_pieces
from consults.recordings.schemas import Content, Piece
from tests.consults.conftest import Clinic
from tests.consults.recordings.recorded import TAKE, WEBM, conference, send, track_of, walk_through


def test_a_piece_that_comes_late_is_refused_and_one_that_is_there_is_not(sqlite_clinic: Clinic) -> None:
    clinic, bob = sqlite_clinic, sqlite_clinic.cast.bob
    consult_id = clinic.accepted()
    recording_id = walk_through(clinic, consult_id)
    where = {"consult_id": consult_id, "recording_id": recording_id}
    clinic.wish(bob, "recording.stop", **where)
    send(clinic, bob, consult_id, recording_id, track_of(["g", 1]))
    with clock.shifted(timedelta(seconds=bounds.LAST_PIECES_SECONDS + 5)):
        with pytest.raises(Conflict) as refused:
            send(clinic, bob, consult_id, recording_id, track_of(["g", 2]), number=1)
        there = Piece(take=TAKE, kind="track", number=0)
        with clinic.db.transaction() as tx:  # its answer was lost
            assert piece_wanted(tx, bob, **where, piece=there) is None
    assert refused.value.code == "recording_over"
    join_pieces(clinic.db, clinic.blobs, recording_id)
    assert clinic.state(bob, consult_id)["recordings"][-1]["state"] == "ready"


def _refused(clinic: Clinic, actor: Actor, recording: tuple[str, str], body: bytes, **more: Any) -> str:
    with pytest.raises(TooLarge) as refused:
        send(clinic, actor, *recording, body, **more)
    return refused.value.code


def test_a_person_and_all_together_send_so_many_lines(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "LINES_OF_ONE", 3)
    monkeypatch.setattr(bounds, "LINES_OF_ALL", 4)
    alice, bob, consult_id = clinic.cast.alice, clinic.cast.bob, clinic.accepted()
    recording = (consult_id, conference(clinic, consult_id, bob, alice))
    clinic.wish(alice, "recording.agree", consult_id=consult_id, recording_id=recording[1])

    two = track_of(["g", 1], ["g", 2])
    send(clinic, bob, *recording, two)
    assert _refused(clinic, bob, recording, two, number=1) == "track_too_large"
    send(clinic, alice, *recording, two, take="take-of-a")
    assert _refused(clinic, alice, recording, track_of(["g", 3]), take="take-of-a", number=1)
    send(clinic, bob, *recording, WEBM, kind="voice")  # what is said is kept all the same


def test_pieces_that_came_side_by_side_are_measured_when_they_are_kept(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "LARGEST", 200)
    monkeypatch.setattr(bounds, "TRACKS_LARGEST", 50)
    bob, consult_id = clinic.cast.bob, clinic.accepted()
    where = {"consult_id": consult_id, "recording_id": walk_through(clinic, consult_id)}
    voices = [Piece(take=TAKE, kind="voice", number=number) for number in (0, 1)]
    with clinic.db.transaction() as tx:
        for voice in voices:
            assert piece_wanted(tx, bob, **where, piece=voice) is not None

    def keep(piece: Piece, size: int) -> None:
        with clinic.db.transaction() as tx:
            blob = Blob("0" * 64, size)
            keep_piece(tx, bob, **where, piece=piece, blob=blob, content=Content("audio/webm"))

    keep(voices[0], 60)
    with pytest.raises(TooLarge):
        keep(voices[1], 141)
    with pytest.raises(TooLarge):
        keep(Piece(take=TAKE, kind="track", number=0), 51)
