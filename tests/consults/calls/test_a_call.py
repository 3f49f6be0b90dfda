"""A call in the room: who is in it, whom a signal reaches, when it ends, and what is kept of it."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from app.base.db import Database
from app.base.settings import CallSettings
from app.edge import sockets
from app.edge.services import Services
from app.identity.actions import end_sessions_of
from consults.guests.actions import withdraw_guest
from consults.guests.schemas import OfGuest
from tests.consults.conftest import Clinic
from tests.consults.guests.inviting import guest_token, invited
from tests.consults.rooms import Doctor, Hall, hall

OFFER = {"type": "offer", "sdp": "v=0"}


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    """Where the engine does not matter."""
    return sqlite_db


@pytest.fixture
def services(services: Services, clinic: Clinic) -> Services:
    call = CallSettings(max_mesh=2, turn_urls=("turn:127.0.0.1:3478",), turn_secret="sixteen-characters")
    return replace(services, settings=services.settings.model_copy(update={"call": call}))


@pytest.fixture
def open_hall(services: Services) -> Iterator[Hall]:
    with hall(services) as opened:
        yield opened


@dataclass
class Window:
    """A doctor in the room and what their call was told."""

    doctor: Doctor
    consult_id: str
    id: str = ""
    members: list[list[str]] = field(default_factory=list)
    control: list[dict[str, Any]] = field(default_factory=list)
    signals: list[dict[str, Any]] = field(default_factory=list)
    views: list[dict[str, Any]] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)

    def wish(self, name: str, **sent: Any) -> dict[str, Any]:
        return self.doctor.wish(name, consult_id=self.consult_id, **sent)

    def join(self, **shown: bool) -> dict[str, Any]:
        answer = self.wish("call.join", **shown)
        assert answer.get("ok"), answer
        self.id = answer["id"]
        return answer

    def wait_for(self, names: list[str]) -> None:
        self.doctor.wait(lambda _doctor: bool(self.members) and self.members[-1] == names)


def window(opened: Hall, actor: Any, consult_id: str) -> Window:
    found = Window(opened.doctor(actor), consult_id)
    on = found.doctor.client.on

    def members(told: dict[str, Any]) -> None:
        found.members.append([one["person"]["name"] for one in told["members"]])

    on("call", members, namespace="/consults")
    on("control", found.control.append, namespace="/consults")
    on("call.signal", found.signals.append, namespace="/consults")
    on("viewport", found.views.append, namespace="/consults")
    on("call.out", lambda _told: found.closed.append("out"), namespace="/consults")
    on("room.closed", lambda _told: found.closed.append("closed"), namespace="/consults")
    assert found.wish("consult.enter", after=0).get("ok")
    return found


def kept(clinic: Clinic, consult_id: str) -> list[dict[str, Any]]:
    events = clinic.events(clinic.cast.alice, consult_id)
    return [event for event in events if event["type"].startswith("call.")]


def test_two_call_each_other_and_the_record_keeps_that_they_did(clinic: Clinic, open_hall: Hall) -> None:
    consult_id, cast = clinic.accepted(), clinic.cast
    alice = window(open_hall, cast.alice, consult_id)
    bob = window(open_hall, cast.bob, consult_id)

    first = alice.join(camera=True)
    second = bob.join(muted=True)

    alice.wait_for([cast.alice.name, cast.bob.name])
    assert [one["camera"] for one in second["members"]] == [True, False]
    assert first["ice"][0]["username"].endswith(f":{cast.alice.id}")
    assert "sixteen-characters" not in str(first)
    assert alice.wish("call.signal", to=bob.id, description=OFFER)["ok"]
    bob.doctor.wait(lambda _doctor: len(bob.signals) == 1)
    assert bob.signals[0]["from"] == alice.id
    assert alice.signals == []
    for leaving in (alice, bob):
        assert leaving.wish("call.leave")["ok"]
    started, ended = kept(clinic, consult_id)
    assert (started["type"], started["actor"]["id"]) == ("call.started", cast.alice.id)
    assert ended["type"] == "call.ended"
    assert [one["id"] for one in ended["data"]["people"]] == [cast.alice.id, cast.bob.id]


def test_in_a_full_call_there_is_no_further_place(clinic: Clinic, open_hall: Hall) -> None:
    consult_id, cast = clinic.accepted(), clinic.cast
    window(open_hall, cast.alice, consult_id).join()
    window(open_hall, cast.bob, consult_id).join()
    binh = window(open_hall, cast.binh, consult_id)
    assert binh.wish("call.join")["error"]["code"] == "call_is_full"


def test_a_second_window_of_one_person_takes_the_first_one_s_place(clinic: Clinic, open_hall: Hall) -> None:
    consult_id, cast = clinic.accepted(), clinic.cast
    first = window(open_hall, cast.alice, consult_id)
    first.join()
    second = window(open_hall, cast.alice, consult_id)
    second.join()
    first.doctor.wait(lambda _doctor: first.closed == ["out"])
    second.wait_for([cast.alice.name])


def test_strangers_and_those_outside_the_call_signal_nobody(clinic: Clinic, open_hall: Hall) -> None:
    consult_id, cast = clinic.accepted(), clinic.cast
    alice = window(open_hall, cast.alice, consult_id)
    alice.join()
    bob = window(open_hall, cast.bob, consult_id)  # in the room, not in the call
    chi = open_hall.doctor(cast.chi)

    refused = [
        bob.wish("call.signal", to=alice.id, description=OFFER),
        bob.wish("call.ice"),
        bob.wish("call.change", muted=True),
        chi.wish("call.join", consult_id=consult_id),
        chi.wish("call.signal", consult_id=consult_id, to=alice.id, description=OFFER),
        chi.wish("control.ask", consult_id=consult_id),
        chi.wish("control.give", consult_id=consult_id, person_id=cast.alice.id),
        alice.wish("control.give", person_id=cast.chi.id),
    ]
    assert {answer["error"]["code"] for answer in refused} == {"not_found"}
    assert alice.signals == []
    long = alice.wish("call.signal", to=alice.id, description={"type": "offer", "sdp": "x" * 30_000})
    assert long["error"]["code"] == "invalid_wish"


def test_a_consult_that_is_over_has_no_calls(clinic: Clinic, open_hall: Hall) -> None:
    consult_id = clinic.completed()
    alice = window(open_hall, clinic.cast.alice, consult_id)
    assert alice.wish("call.join")["error"]["code"] == "wrong_state"


def test_nobody_begins_to_lead_in_a_case_that_was_called_off(clinic: Clinic, open_hall: Hall) -> None:
    consult_id = clinic.accepted()
    alice = window(open_hall, clinic.cast.alice, consult_id)
    clinic.wish(clinic.cast.alice, "consult.cancel", consult_id=consult_id, reason="không cần nữa")
    assert alice.wish("control.ask")["error"]["code"] == "wrong_state"


def test_across_processes_it_is_one_call(clinic: Clinic, open_hall: Hall, services: Services) -> None:
    consult_id, cast = clinic.accepted(), clinic.cast
    with hall(services) as other:
        alice = window(open_hall, cast.alice, consult_id)
        bob = window(other, cast.bob, consult_id)
        alice.join()
        bob.wait_for([cast.alice.name])
        bob.join()
        alice.wait_for([cast.alice.name, cast.bob.name])
        assert bob.wish("call.signal", to=alice.id, description=OFFER)["ok"]
        alice.doctor.wait(lambda _doctor: [one["from"] for one in alice.signals] == [bob.id])
        bob.doctor.hang_up()
        alice.wait_for([cast.alice.name])
        alice.wish("call.leave")
    assert [event["type"] for event in kept(clinic, consult_id)] == ["call.started", "call.ended"]
    assert len(kept(clinic, consult_id)[1]["data"]["people"]) == 2


def test_the_next_call_names_nobody_of_the_one_before(
    clinic: Clinic, open_hall: Hall, services: Services
) -> None:
    consult_id, cast = clinic.accepted(), clinic.cast
    with hall(services) as other:
        alice, binh = (window(open_hall, who, consult_id) for who in (cast.alice, cast.binh))
        bob = window(other, cast.bob, consult_id)
        alice.join()
        binh.join()
        bob.wait_for([cast.alice.name, cast.binh.name])
        for leaving in (alice, binh):
            leaving.wish("call.leave")
        bob.wait_for([])
        alice.join()
        bob.wait_for([cast.alice.name])
        bob.join()
        alice.wait_for([cast.alice.name, cast.bob.name])  # bob is known in her process too
        alice.wish("call.leave")
        bob.wait_for([cast.bob.name])
        bob.wish("call.leave")
    ended = [event["data"]["people"] for event in kept(clinic, consult_id) if event["type"] == "call.ended"]
    assert [[one["id"] for one in people] for people in ended] == [
        [cast.alice.id, cast.binh.id],
        [cast.alice.id, cast.bob.id],
    ]


def test_signing_out_ends_the_place_in_the_call(clinic: Clinic, open_hall: Hall) -> None:
    consult_id, cast = clinic.accepted(), clinic.cast
    alice = window(open_hall, cast.alice, consult_id)
    bob = window(open_hall, cast.bob, consult_id)
    alice.join()
    bob.join()
    with clinic.db.transaction() as tx:
        end_sessions_of(tx, cast.giang, person_id=cast.bob.id)
    alice.wait_for([cast.alice.name])
    bob.doctor.wait(lambda doctor: not doctor.client.connected)


def test_a_guest_talks_with_them_until_the_invitation_is_withdrawn(clinic: Clinic, open_hall: Hall) -> None:
    consult_id, cast = clinic.accepted(), clinic.cast
    alice = window(open_hall, cast.alice, consult_id)
    alice.join()
    made = invited(clinic, consult_id)
    guest = Window(open_hall.guest(guest_token(clinic, made), consult_id), consult_id)
    guest.join()
    alice.doctor.wait(lambda _doctor: len(alice.members[-1]) == 2)
    with clinic.db.transaction() as tx:
        withdraw_guest(tx, cast.alice, wish=OfGuest(consult_id=consult_id, guest_id=made.guest_id))
    alice.wait_for([cast.alice.name])


def test_a_right_that_ends_with_a_role_ends_the_place_within_seconds(clinic: Clinic, open_hall: Hall) -> None:
    assert sockets.SWEEP_SECONDS <= 2
    consult_id, cast = clinic.accepted(), clinic.cast
    alice = window(open_hall, cast.alice, consult_id)
    bob = window(open_hall, cast.bob, consult_id)
    alice.join()
    bob.join()
    for connection in open_hall.namespace.gate.of_namespace("/consults"):
        if connection.actor.id == cast.bob.id:
            connection.actor = replace(connection.actor, roles=frozenset())  # as the sweep finds it
    bob.doctor.wait(lambda _doctor: bob.closed == ["closed"])
    alice.wait_for([cast.alice.name])


def test_a_late_joiner_is_told_who_leads_and_what_they_show(clinic: Clinic, open_hall: Hall) -> None:
    consult_id, cast = clinic.accepted(), clinic.cast
    alice = window(open_hall, cast.alice, consult_id)
    view = {
        "study_id": clinic.study_id,
        "series_instance_uid": "1.2.3",
        "sop_instance_uid": "1.2.3.4",
        "frame_number": 1,
        "window": None,
        "zoom": 2.0,
        "centre": [10.0, 12.0],
        "rotation": 90,
        "flip": False,
        "invert": False,
    }
    assert alice.wish("control.ask")["ok"]
    assert alice.wish("viewport.show", view=view)["ok"]
    alice.doctor.wait(lambda _doctor: open_hall.namespace.desk.controls.view_of(consult_id) is not None)

    bob = window(open_hall, cast.bob, consult_id)
    bob.doctor.wait(lambda _doctor: bool(bob.views))
    assert bob.control[-1]["leader"]["id"] == cast.alice.id
    assert bob.views[0]["view"]["rotation"] == 90
    assert bob.wish("control.ask")["ok"]
    alice.doctor.wait(lambda _doctor: [one["id"] for one in alice.control[-1]["asking"]] == [cast.bob.id])
    assert alice.wish("control.give", person_id=cast.bob.id)["ok"]
    bob.doctor.wait(lambda _doctor: bob.control[-1]["leader"]["id"] == cast.bob.id)
    bob.doctor.hang_up()
    alice.doctor.wait(lambda _doctor: alice.control[-1]["leader"] is None)
