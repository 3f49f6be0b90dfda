"""Live sockets are read by one thread: nobody waits for another's database, and nothing that came or went is lost."""

import json
import socket
import struct
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from flask import Flask
from werkzeug.serving import make_server

from app.base.db import Database
from app.edge import lines, sockets
from app.edge.services import Services
from app.edge.sockets import Connection, GuardedNamespace, SocketGate
from tests.cast import Cast
from tests.factories import make_app, start_session


class Room(GuardedNamespace):
    """Some of its answers take long."""

    passing = frozenset({"hand.wave"})

    def __init__(self, gate: SocketGate) -> None:
        super().__init__("/room", gate)
        self.may_go_on = threading.Event()
        self.heard: list[Any] = []
        self.gone = threading.Event()

    def on_word_say(self, _connection: Connection, data: dict[str, Any]) -> dict[str, Any]:
        if data.get("waits"):
            assert self.may_go_on.wait(10)
        self.heard.append(data["word"])
        return {"word": data["word"]}

    def on_hand_wave(self, _connection: Connection, _data: dict[str, Any]) -> dict[str, Any]:
        return {"by": threading.current_thread().name}

    def left(self, _connection: Connection) -> None:
        self.heard.append("left")
        self.gone.set()


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    return sqlite_db


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


class Wire:
    """A browser's socket, as bytes."""

    def __init__(self, port: int, token: str, *, extensions: str = "") -> None:
        self.sock = socket.create_connection(("127.0.0.1", port), timeout=10)
        offered = f"Sec-WebSocket-Extensions: {extensions}\r\n" if extensions else ""
        self.sock.sendall(
            f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
            f"Origin: http://127.0.0.1:{port}\r\nCookie: hoichan={token}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n{offered}"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
        )
        self._read = bytearray()
        while b"\r\n\r\n" not in self._read:
            self._receive()
        head, _, self._read = self._read.partition(b"\r\n\r\n")
        self.head = head.decode()
        self.inflate = zlib.decompressobj(-15) if "deflate" in self.head else None
        self.received = 0
        self.send("40/room,")
        while not self.next().startswith("40/room,"):
            pass

    def _receive(self) -> None:
        data = self.sock.recv(1 << 16)
        if not data:
            raise EOFError
        self._read += data

    def send(self, *texts: str, then: bytes = b"") -> None:
        """In one piece, masked with zeros."""
        sent = b""
        for text in texts:
            data = text.encode()
            size = bytes([0x80 | len(data)]) if len(data) < 126 else struct.pack(">BH", 0xFE, len(data))
            sent += b"\x81" + size + bytes(4) + data
        self.sock.sendall(sent + then)

    def next(self) -> str:
        """The next message. Raises EOFError after the last."""
        while True:
            if len(self._read) >= 2:
                size, at = self._read[1], 2
                if size == 126:
                    size, at = int.from_bytes(self._read[2:4], "big"), 4
                elif size == 127:
                    size, at = int.from_bytes(self._read[2:10], "big"), 10
                if len(self._read) >= at + size:
                    first, data = self._read[0], bytes(self._read[at : at + size])
                    del self._read[: at + size]
                    self.received += size
                    if first & 0x0F == 8:
                        raise EOFError
                    if first & 0x40:
                        assert self.inflate is not None
                        data = self.inflate.decompress(data + b"\x00\x00\xff\xff")
                    return data.decode()
            self._receive()

    def answer(self, number: int) -> dict[str, Any]:
        """What was acknowledged; pings are answered."""
        head = f"43/room,{number}"
        while True:
            text = self.next()
            if text == "2":
                self.send("3")
            elif text.startswith(head):
                found: dict[str, Any] = json.loads(text.removeprefix(head))[0]
                return found


def wish(number: int, name: str, **data: Any) -> str:
    return f"42/room,{number}{json.dumps([name, data])}"


Opening = Callable[..., Wire]


@pytest.fixture
def opened(port: int, db: Database, cast: Cast) -> Iterator[Opening]:
    """Opens sockets of one session, and closes them in the end."""
    token = start_session(db, cast.alice).token
    with ExitStack() as all_of_them:

        def open_one(**how: str) -> Wire:
            wire = Wire(port, token, **how)
            all_of_them.callback(wire.sock.close)
            return wire

        yield open_one


def test_a_line_that_waits_holds_up_no_other_and_keeps_its_order(opened: Opening, room: Room) -> None:
    slow, other = opened(), opened()
    slow.send(
        wish(1, "word.say", word="first", waits=True),
        wish(2, "word.say", word="second"),
        wish(3, "hand.wave"),
    )
    other.send(wish(1, "word.say", word="meanwhile"))
    assert other.answer(1)["word"] == "meanwhile"
    other.send(wish(2, "hand.wave"))
    assert other.answer(2)["by"] == "live-lines"
    room.may_go_on.set()
    assert slow.answer(1)["word"] == "first"
    assert slow.answer(2)["word"] == "second"
    assert slow.answer(3)["by"] != "live-lines"  # it had to wait for its turn
    assert room.heard == ["meanwhile", "first", "second"]


def test_more_than_may_wait_is_answered_all_the_same(opened: Opening, room: Room) -> None:
    wire = opened()
    many = lines.MOST_WAITING * 2
    wire.send(wish(0, "word.say", word=0, waits=True))
    for number in range(1, many):
        wire.send(wish(number, "word.say", word=number))
    time.sleep(0.3)
    room.may_go_on.set()
    assert [wire.answer(number)["word"] for number in range(many)] == list(range(many))


def test_what_was_said_just_before_the_line_was_cut_is_heard(opened: Opening, room: Room) -> None:
    wire = opened()
    farewell = b"\x88\x82\x00\x00\x00\x00\x03\xe8"
    wire.send(wish(1, "word.say", word="one", waits=True), wish(2, "word.say", word="two"), then=farewell)
    room.may_go_on.set()
    assert room.gone.wait(5)
    assert room.heard == ["one", "two", "left"]


def test_who_reads_slowly_gets_everything(opened: Opening, room: Room, gate: SocketGate) -> None:
    wire = opened()
    (connection,) = gate.of_namespace("/room")
    wire.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 100_000)
    for number in range(60):
        connection.send("page", {"number": number, "filling": "x" * 50_000})
    time.sleep(0.3)
    for number in range(60):
        assert json.loads(wire.next().removeprefix("42/room,"))[1]["number"] == number


def test_who_reads_nothing_is_cut_off_and_holds_up_nobody(
    opened: Opening, room: Room, gate: SocketGate
) -> None:
    _wire, other = opened(), opened()
    deaf = gate.of_namespace("/room")[0]
    began = time.monotonic()
    while not room.gone.is_set() and time.monotonic() - began < 5:
        deaf.send("page", {"filling": "x" * 100_000})
    assert room.gone.wait(5)
    other.send(wish(1, "hand.wave"))
    assert other.answer(1)["ok"]


@pytest.mark.parametrize("offered", ["permessage-deflate", "permessage-deflate; client_max_window_bits"])
def test_who_can_inflate_is_sent_less(opened: Opening, gate: SocketGate, offered: str) -> None:
    wire = opened(extensions=offered)
    assert "Sec-WebSocket-Extensions: permessage-deflate" in wire.head
    (connection,) = gate.of_namespace("/room")
    before = wire.received
    for number in range(20):
        connection.send("pointer", {"x": number, "person": {"name": "Nguyễn Thị Hoa", "hospital": "Huyện"}})
    told = [json.loads(wire.next().removeprefix("42/room,"))[1]["x"] for _ in range(20)]
    assert told == list(range(20))
    assert wire.received - before < 20 * 40


@pytest.mark.parametrize("offered", ["", "permessage-deflate; client_max_window_bits=many", "x-unknown"])
def test_what_is_not_understood_is_not_agreed_to(opened: Opening, offered: str) -> None:
    wire = opened(extensions=offered)
    assert "Extensions" not in wire.head
    wire.send(wish(1, "hand.wave"))
    assert wire.answer(1)["ok"]


@pytest.mark.parametrize("sent", [b"\x82\x81\x00\x00\x00\x00x", b"\xff\xff", b"\x81\x80\x00\x00\x00\x00"])
def test_what_is_no_message_of_ours_ends_the_line(opened: Opening, room: Room, sent: bytes) -> None:
    wire = opened()
    wire.send(then=sent)
    assert room.gone.wait(5)
    with pytest.raises((EOFError, ConnectionResetError)):
        while True:
            wire.next()


def test_who_answers_no_ping_is_gone_and_who_does_stays(
    quick_pings: None, opened: Opening, room: Room, gate: SocketGate
) -> None:
    _silent, there = opened(), opened()
    deadline = time.monotonic() + 4
    there.sock.settimeout(4)
    while time.monotonic() < deadline:
        assert there.next() == "2"
        there.send("3")
        if room.gone.is_set():
            break
    assert room.gone.wait(1)
    assert len(gate.of_namespace("/room")) == 1
    there.send(wish(1, "hand.wave"))
    assert there.answer(1)["ok"]


def test_nothing_is_left_of_lines_that_ended(opened: Opening, room: Room, gate: SocketGate) -> None:
    for _ in range(3):
        room.gone.clear()
        wire = opened()
        wire.sock.close()
        assert room.gone.wait(5)
    deadline = time.monotonic() + 5
    while gate.socketio.server.eio.sockets and time.monotonic() < deadline:
        time.sleep(0.02)
    assert gate.socketio.server.eio.sockets == {}
