"""A guest comes in with link, code and licence number, into one room, until the invitation ends."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.base.actor import link_holder
from app.base.clock import now, shifted
from app.base.errors import Forbidden, HoichanError, NotFound, Unauthenticated
from app.edge.actor import session_cookie_name
from app.edge.services import Services
from app.identity.queries import actor_for_session
from app.stream import blueprint as stream
from consults import web
from consults.doors import guests
from consults.guests.actions import answer_invitation, invite_guest, renew_invitation, withdraw_guest
from consults.guests.schemas import InviteGuest, OfGuest
from consults.queries import list_consults
from consults.schemas import parse
from consults.wishes import WISHES
from tests.consults.conftest import Clinic
from tests.consults.guests.inviting import LICENCE, TIMES, guest_actor, guest_token, invited
from tests.consults.rooms import hall
from tests.factories import browser, form_token, make_app, start_session


def test_right_code_and_licence_open_the_room_and_nothing_else(clinic: Clinic) -> None:
    consult_id = clinic.accepted()
    guest = guest_actor(clinic, consult_id)

    state = clinic.state(guest, consult_id)
    clinic.say(guest, consult_id, "Tôi thấy một bóng mờ.")
    clinic.wish(guest, "annotation.put", consult_id=consult_id, annotation=clinic.mark())

    assert state["me"]["side"] == "consulting"
    assert state["consult"]["allowed"] == ["annotate", "discuss"]
    author = clinic.state(clinic.cast.alice, consult_id)["messages"][0]["author"]
    assert author["name"] == "BS. Lê Văn Khách (khách mời/guest)"
    assert author["hospital"] == "Bệnh viện Xa"
    with pytest.raises(NotFound):
        clinic.state(guest, clinic.accepted())


def test_a_guest_may_not_step_the_consult(clinic: Clinic) -> None:
    consult_id = clinic.accepted()
    guest = guest_actor(clinic, consult_id)
    for name in sorted(set(WISHES)):
        if WISHES[name].schema.model_fields.keys() == {"consult_id"}:
            with pytest.raises(HoichanError):
                clinic.wish(guest, name, consult_id=consult_id)


def _tries(clinic: Clinic, token: str, code: str, licence: str) -> Any:
    with clinic.db.transaction() as tx:
        return answer_invitation(
            tx, link_holder("192.0.2.1"), token=token, code=code, licence_number=licence, times=TIMES
        )


def test_a_code_opens_once_and_five_wrong_tries_lock_the_link(clinic: Clinic) -> None:
    made = invited(clinic, clinic.accepted())

    assert _tries(clinic, made.token, made.code, "999").tries_left == 4
    assert _tries(clinic, made.token, f"{made.code[:4]} {made.code[4:]}", LICENCE.lower()).session is not None
    assert _tries(clinic, made.token, made.code, LICENCE).session is None

    other = invited(clinic, clinic.accepted())
    for _ in range(5):
        assert _tries(clinic, other.token, "00000000", LICENCE).session is None
    assert _tries(clinic, other.token, other.code, LICENCE).session is None


def test_a_new_link_and_code_replace_the_old_ones(clinic: Clinic) -> None:
    consult_id = clinic.accepted()
    made = invited(clinic, consult_id)
    wish = OfGuest(consult_id=consult_id, guest_id=made.guest_id)
    with clinic.db.transaction() as tx:
        again = renew_invitation(tx, clinic.cast.alice, wish=wish)

    with pytest.raises(NotFound):
        _tries(clinic, made.token, made.code, LICENCE)
    assert _tries(clinic, again.token, again.code, LICENCE).session is not None


def test_withdrawing_ends_room_images_and_link(clinic: Clinic) -> None:
    consult_id = clinic.accepted()
    made = invited(clinic, consult_id)
    guest = guest_actor(clinic, consult_id, made)
    with clinic.db.transaction() as tx:
        withdraw_guest(tx, clinic.cast.alice, wish=OfGuest(consult_id=consult_id, guest_id=made.guest_id))

    with pytest.raises(NotFound):
        clinic.state(guest, consult_id)
    with pytest.raises(NotFound):
        _tries(clinic, made.token, made.code, LICENCE)
    with clinic.db.reading() as tx:
        assert list_consults(tx, guest).consults == ()


def test_the_invitation_ends_with_the_consult(clinic: Clinic) -> None:
    consult_id = clinic.accepted()
    guest = guest_actor(clinic, consult_id)
    clinic.wish(clinic.cast.alice, "consult.cancel", consult_id=consult_id, reason="không cần nữa")
    with pytest.raises(NotFound):
        clinic.state(guest, consult_id)


def test_only_the_referring_side_invites(clinic: Clinic) -> None:
    consult_id = clinic.accepted()
    sent = {"consult_id": consult_id, "name": "A B", "licence_number": "12", "hospital": "C D"}
    wish = parse(InviteGuest, sent | {"until": now() + timedelta(days=1)})
    for actor, error in ((clinic.cast.bob, Forbidden), (clinic.cast.chi, NotFound)):
        with pytest.raises(error), clinic.db.transaction() as tx:
            invite_guest(tx, actor, wish=wish)


@pytest.fixture
def app(services: Services) -> Flask:
    return make_app(services, web.blueprint(services), guests.blueprint(services), stream(services))


def test_by_the_pages_from_the_form_to_the_room_and_out(clinic: Clinic, app: Flask) -> None:
    consult_id = clinic.accepted()
    alice = browser(app, clinic.db, clinic.cast.alice)
    form = {"name": "BS. Lê Văn Khách", "licence_number": LICENCE, "hospital": "Bệnh viện Xa"}
    day = (now() + timedelta(days=3)).date().isoformat()
    page = alice.post(f"/consults/{consult_id}/guests", form | {"until": day}).text
    token, code = _found(r"/g/([\w-]+)", page), _found(r'guest-code">(\d{4} \d{4})<', page)

    guest = app.test_client()
    front = guest.get(f"/g/{token}")
    assert clinic.cast.a.name in front.text
    assert "CT" not in front.text
    answer = {"code": code, "licence_number": LICENCE, "confirmed": "on", "csrf_token": form_token(front)}
    assert guest.post(f"/g/{token}", data=answer | {"code": "1"}).status_code == 403
    assert guest.post(f"/g/{token}", data=answer).location == f"/consults/{consult_id}"

    assert guest.get(f"/consults/{consult_id}").status_code == 200
    state = guest.get(f"/consults/{consult_id}/state").get_json()
    key = state["consult"]["studies"][0]["key"]
    assert guest.get(f"/stream/{key}/manifest").status_code == 200
    for path in ("", "/new", f"/{consult_id}/guests", f"/{consult_id}/reading", "/agreements"):
        assert guest.get(f"/consults{path}").status_code == 404

    listed = alice.get(f"/consults/{consult_id}/guests").text
    assert alice.post(_found(r'action="([^"]+/withdraw)"', listed)).status_code == 303
    assert guest.get(f"/consults/{consult_id}/state").status_code in {302, 303, 401}
    assert guest.get(f"/g/{token}").status_code == 404


def _found(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    assert found, text
    return found.group(1)


def test_a_guest_in_the_room_is_out_when_the_invitation_is_withdrawn(
    clinic: Clinic, services: Services
) -> None:
    consult_id = clinic.accepted()
    made = invited(clinic, consult_id)
    with hall(services) as opened:
        token = guest_token(clinic, made)
        guest = opened.guest(token, consult_id)
        clinic.say(clinic.cast.alice, consult_id, "Chào bác sĩ.")
        guest.wait(lambda doctor: any(event["type"] == "message.posted" for event in doctor.events))
        wish = OfGuest(consult_id=consult_id, guest_id=made.guest_id)
        with clinic.db.transaction() as tx:
            withdraw_guest(tx, clinic.cast.alice, wish=wish)
        guest.wait(lambda doctor: bool(doctor.ended))


def test_a_new_code_puts_out_whoever_came_in_by_the_old_one(clinic: Clinic, services: Services) -> None:
    consult_id = clinic.accepted()
    made = invited(clinic, consult_id)
    with hall(services) as opened:
        token = guest_token(clinic, made)
        guest = opened.guest(token, consult_id)
        clinic.say(clinic.cast.alice, consult_id, "Chào bác sĩ.")
        guest.wait(lambda doctor: any(event["type"] == "message.posted" for event in doctor.events))
        with clinic.db.transaction() as tx:
            wish = OfGuest(consult_id=consult_id, guest_id=made.guest_id)
            again = renew_invitation(tx, clinic.cast.alice, wish=wish)
        guest.wait(lambda doctor: bool(doctor.ended))
    assert _why_out(clinic, token) == "visit_ended"
    assert clinic.state(guest_actor(clinic, consult_id, again), consult_id)


def _why_out(clinic: Clinic, token: str) -> str:
    with clinic.db.reading() as tx, pytest.raises(Unauthenticated) as caught:
        actor_for_session(tx, token, "192.0.2.1")
    return caught.value.code


def test_a_guest_is_told_that_the_invitation_was_withdrawn_and_nobody_asks_them_to_sign_in(
    clinic: Clinic, app: Flask
) -> None:
    consult_id = clinic.accepted()
    made = invited(clinic, consult_id)
    token = guest_token(clinic, made)
    client = app.test_client()
    client.set_cookie(session_cookie_name(secure=app.extensions["hoichan"].settings.web.secure), token)
    room = f"/consults/{consult_id}"
    assert client.get(room, headers={"Accept": "text/html"}).status_code == 200
    with clinic.db.transaction() as tx:
        withdraw_guest(tx, clinic.cast.alice, wish=OfGuest(consult_id=consult_id, guest_id=made.guest_id))

    assert _why_out(clinic, token) == "invitation_withdrawn"
    told = client.get(f"{room}/events?after=0", headers={"Accept": "application/json"})
    assert (told.status_code, told.get_json()["code"]) == (401, "invitation_withdrawn")
    for language, sentence in (
        ("en", "The invitation was withdrawn; ask whoever invited you."),
        ("vi", "Lời mời đã bị thu hồi; hãy hỏi người đã mời bạn."),
    ):
        page = client.get(room, headers={"Accept": "text/html", "Accept-Language": language})
        assert page.status_code == 401
        assert sentence in page.text


def test_a_visit_that_is_over_is_told_as_such(clinic: Clinic) -> None:
    token = guest_token(clinic, invited(clinic, clinic.accepted()))
    with shifted(timedelta(days=5)):
        assert _why_out(clinic, token) == "visit_ended"
    alice = start_session(clinic.db, clinic.cast.alice).token
    with shifted(timedelta(days=5)):
        assert _why_out(clinic, alice) == "session_ended"
    assert _why_out(clinic, "nobody's") == "session_ended"


def test_strangers_find_no_list_of_guests(clinic: Clinic, app: Flask) -> None:
    consult_id = clinic.accepted()
    for actor in (clinic.cast.bob, clinic.cast.chi):
        assert browser(app, clinic.db, actor).get(f"/consults/{consult_id}/guests").status_code == 404
