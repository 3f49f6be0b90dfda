"""The browser's end of the frame channel, as tests and the bench hold it."""

import json
import socket
import struct
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import websocket

HEAD = struct.Struct("<IHHB3x")


@dataclass(frozen=True)
class Told:
    """One whole answer."""

    number: int
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def problem(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found


class Channel:
    """One open channel. Refusals before it opens raise websocket.WebSocketBadStatusException.

    `receives`: the bytes the system takes for one who reads nothing. It is said before the line opens, for a system
    that has promised room and then has none drops the other side's acknowledgements with the data, and both stand still.
    """

    def __init__(
        self,
        address: str,
        key: str,
        cookie: str,
        *,
        origin: str | None = None,
        accept: str = "gzip",
        receives: int | None = None,
    ) -> None:
        self.parts: list[int] = []
        self._begun: dict[int, tuple[int, dict[str, str], list[bytes]]] = {}
        self.wire = websocket.create_connection(
            f"{address.replace('http', 'ws', 1)}/stream/{key}/channel?accept={accept}",
            timeout=10,
            sockopt=[] if receives is None else [(socket.SOL_SOCKET, socket.SO_RCVBUF, receives)],
            cookie=cookie,
            origin=address if origin is None else origin,
        )

    def say(self, ask: list[tuple[int, str, int]] | None = None, drop: list[int] | None = None) -> None:
        """Wishes and what is no longer one."""
        self.wire.send(json.dumps({"ask": ask or [], "drop": drop or []}))

    def next(self) -> Told:
        """The next answer that is whole. Raises websocket.WebSocketException when the other side has closed."""
        while True:
            message = self.wire.recv()
            if isinstance(message, str):
                raise websocket.WebSocketConnectionClosedException("closed")
            number, status, length, more = HEAD.unpack_from(message)
            self.parts.append(number)
            headers = json.loads(message[HEAD.size : HEAD.size + length]) if length else {}
            begun = self._begun.setdefault(number, (status, headers, []))
            begun[2].append(message[HEAD.size + length :])
            if not more:
                del self._begun[number]
                return Told(number, begun[0], begun[1], b"".join(begun[2]))

    def ask(self, address: str, number: int = 1, rank: int = 0) -> Told:
        """One question, one answer."""
        self.say([(number, address, rank)])
        return self.next()

    def close(self) -> None:
        """At once."""
        with suppress(OSError, websocket.WebSocketException):
            self.wire.close(timeout=0)
        self.wire.shutdown()
