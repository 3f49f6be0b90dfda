"""A word without an end makes no page wider than the screen, for whoever writes the minutes and for whoever reads."""

from pathlib import Path

import pytest
from flask import Flask

from consults.minutes import actions
from tests.consults.conftest import Clinic
from tests.factories import browser
from tests.journeys import browser as real

WORD = "Khongcodaucach" * 21
STYLES = (Path("app/web/static/hoichan.css"), Path("consults/static/consults.css"))


@pytest.fixture
def db(sqlite_clinic: Clinic) -> object:
    """The services work on the clinic's database."""
    return sqlite_clinic.db


def test_a_word_without_an_end_is_broken(sqlite_clinic: Clinic, app: Flask, chromium: str) -> None:
    clinic, alice, bob = sqlite_clinic, sqlite_clinic.cast.alice, sqlite_clinic.cast.bob
    consult_id = clinic.accepted(questions=[WORD])
    clinic.wish(bob, "opinion.give", consult_id=consult_id, text=WORD)
    at = f"/consults/{consult_id}/minutes"
    with clinic.db.transaction() as tx:
        actions.take_minutes(tx, bob, consult_id=consult_id)
    written = browser(app, clinic.db, bob).get(at).text
    with clinic.db.transaction() as tx:
        actions.circulate_minutes(tx, bob, consult_id=consult_id, version=1)
        actions.remark_minutes(tx, alice, consult_id=consult_id, text=WORD)
    read = browser(app, clinic.db, alice).get(at).text

    style = "".join(path.read_text() for path in STYLES)
    with real.browser(chromium) as running:
        page = running.new_page(viewport={"width": 390, "height": 800})
        for shown in (written, read):
            assert WORD in shown
            page.set_content(f"{shown}<style>{style}</style>")
            assert page.evaluate("document.documentElement.scrollWidth") == 390
