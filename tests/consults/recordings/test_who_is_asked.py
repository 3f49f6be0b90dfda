"""Who is asked before a talk is recorded, and what becomes of it when somebody does not answer."""

from datetime import timedelta

from app.base import clock
from consults.recordings.joining import stop_silent
from tests.consults.conftest import Clinic
from tests.consults.recordings.recorded import conference


def test_a_blind_reader_in_the_room_is_not_asked_and_holds_nothing_up(sqlite_clinic: Clinic) -> None:
    clinic, cast = sqlite_clinic, sqlite_clinic.cast
    consult_id = clinic.accepted()
    wish = {"consult_id": consult_id, "person_id": cast.chi.id, "kind": "blind"}
    clinic.wish(cast.alice, "reader.invite", **wish)

    recording_id = conference(clinic, consult_id, cast.bob, cast.alice, cast.chi)
    clinic.wish(cast.alice, "recording.agree", consult_id=consult_id, recording_id=recording_id)

    (told,) = clinic.state(cast.alice, consult_id)["recordings"]
    assert [person["id"] for person in told["asked"]] == [cast.alice.id]
    assert told["state"] == "running"


def test_a_recording_nobody_answers_ends_by_itself_and_another_can_be_asked_for(
    sqlite_clinic: Clinic,
) -> None:
    clinic, cast = sqlite_clinic, sqlite_clinic.cast
    consult_id = clinic.accepted()
    conference(clinic, consult_id, cast.bob, cast.alice)
    assert stop_silent(clinic.db) == 0

    with clock.shifted(timedelta(minutes=6)):
        assert stop_silent(clinic.db) == 1
        (told,) = clinic.state(cast.bob, consult_id)["recordings"]
        assert told["state"] == "refused"
        conference(clinic, consult_id, cast.alice, cast.bob)
