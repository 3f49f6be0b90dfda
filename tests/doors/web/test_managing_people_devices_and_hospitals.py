"""The administrators' pages: what they do, what is shown once, and what others are told."""

import html
import re

import pytest
from flask import Flask

from app.base.db import Database
from app.base.i18n import catalogue_for
from app.edge.app import ROOT
from app.edge.services import Services
from app.identity import accounts, queries
from app.web import account, audit, devices, home, hospitals, invitations, people, sign_in
from tests.cast import Cast
from tests.factories import browser, make_app

DOORS = (account, audit, devices, home, hospitals, invitations, people, sign_in)


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    return sqlite_db


@pytest.fixture
def app(services: Services, cast: Cast) -> Flask:
    return make_app(services, *(door.blueprint(services) for door in DOORS))


def test_inviting_shows_a_link_once(app: Flask, db: Database, cast: Cast) -> None:
    dung = browser(app, db, cast.dung)
    form = {"name": "BS. Võ Thị Bưởi", "login": "buoi", "roles": ["referrer", "specialist"], "email": ""}
    page = dung.post("/people/new", form)
    link = re.search(r"http://127\.0\.0\.1:8080(/invitations/[\w-]+)", page.text)
    assert link
    assert app.test_client().get(link.group(1)).status_code == 200
    with db.reading() as tx:
        made = next(item for item in accounts.accounts_of(tx, cast.dung, cast.a.id) if item.login == "buoi")
    assert "/invitations/" not in dung.get(f"/people/{made.person.id}").text


def test_what_was_entered_stays_when_something_is_wrong(app: Flask, db: Database, cast: Cast) -> None:
    dung = browser(app, db, cast.dung)
    page = dung.post("/people/new", {"name": "BS. Bưởi", "login": "alice", "roles": ["referrer"]})
    assert page.status_code == 409
    assert "already in use" in page.text
    assert 'value="BS. Bưởi"' in page.text


def test_roles_reset_close_and_reopen(app: Flask, db: Database, cast: Cast) -> None:
    dung, alice = browser(app, db, cast.dung), browser(app, db, cast.alice)
    path = f"/people/{cast.alice.id}"
    dung.post(f"{path}/roles", {"roles": ["specialist"]})
    assert alice.get("/me").status_code == 303
    assert "/invitations/" in dung.post(f"{path}/reset").text
    assert dung.post(f"{path}/close").status_code == 303
    assert "This account is closed." in dung.get(path).text
    assert dung.post(f"{path}/reopen").status_code == 303
    refused = dung.post(f"/people/{cast.dung.id}/close")
    assert refused.status_code == 409
    assert "own account" in refused.text


@pytest.mark.parametrize("where", ["", "/roles", "/provider", "/invite", "/reset", "/close", "/reopen"])
def test_another_hospital_s_people_are_not_found(app: Flask, db: Database, cast: Cast, where: str) -> None:
    giang = browser(app, db, cast.giang)
    hidden = giang.send_json("POST", f"/people/{cast.alice.id}{where}")
    unknown = giang.send_json("POST", f"/people/{'0' * 26}{where}")
    assert hidden.status_code == unknown.status_code
    assert hidden.data == unknown.data
    assert giang.get(f"/people/{cast.alice.id}").status_code == 404
    assert giang.get(f"/people?hospital={cast.a.id}").status_code == 404
    assert giang.get(f"/people/new?hospital={cast.a.id}").status_code == 404


@pytest.mark.parametrize("where", ["", "/token", "/token/remove", "/remove"])
def test_another_hospital_s_devices_are_not_found(app: Flask, db: Database, cast: Cast, where: str) -> None:
    giang = browser(app, db, cast.giang)
    form = {"ae_title": "X", "name": "X"}
    assert giang.post(f"/devices/{cast.ct_a.id}{where}", form).status_code == 404
    assert giang.get(f"/devices?hospital={cast.a.id}").status_code == 404
    assert giang.post("/devices/new", {**form, "hospital": cast.a.id}).status_code == 404


@pytest.mark.parametrize("path", ["/people", "/devices", "/hospitals", "/audit", "/people/new"])
def test_doctors_have_no_business_there(app: Flask, db: Database, cast: Cast, path: str) -> None:
    assert browser(app, db, cast.alice).get(path).status_code == 403
    if path == "/hospitals":
        assert browser(app, db, cast.dung).get(path).status_code == 403


def test_a_device_is_registered_with_the_line_to_try_it(app: Flask, db: Database, cast: Cast) -> None:
    dung = browser(app, db, cast.dung)
    done = dung.post("/devices/new", {"ae_title": "MR 1", "name": "MR", "address": "192.168.1.20"})
    page = dung.get(done.headers["Location"]).text
    line = "storescu -aet 'MR 1' -aec ANBINH 127.0.0.1 11112 +sd +r FOLDER"
    assert line in html.unescape(page)
    wrong = dung.post("/devices/new", {"ae_title": "MR2", "name": "MR", "address": "not an address"})
    assert "Please enter IP addresses" in wrong.text


def test_a_token_is_shown_once_and_revoked(app: Flask, db: Database, cast: Cast) -> None:
    dung = browser(app, db, cast.dung)
    path = f"/devices/{cast.ct_a.id}"
    shown = re.search(r"<code>([\w-]{43})</code>", dung.post(f"{path}/token").text)
    assert shown
    with db.reading() as tx:
        assert queries.actor_for_device_token(tx, shown.group(1), "127.0.0.1").id == cast.ct_a.id
    assert shown.group(1) not in dung.get(path).text
    assert dung.post(f"{path}/token/remove").status_code == 303
    with db.reading() as tx:
        assert not queries.device(tx, cast.dung, cast.ct_a.id).has_token


def test_the_platform_makes_a_hospital_and_invites_its_administrator(
    app: Flask, db: Database, cast: Cast
) -> None:
    root = browser(app, db, cast.root)
    form = {
        "name": "Bệnh viện Mới",
        "short_name": "Mới",
        "slug": "moi",
        "ae_title": "BVMOI",
        "address": "Vinh",
    }
    done = root.post("/hospitals/new", form)
    where = done.headers["Location"]
    assert where.startswith("/people/new?hospital=")
    assert "Bệnh viện Mới" in root.get(where).text
    again = root.post("/hospitals/new", form)
    assert again.status_code == 409
    assert 'value="BVMOI"' in again.text


def test_the_log_is_shown_and_its_reading_recorded(app: Flask, db: Database, cast: Cast) -> None:
    dung = browser(app, db, cast.dung)
    first = dung.get("/audit").text
    assert "User Authentication" in first
    assert "Audit Log Used" in dung.get("/audit?kind=110101&who=Dung&since=2020-01-01").text
    assert "No line matches" in dung.get("/audit?kind=110105").text
    assert dung.get("/audit?kind=nonsense&since=32.13.2026&before=zz&action=q").status_code == 200
    assert dung.get("/audit?since=0001-01-01&until=9999-12-31").status_code == 200


MARKUP = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


def test_names_with_markup_are_text(app: Flask, db: Database, cast: Cast) -> None:
    dung = browser(app, db, cast.dung)
    page = dung.post("/people/new", {"name": MARKUP, "login": "markup", "roles": ["referrer"]})
    device = dung.post("/devices/new", {"ae_title": "<b>", "name": MARKUP})
    pages = [page.text, dung.get("/people").text, dung.get(device.headers["Location"]).text]
    for text in [*pages, dung.get("/devices").text, dung.get("/audit").text]:
        assert "<script>alert" not in text
        assert "<img src=x" not in text
    assert html.escape(MARKUP, quote=False)[:20] in pages[1]


PAGES = [
    "/people",
    "/people/new",
    "/devices",
    "/devices/new",
    "/hospitals",
    "/hospitals/new",
    "/audit",
    "/me",
]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_page_has_help_in_both_languages(
    app: Flask, db: Database, cast: Cast, path: str, language: str
) -> None:
    page = browser(app, db, cast.root, language=language).get(path)
    assert page.status_code == 200
    assert {"vi": "Trợ giúp cho trang này", "en": "Help for this page"}[language] in page.text


def test_every_sentence_of_these_pages_is_translated() -> None:
    from_templates = re.compile(r"""_\((["'])(.*?)(?<!\\)\1""")
    known = catalogue_for("vi")
    for template in ROOT.glob("app/web/templates/*.html"):
        for match in from_templates.finditer(template.read_text(encoding="utf-8")):
            assert match.group(2) in known, (template.name, match.group(2))


def test_a_persons_licence_number_is_kept_and_shown(app: Flask, db: Database, cast: Cast) -> None:
    dung = browser(app, db, cast.dung)
    path = f"/people/{cast.alice.id}"
    said = {"name": "BS. Ái", "email": "", "licence_number": " 001234/NA-CCHN "}
    assert dung.post(path, said).status_code == 303
    assert 'value="001234/NA-CCHN"' in dung.get(path).text
    too_long = dung.post(path, {**said, "licence_number": "1" * 41})
    assert too_long.status_code == 400
