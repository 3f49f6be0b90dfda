"""Whatever comes by a live socket, the others go on being read and answered."""

import socket
import struct
import time
import zlib

import pytest

from app.base.db import Database
from app.edge import lines
from app.edge.sockets import SocketGate
from tests.cast import Cast
from tests.doors.edge.wires import Opening, Room, masked, wish
from tests.factories import start_session


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    return sqlite_db


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


@pytest.mark.parametrize(
    "offered", ["", "permessage-deflate; client_max_window_bits=many", "x-unknown", "\xe9"]
)
def test_what_is_not_understood_is_not_agreed_to(opened: Opening, offered: str) -> None:
    wire = opened(extensions=offered)
    assert "Extensions" not in wire.head
    wire.send(wish(1, "hand.wave"))
    assert wire.answer(1)["ok"]


@pytest.mark.parametrize(
    "sent",
    [
        b"\x82\x81\x00\x00\x00\x00x",
        b"\xff\xff",
        b"\x81\x80\x00\x00\x00\x00",
        masked("4"),
        masked("b4AAAA"),
        masked("4" + "[" * 20_000),
        masked("99"),
        masked('451-/room,["word.say",{"_placeholder":true,"num":0}]'),
    ],
)
def test_what_is_no_message_of_ours_ends_the_line(opened: Opening, room: Room, sent: bytes) -> None:
    wire = opened()
    wire.send(then=sent)
    assert room.gone.wait(5)
    with pytest.raises((EOFError, ConnectionResetError)):
        while True:
            wire.next()


def test_whoever_sends_nonsense_stops_nobody(opened: Opening, room: Room) -> None:
    other = opened()
    deep = '42/room,["hand.wave",' + "[" * 20_000
    for nonsense in ("4" + "[" * 20_000, deep, "42/room,[", "41/nowhere,", "4"):
        wire = opened()
        wire.send(then=masked(nonsense))
    other.send(wish(1, "hand.wave"))
    assert other.answer(1)["by"] == "live-lines"


@pytest.mark.parametrize("how", ['41/room,["hand.wave"]', "1"])
def test_whoever_leaves_is_taken_out_by_a_thread_that_may_wait(opened: Opening, room: Room, how: str) -> None:
    opened().send(how)
    assert room.gone.wait(5)
    assert room.left_on.startswith("live-answers")


def test_a_flood_is_ended_by_a_thread_that_may_wait(opened: Opening, room: Room) -> None:
    wire = opened()
    for _ in range(9):
        wire.send(*(wish(1, "hand.wave") for _ in range(100)))
    assert room.gone.wait(5)
    assert not room.left_on.startswith("live-lines")


def test_a_small_message_that_inflates_to_much_is_not_taken_whole(
    opened: Opening, room: Room, gate: SocketGate
) -> None:
    wire, other = opened(extensions="permessage-deflate"), opened()
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    for text in (wish(1, "word.say", word="first", waits=True), *["42/room," + "x" * 60_000] * 700):
        data = (deflate.compress(text.encode()) + deflate.flush(zlib.Z_SYNC_FLUSH))[:-4]
        size = bytes([0x80 | len(data)]) if len(data) < 126 else struct.pack(">BH", 0xFE, len(data))
        wire.send(then=b"\xc1" + size + bytes(4) + data)
    other.send(wish(1, "hand.wave"))
    assert other.answer(1)["ok"]
    held = [len(line.waiting) for line in gate._lines._lines.values()]
    assert max(held) < lines.MOST_WAITING * 4


@pytest.mark.parametrize(
    "left_out", ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13"]
)
def test_what_is_no_handshake_is_refused_and_forgotten(
    port: int, gate: SocketGate, db: Database, cast: Cast, left_out: str
) -> None:
    token = start_session(db, cast.alice).token
    head = (
        f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        f"Origin: http://127.0.0.1:{port}\r\nCookie: hoichan={token}\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", port), timeout=5) as sock:
        sock.sendall(head.replace(left_out + "\r\n", "").encode())
        assert sock.recv(1 << 12).split()[1] == b"400"
    assert gate.socketio.server.eio.sockets == {}
    assert gate.socketio.server.environ == {}
