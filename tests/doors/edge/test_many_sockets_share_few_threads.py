"""Live sockets are read by one thread: nobody waits for another's database, and nothing that came or went is lost."""

import json
import socket
import ssl
import threading
import time
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.serving import make_server

from app.base.db import Database
from app.edge import lines
from app.edge.sockets import SocketGate
from tests.cast import Cast
from tests.certificates import authority, issued
from tests.doors.edge.wires import Opening, Room, Wire, wish
from tests.factories import start_session


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    return sqlite_db


def test_a_line_that_waits_holds_up_no_other_and_keeps_its_order(opened: Opening, room: Room) -> None:
    slow, other = opened(), opened()
    slow.send(
        wish(1, "word.say", word="first", waits=True),
        wish(2, "word.say", word="second"),
        wish(3, "hand.wave"),
    )
    other.send(wish(1, "word.say", word="meanwhile"))
    assert other.answer(1)["word"] == "meanwhile"
    # The thread that answered "meanwhile" may need a moment to let go of the line.
    by, number, until = "", 1, time.monotonic() + 5
    while by != "live-lines" and time.monotonic() < until:
        number += 1
        time.sleep(0.02)
        other.send(wish(number, "hand.wave"))
        by = other.answer(number)["by"]
    assert by == "live-lines"
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


def test_a_line_that_is_just_being_cut_when_all_stop_ends_as_well(
    opened: Opening, gate: SocketGate, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened()
    (line,) = gate._lines._lines.values()
    is_cut, begin = threading.Event(), lines.Lines._begin_answering

    def late(all_lines: lines.Lines, one: lines.LiveLine) -> None:
        if one.is_gone:
            is_cut.set()
            time.sleep(0.5)
        begin(all_lines, one)

    monkeypatch.setattr(lines.Lines, "_begin_answering", late)
    threading.Thread(target=gate._lines._drop, args=(line,)).start()
    assert is_cut.wait(5)
    gate.stop()
    assert line.ended.is_set()


def test_who_closes_takes_no_word_from_the_others(
    opened: Opening, room: Room, gate: SocketGate, caplog: pytest.LogCaptureFixture
) -> None:
    leaving, other = opened(), opened()
    for connection in gate.of_namespace("/room"):
        connection.join("all")
    farewell = b"\x88\x82\x00\x00\x00\x00\x03\xe8"
    leaving.send(*(wish(n, "hand.wave", tell="all") for n in range(20)), then=farewell)
    assert room.gone.wait(5)
    assert [other.next() for _ in range(20)] == ['42/room,["waved",{}]'] * 20
    assert not caplog.records


def test_who_waits_for_a_slow_answer_is_there_as_long_as_pings_are_answered(
    quick_pings: None, opened: Opening, room: Room, gate: SocketGate
) -> None:
    wire = opened()
    wire.send(wish(1, "word.say", word="slow", waits=True))
    deadline = time.monotonic() + 4.5
    wire.sock.settimeout(3)
    while time.monotonic() < deadline:
        assert wire.next() == "2"
        wire.send("3")
    room.may_go_on.set()
    assert wire.answer(1)["word"] == "slow"


def test_over_tls_much_comes_and_goes_in_order(
    app: Flask, room: Room, gate: SocketGate, db: Database, cast: Cast, tmp_path: Path
) -> None:
    made = issued(tmp_path, "web", authority(tmp_path))
    ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ours.load_cert_chain(made.certificate, made.key)
    trust = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trust.check_hostname, trust.verify_mode = False, ssl.CERT_NONE
    server = make_server("127.0.0.1", 0, app, threaded=True, ssl_context=ours)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    wire = Wire(server.server_port, start_session(db, cast.alice).token, trust=trust)
    (connection,) = gate.of_namespace("/room")
    for number in range(40):
        connection.send("page", {"number": number, "filling": "x" * 50_000})
    assert [json.loads(wire.next().removeprefix("42/room,"))[1]["number"] for _ in range(40)] == list(
        range(40)
    )
    wire.send(*(wish(number, "word.say", word=number) for number in range(200)))  # one record, several reads
    assert [wire.answer(number)["word"] for number in range(200)] == list(range(200))
    wire.sock.close()
    server.shutdown()
    server.server_close()
