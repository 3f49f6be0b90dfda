"""gunicorn's threads, kept from those who send slowly: a thread is given to who has something to say, and for no longer
than a request's head may take. As it comes, one half-sent head holds a thread for ever (reliability.md, F10).
"""

import contextlib
import errno
import io
import socket
import threading
import time
from dataclasses import dataclass
from functools import partial
from selectors import EVENT_READ
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

HEAD_SECONDS = 8.0
HURRIED_SECONDS = 1.0
"""Where a quarter of the threads wait for heads."""
SILENT_SECONDS = 8.0
SMALL_BODY = 1 << 16
BODY_SECONDS = 60.0
"""Between two pieces of a body or of an answer; live sockets are pinged far more often."""
_UNLUCKY = frozenset({errno.EAGAIN, errno.ECONNABORTED, errno.EWOULDBLOCK})


@dataclass(frozen=True)
class _Head:
    connection: Any
    began: float


class PatientWorker(ThreadWorker):
    """A connection waits for its first byte in the loop, not on a thread; heads that do not end are cut off."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._heads: dict[int, _Head] = {}
        self._lock = threading.Lock()

    def accept(self, listener: socket.socket) -> None:
        try:
            client, address = listener.accept()
        except OSError as error:
            if error.errno not in _UNLUCKY:
                raise
            return
        self.nr_conns += 1
        connection = TConn(self.cfg, client, address, listener.getsockname())
        connection.timeout = time.monotonic() + SILENT_SECONDS
        self.pending_conns.append(connection)
        self.poller.register(
            connection.sock, EVENT_READ, partial(self.on_pending_socket_readable, connection)
        )

    def handle(self, conn: Any) -> Any:
        """On a thread: reads the head, answers. The loop watches how long the head takes."""
        with self._lock:
            self._heads[id(conn)] = _Head(conn, time.monotonic())
        try:
            return super().handle(conn)
        finally:
            self._head_is_read(conn)

    def handle_request(self, req: Any, conn: Any) -> Any:
        """A small body counts as part of the head: forms that strangers may send are small."""
        if not _read_small_body(req, conn):
            return False
        self._head_is_read(conn)
        conn.sock.settimeout(BODY_SECONDS)
        return super().handle_request(req, conn)

    def murder_pending(self) -> None:
        """Called by the loop every second at least: also ends what sends its head too slowly."""
        super().murder_pending()
        now = time.monotonic()
        with self._lock:
            heads = list(self._heads.values())
            patience = HURRIED_SECONDS if len(heads) > self.cfg.threads // 4 else HEAD_SECONDS
            late = [head for head in heads if now - head.began > patience]
            for head in late:  # under the lock: a head just read is not cut off
                with contextlib.suppress(OSError):
                    head.connection.sock.shutdown(socket.SHUT_RDWR)

    def _head_is_read(self, conn: Any) -> None:
        with self._lock:
            self._heads.pop(id(conn), None)


def _read_small_body(req: Any, conn: Any) -> bool:
    """False when it ended early."""
    told = dict(req.headers)
    length = told.get("CONTENT-LENGTH", "")
    if not length.isdigit() or not 0 < int(length) <= SMALL_BODY:
        return True
    if told.get("EXPECT", "").lower() == "100-continue":
        conn.sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
    body = req.body.read(int(length))
    req.body = io.BytesIO(body)
    return len(body) == int(length)
