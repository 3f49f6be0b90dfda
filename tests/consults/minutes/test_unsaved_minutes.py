"""What was typed into the minutes is not let go without a question: by another language, another button or a way out."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Dialog, Page, Request, Route

from app.base.db import Database
from consults.minutes.actions import take_minutes
from tests.consults.conftest import Clinic
from tests.factories import browser
from tests.journeys import browser as real

SITE = "http://hoichan.test"
FILES = {
    "/static/ui.js": Path("app/web/static/ui.js"),
    "/consults/files/consults.js": Path("consults/static/consults.js"),
}


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    """Pages are the same on every engine."""
    return sqlite_db


@dataclass
class Window:
    """The form of the minutes in a browser; nothing of it reaches a server."""

    page: Page
    html: str
    asked: list[str] = field(default_factory=list)
    posted: list[str] = field(default_factory=list)
    says_yes: bool = False

    def open(self) -> None:
        self.page.route("**/*", self._answer)
        self.page.on("dialog", self._decide)
        self.page.goto(f"{SITE}/consults/x/minutes")

    def _answer(self, route: Route, request: Request) -> None:
        path = request.url.removeprefix(SITE).partition("?")[0]
        if request.method == "POST":
            self.posted.append(path)
            route.fulfill(status=204)
        elif path.endswith("/minutes"):
            route.fulfill(body=self.html, content_type="text/html; charset=utf-8")
        elif path in FILES:
            route.fulfill(path=FILES[path], content_type="text/javascript")
        else:
            route.fulfill(status=404)

    def _decide(self, dialog: Dialog) -> None:
        self.asked.append(dialog.type)
        if self.says_yes:
            dialog.accept()
        else:
            dialog.dismiss()

    def choose_english(self) -> None:
        self.page.click("form.languages button[value=en]")
        self.page.wait_for_timeout(200)


@pytest.fixture
def window(clinic: Clinic, app: Flask, chromium: str) -> Iterator[Window]:
    consult_id = clinic.answered()
    with clinic.db.transaction() as tx:
        take_minutes(tx, clinic.cast.bob, consult_id=consult_id)
    html = browser(app, clinic.db, clinic.cast.bob, language="vi").get(f"/consults/{consult_id}/minutes").text
    with real.browser(chromium) as running:
        opened = Window(running.new_page(), html)
        opened.open()
        yield opened


def test_another_language_asks_before_what_was_typed_is_gone(window: Window) -> None:
    window.page.fill("#f-conclusion", "Chưa lưu")
    window.choose_english()
    assert (window.asked, window.posted) == (["confirm"], [])
    assert window.page.input_value("#f-conclusion") == "Chưa lưu"

    window.says_yes = True
    window.choose_english()
    assert (window.asked, window.posted) == (["confirm", "confirm"], ["/language"])


def test_nothing_is_asked_where_nothing_was_typed(window: Window) -> None:
    window.choose_english()
    assert (window.asked, window.posted) == ([], ["/language"])


def test_saving_asks_nothing(window: Window) -> None:
    window.page.fill("#f-conclusion", "Đã xong")
    window.page.click("text=Lưu bản nháp")
    window.page.wait_for_timeout(200)
    assert window.asked == []
    assert [path.rpartition("/")[2] for path in window.posted] == ["save"]


def test_handing_on_the_pen_and_leaving_the_page_ask_too(window: Window) -> None:
    window.page.fill("#f-conclusion", "Chưa lưu")
    window.page.click(".handing summary")
    window.page.click(".handing button")
    window.page.wait_for_timeout(200)
    assert (window.asked, window.posted) == (["confirm"], [])

    window.page.click("a.back")
    window.page.wait_for_timeout(200)
    assert window.asked == ["confirm", "beforeunload"]
    assert window.page.input_value("#f-conclusion") == "Chưa lưu"


def test_a_form_that_was_refused_is_not_saved_either(clinic: Clinic, app: Flask) -> None:
    consult_id = clinic.answered()
    with clinic.db.transaction() as tx:
        take_minutes(tx, clinic.cast.bob, consult_id=consult_id)
    page, at = browser(app, clinic.db, clinic.cast.bob), f"/consults/{consult_id}/minutes"
    assert 'data-unsaved=""' in page.get(at).text
    refused = page.post(f"{at}/save", {"version": "7", "conclusion": "Chưa lưu"})
    assert 'data-unsaved="typed"' in refused.text
