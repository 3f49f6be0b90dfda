"""The sign-in page: right and wrong passwords, limits, where one goes next, and what signing out removes."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.audit.kinds import AuditKind
from app.audit.queries import AuditFilter, list_records
from app.base.db import Database
from app.edge.services import Services
from app.identity import actions
from app.identity.sign_in import TRIES_OF_LOGIN_AT_ADDRESS
from app.web import account, home, invitations, people, sign_in
from app.web.sign_in import safe_path
from tests.cast import PASSWORD, Cast
from tests.factories import Browser, browser, form_token, make_app

HTML = {"Accept": "text/html", "Accept-Language": "en"}
DOORS = (account, home, invitations, people, sign_in)


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    return sqlite_db


@pytest.fixture
def app(services: Services, cast: Cast) -> Flask:
    return make_app(services, *(door.blueprint(services) for door in DOORS))


def try_in(client: FlaskClient, login: str, password: str, **more: str) -> TestResponse:
    token = form_token(client.get("/sign-in", headers=HTML))
    form = {"login": login, "password": password, "csrf_token": token, **more}
    return client.post("/sign-in", data=form, headers=HTML)


def test_the_right_password_signs_in(app: Flask) -> None:
    client = app.test_client()
    answer = try_in(client, " Alice ", PASSWORD, next="/me")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/me")
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "BS. Nguyễn Thị Ái" in client.get("/me", headers=HTML).text


@pytest.mark.parametrize(("login", "password"), [("alice", "wrong"), ("nobody", PASSWORD), ("", "")])
def test_a_wrong_one_says_the_same_whoever_it_was(app: Flask, login: str, password: str) -> None:
    answer = try_in(app.test_client(), login, password)
    assert answer.status_code == 400
    assert "The sign-in name or the password is not right." in answer.text
    assert password not in answer.text or not password


def test_a_refused_try_is_recorded_with_its_address(app: Flask, db: Database, cast: Cast) -> None:
    try_in(app.test_client(), "alice", "wrong")
    with db.reading() as tx:
        line = list_records(tx, cast.lan, AuditFilter(kind=AuditKind.USER_AUTHENTICATION)).records[0]
    assert (line.outcome, line.address, line.subject_id) == (4, "127.0.0.1", cast.alice.id)


def test_too_many_tries_say_when_to_come_back(app: Flask) -> None:
    client = app.test_client()
    for _ in range(TRIES_OF_LOGIN_AT_ADDRESS):
        try_in(client, "nobody", "wrong")
    answer = try_in(client, "nobody", "wrong")
    assert answer.status_code == 429
    assert "seconds and try again" in answer.text


@pytest.mark.parametrize(
    ("wanted", "goes"),
    [
        ("/studies?q=a", "/studies?q=a"),
        (None, "/"),
        ("", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/\t/evil.example", "/"),
        ("https://evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/a\r\nSet-Cookie: x=y", "/"),
        ("/%0d%0aSet-Cookie:x", "/%0d%0aSet-Cookie:x"),
        ("studies", "/"),
    ],
)
def test_one_goes_on_within_this_service_only(wanted: str | None, goes: str) -> None:
    assert safe_path(wanted) == goes


def test_signing_out_ends_the_session_and_empties_cache_and_drafts(
    app: Flask, db: Database, cast: Cast
) -> None:
    alice = browser(app, db, cast.alice)
    alice.post("/language", {"language": "en"})
    answer = alice.post("/sign-out")
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert alice.get("/me").status_code == 303
    assert alice.client.get_cookie("hoichan") is None
    page = alice.get("/sign-in").get_data(as_text=True)  # language and sentence are in cookies, which stay
    assert "You have signed out." in page


def test_who_is_signed_in_is_not_asked_again(app: Flask, db: Database, cast: Cast) -> None:
    assert browser(app, db, cast.alice).get("/sign-in").status_code == 303


def test_the_first_page_is_the_first_of_one_s_menu(app: Flask, db: Database, cast: Cast) -> None:
    assert browser(app, db, cast.dung).get("/").headers["Location"] == "/people"
    assert "Nothing is open to you yet" in browser(app, db, cast.alice).get("/").text


def test_the_language_is_kept_in_browser_and_account(app: Flask, db: Database, cast: Cast) -> None:
    alice = browser(app, db, cast.alice)
    alice.post("/language", {"language": "vi", "next": "/me"})
    assert "Tài khoản của tôi" in alice.get("/me").text
    alice.post("/sign-out")
    assert "Đăng nhập" in alice.client.get("/sign-in", headers=HTML).text


def change_password(alice: Browser, old: str, new: str, again: str | None = None) -> TestResponse:
    return alice.post("/me/password", {"old": old, "new": new, "again": new if again is None else again})


def test_one_s_own_password_is_changed_with_the_old_one(app: Flask, db: Database, cast: Cast) -> None:
    alice = browser(app, db, cast.alice)
    assert "not right" in change_password(alice, "wrong one", "another four words").text
    assert "not the same" in change_password(alice, PASSWORD, "another four words", "else").text
    assert "at least 10" in change_password(alice, PASSWORD, "short").text
    assert "easy to guess" in change_password(alice, PASSWORD, "benh vien da khoa an binh").text
    done = change_password(alice, PASSWORD, "another four words")
    assert done.status_code == 303
    assert "has been changed" in alice.get("/me").text
    assert try_in(app.test_client(), "alice", "another four words").status_code == 303
    assert try_in(app.test_client(), "alice", PASSWORD).status_code == 400


def test_other_sessions_are_ended_from_one_s_account(app: Flask, db: Database, cast: Cast) -> None:
    here, lost = browser(app, db, cast.alice), browser(app, db, cast.alice)
    here.post(f"/me/sessions/{lost.session_id}/end")
    assert lost.get("/me").status_code == 303
    assert here.get("/me").status_code == 200
    bob = browser(app, db, cast.bob)
    assert here.post(f"/me/sessions/{bob.session_id}/end").status_code == 404
    another = browser(app, db, cast.alice)
    here.post("/me/sessions/end-others")
    assert another.get("/me").status_code == 303
    assert bob.get("/me").status_code == 200


def test_an_invitation_leads_to_a_password_and_in(app: Flask, db: Database, cast: Cast) -> None:
    with db.transaction() as tx:
        token = actions.invite_person(tx, cast.dung, person_id=cast.alice.id).token
    client = app.test_client()
    page = client.get(f"/invitations/{token}", headers=HTML)
    assert page.headers["Referrer-Policy"] == "no-referrer"
    form = {"csrf_token": form_token(page), "password": "four new words here", "again": "four new words here"}
    weak = client.post(
        f"/invitations/{token}", data={**form, "password": "alice", "again": "alice"}, headers=HTML
    )
    assert weak.status_code == 400
    done = client.post(f"/invitations/{token}", data=form, headers=HTML)
    assert done.headers["Location"] == "/sign-in"
    assert try_in(client, "alice", "four new words here").status_code == 303
    assert app.test_client().get(f"/invitations/{token}", headers=HTML).status_code == 404
