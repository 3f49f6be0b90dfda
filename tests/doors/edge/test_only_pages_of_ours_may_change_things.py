"""Forged requests are refused: the token must be the session's and the browser must say it comes from us."""

import pytest
from flask import Blueprint, Flask

from app.base.actor import Permission
from app.base.db import Database
from app.edge.actor import current_actor, public, requires, signed_in
from app.edge.services import Services
from tests.cast import Cast
from tests.factories import browser, form_token, make_app


def door() -> Blueprint:
    blueprint = Blueprint("things", __name__)

    @blueprint.post("/change")
    @signed_in
    def change() -> str:
        return current_actor().name

    @blueprint.post("/open")
    @public
    def open_() -> str:
        return "open"

    @blueprint.get("/studies")
    @requires(Permission.STUDY_READ)
    def studies() -> str:
        return "studies"

    @blueprint.get("/undeclared")
    def undeclared() -> str:
        return "nobody said who may see this"

    return blueprint


@pytest.fixture
def app(services: Services) -> Flask:
    return make_app(services, door())


def test_a_post_without_the_token_is_refused(app: Flask, db: Database, cast: Cast) -> None:
    alice = browser(app, db, cast.alice)
    answer = alice.client.post("/change")
    assert (answer.status_code, answer.get_json()["code"]) == (403, "stale_page")


def test_a_post_with_the_session_s_token_is_done(app: Flask, db: Database, cast: Cast) -> None:
    assert browser(app, db, cast.alice).post("/change").text == cast.alice.name


def test_another_session_s_token_is_refused(app: Flask, db: Database, cast: Cast) -> None:
    alice, bob = browser(app, db, cast.alice), browser(app, db, cast.bob)
    assert alice.client.post("/change", data={"csrf_token": bob.csrf}).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"}],
)
def test_a_foreign_page_is_refused_even_with_the_token(
    app: Flask, db: Database, cast: Cast, headers: dict[str, str]
) -> None:
    alice = browser(app, db, cast.alice)
    answer = alice.client.post("/change", headers={**headers, "X-CSRF-Token": alice.csrf})
    assert answer.status_code == 403


def test_before_signing_in_the_token_comes_from_a_cookie(app: Flask) -> None:
    client = app.test_client()
    assert client.post("/open").status_code == 403
    token = form_token(client.get("/nowhere", headers={"Accept": "text/html"}))
    assert client.post("/open", data={"csrf_token": token}).text == "open"
    stranger = app.test_client()
    assert stranger.post("/open", data={"csrf_token": token}).status_code == 403


def test_a_route_that_declares_nothing_is_not_found(app: Flask, db: Database, cast: Cast) -> None:
    alice = browser(app, db, cast.alice)
    undeclared, unknown = alice.get_json("/undeclared"), alice.get_json("/unknown")
    assert undeclared.status_code == 404
    assert undeclared.data == unknown.data


def test_who_lacks_the_permission_is_told_so(app: Flask, db: Database, cast: Cast) -> None:
    assert browser(app, db, cast.alice).get("/studies").text == "studies"
    assert browser(app, db, cast.dung).get("/studies").status_code == 403


def test_nobody_is_sent_to_the_sign_in_page_or_told_401(app: Flask) -> None:
    client = app.test_client()
    page = client.get("/studies?q=x", headers={"Accept": "text/html"})
    assert (page.status_code, page.headers["Location"]) == (303, "/sign-in?next=/studies%3Fq%3Dx")
    api = client.get("/studies")
    assert (api.status_code, api.get_json()["code"]) == (401, "unauthenticated")
    assert api.headers["Clear-Site-Data"] == '"cache"'
