"""Sockets on a real port."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from flask import Flask
from werkzeug.serving import make_server

from app.base.db import Database
from app.edge import sockets
from app.edge.services import Services
from app.edge.sockets import SocketGate
from tests.cast import Cast
from tests.doors.edge.wires import Opening, Room, Wire
from tests.factories import make_app, start_session


@pytest.fixture
def app(services: Services) -> Flask:
    return make_app(services)


@pytest.fixture
def quick_pings(monkeypatch: pytest.MonkeyPatch) -> None:
    """To be asked for before the gate is."""
    monkeypatch.setattr(sockets, "PING_SECONDS", 1)
    monkeypatch.setattr(sockets, "SILENT_SECONDS", 1)


@pytest.fixture
def gate(app: Flask, services: Services) -> Iterator[SocketGate]:
    gate = sockets.install(app, services)
    gate.start()
    yield gate
    gate.stop()


@pytest.fixture
def room(gate: SocketGate) -> Iterator[Room]:
    room = Room(gate)
    gate.socketio.on_namespace(room)
    yield room
    room.may_go_on.set()


@pytest.fixture
def port(app: Flask, room: Room) -> Iterator[int]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


@pytest.fixture
def opened(port: int, db: Database, cast: Cast) -> Iterator[Opening]:
    """Opens sockets of one session, and closes them in the end."""
    token = start_session(db, cast.alice).token
    with ExitStack() as all_of_them:

        def open_one(extensions: str = "") -> Wire:
            wire = Wire(port, token, extensions=extensions)
            all_of_them.callback(wire.sock.close)
            return wire

        yield open_one
