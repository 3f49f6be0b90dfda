"""Live sockets: who may open one, how long it lives, how much it may send, how errors are acknowledged.

A namespace derives from `GuardedNamespace` and writes one method for each wish: `message.post` arrives at
`on_message_post(connection, data)`; what it returns is acknowledged with `ok: true`, a HoichanError as the
socket table says. Events of one socket are handled in order.
"""

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask
from flask_socketio import ConnectionRefusedError as Refused
from flask_socketio import Namespace, SocketIO
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header, parse_cookie
from werkzeug.middleware.proxy_fix import ProxyFix

from app.base.actor import Actor
from app.base.db import Tx
from app.base.errors import (
    Forbidden,
    HoichanError,
    Invalid,
    TooMany,
    Unauthenticated,
)
from app.base.events import LiveEvent
from app.base.i18n import LANGUAGES, Language
from app.edge.actor import session_cookie_name
from app.edge.csrf import is_own_origin
from app.edge.errors import fault, socket_answer, status_of
from app.edge.language import COOKIE
from app.edge.lines import Lines
from app.edge.places import Places, places_of
from app.edge.services import Services
from app.edge.websocket import MESSAGE_BYTES, check_upgrade
from app.identity import queries

log = logging.getLogger("hoichan.sockets")

PATH = "/socket.io"
EVENTS_A_SECOND = 120
BURST = 240
DROPPED_BEFORE_END = 500
CHECK_SECONDS = 3.0  # the sweep looks at all at once before that
SWEEP_SECONDS = 2.0
# Together under ten seconds: who is shown as present in a room has to be there (a line may die without a word).
PING_SECONDS = 4
SILENT_SECONDS = 5


@dataclass(eq=False)
class Connection:
    """One socket in one namespace."""

    sid: str
    namespace: "GuardedNamespace"
    actor: Actor
    language: Language
    session_id: str
    checked_at: float = field(default_factory=time.monotonic)
    ended: bool = False
    allowance: float = BURST
    refilled_at: float = field(default_factory=time.monotonic)
    dropped: int = 0

    def send(self, event: str, data: Any) -> None:
        """To this socket alone."""
        self.namespace.socketio.emit(event, data, to=self.sid, namespace=self.namespace.namespace)

    def join(self, room: str) -> None:
        """From now on it receives what is sent to the room. The caller has checked the right."""
        self.namespace.socketio.server.enter_room(self.sid, room, namespace=self.namespace.namespace)

    def leave(self, room: str) -> None:
        """Undoes `join`."""
        self.namespace.socketio.server.leave_room(self.sid, room, namespace=self.namespace.namespace)

    def take(self) -> None:
        """Counts one event. Raises TooMany when the socket sends faster than people draw."""
        at = time.monotonic()
        self.allowance = min(BURST, self.allowance + (at - self.refilled_at) * EVENTS_A_SECOND)
        self.refilled_at = at
        if self.allowance < 1:
            self.dropped += 1
            raise TooMany("too_fast", "Too much at once. Slow down for a moment.")
        self.allowance -= 1


Handler = Callable[[Connection, dict[str, Any]], dict[str, Any] | None]


class SocketGate:
    """All guarded sockets of this process, by session, so that they end with it."""

    def __init__(self, socketio: SocketIO, services: Services) -> None:
        self.socketio = socketio
        self.services = services
        self._connections: dict[tuple[str, str], Connection] = {}
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._lines = Lines(self._may_answer_at_once)
        self._lines.carry(socketio.server.eio)
        services.events.subscribe("session:", self._on_session_event)

    def start(self) -> None:
        """Begins the sweep that ends sockets of expired sessions."""
        threading.Thread(target=self._sweep, name="socket-sweep", daemon=True).start()

    def stop(self) -> None:
        """Ends the sweep, and every socket."""
        self._stopping.set()
        self._lines.stop()

    def add(self, connection: Connection) -> None:
        """Registers an authenticated socket."""
        with self._lock:
            self._connections[connection.namespace.namespace, connection.sid] = connection

    def remove(self, namespace: str, sid: str) -> Connection | None:
        """Forgets a socket that closed."""
        with self._lock:
            return self._connections.pop((namespace, sid), None)

    def find(self, namespace: str, sid: str) -> Connection | None:
        """The socket of an event."""
        with self._lock:
            return self._connections.get((namespace, sid))

    def counts(self) -> dict[str, int]:
        """How many are open in each namespace."""
        with self._lock:
            return dict(Counter(namespace for namespace, _ in self._connections))

    def of_namespace(self, namespace: str) -> list[Connection]:
        """Every socket that is open in a namespace of this process."""
        with self._lock:
            return [found for (name, _), found in self._connections.items() if name == namespace]

    def check(self, connection: Connection) -> None:
        """Before each event: the session still lives, and the actor has the roles of this moment."""
        if connection.ended:
            raise Unauthenticated("session_ended", "You have been signed out. Please sign in again.")
        if time.monotonic() - connection.checked_at > CHECK_SECONDS:
            self._verify([connection])
            self.check(connection)

    def _may_answer_at_once(self, line: str, text: str) -> bool:
        """Whether this is an event that is only passed on, by somebody whose rights were looked at just now."""
        head, _, rest = text.partition('["')  # 2/consults,12["pointer.move",{...}]: socket.io-protocol 5
        if not head.startswith("2"):
            return False
        path = head[1:].partition(",")[0]
        namespace = self.socketio.server.namespace_handlers.get(path)
        if namespace is None or rest.partition('"')[0] not in namespace.passing:
            return False
        connection = self.find(path, self.socketio.server.manager.sid_from_eio_sid(line, path))
        return connection is not None and time.monotonic() - connection.checked_at < CHECK_SECONDS

    def end(self, connections: list[Connection]) -> None:
        """Tells the browser why, then closes the whole line, so that its place is free again."""
        for connection in connections:
            connection.ended = True
            connection.send("session.ended", {})
            server, namespace = self.socketio.server, connection.namespace.namespace
            line = server.manager.eio_sid_from_sid(connection.sid, namespace)
            server.disconnect(connection.sid, namespace=namespace)
            if line is not None:
                with suppress(KeyError):  # it has closed by itself at this moment
                    server.eio.disconnect(line)

    def _on_session_event(self, event: LiveEvent) -> None:
        if event.type != "session.ended":
            return
        session_id = event.topic.removeprefix("session:")
        with self._lock:
            found = [item for item in self._connections.values() if item.session_id == session_id]
        for connection in found:
            connection.ended = True
        if found:
            self.socketio.start_background_task(self.end, found)

    def _sweep(self) -> None:
        while not self._stopping.wait(SWEEP_SECONDS):
            with self._lock:
                connections = list(self._connections.values())
            try:
                self._verify(connections)
            except HoichanError:
                log.warning("the sweep of sockets waits for the database")
            except Exception as error:  # noqa: BLE001 - without this thread no expired session would end again
                fault(error, "the sweep of sockets")

    def _verify(self, connections: list[Connection]) -> None:
        if not connections:
            return
        with self.services.db.reading() as tx:
            alive = queries.live_actors(tx, {connection.session_id for connection in connections})
        for connection in connections:
            connection.actor = alive.get(connection.session_id, connection.actor)
            connection.checked_at = time.monotonic()
        self.end([item for item in connections if item.session_id not in alive and not item.ended])


class GuardedNamespace(Namespace):
    """A Socket.IO namespace whose every event comes from a live session."""

    socketio: SocketIO
    guests = False  # whether somebody invited without an account may open one
    passing: frozenset[str] = frozenset()  # events that are passed on and wait for no database

    def __init__(self, path: str, gate: SocketGate) -> None:
        super().__init__(path)
        self.gate = gate
        self.services = gate.services

    def send_to_room(self, room: str, event: str, data: Any, *, but: str) -> None:
        """To every socket that has joined the room except one: written once, however many there are."""
        self.socketio.emit(event, data, to=room, skip_sid=but, namespace=self.namespace)

    def entered(self, connection: Connection) -> None:
        """Hook: a socket has opened."""

    def left(self, connection: Connection) -> None:
        """Hook: a socket has closed, for whatever reason."""

    def trigger_event(self, event: str, *args: Any) -> Any:
        """Called by the library for every event; replaces its own dispatch."""
        sid = str(args[0])
        connection = self.gate.find(self.namespace, sid)
        if self._is_forged(event, sid, connection):
            self.gate.end([connection] if connection else [])
            return None
        if event == "connect":
            return self._connect(sid, args[1])
        if event == "disconnect":
            if self.gate.remove(self.namespace, sid) and connection:
                self._leave(connection)
            return None
        if connection is None:
            return None
        return self._answer(connection, self.handler_for(event), args[1] if len(args) > 1 else {})

    def _leave(self, connection: Connection) -> None:
        try:
            self.left(connection)
        except Exception as error:  # noqa: BLE001 - else the library would not take the socket out of its rooms
            fault(error, self.namespace)

    def _is_forged(self, event: str, sid: str, connection: Connection | None) -> bool:
        """The library passes on its two own events when a client emits them. Obeyed, the first would bring its own
        handshake, the second would hide the socket from the gate while its rooms go on talking to it.
        """
        if event == "connect":
            return connection is not None
        return event == "disconnect" and self.socketio.server.manager.is_connected(sid, self.namespace)

    def handler_for(self, event: str) -> Handler | None:
        """The method of an event. A namespace with a table of wishes looks there first."""
        found: Handler | None = getattr(self, "on_" + event.replace(".", "_"), None)
        return found

    def _connect(self, sid: str, environ: WSGIEnvironment) -> None:
        try:
            with self.services.db.reading() as tx:
                actor, session = actor_of(tx, environ, self.services)
            if actor.is_guest and not self.guests:
                raise Forbidden
        except HoichanError as error:
            told = socket_answer(error, _language(None, environ, self.services))["error"]
            raise Refused(told["message"], told) from error
        spoken = _language(session.language, environ, self.services)
        connection = Connection(sid, self, actor, spoken, session.id)
        self.gate.add(connection)
        self.entered(connection)

    def _answer(self, connection: Connection, handler: Handler | None, data: Any) -> dict[str, Any]:
        try:
            connection.take()
            self.gate.check(connection)
            return {"ok": True, **_handle(handler, connection, data)}
        except HoichanError as error:
            if connection.dropped >= DROPPED_BEFORE_END and not connection.ended:
                connection.ended = True
                self.socketio.start_background_task(self.gate.end, [connection])
            return socket_answer(error, connection.language)
        except Exception as error:  # noqa: BLE001 - the outermost place of a socket's event, like errors.py for HTTP
            return socket_answer(fault(error, self.namespace), connection.language)


def _handle(handler: Handler | None, connection: Connection, data: Any) -> dict[str, Any]:
    if handler is None or not isinstance(data, dict):
        raise Invalid("bad_event", "This message was not understood. Reload the page.")
    return handler(connection, data) or {}


def actor_of(tx: Tx, environ: WSGIEnvironment, services: Services) -> tuple[Actor, queries.SessionInfo]:
    """The person behind a socket's handshake. Raises Forbidden for a foreign page, Unauthenticated for nobody."""
    if not _is_own(environ, services):
        raise Forbidden("foreign_origin", "Live updates are open to pages of this service only.")
    token = parse_cookie(environ).get(session_cookie_name(secure=services.settings.web.secure))
    if not token:
        raise Unauthenticated
    return queries.actor_for_session(tx, token, environ.get("REMOTE_ADDR"))


def _is_own(environ: WSGIEnvironment, services: Services) -> bool:
    origin = environ.get("HTTP_ORIGIN")
    return origin is not None and is_own_origin(origin, services.settings, environ.get("HTTP_HOST", ""))


def _language(chosen: str | None, environ: WSGIEnvironment, services: Services) -> Language:
    """As app.edge.language chooses it for the page that opened the socket."""
    accepted = parse_accept_header(environ.get("HTTP_ACCEPT_LANGUAGE"), LanguageAccept)
    wish = chosen or parse_cookie(environ).get(COOKIE) or accepted.best_match(LANGUAGES)
    return "en" if (wish or services.settings.language) == "en" else "vi"


class Doorkeeper:
    """Before the WebSocket opens: a thread is given only to a live session, and only while there are enough."""

    def __init__(self, inner: WSGIApplication, services: Services, places: Places) -> None:
        self._inner = inner
        self._services = services
        self._places = places

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Any:
        if not environ.get("PATH_INFO", "").startswith(PATH):
            return self._inner(environ, start_response)
        with ExitStack() as place:
            try:
                check_upgrade(environ)
                with self._services.db.reading() as tx:
                    actor_of(tx, environ, self._services)
                place.enter_context(self._places.room())
            except HoichanError as error:
                return _refuse(error, environ, start_response, self._services)
            return self._inner(environ, start_response)  # returns when the socket has closed


def _refuse(
    error: HoichanError, environ: WSGIEnvironment, start_response: StartResponse, services: Services
) -> list[bytes]:
    spoken = _language(None, environ, services)
    status = HTTPStatus(status_of(error))
    body = str(socket_answer(error, spoken)["error"]["message"]).encode()
    start_response(f"{status.value} {status.phrase}", [("Content-Type", "text/plain; charset=utf-8")])
    return [body]


def install(flask_app: Flask, services: Services) -> SocketGate:
    """Sockets for this app, WebSocket transport only. Namespaces are added with `gate.socketio.on_namespace(...)`."""

    def own(origin: str | None, environ: WSGIEnvironment) -> bool:
        return origin is not None and _is_own(environ, services)

    socketio = SocketIO(
        flask_app,
        async_mode="threading",
        async_handlers=False,
        transports=["websocket"],
        cors_allowed_origins=own,
        manage_session=False,
        monitor_clients=False,  # app.edge.lines does
        max_http_buffer_size=MESSAGE_BYTES,
        ping_interval=PING_SECONDS,
        ping_timeout=SILENT_SECONDS,
    )
    door: WSGIApplication = Doorkeeper(flask_app.wsgi_app, services, places_of(flask_app, services.settings))
    if services.settings.web.behind_proxy:
        door = ProxyFix(door)  # outermost: handshakes too are told the caller's address, not the proxy's
    flask_app.wsgi_app = door  # type: ignore[assignment] # as Flask documents it
    gate = SocketGate(socketio, services)
    flask_app.extensions["hoichan_sockets"] = gate
    return gate
