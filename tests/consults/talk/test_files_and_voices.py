"""A line carries files and a voice; what was sent to chosen people is nowhere for the others, its bytes included."""

import json
from typing import Any

import pytest
from flask import Flask

from app.base.actor import Actor
from app.base.errors import Forbidden, Invalid, NotFound
from app.base.ids import new_id
from app.edge.actor import session_cookie_name
from app.notify.queries import notices_of
from consults.actions import enter_room
from consults.attachments.kinds import FileKind
from consults.minutes.actions import take_minutes
from consults.minutes.queries import MinutesInfo, minutes_info
from consults.papers.gathering import gather
from consults.queries import unread_counts
from consults.talk.actions import give_file
from consults.talk.schemas import GiveFile
from tests.consults.attachments.files import PDF, attach, photo, post
from tests.consults.conftest import Clinic
from tests.consults.folding import fold
from tests.consults.guests.inviting import guest_actor, guest_token, invited
from tests.factories import browser

SOUND = b"\x1a\x45\xdf\xa3" + bytes(400)
VOICE = {"seconds": 7, "peaks": [0, 40, 100, 12]}


def _in_room(clinic: Clinic, *people: Actor) -> str:
    consult_id = clinic.accepted()
    for person in people:
        with clinic.db.transaction() as tx:
            enter_room(tx, person, consult_id=consult_id)
    return consult_id


def _post(clinic: Clinic, actor: Actor, consult_id: str, text: str = "", **more: Any) -> dict[str, Any]:
    sent = {"consult_id": consult_id, "client_id": new_id(), "text": text}
    return clinic.wish(actor, "message.post", **sent, **more)


def test_a_voice_is_a_line_with_its_sound(clinic: Clinic, app: Flask) -> None:
    alice, bob = clinic.cast.alice, clinic.cast.bob
    consult_id = _in_room(clinic, alice, bob)
    before = clinic.state(bob, consult_id)

    sound = post(browser(app, clinic.db, alice), consult_id, SOUND).get_json()["id"]
    _post(clinic, alice, consult_id, attachments=[sound], voice=VOICE)

    state = clinic.state(bob, consult_id)
    (line,) = state["messages"]
    assert (line["attachments"], line["voice"], line["text"]) == ([sound], VOICE, "")
    assert fold(before, clinic.events(bob, consult_id, before["head"])) == state
    address = f"/consults/{consult_id}/attachments/{sound}"
    part = browser(app, clinic.db, bob).client.get(address, headers={"Range": "bytes=2-5"})
    assert (part.status_code, part.data) == (206, SOUND[2:6]), "Safari plays nothing else"
    assert part.headers["Content-Type"] == "audio/webm"


def test_a_voice_needs_a_sound_of_this_case(sqlite_clinic: Clinic) -> None:
    clinic, alice = sqlite_clinic, sqlite_clinic.cast.alice
    consult_id, other = _in_room(clinic, alice), clinic.accepted()
    paper, elsewhere = attach(clinic, alice, consult_id), attach(clinic, alice, other, SOUND)
    for files in ([], [paper], [paper, paper]):
        with pytest.raises(Invalid):
            _post(clinic, alice, consult_id, "nghe", attachments=files, voice=VOICE)
    for files in ([elsewhere], [new_id()]):
        with pytest.raises(NotFound):
            _post(clinic, alice, consult_id, "nghe", attachments=files, voice=VOICE)
    assert clinic.state(alice, consult_id)["messages"] == []


def test_a_file_whose_answer_was_lost_and_that_is_sent_again_is_one_file(clinic: Clinic, app: Flask) -> None:
    consult_id = _in_room(clinic, clinic.cast.alice)
    alice, bob = (browser(app, clinic.db, who) for who in (clinic.cast.alice, clinic.cast.bob))

    told = [post(alice, consult_id, PDF, **{"X-Client-Id": "a" * 24}).get_json()["id"] for _ in range(2)]

    assert told[0] == told[1]
    assert [file["id"] for file in clinic.state(clinic.cast.bob, consult_id)["attachments"]["files"]] == told[
        :1
    ]
    assert post(bob, consult_id, PDF, **{"X-Client-Id": "a" * 24}).status_code == 409
    for wrong in ({"X-Client-Id": "short"}, {"X-Recipients": "nobody"}, {"X-Recipients": new_id()}):
        assert post(alice, consult_id, photo(), **wrong).status_code == 400


def test_a_file_for_chosen_people_is_nowhere_for_the_others(clinic: Clinic, app: Flask) -> None:
    alice, bob, binh, dao = clinic.cast.alice, clinic.cast.bob, clinic.cast.binh, clinic.cast.dao
    consult_id = _in_room(clinic, alice, bob, binh)
    before = {person.id: clinic.state(person, consult_id) for person in (alice, bob, binh, dao)}
    told_before = _notices(clinic, binh)
    with clinic.db.reading() as tx:
        unread = [unread_counts(tx, who, [consult_id]).get(consult_id, 0) for who in (bob, binh)]
    there = browser(app, clinic.db, alice)
    beside = {"X-File-Name": "KIN-MAT.pdf", "X-Recipients": bob.id}

    file = post(there, consult_id, PDF, **beside).get_json()["id"]
    _post(clinic, alice, consult_id, attachments=[file], recipients=[bob.id])

    for person in (alice, bob, binh, dao):
        state = clinic.state(person, consult_id)
        events = clinic.events(person, consult_id, before[person.id]["head"])
        assert fold(before[person.id], events) == state
        told = json.dumps([state, events])
        is_shown = person in (alice, bob)
        assert [word in told for word in ("KIN-MAT", file)] == [is_shown] * 2
        answer = browser(app, clinic.db, person).get(f"/consults/{consult_id}/attachments/{file}")
        assert answer.status_code == (200 if is_shown else 404)
    with clinic.db.reading() as tx:
        after = [unread_counts(tx, who, [consult_id]).get(consult_id, 0) for who in (bob, binh)]
    assert after == [unread[0] + 2, unread[1]]
    assert _notices(clinic, binh) == told_before

    clinic.wish(alice, "attachment.withdraw", consult_id=consult_id, attachment_id=file)
    assert clinic.events(binh, consult_id)[-1]["type"] == "hidden"
    assert clinic.events(bob, consult_id)[-1]["type"] == "attachment.withdrawn"
    assert fold(before[bob.id], clinic.events(bob, consult_id, before[bob.id]["head"])) == clinic.state(
        bob, consult_id
    )


def test_no_line_shows_a_file_to_more_people_than_it_was_sent_to(clinic: Clinic, app: Flask) -> None:
    cast = clinic.cast
    consult_id = _in_room(clinic, cast.alice, cast.bob, cast.binh)
    there = browser(app, clinic.db, cast.alice)
    file = post(there, consult_id, PDF, **{"X-Recipients": cast.bob.id}).get_json()["id"]
    for recipients in (None, [cast.binh.id], [cast.bob.id, cast.binh.id]):
        with pytest.raises(Invalid, match="chosen people"):
            _post(clinic, cast.alice, consult_id, attachments=[file], recipients=recipients)
    with pytest.raises(NotFound):
        _post(clinic, cast.binh, consult_id, attachments=[file])
    _post(clinic, cast.bob, consult_id, attachments=[file], recipients=[cast.alice.id])


def test_minutes_and_papers_have_nothing_of_what_was_for_chosen_people(clinic: Clinic, app: Flask) -> None:
    alice, bob = clinic.cast.alice, clinic.cast.bob
    consult_id = _in_room(clinic, alice, bob)
    beside = {"X-File-Name": "KIN-MAT.pdf", "X-Recipients": bob.id}
    file = post(browser(app, clinic.db, alice), consult_id, PDF, **beside).get_json()["id"]
    _post(clinic, alice, consult_id, "KIN-MAT", attachments=[file], recipients=[bob.id])
    _post(clinic, bob, consult_id, "Cho mọi người")

    with clinic.db.transaction() as tx:
        take_minutes(tx, bob, consult_id=consult_id)
    with clinic.db.reading() as tx:
        info = minutes_info(tx, bob, consult_id)
    told = gather(clinic.db, bob, consult_id)

    assert isinstance(info, MinutesInfo)
    assert info.content is not None
    assert "KIN-MAT" not in info.content.model_dump_json()
    assert ([line["text"] for line in told.lines], told.files) == (["Cho mọi người"], [])
    assert file not in json.dumps(told.fhir)


def test_a_guest_hears_a_voice_unless_the_patient_is_hidden_from_them(clinic: Clinic, app: Flask) -> None:
    consult_id = _in_room(clinic, clinic.cast.alice)
    sound = attach(clinic, clinic.cast.alice, consult_id, SOUND, "voice.webm")
    for hides, code in ((False, 200), (True, 404)):
        token = guest_token(clinic, invited(clinic, consult_id, hides_identity=hides))
        guest = app.test_client()
        secure = app.extensions["hoichan"].settings.web.secure
        guest.set_cookie(session_cookie_name(secure=secure), token)
        assert guest.get(f"/consults/{consult_id}/attachments/{sound}").status_code == code
    nameless = guest_actor(clinic, consult_id, hides_identity=True)
    with pytest.raises(Forbidden), clinic.blobs.open_spool() as spool:
        spool.write(SOUND)
        blob = spool.commit()
        with clinic.db.transaction() as tx:
            wish = GiveFile(consult_id=consult_id)
            give_file(tx, nameless, blob=blob, file=FileKind.of("", SOUND), wish=wish)


def _notices(clinic: Clinic, who: Actor) -> list[str]:
    with clinic.db.reading() as tx:
        return [notice.message for notice in notices_of(tx, who)]
