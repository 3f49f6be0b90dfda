"""Every kind of error has its place in both tables; answers tell programs and people, and no more than they may know."""

import logging

import pytest
from flask import Blueprint, Flask, request

from app.base import errors as tree
from app.base.db import Database
from app.base.errors import KINDS, HoichanError, TooMany
from app.edge.actor import public
from app.edge.errors import ANSWERS, problem, socket_answer, status_of
from app.edge.services import Services
from tests.factories import form_token, make_app

MESSAGE = "Too many tries. Wait {seconds} seconds and try again."


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    return sqlite_db


def door() -> Blueprint:
    blueprint = Blueprint("errors", __name__)

    @blueprint.get("/raise/<kind>")
    @public
    def raise_(kind: str) -> str:
        raise KINDS[kind]("some_code", MESSAGE, seconds=7)

    @blueprint.get("/fault")
    @public
    def fault() -> str:
        raise ZeroDivisionError(request.args["name"])

    @blueprint.get("/secret/<token>")
    @public
    def secret(token: str) -> str:
        return token[:0]

    @blueprint.post("/small")
    @public
    def small() -> str:
        return request.form["word"]

    return blueprint


@pytest.fixture
def app(services: Services) -> Flask:
    return make_app(services, door())


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO)
    return caplog


def test_every_kind_is_in_the_tables() -> None:
    assert set(ANSWERS) == {*KINDS, HoichanError.kind}
    assert list(ANSWERS) == sorted(ANSWERS)
    defined = {
        error
        for error in vars(tree).values()
        if isinstance(error, type) and issubclass(error, HoichanError) and error is not HoichanError
    }
    assert defined == set(KINDS.values())


@pytest.mark.parametrize("kind", KINDS)
def test_http_and_socket_tell_the_same(app: Flask, kind: str) -> None:
    error = KINDS[kind]("some_code", MESSAGE, seconds=7)
    answer = app.test_client().get(f"/raise/{kind}", headers={"Accept-Language": "en"})
    assert answer.status_code == ANSWERS[kind].status
    assert answer.content_type == "application/problem+json"
    told = answer.get_json()
    ack = socket_answer(error, "en")["error"]
    assert (told["code"], told["detail"]) == (ack["code"], ack["message"])
    assert told == problem(error, "en")


def test_the_answer_speaks_the_reader_s_language(app: Flask) -> None:
    client = app.test_client()
    assert "7 giây" in client.get("/raise/too-many").get_json()["detail"]
    assert "7 seconds" in client.get("/raise/too-many", headers={"Accept-Language": "en"}).text
    page = client.get("/raise/too-many", headers={"Accept": "text/html", "Accept-Language": "en"})
    assert "7 seconds" in page.text
    assert page.content_type.startswith("text/html")


def test_waiting_is_told_in_seconds(app: Flask) -> None:
    assert app.test_client().get("/raise/too-many").headers["Retry-After"] == "7"


def test_a_full_disk_has_its_own_status() -> None:
    assert status_of(KINDS["unavailable"]("disk_full", "The disk is full.")) == 507


@pytest.mark.parametrize("accept", ["application/json", "text/html"])
def test_unknown_and_forbidden_to_know_are_the_same_bytes(app: Flask, accept: str) -> None:
    client = app.test_client()
    client.get("/small", headers={"Accept": "text/html"})  # keeps its form cookie from now on
    unknown = client.get("/nothing/of/this/name", headers={"Accept": accept})

    def raise_not_found() -> str:
        raise tree.NotFound

    public(raise_not_found)
    app.view_functions["errors.raise_"] = lambda **_: raise_not_found()
    public(app.view_functions["errors.raise_"])
    hidden = client.get("/raise/x", headers={"Accept": accept})
    assert (unknown.status_code, hidden.status_code) == (404, 404)
    assert unknown.text.replace("/nothing/of/this/name", "") == hidden.text.replace("/raise/x", "")


def test_a_fault_tells_a_number_and_the_log_no_data(app: Flask, logged: pytest.LogCaptureFixture) -> None:
    answer = app.test_client().get("/fault?name=Secret", headers={"Accept-Language": "en"})
    assert answer.status_code == 500
    assert "Secret" not in answer.text
    assert "Secret" not in logged.text
    number = answer.get_json()["detail"].rstrip(".").split()[-1]
    assert number in logged.text
    assert "ZeroDivisionError" in logged.text


def test_the_log_line_has_the_pattern_not_the_address(app: Flask, logged: pytest.LogCaptureFixture) -> None:
    app.test_client().get("/secret/TOKEN-OF-A-PATIENT?name=Nguyen")
    assert "/secret/<token> 200" in logged.text
    assert "TOKEN-OF-A-PATIENT" not in logged.text
    assert "Nguyen" not in logged.text


def test_a_body_over_the_limit_is_refused(app: Flask) -> None:
    client = app.test_client()
    token = form_token(client.get("/small", headers={"Accept": "text/html"}))
    headers = {"X-CSRF-Token": token}
    assert client.post("/small", data={"word": "fits"}, headers=headers).text == "fits"
    assert client.post("/small", data={"word": "x" * (3 << 20)}, headers=headers).status_code == 413


def test_a_method_that_is_not_there_says_which_are(app: Flask) -> None:
    answer = app.test_client().post("/fault")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")


def test_too_many_is_one_of_the_tree() -> None:
    assert KINDS["too-many"] is TooMany
