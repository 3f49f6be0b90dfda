"""The lines of live sockets: one thread reads them all, few answer, and whoever has something to say writes it at once.

python-engineio gives each socket threads to receive, to wait, to write and for every ping. Of two hundred sockets they take
turns at Python's one lock, and a small transaction among them waits for it at each of its statements. Its protocol, its
sessions and its rooms are used; here is what carries them. The thread of the request that opened a socket only sleeps.
"""

import os
import select
import socket
import ssl
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

import engineio
from engineio import packet
from wsproto.extensions import PerMessageDeflate
from wsproto.utilities import split_comma_header

from app.edge.errors import fault
from app.edge.websocket import LATER, NORMAL, UNSENT_BYTES, Closed, Ended, Frames, shake_hands

ANSWERING = 32
"""Threads for what may wait, mostly for the database."""
MOST_WAITING = 64
"""Messages of one line: with more it is not read until half of them are answered."""
MOST_UNSENT = 4 << 20
"""Bytes for one line. Who reads nothing for so long comes again and asks for what is missing."""
FAREWELL_SECONDS = 5.0
TICK_SECONDS = 0.25
_READ = 1 << 13  # at a time, so that nobody fills a turn; inflated, a thousand times as much at worst
_EVENT_KINDS = "0123"
"""Of socket.io-protocol 5: connect, disconnect, event, acknowledgement; nothing of ours is binary."""


class LiveLine:
    """One open socket. Its methods are called holding its lock: TLS cannot be read and written at once."""

    def __init__(self, sock: socket.socket, frames: Frames, engine: Any) -> None:
        self.sock = sock
        self.engine = engine  # python-engineio's socket
        self.ended = threading.Event()
        self.lock = threading.Lock()
        self.waiting: deque[str | None] = deque()  # None: the end
        self.is_answered = False
        self.is_paused = False
        self.is_gone = False
        self.leaves_at: float | None = None
        self.ping_at: float | None = None
        self.pinged_at: float | None = None  # and not answered
        self.watched: int | None = None  # what the loop looks for, once it does
        self._frames = frames
        self._unsent: deque[memoryview] = deque()
        self._unsent_bytes = 0
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT_BYTES)

    @property
    def interest(self) -> int:
        """What the loop is to look for."""
        return (0 if self.is_paused else select.EPOLLIN) | (select.EPOLLOUT if self._unsent else 0)

    @property
    def is_leaving(self) -> bool:
        """Nothing more is said by it."""
        return self.is_gone or self.leaves_at is not None

    @property
    def waits_to_send(self) -> bool:
        """Not everything has gone."""
        return bool(self._unsent)

    def read(self) -> tuple[list[str], bool]:
        """The messages that have come, and whether they were the last."""
        found: list[str] = []
        while True:
            try:
                texts, back = self._frames.take(self.sock.recv(_READ))
                found += texts
                self._push(back)
            except LATER:
                return found, False
            except (Closed, OSError):
                return found, True
            if self._frames.is_over:
                return found, True
            if not (isinstance(self.sock, ssl.SSLSocket) and self.sock.pending()):
                return found, False

    def say(self, text: str) -> None:
        """Sends, or keeps for `flush`. Raises Closed."""
        self._push(self._frames.text(text))

    def say_farewell(self) -> None:
        """The last of what is said. Raises Closed."""
        self._push(self._frames.close(NORMAL))

    def flush(self) -> None:
        """What was kept, as far as the system takes it. Raises Closed."""
        while self._unsent:
            first = self._unsent[0]
            sent = self._send(first)
            self._unsent_bytes -= sent
            if sent < len(first):
                self._unsent[0] = first[sent:]
                return
            self._unsent.popleft()

    def _push(self, data: bytes) -> None:
        sent = 0 if self._unsent or not data else self._send(memoryview(data))
        if sent < len(data):
            self._unsent.append(memoryview(data)[sent:])
            self._unsent_bytes += len(data) - sent
            if self._unsent_bytes > MOST_UNSENT:
                raise Closed

    def _send(self, data: memoryview) -> int:
        try:
            return self.sock.send(data)
        except LATER:
            return 0
        except OSError as error:
            raise Closed from error


class _Outbox:
    """Stands where python-engineio has a queue for its writing thread."""

    def __init__(self, lines: "Lines", line: LiveLine) -> None:
        self._lines = lines
        self._line = line

    def put(self, told: packet.Packet | None) -> None:
        """None: nothing more comes."""
        if told is None:
            self._lines.finish(self._line)
        else:
            self._lines.say(self._line, told.encode())

    def join(self) -> None:
        """What was put is sent already, or on its way."""


class Lines:
    """All live sockets of a process.

    `at_once(session, text)` tells of which messages the answer needs nothing that may take time: they are answered by the
    thread that reads. The others of a line are answered one after the other, as they came.
    """

    def __init__(self, at_once: Callable[[str, str], bool]) -> None:
        self._at_once = at_once
        self._lines: dict[int, LiveLine] = {}  # that are read
        self._unended: set[LiveLine] = set()
        self._epoll = select.epoll()
        self._bell = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._epoll.register(self._bell, select.EPOLLIN)
        self._answering = ThreadPoolExecutor(ANSWERING, thread_name_prefix="live-answers")
        self._reading = threading.Thread(target=self._read_all, name="live-lines", daemon=True)
        self._beginning = threading.Lock()
        self._stopping = False

    def carry(self, server: engineio.Server) -> None:
        """From now on this server's WebSockets come here: what it is given would do the waiting on a thread of its own."""
        ours = {"websocket": lambda handler, _server: partial(self._serve, handler.__self__)}
        server._async = server._async | ours  # noqa: SLF001 - where its asynchronous modes stand; none is for selectors

    def stop(self) -> None:
        """Cuts all lines and ends the threads; harmless twice."""
        if self._stopping:
            return
        self._stopping = True
        os.eventfd_write(self._bell, 1)
        if self._reading.is_alive():
            self._reading.join()
        for line in list(self._lines.values()):
            self._drop(line)
        give_up = time.monotonic() + FAREWELL_SECONDS
        for line in list(self._unended):  # whoever leaves tells others, whose lines may end by it
            line.ended.wait(max(0.0, give_up - time.monotonic()))
        self._answering.shutdown()
        self._epoll.close()
        os.close(self._bell)

    def say(self, line: LiveLine, text: str) -> None:
        """From any thread: sent when this returns, or as soon as the other side has room for it."""
        try:
            with line.lock:
                if not line.is_leaving:
                    line.say(text)
                    self._watch(line)
        except Closed:
            self._drop(line)

    def finish(self, line: LiveLine) -> None:
        """From any thread: the farewell, and the end when all has been sent."""
        try:
            with line.lock:
                if line.is_leaving:
                    return
                line.say_farewell()
                line.leaves_at = time.monotonic() + FAREWELL_SECONDS
                self._watch(line)
                if line.waits_to_send:
                    return
        except Closed:
            pass
        self._drop(line)

    def _serve(self, engine: Any, environ: WSGIEnvironment, start_response: StartResponse) -> Any:
        """Returns when the socket has closed."""
        deflate, *answer = _deflate(environ.get("HTTP_SEC_WEBSOCKET_EXTENSIONS", ""))
        try:
            line = LiveLine(shake_hands(environ, *answer), Frames(deflate), engine)
        except OSError:  # gone already
            _forget(engine)
        else:
            self._take_over(engine, line)
            line.ended.wait()
        return Ended(status=HTTPStatus.SWITCHING_PROTOCOLS)(environ, start_response)

    def _take_over(self, engine: Any, line: LiveLine) -> None:
        """From now on the line brings what its engine is told, and the loop reads it."""
        self._unended.add(line)
        engine.connected = engine.upgraded = True
        before, engine.queue = engine.queue, _Outbox(self, line)
        while not before.empty():
            engine.queue.put(before.get())
        with self._beginning:
            if self._reading.ident is None:
                self._reading.start()
        with line.lock:
            if not line.is_gone:
                self._lines[line.sock.fileno()] = line
                line.watched = line.interest
                self._epoll.register(line.sock, line.watched)

    def _read_all(self) -> None:
        next_tick = time.monotonic() + TICK_SECONDS
        while not self._stopping:
            for number, happened in self._epoll.poll(max(0.0, next_tick - time.monotonic())):
                line = self._lines.get(number)
                if line is not None:
                    self._guarded(self._attend, line, happened)
            if time.monotonic() >= next_tick:
                next_tick = time.monotonic() + TICK_SECONDS
                for line in list(self._lines.values()):
                    self._guarded(self._look_after, line)

    def _guarded(self, act: Callable[..., None], line: LiveLine, *more: Any) -> None:
        try:
            act(line, *more)
        except Exception as error:  # noqa: BLE001 - this thread reads for everybody
            fault(error, "a live socket")
            self._drop(line)

    def _attend(self, line: LiveLine, happened: int) -> None:
        with line.lock:
            texts, is_over = line.read() if happened & ~select.EPOLLOUT else ([], False)
            try:
                line.flush()
            except Closed:
                is_over = True
            if line.leaves_at is None:
                said, is_ours = self._heard(line, texts)
                quick = self._let_wait(line, said, is_over=is_over)
                is_over |= not is_ours
            else:
                quick = []
                is_over |= not line.waits_to_send
            self._watch(line)
        for one in quick:
            self._answer(line, one)
        self._begin_answering(line)
        if is_over:
            self._drop(line)

    def _heard(self, line: LiveLine, texts: list[str]) -> tuple[list[str], bool]:
        """Of engine.io-protocol 4: the messages, answers to pings taken out; False when something else came."""
        said = []
        for text in texts:
            if text[:1] == str(packet.PONG):
                line.pinged_at, line.engine.last_ping = None, None
                line.ping_at = line.ping_at or time.monotonic() + line.engine.server.ping_interval
            elif len(text) > 1 and text[0] == str(packet.MESSAGE) and text[1] in _EVENT_KINDS:
                said.append(text[1:])
            else:
                return said, False
        return said, True

    def _let_wait(self, line: LiveLine, said: list[str], *, is_over: bool) -> list[str]:
        """Those before the first that has to wait; if the line is over they all have to: its end comes after them."""
        quick = []
        for one in said:
            may = not (is_over or line.waiting or line.is_answered)
            if may and self._at_once(line.engine.sid, one):
                quick.append(one)
            else:
                line.waiting.append(one)
        line.is_paused = len(line.waiting) >= MOST_WAITING
        return quick

    def _look_after(self, line: LiveLine) -> None:
        """Pings, and who does not answer them."""
        now = time.monotonic()
        if line.engine.last_ping:
            # The first ping is python-engineio's; whether it is answered is looked after here alone.
            line.engine.last_ping, line.pinged_at = None, now
        if line.leaves_at is not None:
            if now > line.leaves_at:
                self._drop(line)
        elif line.ping_at is not None and now > line.ping_at:
            line.ping_at, line.pinged_at = None, now
            self.say(line, packet.Packet(packet.PING).encode())
        elif line.is_paused:
            line.pinged_at = line.pinged_at and now  # an answer would not be read
        elif line.pinged_at is not None and now - line.pinged_at > line.engine.server.ping_timeout:
            self._drop(line)

    def _begin_answering(self, line: LiveLine) -> None:
        with line.lock:
            if line.is_answered or not line.waiting:
                return
            line.is_answered = True
        self._answering.submit(self._answer_all, line)

    def _answer_all(self, line: LiveLine) -> None:
        """In order, the end last."""
        while True:
            with line.lock:
                if not line.waiting:
                    line.is_answered = False
                    return
                said = line.waiting.popleft()
                if line.is_paused and len(line.waiting) < MOST_WAITING // 2:
                    line.is_paused = False
                    self._watch(line)
            if said is None:
                self._end(line)
            else:
                self._guarded(self._answer, line, said)

    def _answer(self, line: LiveLine, said: str) -> None:
        line.engine.receive(packet.Packet(packet.MESSAGE, said))

    def _drop(self, line: LiveLine) -> None:
        """The line is cut; what came by it before is still answered."""
        with line.lock:
            if line.is_gone:
                return
            line.is_gone = True
            if line.watched is not None:
                del self._lines[line.sock.fileno()]
                self._epoll.unregister(line.sock)
            with suppress(OSError):
                line.sock.shutdown(socket.SHUT_RDWR)
            line.waiting.append(None)
        self._begin_answering(line)

    def _end(self, line: LiveLine) -> None:
        """Those who listen for it are told, then the request may return and its socket be closed."""
        try:
            _forget(line.engine)
        except Exception as error:  # noqa: BLE001 - the request has to return whatever happens
            fault(error, "a live socket")
        line.ended.set()
        self._unended.discard(line)

    def _watch(self, line: LiveLine) -> None:
        """Holding its lock: tells the loop when it is to look for something else."""
        if line.watched is not None and not line.is_gone and line.interest != line.watched:
            line.watched = line.interest
            self._epoll.modify(line.sock, line.watched)


def _forget(engine: Any) -> None:
    """Those who listen for its end are told."""
    server = engine.server
    server.sockets.pop(engine.sid, None)
    engine.close(wait=False, abort=True, reason=server.reason.TRANSPORT_CLOSE)


def _deflate(offers: str) -> tuple[PerMessageDeflate, str] | tuple[None]:
    """The extension of RFC 7692 as it was offered, and what is answered to that."""
    with suppress(ValueError):  # no number where there should be one, or no ASCII
        for offer in split_comma_header(offers.encode("latin-1")):
            extension = PerMessageDeflate()
            accepted = extension.accept(offer) if offer.partition(";")[0].strip() == extension.name else None
            if isinstance(accepted, str):
                return extension, "; ".join(filter(None, [extension.name, accepted]))
    return (None,)
