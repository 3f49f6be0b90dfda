"""A socket opens for a live session of our own pages only, ends with the session, and may not flood."""

import threading
import time
import typing
from collections.abc import Iterator
from typing import Any

import pytest
import socketio
import websocket
from flask import Flask
from werkzeug.serving import make_server

from app.base.actor import Role
from app.base.db import Database
from app.base.errors import NotFound
from app.base.settings import Settings
from app.edge import sockets
from app.edge.places import Places
from app.edge.services import Services
from app.edge.sockets import Connection, GuardedNamespace, SocketGate
from app.identity import actions
from tests.cast import Cast
from tests.factories import start_session


class Echo(GuardedNamespace):
    """Says back what it hears."""

    def on_word_say(self, connection: Connection, data: dict[str, Any]) -> dict[str, Any]:
        return {"word": data["word"], "roles": sorted(connection.actor.roles)}

    def on_thing_find(self, _connection: Connection, _data: dict[str, Any]) -> dict[str, Any]:
        raise NotFound

    def on_fault_make(self, _connection: Connection, data: dict[str, Any]) -> dict[str, Any]:
        raise ZeroDivisionError(data["name"])


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    return sqlite_db


@pytest.fixture
def behind_proxy() -> bool:
    return False


@pytest.fixture
def settings(settings: Settings, behind_proxy: bool) -> Settings:
    web = settings.web.model_copy(update={"behind_proxy": behind_proxy})
    return settings.model_copy(update={"web": web})


@pytest.fixture
def gate(app: Flask, services: Services) -> Iterator[SocketGate]:
    gate = sockets.install(app, services)
    gate.socketio.on_namespace(Echo("/echo", gate))
    gate.start()
    yield gate
    gate.stop()


@pytest.fixture
def address(app: Flask, gate: SocketGate) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


class Browser:
    """One socket, and what it was told."""

    def __init__(self, address: str, token: str, **more: str) -> None:
        self.client = socketio.Client(reconnection=False, websocket_extra_options={"origin": address})
        self.ended = threading.Event()
        self.client.on("session.ended", lambda _data: self.ended.set(), namespace="/echo")
        headers = {"Cookie": f"hoichan={token}", **more}
        self.client.connect(address, headers=headers, namespaces=["/echo"], transports=["websocket"])
        self.wire = self.client.eio.ws

    def close(self) -> None:
        """At once: werkzeug's server does not answer a WebSocket's farewell."""
        self.wire.close(timeout=0)
        self.wire.shutdown()
        self.client.disconnect()

    def ask(self, event: str, data: Any = None) -> Any:
        return self.client.call(event, data if data is not None else {}, namespace="/echo", timeout=5)


@pytest.fixture
def alice(address: str, db: Database, cast: Cast) -> Iterator[Browser]:
    browser = Browser(address, start_session(db, cast.alice).token)
    yield browser
    browser.close()


def test_a_wish_is_acknowledged(alice: Browser) -> None:
    assert alice.ask("word.say", {"word": "chào"}) == {"ok": True, "word": "chào", "roles": ["referrer"]}


def test_errors_are_acknowledged_by_the_table(alice: Browser) -> None:
    assert alice.ask("thing.find")["error"]["code"] == "not_found"
    assert alice.ask("no.such")["error"]["code"] == "bad_event"
    assert alice.ask("word.say", "not an object")["error"]["code"] == "bad_event"


def test_a_fault_tells_a_number_and_nothing_else(alice: Browser, caplog: pytest.LogCaptureFixture) -> None:
    error = alice.ask("fault.make", {"name": "Nguyen Van Secret"})["error"]
    assert error["code"] == "fault"
    assert "Secret" not in str(error)
    assert "Secret" not in caplog.text
    assert "ZeroDivisionError" in caplog.text


def knock(address: str, *, origin: str, token: str | None) -> int:
    """The HTTP status of a WebSocket handshake."""
    headers = {"Cookie": f"hoichan={token}"} if token else {}
    target = address.replace("http", "ws") + "/socket.io/?transport=websocket&EIO=4"
    try:
        websocket.create_connection(target, origin=origin, header=headers).close(timeout=0)
    except websocket.WebSocketBadStatusException as refused:
        return int(refused.status_code)
    return 101


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1"])
def test_a_foreign_page_is_refused(address: str, db: Database, cast: Cast, origin: str) -> None:
    token = start_session(db, cast.alice).token
    assert knock(address, origin=address, token=token) == 101
    assert knock(address, origin=origin, token=token) == 403


@pytest.mark.parametrize("token", [None, "made up"])
def test_nobody_is_refused(address: str, cast: Cast, token: str | None) -> None:
    assert knock(address, origin=address, token=token) == 401


@pytest.mark.parametrize("how", ["signed out", "closed", "roles", "reset"])
def test_a_socket_ends_within_five_seconds_of_its_session(
    address: str, db: Database, cast: Cast, how: str
) -> None:
    session = start_session(db, cast.alice)
    browser = Browser(address, session.token)
    with db.transaction() as tx:
        if how == "signed out":
            actions.end_session(tx, cast.alice, session_id=session.id)
        elif how == "closed":
            actions.deactivate_person(tx, cast.dung, person_id=cast.alice.id)
        elif how == "roles":
            roles = frozenset({Role.TECHNICIAN})
            actions.set_roles(tx, cast.dung, person_id=cast.alice.id, roles=roles)
        else:
            actions.issue_reset(tx, cast.dung, person_id=cast.alice.id)
    assert browser.ended.wait(5)
    browser.close()


def test_a_session_that_expires_unseen_ends_its_socket(
    address: str, db: Database, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = start_session(db, cast.alice)
    browser = Browser(address, session.token)
    with db.transaction() as tx:
        actions.touch_session(tx, session_id=session.id, idle_minutes=-1)  # its expiry has passed
    assert browser.ended.wait(5)
    browser.close()


@pytest.mark.parametrize(("behind_proxy", "seen"), [(True, "203.0.113.9"), (False, "127.0.0.1")])
def test_a_proxy_s_word_for_the_caller_s_address_counts_only_where_there_is_a_proxy(
    gate: SocketGate, address: str, db: Database, cast: Cast, seen: str
) -> None:
    browser = Browser(address, start_session(db, cast.alice).token, **{"X-Forwarded-For": "203.0.113.9"})
    assert [connection.actor.address for connection in gate.of_namespace("/echo")] == [seen]
    browser.close()


@pytest.fixture
def quick_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    """To be asked for before the gate is."""
    monkeypatch.setattr(sockets, "SWEEP_SECONDS", 0.05)


def test_the_sweep_outlives_a_fault(
    quick_sweep: None,
    gate: SocketGate,
    address: str,
    db: Database,
    cast: Cast,
    caplog: pytest.LogCaptureFixture,
) -> None:
    session = start_session(db, cast.alice)
    browser = Browser(address, session.token)
    (connection,) = gate.of_namespace("/echo")
    connection.session_id = typing.cast("str", ["no set holds a list"])
    deadline = time.monotonic() + 5
    while "TypeError" not in caplog.text and time.monotonic() < deadline:
        time.sleep(0.02)
    assert "TypeError" in caplog.text
    assert "no set holds" not in caplog.text
    connection.session_id = session.id
    with db.transaction() as tx:
        actions.touch_session(tx, session_id=session.id, idle_minutes=-1)
    assert browser.ended.wait(5)
    browser.close()


@pytest.mark.parametrize("forged", ["disconnect", "connect"])
def test_a_client_that_emits_an_event_of_the_library_is_shut_out(
    gate: SocketGate, alice: Browser, forged: str
) -> None:
    (connection,) = gate.of_namespace("/echo")
    connection.join("room")
    alice.client.emit(forged, {"HTTP_COOKIE": "hoichan=made-up"}, namespace="/echo")
    assert alice.ended.wait(5)
    deadline = time.monotonic() + 5
    while gate.of_namespace("/echo") and time.monotonic() < deadline:
        time.sleep(0.02)
    assert gate.of_namespace("/echo") == []
    assert not list(gate.socketio.server.manager.get_participants("/echo", "room"))


def test_a_flood_is_dropped_and_then_ended(alice: Browser) -> None:
    answers: list[Any] = []
    for number in range(400):
        alice.client.emit("word.say", {"word": str(number)}, namespace="/echo", callback=answers.append)
    deadline = time.monotonic() + 5
    while len(answers) < 400 and time.monotonic() < deadline:
        time.sleep(0.02)
    codes = [answer.get("error", {}).get("code") for answer in answers]
    assert codes.count(None) >= sockets.BURST
    assert "too_fast" in codes


def test_a_message_of_a_megabyte_closes_the_socket(alice: Browser) -> None:
    gone = threading.Event()
    alice.client.on("disconnect", gone.set, namespace="/echo")
    alice.client.emit("word.say", {"word": "x" * (1 << 20)}, namespace="/echo")
    assert gone.wait(5)


def test_sockets_over_the_limit_are_told_so(services: Services, cast: Cast, db: Database) -> None:
    door = sockets.Doorkeeper(lambda _environ, _start: [b"open"], services, Places(0))
    told: list[str] = []
    environ = {
        "PATH_INFO": "/socket.io/",
        "HTTP_HOST": "127.0.0.1:8080",
        "HTTP_ORIGIN": "http://127.0.0.1:8080",
        "HTTP_COOKIE": f"hoichan={start_session(db, cast.alice).token}",
        "HTTP_UPGRADE": "websocket",
        "HTTP_CONNECTION": "keep-alive, Upgrade",
        "HTTP_SEC_WEBSOCKET_KEY": "dGhlIHNhbXBsZSBub25jZQ==",
        "HTTP_SEC_WEBSOCKET_VERSION": "13",
    }
    door(environ, lambda status, _headers, _info=None: told.append(status) or (lambda _data: None))  # type: ignore[func-returns-value] # a list's append in a lambda
    assert told == ["503 Service Unavailable"]
