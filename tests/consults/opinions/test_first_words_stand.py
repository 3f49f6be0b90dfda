"""What a second reading is compared with is what stood when it was given; neither of the two readers grades."""

import csv
from dataclasses import replace
from io import StringIO
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete

from app.base.actor import SYSTEM, Actor, Role
from app.base.db import Database
from app.base.errors import Forbidden
from app.base.spreadsheet import BOM
from app.identity.actions import create_person
from consults.models import ConsultEvent
from consults.opinions.quality import Pair, grade_reading, list_pairs, pair_info
from consults.opinions.schemas import GradeReading
from tests.cast import password_hash
from tests.consults.conftest import Clinic
from tests.factories import browser


@pytest.fixture
def db(sqlite_clinic: Clinic) -> Database:
    """The services work on the clinic's database."""
    return sqlite_clinic.db


@pytest.fixture
def clinic(sqlite_clinic: Clinic) -> Clinic:
    return sqlite_clinic


def _answer(clinic: Clinic, consult_id: str, place: int, text: str) -> None:
    question_id = clinic.state(clinic.cast.bob, consult_id)["consult"]["questions"][place]["id"]
    version = clinic.version(consult_id, question_id)
    asked = {"consult_id": consult_id, "question_id": question_id, "version": version}
    clinic.wish(clinic.cast.bob, "question.answer", **asked, text=text)


def _conclude(clinic: Clinic, consult_id: str, text: str) -> None:
    version = clinic.version(consult_id)
    clinic.wish(clinic.cast.bob, "opinion.give", consult_id=consult_id, text=text, version=version)


def _read(
    clinic: Clinic, second: Actor, consult_id: str, text: str = "Có xuất huyết.", version: int = 0
) -> None:
    questions = clinic.state(second, consult_id)["consult"]["questions"]
    said = [{"question_id": one["id"], "text": f"Lần hai {one['number']}"} for one in questions]
    asked = {"consult_id": consult_id, "conclusions": said, "version": version}
    clinic.wish(second, "reading.give", **asked, text=text)


def _invite(clinic: Clinic, who: Actor, second: Actor, consult_id: str, kind: str = "blind") -> None:
    wish: dict[str, Any] = {"consult_id": consult_id, "person_id": second.id, "kind": kind}
    clinic.wish(who, "reader.invite", **wish)


def _rewritten(clinic: Clinic) -> str:
    """Bob answers one question and concludes; Chi reads blind; Bob then changes both and answers the other question."""
    cast, consult_id = clinic.cast, clinic.accepted()
    _invite(clinic, cast.alice, cast.chi, consult_id)
    _answer(clinic, consult_id, 0, "Không")
    _conclude(clinic, consult_id, "Không thấy xuất huyết.")
    _read(clinic, cast.chi, consult_id)
    _answer(clinic, consult_id, 0, "Lần hai 1")
    _answer(clinic, consult_id, 1, "Lần hai 2")
    _conclude(clinic, consult_id, "Có xuất huyết.")
    clinic.wish(cast.alice, "consult.complete", consult_id=consult_id)
    return consult_id


def _pair(clinic: Clinic, actor: Actor) -> Pair:
    with clinic.db.reading() as tx:
        (pair,) = list_pairs(tx, actor)
        assert pair_info(tx, actor, pair.id) == pair
    return pair


def test_what_was_written_after_the_second_reading_is_not_the_first(clinic: Clinic) -> None:
    _rewritten(clinic)
    words = _pair(clinic, clinic.cast.alice).words
    assert [one.first for one in words] == ["Không", "", "Không thấy xuất huyết."]
    assert [one.is_changed for one in words] == [True, True, True]


def test_what_was_changed_back_was_changed_and_what_was_said_again_was_not(clinic: Clinic) -> None:
    cast, consult_id = clinic.cast, clinic.answered()
    _invite(clinic, cast.alice, cast.chi, consult_id)
    _read(clinic, cast.chi, consult_id)
    for text in ("Khác", "Trả lời 1"):
        _answer(clinic, consult_id, 0, text)
    _answer(clinic, consult_id, 1, "Trả lời 2")
    clinic.wish(cast.alice, "consult.complete", consult_id=consult_id)
    words = _pair(clinic, cast.alice).words
    assert [(one.first, one.is_changed) for one in words[:2]] == [("Trả lời 1", True), ("Trả lời 2", False)]


def _reread(clinic: Clinic) -> str:
    """Chi reads openly; Bob copies it; Chi words hers anew."""
    cast, consult_id = clinic.cast, clinic.answered()
    _invite(clinic, cast.alice, cast.chi, consult_id, "separate")
    _read(clinic, cast.chi, consult_id)
    _conclude(clinic, consult_id, "Có xuất huyết.")
    _read(clinic, cast.chi, consult_id, "Có xuất huyết nhỏ.", version=1)
    clinic.wish(cast.alice, "consult.complete", consult_id=consult_id)
    return consult_id


def test_an_open_reading_given_anew_is_compared_with_what_stood_at_its_first(clinic: Clinic) -> None:
    _reread(clinic)
    pair = _pair(clinic, clinic.cast.alice)
    whole = pair.words[-1]
    assert (whole.first, whole.second) == ("Không thấy xuất huyết.", "Có xuất huyết nhỏ.")
    assert whole.is_changed
    assert pair.version == 2


def test_the_page_and_the_table_tell_of_a_reading_given_anew(clinic: Clinic, app: Flask) -> None:
    _reread(clinic)
    page = browser(app, clinic.db, clinic.cast.alice)
    shown = page.get(f"/consults/quality/{_pair(clinic, clinic.cast.alice).id}").text
    assert "Worded anew (version 2)" in shown
    rows = list(csv.reader(StringIO(page.get("/consults/quality?as=csv").text.removeprefix(BOM))))
    assert [row[11] for row in rows] == ["Version of the second reading", "2", "2", "2"]


@pytest.mark.parametrize("gone", ["reading.given", "%"])
def test_a_case_whose_events_are_gone_hides_no_other(clinic: Clinic, gone: str) -> None:
    """What was said before the newest version was given counts then, and nothing where no text is known."""
    consult_id = _rewritten(clinic)
    with clinic.db.transaction() as tx:
        lost = delete(ConsultEvent).where(ConsultEvent.consult_id == consult_id)
        tx.session.execute(lost.where(ConsultEvent.type.like(gone)))
    words = _pair(clinic, clinic.cast.alice).words
    told = [("Không", True), ("", True), ("Không thấy xuất huyết.", True)]
    assert [(one.first, one.is_changed) for one in words] == (told if gone != "%" else [("", False)] * 3)


def test_the_page_and_the_table_say_so(clinic: Clinic, app: Flask) -> None:
    _rewritten(clinic)
    pair = _pair(clinic, clinic.cast.alice)
    page = browser(app, clinic.db, clinic.cast.alice)
    shown = page.get(f"/consults/quality/{pair.id}").text
    assert shown.count("Changed after the second reading was given") == 2
    assert shown.count("Written only after the second reading was given") == 1
    table = page.get("/consults/quality?as=csv").text.removeprefix(BOM)
    rows = list(csv.reader(StringIO(table)))
    assert [row[8] for row in rows[1:]] == ["Không", "", "Không thấy xuất huyết."]
    assert [row[10] for row in rows] == ["Changed afterwards", "1", "1", "1"]


def _coordinator(clinic: Clinic, hospital_id: str, login: str) -> Actor:
    with clinic.db.transaction() as tx:
        made = create_person(
            tx,
            SYSTEM,
            hospital_id=hospital_id,
            name=f"CN. {login}",
            login=login,
            roles=frozenset({Role.COORDINATOR}),
            password_hash=password_hash(),
        )
    return replace(clinic.cast.bob, id=made.id, name=made.name, hospital_id=hospital_id, roles=made.roles)


def _may_grade(clinic: Clinic, actor: Actor, pair_id: str) -> bool:
    """The page's word and the action's are one."""
    with clinic.db.reading() as tx:
        told = pair_info(tx, actor, pair_id).may_grade
    try:
        with clinic.db.transaction() as tx:
            grade_reading(tx, actor, pair_id=pair_id, wish=GradeReading(grade=2))
    except Forbidden:
        assert not told
        return False
    assert told
    return True


def test_the_first_reader_grades_no_second_reading_they_asked_for(clinic: Clinic) -> None:
    cast, consult_id = clinic.cast, clinic.completed()
    _invite(clinic, cast.bob, cast.binh, consult_id)
    _read(clinic, cast.binh, consult_id)
    cuc, cua = (_coordinator(clinic, home.id, f"dp-{home.slug}") for home in (cast.b, cast.c))
    pair = _pair(clinic, cast.bob)

    assert not _may_grade(clinic, cast.bob, pair.id)
    assert not _may_grade(clinic, cast.binh, pair.id)
    assert _may_grade(clinic, cuc, pair.id)
    with clinic.db.reading() as tx:
        assert list_pairs(tx, cua) == []
    also = replace(cast.bob, roles=cast.bob.roles | {Role.COORDINATOR})
    assert not _may_grade(clinic, also, pair.id)


def test_the_coordinator_of_either_hospital_that_reads_grades_and_whoever_asked(clinic: Clinic) -> None:
    cast = clinic.cast
    _rewritten(clinic)
    pair = _pair(clinic, cast.alice)
    for home in (cast.b, cast.c):
        assert _may_grade(clinic, _coordinator(clinic, home.id, f"dp-{home.slug}"), pair.id)
    assert _may_grade(clinic, cast.alice, pair.id)
    assert not _may_grade(clinic, cast.binh, pair.id)


def test_who_signed_the_first_reading_with_the_consultant_grades_it_no_more_than_they(clinic: Clinic) -> None:
    cast, consult_id = clinic.cast, clinic.answered()
    _invite(clinic, cast.alice, cast.binh, consult_id, "joint")
    clinic.wish(cast.binh, "reader.consent", consult_id=consult_id)
    clinic.wish(cast.alice, "consult.complete", consult_id=consult_id)
    _invite(clinic, cast.alice, cast.chi, consult_id)
    _read(clinic, cast.chi, consult_id)
    also = replace(cast.binh, roles=cast.binh.roles | {Role.COORDINATOR})
    assert not _may_grade(clinic, also, _pair(clinic, cast.alice).id)
