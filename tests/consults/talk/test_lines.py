"""What a line carries, and who is shown it: what was written to chosen people leaves no trace with the others."""

import json
from typing import Any

import pytest
from sqlalchemy import select

from app.audit.models import AuditRecord
from app.base.actor import Actor
from app.base.errors import Invalid, NotFound
from app.base.events import LiveEventRow
from app.base.ids import new_id
from app.edge.services import Services
from consults import web
from consults.actions import enter_room
from consults.guests.actions import withdraw_guest
from consults.guests.schemas import OfGuest
from consults.queries import list_consults, unread_counts
from tests.consults.conftest import Clinic
from tests.consults.folding import fold
from tests.consults.guests.inviting import guest_actor
from tests.consults.rooms import hall
from tests.factories import browser, make_app

SECRET = "Chỉ hai ta biết"


def _in_room(clinic: Clinic, *people: Actor) -> str:
    """An accepted consult that these people have been in."""
    consult_id = clinic.accepted()
    for person in people:
        with clinic.db.transaction() as tx:
            enter_room(tx, person, consult_id=consult_id)
    return consult_id


def _post(clinic: Clinic, actor: Actor, consult_id: str, text: str, **more: Any) -> dict[str, Any]:
    sent = {"consult_id": consult_id, "client_id": new_id(), "text": text}
    return clinic.wish(actor, "message.post", **sent, **more)


def test_a_line_for_chosen_people_is_nowhere_for_the_others(clinic: Clinic) -> None:
    alice, bob, binh, dao = clinic.cast.alice, clinic.cast.bob, clinic.cast.binh, clinic.cast.dao
    consult_id = _in_room(clinic, alice, bob, binh)
    before = {person.id: clinic.state(person, consult_id) for person in (alice, bob, binh, dao)}

    said = _post(clinic, alice, consult_id, SECRET, recipients=[bob.id], mentions=[bob.id])

    for person in (alice, bob, binh, dao):
        state = clinic.state(person, consult_id)
        events = clinic.events(person, consult_id, before[person.id]["head"])
        assert fold(before[person.id], events) == state
        is_told = SECRET in json.dumps([state, events], ensure_ascii=False)
        assert is_told is (person in (alice, bob))
    assert clinic.events(binh, consult_id)[-1] == {
        "consult_id": consult_id,
        "number": said["number"],
        "type": "hidden",
    }
    assert clinic.state(bob, consult_id)["messages"][0]["recipients"] == sorted([alice.id, bob.id])


def test_lists_audit_and_news_do_not_tell_of_a_line_for_others(sqlite_clinic: Clinic) -> None:
    clinic = sqlite_clinic
    alice, bob, binh = clinic.cast.alice, clinic.cast.bob, clinic.cast.binh
    consult_id = _in_room(clinic, alice, bob, binh)
    with clinic.db.transaction() as tx:
        for person in (alice, bob, binh):
            enter_room(tx, person, consult_id=consult_id)

    _post(clinic, alice, consult_id, SECRET, recipients=[bob.id], mentions=[bob.id])

    with clinic.db.reading() as tx:
        assert unread_counts(tx, binh, [consult_id]) == {}
        assert unread_counts(tx, bob, [consult_id]) == {consult_id: 1}
        assert [info.mentions for info in list_consults(tx, bob).consults] == [1]
        assert [info.mentions for info in list_consults(tx, binh).consults] == [0]
        told = [*tx.session.scalars(select(AuditRecord.detail))]
        told += [json.dumps(row) for row in tx.session.scalars(select(LiveEventRow.payload))]
    assert not [one for one in told if SECRET in one or "recipients" in one]


def test_a_line_for_chosen_people_comes_to_their_sockets_alone(clinic: Clinic, services: Services) -> None:
    alice, bob, binh = clinic.cast.alice, clinic.cast.bob, clinic.cast.binh
    consult_id = _in_room(clinic, alice, bob, binh)
    with hall(services) as opened:
        rooms = {person.id: opened.in_room(person, consult_id) for person in (alice, bob, binh)}
        sent = {"consult_id": consult_id, "client_id": new_id(), "text": SECRET, "recipients": [bob.id]}
        number = rooms[alice.id].wish("message.post", **sent)["number"]
        for doctor in rooms.values():
            doctor.wait_for_event(number)
        late = opened.in_room(binh, consult_id, after=number - 1)
        late.wait_for_event(number)

        assert rooms[bob.id].events[-1]["data"]["text"] == SECRET
        for doctor in (rooms[binh.id], late):
            assert SECRET not in json.dumps([doctor.events, doctor.volatile], ensure_ascii=False)


def test_nobody_answers_what_they_cannot_see_or_shows_it_to_more_people(clinic: Clinic) -> None:
    alice, bob, binh = clinic.cast.alice, clinic.cast.bob, clinic.cast.binh
    consult_id = _in_room(clinic, alice, bob, binh)
    line = _post(clinic, alice, consult_id, SECRET, recipients=[bob.id])
    to = {"kind": "message", "id": line["id"]}

    with pytest.raises(NotFound):
        _post(clinic, binh, consult_id, "gì vậy?", reply_to=to)
    for recipients in (None, [alice.id, binh.id]):
        with pytest.raises(Invalid, match="chosen people"):
            _post(clinic, bob, consult_id, "vâng", reply_to=to, recipients=recipients)
    _post(clinic, bob, consult_id, "vâng", reply_to=to, recipients=[alice.id])
    assert [said["text"] for said in clinic.state(alice, consult_id)["messages"]] == [SECRET, "vâng"]


def test_a_line_answers_a_line_or_a_mark_of_this_case_only(clinic: Clinic) -> None:
    alice, bob = clinic.cast.alice, clinic.cast.bob
    consult_id, other = _in_room(clinic, alice, bob), clinic.accepted()
    mark = clinic.mark()
    clinic.wish(alice, "annotation.put", consult_id=consult_id, annotation=mark)
    elsewhere = clinic.say(alice, other, "ca khác")["id"]

    reply = {"kind": "annotation", "id": mark["id"]}
    _post(clinic, bob, consult_id, "Đúng vùng này", reply_to=reply)
    assert clinic.state(alice, consult_id)["messages"][0]["reply_to"] == reply
    for kind, id_ in (("annotation", new_id()), ("message", elsewhere), ("message", mark["id"])):
        with pytest.raises(NotFound):
            _post(clinic, bob, consult_id, "?", reply_to={"kind": kind, "id": id_})


def test_only_people_of_the_case_can_be_named(clinic: Clinic) -> None:
    alice, bob, chi = clinic.cast.alice, clinic.cast.bob, clinic.cast.chi
    consult_id = _in_room(clinic, alice, bob)
    for more in ({"mentions": [chi.id]}, {"recipients": [chi.id]}, {"mentions": [new_id()]}):
        with pytest.raises(Invalid, match="been in the room"):
            _post(clinic, alice, consult_id, "nghe lén", **more)
    with pytest.raises(Invalid, match="could not read"):
        _post(clinic, alice, consult_id, "hở", recipients=[alice.id], mentions=[bob.id])


def test_words_of_an_answer_are_kept_with_the_version_they_stand_in(clinic: Clinic) -> None:
    alice, bob = clinic.cast.alice, clinic.cast.bob
    consult_id = _in_room(clinic, alice, bob)
    first = clinic.wish(bob, "opinion.give", consult_id=consult_id, text="Không thấy xuất huyết. Theo dõi.")
    second = {"text": "Có xuất huyết nhỏ.", "version": first["number"]}
    clinic.wish(bob, "opinion.give", consult_id=consult_id, **second)

    _post(
        clinic,
        alice,
        consult_id,
        "Vì sao?",
        sentence={"source": "opinion", "quote": "Không thấy xuất huyết."},
    )
    said = clinic.state(bob, consult_id)["messages"][0]["sentence"]
    assert said == {"source": "opinion", "quote": "Không thấy xuất huyết.", "number": first["number"]}
    with pytest.raises(Invalid, match="do not stand"):
        _post(clinic, alice, consult_id, "?", sentence={"source": "opinion", "quote": "Có u lớn."})


def test_lines_for_few_are_offered_to_those_who_would_be_shown_them(
    clinic: Clinic, services: Services
) -> None:
    alice, bob, chi = clinic.cast.alice, clinic.cast.bob, clinic.cast.chi
    consult_id = _in_room(clinic, alice, bob)
    clinic.wish(alice, "reader.invite", consult_id=consult_id, person_id=chi.id, kind="separate")
    guest = guest_actor(clinic, consult_id)
    for late in (chi, guest):
        with clinic.db.transaction() as tx:
            enter_room(tx, late, consult_id=consult_id)
    page = browser(make_app(services, web.blueprint(services)), clinic.db, bob)

    def offered() -> list[str]:
        told: list[str] = page.get(f"/consults/{consult_id}/addressees").get_json()["people"]
        return told

    assert offered() == [alice.id, bob.id, chi.id, guest.id]
    guest_id = clinic.state(alice, consult_id)["guests"][0]["id"]
    with clinic.db.transaction() as tx:
        withdraw_guest(tx, alice, wish=OfGuest(consult_id=consult_id, guest_id=guest_id))
    clinic.wish(alice, "reader.dismiss", consult_id=consult_id, person_id=chi.id)
    assert offered() == [alice.id, bob.id]
