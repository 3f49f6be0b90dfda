"""In the room: everybody gets every event once and in order; what does not last is passed on to the others."""

from collections.abc import Iterator
from dataclasses import replace
from typing import cast

import pytest

from app.base.errors import NotFound
from app.base.ids import new_id
from app.edge.services import Services
from app.identity.actions import end_sessions_of
from consults import live
from consults.presence import Present
from tests.consults.conftest import Clinic
from tests.consults.rooms import Hall, hall


@pytest.fixture
def open_hall(services: Services) -> Iterator[Hall]:
    with hall(services) as opened:
        yield opened


def test_a_line_reaches_both_screens_the_author_s_included(clinic: Clinic, open_hall: Hall) -> None:
    consult_id = clinic.accepted()
    alice = open_hall.in_room(clinic.cast.alice, consult_id)
    bob = open_hall.in_room(clinic.cast.bob, consult_id)

    answer = alice.wish("message.post", consult_id=consult_id, client_id=new_id(), text="Xin chào")

    for doctor in (alice, bob):
        doctor.wait_for_event(answer["number"])
        assert [event["number"] for event in doctor.events] == list(range(1, answer["number"] + 1))
        last = doctor.events[-1]
        assert (last["type"], last["data"]["text"]) == ("message.posted", "Xin chào")
        assert last["actor"] == {
            "id": clinic.cast.alice.id,
            "name": clinic.cast.alice.name,
            "hospital": clinic.cast.a.name,
        }


def test_entering_gives_what_was_missed_and_says_the_head(clinic: Clinic, open_hall: Hall) -> None:
    consult_id = clinic.accepted()
    first = clinic.say(clinic.cast.bob, consult_id, "một")["number"]
    last = clinic.say(clinic.cast.bob, consult_id, "hai")["number"]

    alice = open_hall.doctor(clinic.cast.alice)
    answer = alice.wish("consult.enter", consult_id=consult_id, after=first)

    assert answer == {"ok": True, "head": last, "person": clinic.cast.alice.id}
    alice.wait_for_event(last)
    assert [event["number"] for event in alice.events] == [last]


def test_the_consulting_side_gets_the_draft_s_number_and_nothing_else(
    clinic: Clinic, open_hall: Hall
) -> None:
    consult_id = clinic.asked()
    bob = open_hall.in_room(clinic.cast.bob, consult_id)

    bob.wait_for_event(2)

    assert bob.events[0] == {"consult_id": consult_id, "number": 1, "type": "hidden"}
    assert bob.events[1]["type"] == "consult.requested"


def test_a_third_hospital_is_told_not_found_and_hears_nothing(clinic: Clinic, open_hall: Hall) -> None:
    consult_id = clinic.accepted()
    alice = open_hall.in_room(clinic.cast.alice, consult_id)
    chi = open_hall.doctor(clinic.cast.chi)

    known = chi.wish("consult.enter", consult_id=consult_id, after=0)
    unknown = chi.wish("consult.enter", consult_id=new_id(), after=0)
    posted = chi.wish("message.post", consult_id=consult_id, client_id=new_id(), text="nghe lén")
    pointed = chi.wish(
        "pointer.move",
        consult_id=consult_id,
        study_id=clinic.study_id,
        sop_instance_uid="1.2",
        frame_number=1,
        x=1,
        y=1,
    )
    said = alice.wish("message.post", consult_id=consult_id, client_id=new_id(), text="riêng")
    alice.wait_for_event(said["number"])

    assert known == unknown
    for refused in (known, posted, pointed):
        assert refused["error"]["code"] == "not_found"
    assert chi.events == []
    assert alice.volatile == []
    assert "nghe lén" not in str(alice.events)


def test_pointer_view_sketch_and_typing_reach_the_others_only(clinic: Clinic, open_hall: Hall) -> None:
    consult_id = clinic.accepted()
    alice = open_hall.in_room(clinic.cast.alice, consult_id)
    bob = open_hall.in_room(clinic.cast.bob, consult_id)
    mark = clinic.mark()
    uid = mark["sop_instance_uid"]
    view = {
        "study_id": clinic.study_id,
        "series_instance_uid": "1.2.3",
        "sop_instance_uid": uid,
        "frame_number": 1,
        "window": None,
        "zoom": 2.0,
        "centre": [10.0, 12.0],
        "rotation": 90,
        "flip": False,
        "invert": False,
    }

    alice.show(
        "pointer.move",
        consult_id=consult_id,
        study_id=clinic.study_id,
        sop_instance_uid=uid,
        frame_number=1,
        x=3.5,
        y=4,
    )
    alice.show("viewport.show", consult_id=consult_id, view=view)
    alice.show("annotation.sketch", consult_id=consult_id, annotation=mark)
    alice.show("typing", consult_id=consult_id)
    bob.wait(lambda doctor: len(doctor.volatile) == 4)

    names = [name for name, _ in bob.volatile]
    told = dict(bob.volatile)
    assert names == ["pointer", "viewport", "sketch", "typing"]
    assert (told["pointer"]["x"], told["pointer"]["y"]) == (3.5, 4.0)
    assert told["viewport"]["view"].items() >= view.items()
    assert told["sketch"]["annotation"]["points"] == mark["points"]
    assert told["sketch"]["annotation"]["author"]["id"] == clinic.cast.alice.id
    assert {payload["person"]["name"] for payload in told.values()} == {clinic.cast.alice.name}
    assert all("from" not in payload for payload in told.values())
    assert alice.volatile == []
    assert len(clinic.events(clinic.cast.alice, consult_id)) == 3


def test_presence_tells_who_is_here_and_who_left(clinic: Clinic, open_hall: Hall) -> None:
    consult_id = clinic.accepted()
    alice = open_hall.in_room(clinic.cast.alice, consult_id)
    bob = open_hall.in_room(clinic.cast.bob, consult_id)
    names = [clinic.cast.alice.name, clinic.cast.bob.name]

    alice.wait(lambda doctor: doctor.presence[-1] == names)
    bob.wait(lambda doctor: doctor.presence[-1] == names)
    bob.hang_up()
    alice.wait(lambda doctor: doctor.presence[-1] == names[:1])


def test_two_processes_are_one_room(clinic: Clinic, open_hall: Hall, services: Services) -> None:
    consult_id = clinic.accepted()
    with hall(services) as other:
        alice = open_hall.in_room(clinic.cast.alice, consult_id)
        bob = other.in_room(clinic.cast.bob, consult_id)
        names = [clinic.cast.alice.name, clinic.cast.bob.name]

        alice.wait(lambda doctor: doctor.presence[-1] == names)
        bob.wait(lambda doctor: doctor.presence[-1] == names)
        bob.show("typing", consult_id=consult_id)
        alice.wait(lambda doctor: [name for name, _ in doctor.volatile] == ["typing"])
        said = bob.wish("message.post", consult_id=consult_id, client_id=new_id(), text="từ tiến trình kia")
        alice.wait_for_event(said["number"])
        bob.hang_up()
        alice.wait(lambda doctor: doctor.presence[-1] == names[:1])


def test_the_newest_number_is_said_again_and_again(
    sqlite_clinic: Clinic, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert live.HEAD_SECONDS <= 5
    monkeypatch.setattr(live, "HEAD_SECONDS", 0.1)
    monkeypatch.setattr(live, "BEAT_SECONDS", 0.05)
    consult_id = sqlite_clinic.accepted()
    with hall(replace(services, db=sqlite_clinic.db)) as opened:
        alice = opened.in_room(sqlite_clinic.cast.alice, consult_id)
        alice.wait(lambda doctor: doctor.heads[:2] == [3, 3])


class Broken:
    """Cannot be compared."""

    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        raise ZeroDivisionError


def test_a_fault_of_one_turn_does_not_silence_the_rooms(
    sqlite_clinic: Clinic,
    services: Services,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(live, "HEAD_SECONDS", 0.1)
    monkeypatch.setattr(live, "BEAT_SECONDS", 0.05)
    consult_id = sqlite_clinic.accepted()
    with hall(replace(services, db=sqlite_clinic.db)) as opened:
        alice = opened.in_room(sqlite_clinic.cast.alice, consult_id)
        opened.namespace._shown[consult_id] = cast("list[Present]", Broken())
        alice.wait(lambda _doctor: "ZeroDivisionError at consult-rooms" in caplog.text)
        opened.namespace._shown.clear()
        said = len(alice.heads)
        alice.wait(lambda doctor: len(doctor.heads) > said)
    assert "Secret" not in caplog.text


def test_a_line_that_died_without_a_word_is_ended_within_ten_seconds(open_hall: Hall) -> None:
    engine = open_hall.namespace.socketio.server.eio
    assert engine.ping_interval + engine.ping_timeout < 10


def test_a_socket_ends_with_its_session(clinic: Clinic, open_hall: Hall) -> None:
    consult_id = clinic.accepted()
    alice = open_hall.in_room(clinic.cast.alice, consult_id)
    bob = open_hall.in_room(clinic.cast.bob, consult_id)

    with clinic.db.transaction() as tx:
        end_sessions_of(tx, clinic.cast.giang, person_id=clinic.cast.bob.id)

    bob.wait(lambda doctor: bool(doctor.ended) and not doctor.client.connected)
    alice.wait(lambda doctor: doctor.presence[-1] == [clinic.cast.alice.name])


def test_whoever_is_no_longer_asked_gets_no_further_event(clinic: Clinic, open_hall: Hall) -> None:
    """Addressed to a person: another specialist of that hospital is a stranger."""
    consult_id = clinic.asked(hospital_id=None, person_id=clinic.cast.bob.id)
    binh = open_hall.doctor(clinic.cast.binh)

    assert binh.wish("consult.enter", consult_id=consult_id, after=0)["error"]["code"] == "not_found"


def test_nonsense_is_refused_with_a_sentence_and_the_socket_lives(clinic: Clinic, open_hall: Hall) -> None:
    consult_id = clinic.accepted()
    alice = open_hall.in_room(clinic.cast.alice, consult_id)

    assert alice.wish("message.post", consult_id=consult_id)["error"]["code"] == "invalid_wish"
    assert alice.wish("consult.explode", consult_id=consult_id)["error"]["code"] == "bad_event"
    assert alice.wish("consult.enter", consult_id="../x", after=0)["error"]["kind"] == "invalid"
    assert alice.wish("message.post", consult_id=consult_id, client_id=new_id(), text="vẫn đây")["ok"]


def test_whose_socket_is_closed_while_entering_is_not_shown_as_present(
    clinic: Clinic, open_hall: Hall
) -> None:
    consult_id = clinic.accepted()
    alice = open_hall.doctor(clinic.cast.alice)
    (connection,) = open_hall.namespace.gate.of_namespace("/consults")
    open_hall.namespace.gate.remove("/consults", connection.sid)

    with pytest.raises(NotFound):
        open_hall.namespace.on_consult_enter(connection, {"consult_id": consult_id})

    assert open_hall.namespace.presence.people(consult_id) == []
    assert open_hall.namespace.in_room(consult_id) == []
    alice.let_go()
