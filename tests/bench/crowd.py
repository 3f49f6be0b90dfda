"""Many Socket.IO clients in one thread: raw WebSockets (RFC 6455, Engine.IO 4), so that the crowd costs less than what it measures."""

import json
import os
import selectors
import socket
import struct
import time
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count
from typing import Any

NAMESPACE = "/consults"
_READ = 1 << 18


@dataclass(eq=False)
class Member:
    """One browser window: one socket, in one room at most."""

    address: tuple[str, int]
    cookie: str
    on_event: Callable[["Member", str, Any], None]
    on_closed: Callable[["Member"], None]
    sock: socket.socket | None = None
    _unread: bytearray = field(default_factory=bytearray)
    _asked: dict[int, Callable[[Any], None]] = field(default_factory=dict)
    _numbers: "count[int]" = field(default_factory=count)

    def connect(self) -> None:
        """Blocks until the namespace is open. Raises OSError when the server is away."""
        host, port = self.address
        sock = socket.create_connection(self.address, timeout=10)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        key = b64encode(os.urandom(16)).decode()
        sock.sendall(
            f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
            f"Origin: http://{host}:{port}\r\nCookie: {self.cookie}\r\n\r\n".encode()
        )
        self._unread.clear()
        self._asked.clear()
        self.sock = sock
        while b"\r\n\r\n" not in self._unread:
            self._receive()
        head, _, rest = bytes(self._unread).partition(b"\r\n\r\n")
        if b" 101 " not in head.split(b"\r\n")[0]:
            raise ConnectionError(head.split(b"\r\n")[0].decode())
        self._unread[:] = rest
        self._send_text(f"40{NAMESPACE},")
        waiting = True
        while waiting:
            for text in self._texts():
                waiting = waiting and not text.startswith(f"40{NAMESPACE},")
            if waiting:
                self._receive()
        sock.setblocking(False)

    def wish(self, name: str, answered: Callable[[Any], None] | None = None, **sent: Any) -> None:
        """Asks; `answered` gets the acknowledgement."""
        number = ""
        if answered is not None:
            at = next(self._numbers)
            self._asked[at], number = answered, str(at)
        self._send_text(f"42{NAMESPACE},{number}{json.dumps([name, sent])}")

    def hang_up(self) -> None:
        """The line breaks: nothing is said."""
        if self.sock is not None:
            self.sock.close()
            self.sock = None

    def readable(self) -> bool:
        """Takes what has come; whether the line still stands."""
        try:
            self._receive()
        except BlockingIOError:
            return True
        except OSError:
            self.hang_up()
            self.on_closed(self)
            return False
        for text in self._texts():
            self._heard(text)
        return self.sock is not None

    def _receive(self) -> None:
        if self.sock is None:
            raise ConnectionError("hung up")
        data = self.sock.recv(_READ)
        if not data:
            raise ConnectionError("closed by the server")
        self._unread += data

    def _send_text(self, text: str) -> None:
        if self.sock is None:
            return
        data = text.encode()
        head = (
            struct.pack(">BB", 0x81, 0x80 | len(data))
            if len(data) < 126
            else struct.pack(">BBH", 0x81, 0xFE, len(data))
        )
        try:
            self.sock.sendall(head + bytes(4) + data)  # masked with zeros
        except OSError:
            self.hang_up()
            self.on_closed(self)

    def _texts(self) -> list[str]:
        found, at, data = [], 0, self._unread
        while len(data) - at >= 2:
            length, start = data[at + 1], at + 2
            if length == 126:
                start += 2
            elif length == 127:
                start += 8
            if len(data) < start:
                break
            if length >= 126:
                length = int.from_bytes(data[at + 2 : start], "big")
            if len(data) < start + length:
                break
            if data[at] & 0x0F == 1:
                found.append(data[start : start + length].decode())
            at = start + length
        del data[:at]
        return found

    def _heard(self, text: str) -> None:
        if text == "2":
            self._send_text("3")
            return
        body = text[2 + len(NAMESPACE) + 1 :]
        digits = len(body) - len(body.lstrip("0123456789"))
        if text.startswith("42"):
            name, *sent = json.loads(body[digits:])
            self.on_event(self, name, sent[0] if sent else None)
        elif text.startswith("43"):
            answered = self._asked.pop(int(body[:digits]), None)
            if answered is not None:
                answered(json.loads(body[digits:])[0])


class Crowd:
    """Everybody, and what they are to do when."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._plan: list[tuple[float, int, Callable[[], None]]] = []
        self._order = count()

    def at(self, moment: float, act: Callable[[], None]) -> None:
        """By `time.perf_counter`."""
        heappush(self._plan, (moment, next(self._order), act))

    def watch(self, member: Member) -> None:
        """After it has connected."""
        assert member.sock is not None
        self._selector.register(member.sock, selectors.EVENT_READ, member)

    def unwatch(self, member: Member) -> None:
        """Before it hangs up."""
        if member.sock is not None and member.sock.fileno() in self._selector.get_map():
            self._selector.unregister(member.sock)

    def run(self, seconds: float, done: Callable[[], bool] = lambda: False) -> None:
        """Until the time is over or `done`."""
        end = time.perf_counter() + seconds
        while (now := time.perf_counter()) < end and not done():
            while self._plan and self._plan[0][0] <= now:
                heappop(self._plan)[2]()
            wait = min(self._plan[0][0] if self._plan else end, end) - time.perf_counter()
            for key, _ in self._selector.select(max(0.0, min(wait, 0.05))):
                member: Member = key.data
                if not member.readable():
                    self._selector.unregister(key.fileobj)
