"""What somebody has not sent yet lies enciphered in the browser: the key is told to its writer alone."""

import json
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.edge.services import Services
from consults import web
from tests.consults.conftest import Clinic
from tests.consults.guests.inviting import client_of, guest_client
from tests.factories import make_app


@pytest.fixture
def app(services: Services) -> Flask:
    return make_app(services, web.blueprint(services))


def _key(client: FlaskClient, consult_id: str) -> str:
    answer = client.get(f"/consults/{consult_id}", headers={"Accept": "text/html"})
    assert answer.headers["Cache-Control"] == "no-store"
    found = re.search(r'id="hoichan-config">(.*?)</script>', answer.text)
    assert found is not None
    key: str = json.loads(found[1])["keeping_key"]
    return key


def test_each_person_has_one_key_in_every_session_and_room(clinic: Clinic, app: Flask) -> None:
    first, second = clinic.accepted(), clinic.accepted()
    cast = clinic.cast
    keys = [_key(client_of(clinic, app, cast.alice), room) for room in (first, first, second)]
    keys += [_key(client_of(clinic, app, cast.bob), first), _key(guest_client(clinic, app, first), first)]
    assert all(re.fullmatch(r"[0-9a-f]{64}", key) for key in keys)
    assert len(set(keys)) == 3
    assert keys[0] == keys[1] == keys[2]
