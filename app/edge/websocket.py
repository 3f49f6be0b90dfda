"""WebSockets (RFC 6455): their framing, and a plain one served on the thread of the request that opened it.

Such a `Line` has no extension, so nothing is deflated, and never blocks: `wait` sleeps until something can be read, can
be written or another thread called `wake`. The many sockets of rooms and lists have no thread: app.edge.lines.
"""

import os
import select
import socket
import ssl
import struct
import threading
import time
from base64 import b64encode
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha1
from wsgiref.types import StartResponse, WSGIEnvironment

from flask import Response, request
from wsproto.connection import Connection, ConnectionType
from wsproto.events import BytesMessage, CloseConnection, Event, Ping, TextMessage
from wsproto.extensions import PerMessageDeflate
from wsproto.utilities import ProtocolError

from app.base.errors import Forbidden, Invalid
from app.base.settings import Settings
from app.edge.csrf import is_own_origin
from app.edge.errors import fault

MESSAGE_BYTES = 64 * 1024
UNSENT_BYTES = 128 * 1024
"""What waits in the system's buffer cannot be taken back, so no more is given to it."""
PING_SECONDS = 15.0
SILENT_SECONDS = 40.0
FAULT = 1011
NORMAL = 1000
POLICY = 1008
_ACCEPT = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, 1.3
LATER = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)
_READ = 1 << 16
_READS = 16
_MOST_UNSENT = 256  # pieces; who pings and reads nothing would heap up our answers
_AT_ONCE = struct.pack("ii", 1, 0)
_BINARY = 0x82  # a whole message of bytes


class Closed(Exception):
    """The other side has gone, or may not stay."""


class Frames:
    """The framing of one socket: whole texts of at most 64 kB come in. `is_over` when the other side has gone, or may not stay."""

    def __init__(self, deflate: PerMessageDeflate | None = None) -> None:
        self._wire = Connection(ConnectionType.SERVER, [deflate] if deflate else None)
        self._pieces: list[str] = []
        self._length = 0
        self.is_over = False

    def take(self, data: bytes) -> tuple[list[str], bytes]:
        """The texts that are whole now, and what is to be sent back. No data: the other side has gone."""
        texts: list[str] = []
        back = b""
        self.is_over |= not data
        try:
            self._wire.receive_data(data)
            for event in self._wire.events():
                self.is_over |= isinstance(event, CloseConnection | BytesMessage)
                if isinstance(event, CloseConnection | Ping):
                    back += self._wire.send(event.response())
                elif isinstance(event, TextMessage):
                    texts += self._piece(event)
        except ProtocolError:
            self.is_over = True
        return texts, back

    def text(self, text: str) -> bytes:
        """A message. Raises Closed after a farewell."""
        return self._sent(TextMessage(text))

    def ping(self) -> bytes:
        """A question whether anybody is there. Raises Closed after a farewell."""
        return self._sent(Ping())

    def close(self, code: int, reason: str = "") -> bytes:
        """The farewell; nothing when it was said."""
        with suppress(Closed):
            return self._sent(CloseConnection(code, reason))
        return b""

    def _sent(self, event: Event) -> bytes:
        try:
            return self._wire.send(event)
        except ProtocolError as error:
            raise Closed from error

    def _piece(self, event: TextMessage) -> list[str]:
        self._length += len(event.data)
        self.is_over |= self._length > MESSAGE_BYTES
        if self.is_over:
            return []
        if event.data:  # of empty ones there may be any number
            self._pieces.append(event.data)
        if not event.message_finished:
            return []
        whole, self._pieces, self._length = "".join(self._pieces), [], 0
        return [whole]


class Line:
    """One open socket. All but `wake` belongs to one thread."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._frames = Frames()
        self._unsent: list[memoryview] = []
        self._lock = threading.Lock()
        self._open = True
        self._bell = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._heard = self._pinged = time.monotonic()
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT_BYTES)
        self._poll = select.poll()
        self._poll.register(self._bell, select.POLLIN)

    def wake(self) -> None:
        """From any thread: ends `wait`."""
        with self._lock:
            if self._open:
                os.eventfd_write(self._bell, 1)

    def wait(self, seconds: float, *, writing: bool) -> None:
        """Until there is something to do: also room for more, when `writing`. Raises Closed for one who has not been heard for long."""
        self._keep_alive()
        if isinstance(self._sock, ssl.SSLSocket) and self._sock.pending():
            return
        self._poll.register(self._sock, select.POLLIN | (select.POLLOUT if writing or self._unsent else 0))
        self._poll.poll(max(0.0, seconds) * 1000)
        with suppress(BlockingIOError):
            os.eventfd_read(self._bell)

    def read(self) -> list[str]:
        """The messages that have come, perhaps none; of very many those that were first. Raises Closed."""
        found: list[str] = []
        for _ in range(_READS):
            try:
                data = self._sock.recv(_READ)
            except LATER:
                break
            except OSError as error:
                raise Closed from error
            self._heard = time.monotonic()
            texts, back = self._frames.take(data)
            self._push(back)
            if self._frames.is_over:
                raise Closed
            found += texts
            if len(data) < _READ and not isinstance(self._sock, ssl.SSLSocket):
                break
        return found

    def send(self, *parts: bytes | memoryview) -> None:
        """One message of bytes; what the system does not take now goes with the next `flush`."""
        length = sum(map(len, parts))
        if length < 126:
            head = struct.pack(">BB", _BINARY, length)
        elif length < 1 << 16:
            head = struct.pack(">BBH", _BINARY, 126, length)
        else:
            head = struct.pack(">BBQ", _BINARY, 127, length)
        self._push(head, *parts)

    def flush(self) -> bool:
        """Whether all has gone. Raises Closed."""
        while self._unsent:
            try:
                sent = self._write()
            except LATER:
                return False
            except OSError as error:
                raise Closed from error
            self._drop(sent)
        return True

    def close(self, code: int, reason: str = "") -> None:
        """Says why, if the other side still listens, and gives everything back. Once is enough."""
        with self._lock:
            if not self._open:
                return
            self._open = False
            os.close(self._bell)
        with suppress(Closed):
            self._push(self._frames.close(code, reason))
        with suppress(OSError):
            if self._unsent:  # nobody reads: the system need not try for minutes to bring the rest
                self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
            self._sock.shutdown(socket.SHUT_RDWR)

    def _write(self) -> int:
        if isinstance(self._sock, ssl.SSLSocket):
            return self._sock.send(self._unsent[0])
        return self._sock.sendmsg(self._unsent[:16])

    def _drop(self, sent: int) -> None:
        while sent:
            first = self._unsent[0]
            if sent < len(first):
                self._unsent[0] = first[sent:]
                return
            sent -= len(first)
            del self._unsent[0]

    def _push(self, *parts: bytes | memoryview) -> None:
        self._unsent += [memoryview(part) for part in parts if len(part)]
        if not self.flush() and len(self._unsent) > _MOST_UNSENT:
            raise Closed

    def _keep_alive(self) -> None:
        now = time.monotonic()
        if now - self._heard > SILENT_SECONDS:
            raise Closed
        if now - self._heard > PING_SECONDS and now - self._pinged > PING_SECONDS:
            self._pinged = now
            self._push(self._frames.ping())


class Ended(Response):
    """What the view of a socket returns when it is over: the server writes nothing more on this connection."""

    def __call__(self, environ: WSGIEnvironment, _start_response: StartResponse) -> list[bytes]:
        """As each server expects it."""
        if "werkzeug.socket" in environ:
            raise ConnectionError
        raise StopIteration


def shake_hands(environ: WSGIEnvironment, *extensions: str) -> socket.socket:
    """The request's own socket, told that from now on it is a WebSocket. The request has been checked."""
    sock: socket.socket = environ.get("gunicorn.socket") or environ["werkzeug.socket"]
    key = environ["HTTP_SEC_WEBSOCKET_KEY"]
    token = b64encode(sha1((key + _ACCEPT).encode(), usedforsecurity=False).digest()).decode()
    head = [
        "HTTP/1.1 101 Switching Protocols",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Accept: {token}",
        *(f"Sec-WebSocket-Extensions: {extension}" for extension in extensions),
    ]
    with suppress(OSError):  # gone already: whoever reads finds out
        sock.sendall("\r\n".join([*head, "", ""]).encode())
    return sock


def check_handshake(settings: Settings) -> None:
    """Raises Forbidden for a page that is not ours, Invalid for what is no WebSocket of version 13."""
    origin = request.headers.get("Origin")
    if origin is None or not is_own_origin(origin, settings, request.host):
        raise Forbidden("foreign_origin", "Live updates are open to pages of this service only.")
    check_upgrade(request.environ)


def check_upgrade(environ: WSGIEnvironment) -> None:
    """Raises Invalid for what is no WebSocket of version 13."""
    wanted = {word.strip().lower() for word in environ.get("HTTP_CONNECTION", "").split(",")}
    named = "upgrade" in wanted and environ.get("HTTP_UPGRADE", "").lower() == "websocket"
    keyed = environ.get("HTTP_SEC_WEBSOCKET_KEY") and environ.get("HTTP_SEC_WEBSOCKET_VERSION") == "13"
    if not (named and keyed):
        raise Invalid("bad_request", "The request could not be understood.")


def serve(talk: Callable[[Line], None]) -> Response:
    """Opens the WebSocket of this request and returns when `talk` has, or when the other side is gone."""
    line, code = Line(shake_hands(request.environ)), NORMAL
    try:
        talk(line)
    except Closed:
        pass
    except Exception as error:  # noqa: BLE001 - the outermost place of a socket: nothing may be written as HTTP any more
        fault(error, "a WebSocket")
        code = FAULT
    line.close(code)
    return Ended(status=101)
