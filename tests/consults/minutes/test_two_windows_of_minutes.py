"""Two windows on the same minutes: the older one overwrites nothing unless its writer says so, seeing what stands there."""

import re
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.base.db import Database
from consults.minutes.actions import hand_minutes, take_minutes
from consults.minutes.models import ConsultMinutes
from tests.consults.conftest import Clinic
from tests.factories import Browser, browser

EARLY, LATE = "2026-11-22T08:00", "2026-11-22T09:00"


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    """Pages are the same on every engine."""
    return sqlite_db


class Windows:
    """Bob has the pen and two windows of the form, opened at the same time."""

    def __init__(self, clinic: Clinic, app: Flask) -> None:
        self.clinic, self.consult_id = clinic, clinic.answered()
        with clinic.db.transaction() as tx:
            take_minutes(tx, clinic.cast.bob, consult_id=self.consult_id)
        self.at = f"/consults/{self.consult_id}/minutes"
        self.page: Browser = browser(app, clinic.db, clinic.cast.bob)
        self.began = _version(self.page.get(self.at))

    def save(self, said: str, version: str | None = None, **more: str) -> TestResponse:
        form = {"version": version or self.began, "conclusion": said, "held_from": EARLY, **more}
        return self.page.post(f"{self.at}/save", form)

    @property
    def kept(self) -> tuple[int, str]:
        with self.clinic.db.reading() as tx:
            row = tx.session.get_one(ConsultMinutes, self.consult_id)
            return row.version, row.content["conclusion"]


def _version(page: TestResponse) -> str:
    """Which version the form tells that it began from."""
    found: list[str] = re.findall(r'name="version" value="(\d+)"', page.text)
    assert len(found) == 1
    return found[0]


def _instead_of(page: TestResponse) -> str:
    found = re.search(r'name="instead_of" value="(\d+)"', page.text)
    assert found
    return found.group(1)


def _stands(page: TestResponse) -> dict[str, str]:
    """What is told of the other's fields."""
    card = page.text.split('id="stands"', 1)[1].split("</section>", 1)[0]
    return dict(re.findall(r"<h3>(.*?)</h3>\s*<p[^>]*>(.*?)</p>", card, re.DOTALL))


@pytest.fixture
def windows(clinic: Clinic, app: Flask) -> Windows:
    return Windows(clinic, app)


def test_saving_again_in_the_older_window_is_refused_again(windows: Windows) -> None:
    assert windows.save("một").status_code == 303

    refused = windows.save("hai")
    assert (refused.status_code, _version(refused)) == (409, windows.began)
    assert ">hai</textarea>" in refused.text
    assert windows.save("hai", _version(refused)).status_code == 409
    assert windows.kept == (2, "một")


def test_what_stands_there_is_shown_with_who_saved_it_and_when(windows: Windows) -> None:
    lan = {f"member_{name}": "" for name in ("person_id", "title", "unit", "licence_number", "left_at")}
    lan |= {"member_name": "ĐD. Lan", "member_side": "referring", "member_joined_at": EARLY, "chair": "0"}
    assert windows.save("một", held_to=LATE, **lan).status_code == 303
    refused = windows.save("hai")

    assert f"Version 2 was saved by {windows.clinic.cast.bob.name}" in refused.text
    assert _stands(refused) == {
        "Conclusion": "một",
        "Who took part": "ĐD. Lan (Chair) · asks · Joined at 08:00 22 Nov 2026",
        "Held until": "09:00 22 Nov 2026",
    }


def test_who_saved_it_is_told_although_the_pen_has_gone_on(windows: Windows) -> None:
    windows.save("một")
    alice, bob = windows.clinic.cast.alice, windows.clinic.cast.bob
    with windows.clinic.db.transaction() as tx:
        hand_minutes(tx, bob, consult_id=windows.consult_id, person_id=alice.id)
        hand_minutes(tx, alice, consult_id=windows.consult_id, person_id=bob.id)
    assert f"Version 2 was saved by {bob.name}" in windows.save("hai").text


def test_mine_is_saved_instead_when_its_writer_says_so(windows: Windows) -> None:
    windows.save("một")
    refused = windows.save("hai")

    again = windows.save("hai", _version(refused), instead_of=_instead_of(refused))
    assert again.status_code == 303
    assert windows.kept == (3, "hai")


def test_nothing_is_overwritten_that_was_not_shown(windows: Windows) -> None:
    windows.save("một")
    refused = windows.save("hai")
    windows.save("ba", "2")

    again = windows.save("hai", _version(refused), instead_of=_instead_of(refused))
    assert (again.status_code, _instead_of(again)) == (409, "3")
    assert _stands(again)["Conclusion"] == "ba"
    assert windows.kept == (3, "ba")


def test_a_wrong_field_disarms_nothing(windows: Windows) -> None:
    windows.save("một")
    refused = windows.save("hai", held_to="2026-11-22T07:00")

    assert (refused.status_code, _version(refused)) == (400, windows.began)
    assert _stands(refused)["Conclusion"] == "một"
    assert windows.save("hai", _version(refused)).status_code == 409
    assert windows.kept == (2, "một")


def test_a_wrong_field_that_was_mended_is_saved_where_nobody_else_saved(windows: Windows) -> None:
    refused = windows.save("hai", held_to="2026-11-22T07:00")
    assert 'id="stands"' not in refused.text
    assert "instead_of" not in refused.text
    assert windows.save("hai", _version(refused)).status_code == 303


def test_minutes_saved_before_it_was_noted_by_whom_show_what_stands_there(windows: Windows) -> None:
    windows.save("một")
    with windows.clinic.db.transaction() as tx:
        row: Any = tx.session.get_one(ConsultMinutes, windows.consult_id)
        row.saved_by = row.saved_at = None
    refused = windows.save("hai")
    assert "Version 2 was saved elsewhere." in refused.text
    assert _stands(refused) == {"Conclusion": "một"}
