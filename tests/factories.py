"""Web apps and signed-in browsers for tests."""

import re
from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.base.actor import Actor
from app.base.db import Database
from app.edge.actor import session_cookie_name
from app.edge.app import create_flask, install
from app.edge.services import Services
from app.identity import actions, queries
from app.identity.models import Person
from app.identity.sign_in import Attempt, SessionTimes, StartedSession
from tests.compiled_once import TEMPLATES

TIMES = SessionTimes(idle_minutes=120, hours=12)


def make_app(services: Services, *doors: Blueprint) -> Flask:
    """A Flask app put together as app.main.web does, with these doors only."""
    flask_app = create_flask()
    flask_app.testing = True
    flask_app.jinja_env.bytecode_cache = TEMPLATES
    install(flask_app, services)
    for door in doors:
        flask_app.register_blueprint(door)
    return flask_app


def start_session(db: Database, actor: Actor) -> StartedSession:
    """A session of this person, as if they had just typed the right password."""
    with db.transaction() as tx:
        row = tx.session.get_one(Person, actor.id)
        attempt = Attempt(row.login, row.id, row.password_hash)
        started = actions.sign_in(tx, actor, attempt=attempt, password_correct=True, times=TIMES)
    assert started is not None
    return started


def in_session(db: Database, actor: Actor) -> Actor:
    """The same person with a session, for actions that need one."""
    return replace(actor, session_id=start_session(db, actor).id)


@dataclass(frozen=True)
class Browser:
    """A signed-in browser: posts carry the forgery token."""

    client: FlaskClient
    csrf: str
    session_id: str

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.client.get(path, headers={"Accept": "text/html"}, **options)

    def get_json(self, path: str, **options: Any) -> TestResponse:
        return self.client.get(path, headers={"Accept": "application/json"}, **options)

    def post(self, path: str, form: dict[str, Any] | None = None, **options: Any) -> TestResponse:
        data = {**(form or {}), "csrf_token": self.csrf}
        return self.client.post(path, data=data, headers={"Accept": "text/html"}, **options)

    def send_json(self, method: str, path: str, body: Any = None) -> TestResponse:
        headers = {"X-CSRF-Token": self.csrf, "Accept": "application/json"}
        return self.client.open(path, method=method, json=body, headers=headers)


def browser(flask_app: Flask, db: Database, actor: Actor, *, language: str = "en") -> Browser:
    """Signed in as this person, in English unless told otherwise."""
    started = start_session(db, actor)
    with db.transaction() as tx:
        signed_in, info = queries.actor_for_session(tx, started.token, "127.0.0.1")
        actions.set_language(tx, signed_in, language=language)
    client = flask_app.test_client()
    services: Services = flask_app.extensions["hoichan"]
    client.set_cookie(session_cookie_name(secure=services.settings.web.secure), started.token)
    return Browser(client, info.csrf_token, started.id)


def form_token(page: TestResponse) -> str:
    """The forgery token a page carries, for browsers that are not signed in."""
    found = re.search(r'name="csrf-token" content="([^"]+)"', page.text)
    assert found
    return found.group(1)
