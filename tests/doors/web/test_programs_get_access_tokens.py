"""The page of access tokens: a token is shown once, listed without itself, revoked; only administrators come here."""

import re

import pytest

from app.base.db import Database
from tests.website import Website


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    """Which database it is does not matter here."""
    return sqlite_db


def test_a_token_is_shown_once_and_then_only_its_line(site: Website) -> None:
    dung = site.signed_in(site.cast.dung)
    made = dung.post("/tokens", {"name": "Research server", "rights": ["query", "retrieve"], "days": "30"})
    assert made.status_code == 200
    shown = re.search(r"hoichan_[\w-]{40,}", made.text)
    assert shown
    assert f"/dicomweb/{site.cast.a.slug}" in made.text
    listed = dung.get("/tokens").text
    assert "Research server" in listed
    assert shown.group() not in listed


def test_what_was_entered_stays_when_something_is_missing(site: Website) -> None:
    dung = site.signed_in(site.cast.dung)
    answer = dung.post("/tokens", {"name": "Research server", "days": "30"})
    assert answer.status_code == 400
    assert "Choose at least one thing the program may do." in answer.text
    assert 'value="Research server"' in answer.text


def test_a_revoked_token_says_so(site: Website) -> None:
    dung = site.signed_in(site.cast.dung)
    dung.post("/tokens", {"name": "Research server", "rights": ["store"], "days": "30"})
    address = re.search(r'action="(/tokens/\w+/revoke)"', dung.get("/tokens").text)
    assert address
    assert dung.post(address.group(1)).status_code == 303
    assert "revoked" in dung.get("/tokens").text
    giang = site.signed_in(site.cast.giang)
    assert giang.post(address.group(1)).status_code == 404


def test_others_have_no_business_here(site: Website) -> None:
    for somebody in (site.cast.alice, site.cast.tam, site.cast.lan):
        assert site.signed_in(somebody).get("/tokens").status_code == 403
