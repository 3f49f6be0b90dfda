"""The gate in front of associations: whoever has not yet said who they are costs one socket, not a thread (T5).

One event loop accepts, shakes hands over TLS and gathers the first PDU. Only a whole A-ASSOCIATE-RQ goes on. Of those who are silent,
slow or too many from one address the oldest make room for the newest, because a machine that speaks at once is never the oldest.
"""

import errno
import hashlib
import logging
import selectors
import socket
import ssl
import struct
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from app.base.faults import fault_of
from app.dimse.upper_layer import MAX_ASSOCIATE_RQ, AbortReason, PduType, abort

log = logging.getLogger(__name__)

FIRST_PDU_SECONDS = 10.0
MAX_WAITING = 256
MAX_WAITING_FROM_ONE = 64
_BACKLOG = 1024
_HEADER = struct.Struct(">BxL")
_PIECE = 65_536


@dataclass(frozen=True)
class Caller:
    """A connection that has said its first PDU: its bytes, and over TLS the digest of the certificate it showed."""

    connection: socket.socket
    address: str
    first: bytes
    certificate_sha256: str = ""


@dataclass(eq=False)
class _Waiting:
    connection: socket.socket
    address: str
    until: float
    shaking_hands: bool
    heard: bytearray = field(default_factory=bytearray)


class Gate:
    """Hands `admit` every connection whose first PDU is whole; `admit` must be quick and own the socket from then on."""

    def __init__(self, admit: Callable[[Caller], None]) -> None:
        self._admit = admit
        self._selector = selectors.DefaultSelector()
        self._listeners: dict[socket.socket, ssl.SSLContext | None] = {}
        self._waiting: OrderedDict[_Waiting, None] = OrderedDict()  # oldest first
        self._waker, self._woken = socket.socketpair()
        self._stopping = False
        self._resume_at = 0.0  # after too many open files: when to accept again
        self._thread = threading.Thread(target=self._run, name="dicom-gate", daemon=True)

    def listen(self, host: str, port: int, *, shared: bool = False, tls: ssl.SSLContext | None = None) -> int:
        """Adds a port before `start`; the number really listened on. Raises OSError when it is taken. `shared`: with
        other processes of ours, among which the system distributes connections.
        """
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listener = socket.create_server((host, port), family=family, backlog=_BACKLOG, reuse_port=shared)
        listener.setblocking(False)
        self._listeners[listener] = tls
        return int(listener.getsockname()[1])

    def start(self) -> None:
        """From now on."""
        self._woken.setblocking(False)
        self._selector.register(self._woken, selectors.EVENT_READ)
        for listener in self._listeners:
            self._selector.register(listener, selectors.EVENT_READ)
        self._thread.start()

    def stop(self) -> None:
        """Nobody is accepted any more; who waits is closed."""
        self._stopping = True
        with suppress(OSError):  # stopped before
            self._waker.send(b"x")
        if self._thread.ident is not None:
            self._thread.join(5)

    def _run(self) -> None:
        while not self._stopping:
            try:
                self._turn()
            except Exception as error:  # noqa: BLE001 - the one thread that lets machines in must go on
                log.error("the gate failed: %s", fault_of(error))  # noqa: TRY400 - see fault_of
                time.sleep(0.05)
        for waiting in list(self._waiting):
            self._close(waiting)
        for listener in self._listeners:
            listener.close()
        for end in (self._waker, self._woken):
            end.close()
        self._selector.close()

    def _turn(self) -> None:
        for key, _ in self._selector.select(self._patience()):
            if isinstance(key.data, _Waiting):
                self._hear(key.data)
            elif key.fileobj in self._listeners and time.monotonic() >= self._resume_at:
                self._accept(key.fileobj)
        moment = time.monotonic()
        while self._waiting and (oldest := next(iter(self._waiting))).until <= moment:
            self._close(oldest)

    def _patience(self) -> float:
        oldest = next(iter(self._waiting), None)
        return 1.0 if oldest is None else min(1.0, max(0.0, oldest.until - time.monotonic()))

    def _accept(self, listener: socket.socket) -> None:
        try:
            connection, address = listener.accept()
        except OSError as error:
            if error.errno in {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}:
                log.warning("a connection could not be accepted: %s", error.strerror)
                self._resume_at = time.monotonic() + 0.1
                self._make_room(None)
            return
        context = self._listeners[listener]
        connection.setblocking(False)
        if context is not None:
            connection = context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        until = time.monotonic() + FIRST_PDU_SECONDS
        waiting = _Waiting(connection, str(address[0]), until, shaking_hands=context is not None)
        self._waiting[waiting] = None
        self._selector.register(connection, selectors.EVENT_READ, waiting)
        self._make_room(waiting.address)

    def _make_room(self, address: str | None) -> None:
        """Closes the oldest of this address, or of all, where they are too many."""
        from_one = [one for one in self._waiting if one.address == address]
        if len(from_one) > MAX_WAITING_FROM_ONE:
            self._close(from_one[0])
        if len(self._waiting) > MAX_WAITING or (address is None and self._waiting):
            self._close(next(iter(self._waiting)))

    def _hear(self, waiting: _Waiting) -> None:
        if waiting not in self._waiting:
            return  # closed earlier in this turn
        try:
            if waiting.shaking_hands:
                self._shake_hands(waiting)
            else:
                self._read(waiting)
        except (BlockingIOError, ssl.SSLWantReadError):
            self._selector.modify(waiting.connection, selectors.EVENT_READ, waiting)
        except ssl.SSLWantWriteError:
            self._selector.modify(waiting.connection, selectors.EVENT_WRITE, waiting)
        except OSError as error:
            log.info("a connection from %s ended before it spoke: %s", waiting.address, type(error).__name__)
            self._close(waiting)

    def _shake_hands(self, waiting: _Waiting) -> None:
        assert isinstance(waiting.connection, ssl.SSLSocket)  # only those shake hands
        waiting.connection.do_handshake()
        waiting.shaking_hands = False
        self._selector.modify(waiting.connection, selectors.EVENT_READ, waiting)
        self._read(waiting)  # the request may have come with the last message

    def _read(self, waiting: _Waiting) -> None:
        while True:
            piece = waiting.connection.recv(_PIECE)
            if not piece:
                self._close(waiting)
                return
            waiting.heard += piece
            if not self._is_hopeful(waiting.heard):
                with suppress(OSError):  # nobody there to be told
                    waiting.connection.send(abort(AbortReason.UNEXPECTED_PDU))
                self._close(waiting)
                return
            if self._is_whole(waiting.heard):
                self._let_through(waiting)
                return

    @staticmethod
    def _is_hopeful(heard: bytearray) -> bool:
        if heard[0] != PduType.A_ASSOCIATE_RQ:
            return False
        return len(heard) < _HEADER.size or _HEADER.unpack_from(heard)[1] <= MAX_ASSOCIATE_RQ

    @staticmethod
    def _is_whole(heard: bytearray) -> bool:
        return len(heard) >= _HEADER.size and len(heard) >= _HEADER.size + _HEADER.unpack_from(heard)[1]

    def _let_through(self, waiting: _Waiting) -> None:
        self._selector.unregister(waiting.connection)
        del self._waiting[waiting]
        certificate = None
        if isinstance(waiting.connection, ssl.SSLSocket):
            certificate = waiting.connection.getpeercert(binary_form=True)
        digest = hashlib.sha256(certificate).hexdigest() if certificate else ""
        self._admit(Caller(waiting.connection, waiting.address, bytes(waiting.heard), digest))

    def _close(self, waiting: _Waiting) -> None:
        with suppress(KeyError, ValueError):  # closed already
            self._selector.unregister(waiting.connection)
        self._waiting.pop(waiting, None)
        waiting.connection.close()
