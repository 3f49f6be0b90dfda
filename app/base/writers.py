"""The near end of app.base.writer: memory to receive into, and lines to whoever digests, writes and syncs it."""

import errno
import heapq
import mmap
import os
import select
import socket
import subprocess
import sys
import threading
import time
import weakref
from pathlib import Path

from app.base.writer import ANSWER, BUFFER, LONGEST, REQUEST, Order, Slots, serve

_KEPT = 16  # buffers whose pages are not given back: new pages cost more than what is done with them


class _Far:
    """A writer at work: a thread for each line, in this process or in its own, which ends when its control socket closes."""

    def __init__(self, memory: int, slots: Slots, *, apart: bool) -> None:
        self._slots = slots
        self._apart = _start(memory) if apart else None

    def connect(self, theirs: socket.socket) -> None:
        """Serves a line from now on."""
        if self._apart is None:
            serving = threading.Thread(target=serve, args=(theirs, self._slots), name="writer", daemon=True)
            serving.start()
            return
        with theirs:
            socket.send_fds(self._apart[0], [b"+"], [theirs.fileno()])

    def close(self) -> None:
        if self._apart is not None:
            control, process = self._apart
            control.close()
            process.wait()


def _start(memory: int) -> tuple[socket.socket, "subprocess.Popen[bytes]"]:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    command = [sys.executable, "-m", "app.base.writer", str(theirs.fileno()), str(memory)]
    environment = {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(Path(__file__).parents[2])}
    with theirs:
        process = subprocess.Popen(
            command,
            pass_fds=[theirs.fileno(), memory],
            stdin=subprocess.DEVNULL,
            env=environment,
            process_group=0,
        )
    return ours, process


class Line:
    """To one writer, for one object at a time. Raises OSError with what the writer met."""

    def __init__(self, far: _Far) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        weakref.finalize(self, ours.close)
        self.far = far
        self.broken = False
        self._channel = ours
        self._number = 0
        self._told: dict[int, tuple[int, str]] = {}  # answers nobody has asked for yet
        far.connect(theirs)

    def order(
        self, order: Order, *, slot: int = 0, begin: int = 0, end: int = 0, at: int = 0, text: str = ""
    ) -> int:
        """Asks; the number by which the answer is known."""
        self._number = (self._number + 1) & 0xFFFFFFFF
        if order == Order.BEGIN:
            self._told.clear()
        try:
            self._channel.send(REQUEST.pack(order, self._number, slot, begin, end, at) + text.encode())
        except OSError as error:
            raise self._lost() from error
        return self._number

    def answer(self, number: int) -> str:
        """What came with the answer to this order."""
        while number not in self._told:
            self._hear()
        failed, text = self._told.pop(number)
        if failed:
            raise OSError(failed, os.strerror(failed))
        return text

    def has_answer(self, number: int, within: float) -> bool:
        """Whether `answer` would return, or raise, after so many seconds at most."""
        until = time.monotonic() + within
        poll = select.poll()
        poll.register(self._channel, select.POLLIN)
        while number not in self._told:
            if not poll.poll(max(0.0, until - time.monotonic()) * 1000):
                return False
            try:
                self._hear()
            except OSError:
                return True
        return True

    def _hear(self) -> None:
        try:
            message = self._channel.recv(LONGEST)
        except OSError as error:
            raise self._lost() from error
        if not message:
            raise self._lost()
        told, failed = ANSWER.unpack_from(message)
        self._told[told] = failed, message[ANSWER.size :].decode()

    def _lost(self) -> OSError:
        self.broken = True
        return OSError(errno.EIO, "the writer of objects has ended")


class Writers:
    """Lines and buffers, used again and again. With `apart` they lead to a process of its own, started with the first
    object and again after it died.
    """

    def __init__(self, *, apart: bool = False) -> None:
        self._apart = apart
        self._process = os.getpid()
        self._lock = threading.Lock()
        self._far: _Far | None = None
        self._lines: list[Line] = []
        self._memory = os.memfd_create("hoichan-objects", os.MFD_CLOEXEC)
        weakref.finalize(self, os.close, self._memory)
        self._slots = Slots(self._memory)
        self._count = 0
        self._free: list[int] = []

    def begin(self, path: str) -> Line:
        """A line nobody else uses, for a new object whose file is at `path`. Raises OSError when there is no writer."""
        line = self._take()
        try:
            line.order(Order.BEGIN, text=path)
        except OSError:  # its writer has died since: there is a new one
            self.give(line)
            line = self._take()
            line.order(Order.BEGIN, text=path)
        return line

    def _take(self) -> Line:
        with self._lock:
            if self._lines:
                return self._lines.pop()
            if self._far is None:
                self._far = _Far(self._memory, self._slots, apart=self._apart)
                weakref.finalize(self, self._far.close)
            return Line(self._far)

    def give(self, line: Line) -> None:
        """It is no longer used; after a broken one, neither are others to the same writer."""
        with self._lock:
            if line.far is not self._far:
                return
            if line.broken:
                self._far.close()
                self._far = None
                self._lines.clear()
            else:
                self._lines.append(line)

    def take_slot(self) -> tuple[int, mmap.mmap]:
        """A buffer and its number."""
        if os.getpid() != self._process:
            raise RuntimeError("made before the fork: both processes would receive into one memory")
        with self._lock:
            if not self._free:
                self._free.append(self._count)
                self._count += 1
                os.ftruncate(self._memory, self._count * BUFFER)
            slot = heapq.heappop(self._free)  # the first ones stay in use
            return slot, self._slots[slot]

    def give_slot(self, slot: int) -> None:
        """It is no longer used."""
        with self._lock:
            if slot >= _KEPT:
                self._slots[slot].madvise(mmap.MADV_REMOVE)
            heapq.heappush(self._free, slot)
