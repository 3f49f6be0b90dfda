"""Headers: nothing foreign is loaded, framed or told; what is private is not kept; what never changes is."""

import re

import pytest
from flask import Flask

from app.base.db import Database
from app.base.settings import Settings
from app.edge.app import ROOT, STATIC
from app.edge.services import Services
from tests.factories import make_app

HTML = {"Accept": "text/html"}


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    return sqlite_db


def test_every_answer_has_them(app: Flask) -> None:
    for path in ("/nowhere", "/static/hoichan.css"):
        headers = app.test_client().get(path, buffered=True).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert "camera=()" in headers["Permissions-Policy"]
        assert "Strict-Transport-Security" not in headers
        assert "Server" not in headers


def test_pages_are_not_kept_and_files_named_by_content_are(app: Flask) -> None:
    client = app.test_client()
    page = client.get("/nowhere", headers=HTML)
    assert page.headers["Cache-Control"] == "no-store"
    sheet = re.search(r"/static/hoichan\.css\?v=[0-9a-f]{12}", page.text)
    assert sheet
    assert "immutable" in client.get(sheet.group(), buffered=True).headers["Cache-Control"]
    assert client.get("/static/hoichan.css", buffered=True).headers["Cache-Control"] == "no-cache"


def test_with_tls_cookies_and_transport_are_secure(services: Services, settings: Settings) -> None:
    web = settings.web.model_copy(update={"public_url": "https://hoichan.example.vn"})
    secure = Services(
        settings=settings.model_copy(update={"web": web}),
        db=services.db,
        blobs=services.blobs,
        events=services.events,
        renderer=None,
    )
    answer = make_app(secure).test_client().get("/nowhere", headers=HTML)
    assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]
    assert "wss://hoichan.example.vn" in answer.headers["Content-Security-Policy"]
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-")
    for attribute in ("Secure", "HttpOnly", "SameSite=Strict", "Path=/"):
        assert attribute in cookie


def test_no_page_has_script_or_style_of_its_own() -> None:
    pages = [*ROOT.glob("app/web/templates/*.html"), *ROOT.glob("consults/templates/*.html")]
    assert pages
    for template in pages:
        text = template.read_text(encoding="utf-8")
        assert not re.search(r"\sstyle=|<style|\son[a-z]+=|javascript:", text), template
        for script in re.findall(r"<script[^>]*>", text):
            assert "src=" in script or 'type="application/json"' in script, template


def test_no_page_and_no_style_names_a_foreign_host() -> None:
    for file in (*ROOT.glob("app/web/templates/*.html"), *STATIC.glob("*.css"), *STATIC.glob("*.js")):
        found = re.findall(r"(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}", file.read_text(encoding="utf-8"))
        assert [address for address in found if "w3.org" not in address] == [], file


@pytest.mark.parametrize(
    ("headers", "cookie", "expected"),
    [
        ({}, None, "vi"),
        ({"Accept-Language": "en-US,en;q=0.9"}, None, "en"),
        ({"Accept-Language": "fr"}, None, "vi"),
        ({"Accept-Language": "en"}, "vi", "vi"),
        ({"Accept-Language": "vi"}, "xx", "vi"),
    ],
)
def test_the_language_is_the_reader_s(
    app: Flask, headers: dict[str, str], cookie: str | None, expected: str
) -> None:
    client = app.test_client()
    if cookie:
        client.set_cookie("hoichan-language", cookie)
    page = client.get("/nowhere", headers={**HTML, **headers}).text
    assert f'<html lang="{expected}">' in page
