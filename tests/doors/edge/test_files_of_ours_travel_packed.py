"""Scripts and styles are packed for thin lines; pictures and fonts, which are packed already, are not."""

import gzip

import pytest
from flask import Flask

from app.base.db import Database
from app.edge.app import STATIC

PACKED = {"Accept-Encoding": "gzip, br"}


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    return sqlite_db


def test_a_style_is_packed_and_whole(app: Flask) -> None:
    answer = app.test_client().get("/static/hoichan.css", headers=PACKED, buffered=True)
    whole = (STATIC / "hoichan.css").read_bytes()
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert gzip.decompress(answer.data) == whole
    assert int(answer.headers["Content-Length"]) == len(answer.data) < len(whole) / 2


def test_a_browser_that_takes_no_gzip_gets_the_file_as_it_is(app: Flask) -> None:
    answer = app.test_client().get("/static/hoichan.css", buffered=True)
    assert "Content-Encoding" not in answer.headers
    assert answer.data == (STATIC / "hoichan.css").read_bytes()


def test_what_the_browser_has_already_is_not_sent_again(app: Flask) -> None:
    client = app.test_client()
    tag = client.get("/static/hoichan.css", headers=PACKED, buffered=True).headers["ETag"]
    again = client.get("/static/hoichan.css", headers={**PACKED, "If-None-Match": tag}, buffered=True)
    assert again.status_code == 304
    assert not again.data
