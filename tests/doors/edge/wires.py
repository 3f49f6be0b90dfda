"""A browser's socket as bytes, and a namespace whose answers may take long."""

import json
import socket
import ssl
import struct
import threading
import zlib
from collections.abc import Callable
from typing import Any

from app.edge.sockets import Connection, GuardedNamespace, SocketGate


class Room(GuardedNamespace):
    """Some of its answers take long."""

    passing = frozenset({"hand.wave"})

    def __init__(self, gate: SocketGate) -> None:
        super().__init__("/room", gate)
        self.may_go_on = threading.Event()
        self.heard: list[Any] = []
        self.left_on = ""
        self.gone = threading.Event()

    def on_word_say(self, _connection: Connection, data: dict[str, Any]) -> dict[str, Any]:
        if data.get("waits"):
            assert self.may_go_on.wait(10)
        self.heard.append(data["word"])
        return {"word": data["word"]}

    def on_hand_wave(self, _connection: Connection, data: dict[str, Any]) -> dict[str, Any]:
        if "tell" in data:
            self.send_to_room(data["tell"], "waved", {}, but="")
        return {"by": threading.current_thread().name}

    def left(self, _connection: Connection) -> None:
        self.left_on = threading.current_thread().name
        self.heard.append("left")
        self.gone.set()


class Wire:
    """A browser's socket, as bytes."""

    def __init__(
        self, port: int, token: str, *, extensions: str = "", trust: ssl.SSLContext | None = None
    ) -> None:
        plain = socket.create_connection(("127.0.0.1", port), timeout=10)
        self.sock = plain if trust is None else trust.wrap_socket(plain, server_hostname="127.0.0.1")
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


def masked(text: str) -> bytes:
    data = text.encode()
    return b"\x81\xfe" + struct.pack(">H", len(data)) + bytes(4) + data
