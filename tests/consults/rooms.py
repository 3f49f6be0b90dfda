"""A web process with the doors of consults on a real port, and doctors' sockets into it."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import engineio
import socketio
from flask import Flask
from werkzeug.serving import ThreadedWSGIServer, make_server

from app.base.actor import Actor
from app.edge import sockets
from app.edge.actor import session_cookie_name
from app.edge.services import Services
from consults import live, web
from tests.factories import make_app, start_session

PATIENCE = 10.0


class _Line(engineio.Client):
    def _trigger_event(self, event: str, *args: Any, **options: Any) -> Any:
        return super()._trigger_event(event, *args, **options | {"run_async": False})


class _Client(socketio.Client):
    """Hears messages in the order they came in: python-engineio gives each to a thread of its own, and those overtake one
    another on a busy machine.
    """

    def _engineio_client_class(self) -> type[engineio.Client]:
        return _Line


@dataclass
class Doctor:
    """One browser window in a room: what it was sent, and its way to wish."""

    client: socketio.Client
    events: list[dict[str, Any]] = field(default_factory=list)
    heads: list[int] = field(default_factory=list)
    presence: list[list[str]] = field(default_factory=list)
    volatile: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    seen: list[dict[str, Any]] = field(default_factory=list)
    ended: list[Any] = field(default_factory=list)
    line: Any = None  # the WebSocket itself

    def wish(self, name: str, **sent: Any) -> dict[str, Any]:
        """The acknowledgement."""
        answer: dict[str, Any] = self.client.call(name, sent, namespace="/consults", timeout=PATIENCE)
        return answer

    def show(self, name: str, **sent: Any) -> None:
        self.client.emit(name, sent, namespace="/consults")

    def hang_up(self) -> None:
        """The line breaks: nothing is said, no close is waited for. Its reader may have found it broken already."""
        sock = self.line.sock
        if sock is not None:
            sock.shutdown(socket.SHUT_RDWR)

    def let_go(self) -> None:
        """After the end: nothing of the line is left."""
        if self.client.connected:
            self.hang_up()
        self.client.eio.read_loop_task.join(timeout=PATIENCE)
        self.line.shutdown()

    def wait(self, happened: Callable[["Doctor"], bool]) -> None:
        """Until it is so; fails after some seconds."""
        deadline = time.monotonic() + PATIENCE
        while not happened(self):
            assert time.monotonic() < deadline, (self.events[-3:], self.presence[-3:], self.volatile[-3:])
            time.sleep(0.005)

    def wait_for_event(self, number: int) -> None:
        self.wait(lambda doctor: bool(doctor.events) and doctor.events[-1]["number"] >= number)


@dataclass
class Hall:
    """The running process."""

    services: Services
    app: Flask
    namespace: live.ConsultsNamespace
    address: str
    _doctors: list[Doctor] = field(default_factory=list)

    def doctor(self, actor: Actor) -> Doctor:
        """Connected, in no room yet."""
        return self._connected(start_session(self.services.db, actor).token)

    def guest(self, token: str, consult_id: str) -> Doctor:
        """Somebody invited without an account, in the room; `token`: of their session."""
        doctor = self._connected(token)
        answer = doctor.wish("consult.enter", consult_id=consult_id, after=0)
        assert answer.get("ok"), answer
        return doctor

    def _connected(self, token: str) -> Doctor:
        cookie = f"{session_cookie_name(secure=False)}={token}"
        client = _Client(reconnection=False)
        doctor = Doctor(client)
        self._listen(doctor)
        client.connect(
            self.address,
            headers={"Cookie": cookie},
            transports=["websocket"],
            namespaces=["/consults"],
            wait_timeout=PATIENCE,
        )
        doctor.line = client.eio.ws
        self._doctors.append(doctor)
        return doctor

    def in_room(self, actor: Actor, consult_id: str, after: int = 0) -> Doctor:
        doctor = self.doctor(actor)
        answer = doctor.wish("consult.enter", consult_id=consult_id, after=after)
        assert answer.get("ok"), answer
        return doctor

    @staticmethod
    def _listen(doctor: Doctor) -> None:
        def on(name: str, take: Callable[[dict[str, Any]], None]) -> None:
            doctor.client.on(name, take, namespace="/consults")

        on("event", doctor.events.append)
        on("head", lambda told: doctor.heads.append(told["number"]))
        on("presence", lambda told: doctor.presence.append([person["name"] for person in told["people"]]))
        on("session.ended", doctor.ended.append)
        on("seen", doctor.seen.append)
        on("seen.before", doctor.seen.append)
        for name in ("pointer", "sketch", "typing", "viewport"):
            on(name, partial(_keep, doctor.volatile, name))

    def close(self) -> None:
        for doctor in self._doctors:
            doctor.let_go()


def _keep(kept: list[tuple[str, dict[str, Any]]], name: str, told: dict[str, Any]) -> None:
    kept.append((name, told))


@contextmanager
def hall(services: Services) -> Iterator[Hall]:
    """Serves until the block ends."""
    flask_app = make_app(services, web.blueprint(services))
    gate = sockets.install(flask_app, services)
    namespace = live.namespace(gate)
    gate.socketio.on_namespace(namespace)
    server = make_server("127.0.0.1", 0, flask_app, threaded=True)
    assert isinstance(server, ThreadedWSGIServer)
    server.daemon_threads = False  # so that closing waits for every socket to be let go
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    opened = Hall(services, flask_app, namespace, f"http://127.0.0.1:{server.server_port}")
    try:
        yield opened
    finally:
        opened.close()
        gate.stop()
        server.shutdown()
        thread.join(timeout=5)
        server.server_close()
        for room in threading.enumerate():
            if room.name == "consult-rooms":
                room.join(timeout=5)
