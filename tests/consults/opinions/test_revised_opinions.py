"""An opinion or an answer is replaced only by whoever saw what they replace; both sides see that it was, and what it said."""

from typing import Any

import pytest
from flask import Flask

from app.base.actor import Actor
from app.base.errors import Conflict
from app.notify.queries import notices_of
from consults.actions import enter_room
from consults.minutes.actions import take_minutes
from consults.papers.fhir import bundle_of
from consults.papers.fhir_case import case_for
from tests.consults.conftest import Clinic
from tests.consults.guests.inviting import guest_actor
from tests.factories import browser

FIRST, SECOND = "Không thấy xuất huyết.", "Có xuất huyết dưới nhện."


@pytest.fixture
def db(sqlite_clinic: Clinic) -> object:
    """The services work on the clinic's database."""
    return sqlite_clinic.db


@pytest.fixture
def clinic(sqlite_clinic: Clinic) -> Clinic:
    return sqlite_clinic


def _give(clinic: Clinic, consult_id: str, text: str, **more: Any) -> dict[str, Any]:
    return clinic.wish(clinic.cast.bob, "opinion.give", consult_id=consult_id, text=text, **more)


def _question(clinic: Clinic, consult_id: str, place: int = 0) -> str:
    question_id: str = clinic.state(clinic.cast.bob, consult_id)["consult"]["questions"][place]["id"]
    return question_id


def _answer(clinic: Clinic, consult_id: str, text: str, place: int = 0, **more: Any) -> dict[str, Any]:
    asked = {"consult_id": consult_id, "question_id": _question(clinic, consult_id, place)}
    return clinic.wish(clinic.cast.bob, "question.answer", **asked, text=text, **more)


def _revised(clinic: Clinic) -> str:
    """Bob said something, then the opposite."""
    consult_id = clinic.answered()
    _give(clinic, consult_id, SECOND, version=clinic.version(consult_id))
    question_id = _question(clinic, consult_id)
    _answer(clinic, consult_id, "Có.", version=clinic.version(consult_id, question_id))
    return consult_id


def _told(clinic: Clinic, who: Actor) -> list[str]:
    with clinic.db.reading() as tx:
        return [notice.message for notice in notices_of(tx, who)]


def test_a_window_opened_before_the_first_opinion_replaces_nothing(clinic: Clinic) -> None:
    consult_id = clinic.accepted()
    first = _give(clinic, consult_id, FIRST, version=0)
    before = clinic.events(clinic.cast.alice, consult_id)

    for stale in (0, first["number"] - 1, first["number"] + 1):
        with pytest.raises(Conflict) as refused:
            _give(clinic, consult_id, SECOND, version=stale)
        assert refused.value.code == "text_changed"
    with pytest.raises(Conflict):
        _give(clinic, consult_id, SECOND)  # a page that does not say what it began from
    assert clinic.state(clinic.cast.alice, consult_id)["consult"]["opinion"] == FIRST
    assert clinic.events(clinic.cast.alice, consult_id) == before


def test_nor_does_one_opened_before_a_revision(clinic: Clinic) -> None:
    consult_id = clinic.accepted()
    first = _give(clinic, consult_id, FIRST)["number"]
    _give(clinic, consult_id, SECOND, version=first)
    with pytest.raises(Conflict):
        _give(clinic, consult_id, "Nghi u.", version=first)
    assert clinic.state(clinic.cast.alice, consult_id)["consult"]["opinion"] == SECOND


def test_answers_are_kept_apart(clinic: Clinic) -> None:
    consult_id = clinic.accepted()
    first = _answer(clinic, consult_id, "Không.")["number"]
    _answer(clinic, consult_id, "Không cần.", place=1)
    _give(clinic, consult_id, FIRST)
    with pytest.raises(Conflict):
        _answer(clinic, consult_id, "Có.")
    _answer(clinic, consult_id, "Có.", version=first)
    asked = clinic.state(clinic.cast.alice, consult_id)["consult"]["questions"]
    assert [one["answer"] for one in asked] == ["Có.", "Không cần."]


def test_the_window_is_told_so_in_words(clinic: Clinic, app: Flask) -> None:
    consult_id = clinic.answered()
    page = browser(app, clinic.db, clinic.cast.bob)
    refused = page.send_json("POST", f"/consults/{consult_id}/opinion", {"text": SECOND, "version": 0})
    assert refused.status_code == 409
    assert refused.get_json()["code"] == "text_changed"
    assert "Another text was given here in between." in refused.text


def test_the_requester_sees_that_it_was_revised_by_whom_and_what_it_said(clinic: Clinic) -> None:
    alice, bob, consult_id = clinic.cast.alice, clinic.cast.bob, _revised(clinic)

    written = clinic.state(alice, consult_id)["opinions"]["written"]
    opinions = [one for one in written if one["question_id"] is None]
    assert [one["text"] for one in opinions] == [FIRST, SECOND]
    assert [one["by"]["id"] for one in opinions] == [bob.id, bob.id]
    assert [one["at"] for one in opinions] == sorted(one["at"] for one in opinions)
    answers = [one["text"] for one in written if one["question_id"] == _question(clinic, consult_id)]
    assert answers == ["Trả lời 1", "Có."]

    given = [one for one in clinic.events(alice, consult_id) if one["type"] == "opinion.given"]
    assert [one["data"].get("revises") for one in given] == [None, given[0]["number"]]


def test_the_same_words_again_are_no_revision(clinic: Clinic) -> None:
    consult_id = clinic.answered()
    _give(clinic, consult_id, FIRST, version=clinic.version(consult_id))
    assert "revises" not in clinic.events(clinic.cast.alice, consult_id)[-1]["data"]


def test_the_requester_s_bell_says_revised(clinic: Clinic) -> None:
    alice, consult_id = clinic.cast.alice, clinic.answered()
    with clinic.db.transaction() as tx:
        enter_room(tx, alice, consult_id=consult_id)
    before = len(_told(clinic, alice))
    _give(clinic, consult_id, SECOND, version=clinic.version(consult_id))
    question_id = _question(clinic, consult_id)
    _answer(clinic, consult_id, "Có.", version=clinic.version(consult_id, question_id))
    assert _told(clinic, alice)[:-before] == [
        "{number}: an answer has been revised. Read what it says now.",
        "{number}: the opinion has been revised. Read what it says now.",
    ]


def test_who_may_not_know_the_opinion_is_told_no_earlier_one_either(clinic: Clinic) -> None:
    alice, chi, consult_id = clinic.cast.alice, clinic.cast.chi, _revised(clinic)
    clinic.wish(alice, "reader.invite", consult_id=consult_id, person_id=chi.id, kind="blind")
    guest = guest_actor(clinic, consult_id, hides_identity=True)
    for who in (chi, guest):
        assert "written" not in clinic.state(who, consult_id)["opinions"]


def test_package_and_fhir_tell_the_earlier_texts_as_such(clinic: Clinic) -> None:
    consult_id = _revised(clinic)
    with clinic.db.reading() as tx:
        bundle = bundle_of(case_for(tx, clinic.cast.alice, consult_id))
    (task,) = [one["resource"] for one in bundle["entry"] if one["resource"]["resourceType"] == "Task"]
    told = [(one["type"]["text"].partition(",")[0], one["valueString"]) for one in task["output"]]
    assert told == [
        ("Answer to question 1", "Có."),
        ("Earlier answer to question 1", "Trả lời 1"),
        ("Answer to question 2", "Trả lời 2"),
        ("Opinion", SECOND),
        ("Earlier opinion", FIRST),
    ]


def test_minutes_that_say_the_earlier_opinion_say_so(clinic: Clinic, app: Flask) -> None:
    consult_id, bob = clinic.answered(), clinic.cast.bob
    with clinic.db.transaction() as tx:
        take_minutes(tx, bob, consult_id=consult_id)
    page, at = browser(app, clinic.db, bob), f"/consults/{consult_id}/minutes"
    assert "have changed since" not in page.get(at).text

    _give(clinic, consult_id, SECOND, version=clinic.version(consult_id))
    shown = page.get(at).text
    assert "Opinion or answers have changed since these minutes were saved." in shown
    assert SECOND in shown
    form = {"version": "1", "conclusion": SECOND, "held_from": "2026-11-22T08:00"}
    assert page.post(f"{at}/save", form).status_code == 303
    assert "have changed since" not in page.get(at).text
