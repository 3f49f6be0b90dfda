"""The pages of the minutes on narrow and wide screens: no word makes them wider, every card stands apart from the next."""

from itertools import pairwise
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

    with real.browser(chromium) as running:
        page = running.new_page(viewport={"width": 390, "height": 800})
        for shown in (written, read):
            assert WORD in shown
            page.set_content(_styled(shown))
            assert page.evaluate("document.documentElement.scrollWidth") == 390


@pytest.mark.parametrize("width", [390, 1440])
def test_the_cards_of_the_form_stand_apart(
    sqlite_clinic: Clinic, app: Flask, chromium: str, width: int
) -> None:
    clinic, bob = sqlite_clinic, sqlite_clinic.cast.bob
    consult_id = clinic.answered()
    with clinic.db.transaction() as tx:
        actions.take_minutes(tx, bob, consult_id=consult_id)
    written = browser(app, clinic.db, bob).get(f"/consults/{consult_id}/minutes").text

    with real.browser(chromium) as running:
        page = running.new_page(viewport={"width": width, "height": 800})
        page.set_content(_styled(written))
        edges = page.eval_on_selector_all(
            ".asking .card",
            "all => all.map(one => one.getBoundingClientRect()).map(one => [one.top, one.bottom])",
        )
    gaps = [round(below[0] - above[1]) for above, below in pairwise(edges)]
    assert len(gaps) == 3
    assert set(gaps) == {16}


def _styled(page: str) -> str:
    style = "".join(path.read_text() for path in STYLES)
    return f"{page}<style>{style}</style>"
