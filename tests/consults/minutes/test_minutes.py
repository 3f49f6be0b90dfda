"""The minutes: one pen, read by all, closed for good; nobody else sees a draft, and no stranger anything."""

from typing import Any

import pytest
from flask import Flask

from app.base.actor import Actor
from app.base.errors import Conflict, Forbidden, HoichanError, Invalid, NotFound
from app.base.ids import new_id
from app.identity.actions import update_person
from consults.actions import enter_room, leave_room, note_read
from consults.guests.actions import withdraw_guest
from consults.guests.schemas import OfGuest
from consults.minutes import actions
from consults.minutes.lifecycle import Deed
from consults.minutes.queries import MinutesInfo, minutes_info, readable_minutes
from consults.minutes.schemas import MinutesContent
from tests.consults.conftest import Clinic
from tests.consults.guests.inviting import guest_actor
from tests.factories import browser

LICENCE = "004567/NA-CCHN"


def _do(clinic: Clinic, actor: Actor, deed: str, consult_id: str, **more: Any) -> Any:
    with clinic.db.transaction() as tx:
        return getattr(actions, f"{deed}_minutes")(tx, actor, consult_id=consult_id, **more)


def _info(clinic: Clinic, actor: Actor, consult_id: str) -> MinutesInfo:
    with clinic.db.reading() as tx:
        info = minutes_info(tx, actor, consult_id)
    assert isinstance(info, MinutesInfo)
    return info


def _content(clinic: Clinic, consult_id: str, **change: Any) -> MinutesContent:
    """What the secretary finds, with changes."""
    found = _info(clinic, clinic.cast.bob, consult_id).content
    assert found is not None
    return found.model_copy(update=change)


def _enter(clinic: Clinic, consult_id: str, *people: Actor) -> None:
    for actor in people:
        with clinic.db.transaction() as tx:
            enter_room(tx, actor, consult_id=consult_id)


def _taken(clinic: Clinic) -> str:
    """Both were in the room; Bob has answered, and taken the pen."""
    consult_id = clinic.answered()
    _enter(clinic, consult_id, clinic.cast.alice, clinic.cast.bob)
    _do(clinic, clinic.cast.bob, "take", consult_id)
    return consult_id


def _license(clinic: Clinic, administrator: Actor, doctor: Actor) -> None:
    with clinic.db.transaction() as tx:
        update_person(
            tx, administrator, person_id=doctor.id, name=doctor.name, email=None, licence_number=LICENCE
        )


def _with_guest(clinic: Clinic) -> tuple[str, Actor]:
    """Alice, Bob and a guest are in the room; Bob has answered."""
    consult_id = clinic.answered()
    guest = guest_actor(clinic, consult_id)
    _enter(clinic, consult_id, clinic.cast.alice, clinic.cast.bob, guest)
    return consult_id, guest


def _circulated(clinic: Clinic) -> str:
    consult_id = _taken(clinic)
    _do(clinic, clinic.cast.bob, "circulate", consult_id, version=1)
    return consult_id


def test_what_the_consult_knows_is_filled_in_with_licence_numbers(clinic: Clinic) -> None:
    _license(clinic, clinic.cast.giang, clinic.cast.bob)
    consult_id = _taken(clinic)

    content = _content(clinic, consult_id)

    assert [(one.name, one.side) for one in content.members] == [
        (clinic.cast.alice.name, "referring"),
        (clinic.cast.bob.name, "consulting"),
    ]
    assert content.members[1].licence_number == LICENCE
    assert all(one.joined_at for one in content.members)
    assert content.chair == 1
    assert [one.text for one in content.conclusions] == ["Trả lời 1", "Trả lời 2"]
    assert (content.conclusion, content.course) == ("Không thấy xuất huyết.", "Ngã, đau đầu.")
    facts = _info(clinic, clinic.cast.bob, consult_id).facts
    assert facts is not None
    assert facts["studies"][0]["images"] == 1


def test_whose_licence_number_is_missing_is_said_until_it_is_entered(clinic: Clinic, app: Flask) -> None:
    consult_id, cast = _taken(clinic), clinic.cast
    page = browser(app, clinic.db, cast.bob)
    at = f"/consults/{consult_id}/minutes"
    assert f"No licence number: {cast.alice.name}, {cast.bob.name}." in page.get(at).text

    for administrator, doctor in ((cast.dung, cast.alice), (cast.giang, cast.bob)):
        assert "No licence number" in page.get(at).text
        _license(clinic, administrator, doctor)
    assert "No licence number" not in page.get(at).text
    assert all(one.licence_number == LICENCE for one in _content(clinic, consult_id).members)


def test_minutes_that_have_gone_round_keep_their_licence_numbers(sqlite_clinic: Clinic) -> None:
    clinic, bob = sqlite_clinic, sqlite_clinic.cast.bob
    consult_id = _circulated(clinic)
    _license(clinic, clinic.cast.giang, bob)
    info = _info(clinic, bob, consult_id)
    assert info.unlicensed == [clinic.cast.alice.name, bob.name]


def test_members_have_come_and_gone_guests_are_of_their_own_hospital(sqlite_clinic: Clinic) -> None:
    clinic, alice, bob = sqlite_clinic, sqlite_clinic.cast.alice, sqlite_clinic.cast.bob
    consult_id, guest = _with_guest(clinic)
    for actor in (alice, bob, guest):
        with clinic.db.transaction() as tx:
            leave_room(tx, actor, consult_id=consult_id, number=1)
    with clinic.db.transaction() as tx:  # another window of Bob's is still there
        note_read(tx, bob, consult_id=consult_id, number=2)
    _do(clinic, bob, "take", consult_id)

    content = _content(clinic, consult_id)
    gone = {one.name for one in content.members if one.joined_at and one.left_at}
    assert gone == {alice.name, guest.name}
    assert next(one.unit for one in content.members if one.name == guest.name) == "Bệnh viện Xa"


def test_who_was_a_guest_is_gone_with_the_invitation_and_not_waited_for(sqlite_clinic: Clinic) -> None:
    """No guest is shown the minutes, so none can say that they read them."""
    clinic, alice, bob = sqlite_clinic, sqlite_clinic.cast.alice, sqlite_clinic.cast.bob
    consult_id, guest = _with_guest(clinic)
    guest_id = clinic.state(alice, consult_id)["guests"][0]["id"]
    with clinic.db.transaction() as tx:
        withdraw_guest(tx, alice, wish=OfGuest(consult_id=consult_id, guest_id=guest_id))
        withdrawn_at = tx.now
    _do(clinic, bob, "take", consult_id)
    _do(clinic, bob, "circulate", consult_id, version=1)

    member = next(one for one in _content(clinic, consult_id).members if one.person_id == guest.id)
    assert member.left_at == withdrawn_at
    assert _info(clinic, bob, consult_id).unread_by == [alice.name]
    with clinic.db.reading() as tx:
        assert readable_minutes(tx, bob, consult_id)["unread_by"] == [alice.name]


def test_there_is_one_pen_and_only_its_holder_hands_it_over(clinic: Clinic) -> None:
    consult_id, cast = _taken(clinic), clinic.cast

    with pytest.raises(Conflict):
        _do(clinic, cast.alice, "take", consult_id)
    for deed in ("hand", "save", "circulate", "close"):
        with pytest.raises(HoichanError) as refused:
            more: dict[str, dict[str, Any]] = {
                "hand": {"person_id": cast.alice.id},
                "save": {"version": 1, "content": _content(clinic, consult_id)},
            }
            _do(clinic, cast.alice, deed, consult_id, **more.get(deed, {"version": 1}))
        assert isinstance(refused.value, Forbidden)
    with pytest.raises(Invalid):
        _do(clinic, cast.bob, "hand", consult_id, person_id=cast.chi.id)
    _do(clinic, cast.bob, "hand", consult_id, person_id=cast.alice.id)
    assert _info(clinic, cast.alice, consult_id).has_pen
    assert not _info(clinic, cast.bob, consult_id).has_pen


def test_of_a_case_that_was_called_off_no_minutes_are_begun_and_those_begun_are_finished(
    clinic: Clinic, app: Flask
) -> None:
    bob = clinic.cast.bob
    unwritten, begun = clinic.answered(), _taken(clinic)
    for consult_id in (unwritten, begun):
        clinic.wish(clinic.cast.alice, "consult.cancel", consult_id=consult_id, reason="không cần nữa")

    page = browser(app, clinic.db, bob).get(f"/consults/{unwritten}/minutes").text
    assert "Take the pen" not in page
    assert "called off" in page
    with pytest.raises(Conflict):
        _do(clinic, bob, "take", unwritten)
    _do(clinic, bob, "circulate", begun, version=1)
    assert _info(clinic, clinic.cast.alice, begun).content is not None


def test_a_draft_is_its_secretary_s_and_two_windows_lose_nothing(clinic: Clinic) -> None:
    consult_id, cast = _taken(clinic), clinic.cast
    assert _info(clinic, cast.alice, consult_id).content is None
    with pytest.raises(NotFound), clinic.db.reading() as tx:
        readable_minutes(tx, cast.alice, consult_id)

    content = _content(clinic, consult_id, dissent="Không có")
    assert _do(clinic, cast.bob, "save", consult_id, version=1, content=content) == 2
    with pytest.raises(Conflict):
        _do(clinic, cast.bob, "save", consult_id, version=1, content=content)


def test_changed_minutes_are_read_again_and_closed_ones_stay(clinic: Clinic) -> None:
    consult_id, cast = _circulated(clinic), clinic.cast
    _do(clinic, cast.alice, "read", consult_id, version=1)
    _do(clinic, cast.alice, "read", consult_id, version=1)
    assert [one["id"] for one in _info(clinic, cast.bob, consult_id).read_by] == [cast.bob.id, cast.alice.id]
    _do(clinic, cast.alice, "remark", consult_id, text="Thiếu chẩn đoán.")

    content = _content(clinic, consult_id, diagnosis="Chấn thương sọ não")
    _do(clinic, cast.bob, "save", consult_id, version=1, content=content)
    assert _info(clinic, cast.bob, consult_id).read_by == ()
    with pytest.raises(Conflict):
        _do(clinic, cast.bob, "close", consult_id, version=2)
    _do(clinic, cast.bob, "circulate", consult_id, version=2)
    with pytest.raises(Conflict):
        _do(clinic, cast.alice, "read", consult_id, version=1)
    assert _info(clinic, cast.bob, consult_id).unread_by == [cast.alice.name]
    _do(clinic, cast.bob, "close", consult_id, version=2)

    for deed in Deed:
        with pytest.raises((Conflict, NotFound)):
            more: dict[str, dict[str, Any]] = {
                "hand": {"person_id": cast.alice.id},
                "remark": {"text": "Muộn"},
                "save": {"version": 2, "content": content},
            }
            _do(clinic, cast.bob, deed, consult_id, **more.get(deed, {"version": 2}))
    assert _info(clinic, cast.alice, consult_id).remarks[0]["text"] == "Thiếu chẩn đoán."


def test_minutes_without_chair_time_or_conclusion_do_not_go_round(clinic: Clinic) -> None:
    consult_id, version = _taken(clinic), 1
    for lacking in ({"chair": None}, {"held_from": None}, {"conclusion": ""}):
        content = _content(clinic, consult_id, **lacking)
        version = _do(clinic, clinic.cast.bob, "save", consult_id, version=version, content=content)
        with pytest.raises(Invalid):
            _do(clinic, clinic.cast.bob, "circulate", consult_id, version=version)


def test_strangers_find_no_minutes(clinic: Clinic, app: Flask) -> None:
    consult_id = _circulated(clinic)
    for stranger in (clinic.cast.chi, clinic.cast.vinh, clinic.cast.root, clinic.cast.giang, clinic.cast.tam):
        window = browser(app, clinic.db, stranger)
        for path in ("minutes", "minutes.pdf", "minutes.json"):
            real = window.get(f"/consults/{consult_id}/{path}").status_code
            assert real == window.get(f"/consults/{new_id()}/{path}").status_code
            assert real in {403, 404}
        for deed in ("take", *Deed):
            assert window.post(f"/consults/{consult_id}/minutes/{deed}").status_code in {403, 404}
    assert app.test_client().get(f"/consults/{consult_id}/minutes.pdf").status_code in {302, 303, 401}


def test_the_page_tells_how_far_the_decision_follows_the_opinion(clinic: Clinic, app: Flask) -> None:
    alice = clinic.cast.alice
    consult_id = clinic.completed()
    decision = {"follows": "partly", "text": "Chuyển tuyến nếu nặng hơn."}
    clinic.wish(alice, "decision.record", consult_id=consult_id, **decision)
    _do(clinic, alice, "take", consult_id)
    _do(clinic, alice, "circulate", consult_id, version=1)
    page = browser(app, clinic.db, clinic.cast.bob).get(f"/consults/{consult_id}/minutes").text
    assert "Follows it in part\nChuyển tuyến nếu nặng hơn." in page


def test_the_form_is_written_sent_round_read_and_closed_on_pages(clinic: Clinic, app: Flask) -> None:
    consult_id, at = clinic.answered(), ""
    at = f"/consults/{consult_id}/minutes"
    bob, alice = (browser(app, clinic.db, actor) for actor in (clinic.cast.bob, clinic.cast.alice))
    assert "Take the pen" in bob.get(at).text
    assert bob.post(f"{at}/take").status_code == 303
    assert "is writing the minutes" in alice.get(at).text
    form = {
        "version": "1",
        "member_person_id": [clinic.cast.bob.id, ""],
        "member_name": [clinic.cast.bob.name, "ĐD. Không Tài Khoản"],
        "member_title": ["Trưởng khoa", ""],
        "member_unit": ["", "Khoa Cấp cứu"],
        "member_side": ["consulting", "referring"],
        "member_licence_number": ["1", "2"],
        "member_joined_at": ["2026-11-22T08:00", ""],
        "member_left_at": ["", ""],
        "chair": "0",
        "question": ["1", "2"],
        "question_conclusion": ["Không.", "Không cần."],
        "conclusion": "",
        "held_from": "2026-11-22T08:00",
    }
    refused = bob.post(f"{at}/circulate", form)
    assert refused.status_code == 400
    assert "ĐD. Không Tài Khoản" in refused.text
    assert bob.post(f"{at}/circulate", {**form, "conclusion": "Theo dõi <b>sát</b>."}).status_code == 303
    page = alice.get(at).text
    assert "Theo dõi &lt;b&gt;sát&lt;/b&gt;." in page
    assert alice.post(f"{at}/remark", {"text": "Đồng ý."}).status_code == 303
    assert alice.post(f"{at}/read", {"version": "2"}).status_code == 303
    data = alice.get_json(f"{at}.json").get_json()
    assert data["content"]["conclusion"] == "Theo dõi <b>sát</b>."
    assert "Đồng ý." in bob.get(f"{at}?edit=1").text
    assert bob.post(f"{at}/close", {"version": "2"}).status_code == 303
    assert alice.get(f"{at}.pdf").data.startswith(b"%PDF-")
