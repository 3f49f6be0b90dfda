"""Wrong times are refused in words that name the field and the row, in both languages, and nothing typed is lost."""

import re
from typing import Any

import pytest
from flask import Flask

from app.base.db import Database
from app.base.i18n import Language
from consults.minutes.actions import circulate_minutes, take_minutes
from consults.minutes.models import ConsultMinutes
from tests.consults.conftest import Clinic
from tests.factories import Browser, browser

NURSE = "ĐD. Không Tài Khoản"
EARLY, LATE = "2026-11-22T08:00", "2026-11-22T09:00"


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    """Pages are the same on every engine."""
    return sqlite_db


def _taken(clinic: Clinic) -> str:
    consult_id = clinic.answered()
    with clinic.db.transaction() as tx:
        take_minutes(tx, clinic.cast.bob, consult_id=consult_id)
    return consult_id


def _member(**change: str) -> dict[str, list[str]]:
    """Bob, then somebody without an account, of whom some fields are said."""
    rows = (
        {"name": "BS. Bổng", "side": "consulting"},
        {"name": NURSE, "side": "referring", **change},
    )
    names = ("person_id", "name", "title", "unit", "side", "licence_number", "joined_at", "left_at")
    return {f"member_{name}": [row.get(name, "") for row in rows] for name in names}


def _form(**change: Any) -> dict[str, Any]:
    return {"version": "1", "conclusion": "Đã gõ.", "held_from": EARLY, **_member(), **change}


def _save(
    clinic: Clinic, app: Flask, form: dict[str, Any], language: Language = "en"
) -> tuple[int, str, str]:
    """Status, the problem as it is said, and the page."""
    consult_id = _taken(clinic)
    page: Browser = browser(app, clinic.db, clinic.cast.bob, language=language)
    told = page.post(f"/consults/{consult_id}/minutes/save", form)
    said = re.search(r'role="alert">.*?</svg>([^<]*)<', told.text, re.DOTALL)
    with clinic.db.reading() as tx:
        assert tx.session.get_one(ConsultMinutes, consult_id).version == 1
    return told.status_code, said.group(1).strip() if said else "", told.text


def _marked(page: str) -> list[str]:
    """The fields that are marked as wrong."""
    inputs = re.findall(r"<input[^>]*aria-invalid[^>]*>", page)
    return [re.findall(r'name="(\w+)"', one)[0] for one in inputs]


@pytest.mark.parametrize(
    ("wrong", "field", "said"),
    [
        ({"held_to": "2026-11-22T07:00"}, "held_to", "Held until is earlier than Held from"),
        (
            {"treated_from": "2026-11-22", "treated_to": "2026-11-21"},
            "treated_to",
            "Treated until is earlier than Treated from",
        ),
        (
            _member(joined_at=LATE, left_at=EARLY),
            "member_left_at",
            f"Who took part, {NURSE}: Left at is earlier than Joined at",
        ),
        (_member(joined_at="9 giờ"), "member_joined_at", f"Who took part, {NURSE}: Joined at is missing"),
        (_member(licence_number="1" * 41), "member_licence_number", f"{NURSE}: Licence number is missing"),
        ({"held_from": "0001-01-01T00:00"}, "held_from", "Held from is missing or wrong"),
        (_member(left_at="0001-01-01T00:00"), "member_left_at", f"{NURSE}: Left at is missing or wrong"),
        ({"treated_from": "soon"}, "treated_from", "Treated from is missing or wrong"),
    ],
)
def test_the_field_is_named_marked_and_everything_typed_is_there(
    clinic: Clinic, app: Flask, wrong: dict[str, Any], field: str, said: str
) -> None:
    status, problem, page = _save(clinic, app, _form(**wrong))

    assert status == 400
    assert said in problem
    assert _marked(page) == [field]
    assert "Đã gõ." in page
    assert NURSE in page


def test_it_is_said_in_vietnamese(clinic: Clinic, app: Flask) -> None:
    _, problem, _ = _save(clinic, app, _form(**_member(joined_at=LATE, left_at=EARLY)), "vi")
    assert problem == f"Hãy kiểm tra: Thành viên tham gia, {NURSE}: Rời lúc sớm hơn Vào lúc."


def test_who_leaves_in_the_moment_of_coming_is_kept(clinic: Clinic, app: Flask) -> None:
    consult_id = _taken(clinic)
    page = browser(app, clinic.db, clinic.cast.bob)
    form = _form(held_to=EARLY, **_member(joined_at=EARLY, left_at=EARLY))
    assert page.post(f"/consults/{consult_id}/minutes/save", form).status_code == 303


def test_minutes_from_before_times_were_compared_are_still_read(clinic: Clinic, app: Flask) -> None:
    consult_id, bob = _taken(clinic), clinic.cast.bob
    with clinic.db.transaction() as tx:
        row = tx.session.get_one(ConsultMinutes, consult_id)
        times = {"joined_at": f"{LATE}:00+07:00", "left_at": f"{EARLY}:00+07:00"}
        row.content = {
            **row.content,
            "held_to": "0001-01-01T00:00:00+07:00",
            "members": [{**one, **times} for one in row.content["members"]],
        }
    page = browser(app, clinic.db, bob)
    assert EARLY in page.get(f"/consults/{consult_id}/minutes").text
    with clinic.db.transaction() as tx:
        circulate_minutes(tx, bob, consult_id=consult_id, version=1)
    assert page.get(f"/consults/{consult_id}/minutes.json").status_code == 200
