"""Half-sent heads, silent connections, forged lengths, endless bodies and bombs against the web process as it runs:
they are refused or dropped within seconds, cost no memory, and others are answered meanwhile (reliability.md, F10).
"""

import gzip
import http.client
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.base.db import Database
from app.identity.actions import new_device_token
from tests.cast import make_cast
from tests.running import ROOT, free_port

HALF_A_HEAD = b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: "
FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"
SIGN_IN = b"POST /sign-in HTTP/1.1\r\nHost: x\r\n" + FORM
MOST_GROWTH = 100 << 20


@dataclass(frozen=True)
class Web:
    """The web process of a hospital with one device."""

    port: int
    pid: int
    store: str
    token: str

    def seconds_of_a_page(self) -> float:
        began = time.monotonic()
        asked = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        asked.request("GET", "/sign-in")
        assert asked.getresponse().status == 200
        asked.close()
        return time.monotonic() - began

    def opened(self, said: bytes = b"") -> socket.socket:
        channel = socket.create_connection(("127.0.0.1", self.port), timeout=10)
        channel.sendall(said)
        return channel

    def status(self, said: bytes) -> int:
        """Of the answer to bytes after which nothing more comes; within two seconds."""
        began = time.monotonic()
        with self.opened(said) as channel:
            line = channel.makefile("rb").readline()
        assert time.monotonic() - began < 2
        return int(line.split()[1])

    def storing(self, *headers: str) -> bytes:
        lines = (f"POST {self.store} HTTP/1.1", "Host: x", f"Authorization: Bearer {self.token}", *headers)
        return "\r\n".join((*lines, "", "")).encode()

    def resident(self) -> int:
        """Of gunicorn and its worker."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text(encoding="ascii").split()
        pages = (int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in (self.pid, *children))
        return sum(pages) * os.sysconf("SC_PAGE_SIZE")


@pytest.fixture
def short_dir() -> Iterator[Path]:
    """Paths of sockets end at 107 bytes."""
    with tempfile.TemporaryDirectory(prefix="hc-") as folder:
        yield Path(folder)


@pytest.fixture
def web(sqlite_db: Database, tmp_path: Path, short_dir: Path) -> Iterator[Web]:
    cast = make_cast(sqlite_db)
    with sqlite_db.transaction() as tx:
        token = new_device_token(tx, cast.dung, device_id=cast.ct_a.id)
    port = free_port()
    environment = {
        **os.environ,
        "HOICHAN_DATA_DIR": str(tmp_path / "data"),
        "HOICHAN_WEB__PORT": str(port),
        "XDG_RUNTIME_DIR": str(short_dir),
    }
    command = [sys.executable, "-m", "app.main", "web", "--supervised"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, cwd=ROOT, env=environment) as process:
        assert process.stdin is not None
        process.stdin.write(b"g")
        process.stdin.flush()
        found = Web(port, process.pid, f"/dicomweb/{cast.a.slug}/studies", token)
        _wait_for(found)
        yield found
        process.terminate()
        process.wait(20)


def _wait_for(web: Web) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            web.seconds_of_a_page()
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        else:
            return


def test_others_are_answered_while_heads_and_forms_come_slowly_and_the_slow_ones_go(web: Web) -> None:
    slow = [web.opened(HALF_A_HEAD) for _ in range(60)]
    slow += [web.opened(SIGN_IN + b"Content-Length: 900\r\n\r\na=") for _ in range(30)]
    slow += [web.opened() for _ in range(150)]
    assert max(web.seconds_of_a_page() for _ in range(5)) < 1
    began = time.monotonic()
    assert all(_ended(channel) for channel in slow)
    assert time.monotonic() - began < 15
    assert web.seconds_of_a_page() < 1


def _ended(channel: socket.socket) -> bool:
    with channel:
        channel.settimeout(15)
        try:
            return channel.recv(1) == b""
        except ConnectionResetError:
            return True


def test_lies_about_length_endless_bodies_and_bombs_are_refused_at_once_and_cost_no_memory(web: Web) -> None:
    before = web.resident()
    for length in (100_000, 4 << 30, 1 << 70):
        assert web.status(SIGN_IN + b"Content-Length: %d\r\n\r\na=" % length) in {403, 413}
    forged = web.storing("Content-Type: application/dicom", f"Content-Length: {1 << 50}")
    assert web.status(forged) == 413
    assert web.status(SIGN_IN + b"Content-Length: -1\r\n\r\n") == 400
    packed = gzip.compress(bytes(64 << 20))
    bomb = web.storing(
        "Content-Type: application/dicom", "Content-Encoding: gzip", f"Content-Length: {len(packed)}"
    )
    assert web.status(bomb + packed) == 415
    assert _refused_while_sending(web, SIGN_IN)
    assert not _refused_while_sending(web, web.storing("Content-Type: application/dicom"), seconds=1), (
        "to disk"
    )
    assert web.resident() - before < MOST_GROWTH
    assert web.seconds_of_a_page() < 1


def _refused_while_sending(web: Web, head: bytes, seconds: float = 4) -> bool:
    """A body in chunks without an end: the server stops reading, or the connection ends."""
    began = time.monotonic()
    piece = b"10000\r\n" + bytes(65536) + b"\r\n"
    with web.opened(head[:-2] + b"Transfer-Encoding: chunked\r\n\r\n") as channel:
        try:
            while time.monotonic() - began < seconds:
                channel.sendall(piece)
        except OSError:
            return True
    return False
