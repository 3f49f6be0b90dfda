"""Writes received objects: the far end of app.base.writers, in a thread of the same process or in one of its own.

Apart, because whoever receives holds Python's lock while it reads headers, and taking turns with a thread cost more than the
writing. The process shares the memory into which objects are received, and ends with whoever started it.

It writes past the page cache, which would copy every byte once more; on a machine that gives memory back to its host a new page
costs more than the write itself (1.3 ms of 1.9 for a CT slice). Where the file system knows no direct writing, it is done the
usual way.

    python -m app.base.writer CONTROL MEMORY
"""

import errno
import fcntl
import hashlib
import mmap
import os
import socket
import struct
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from enum import IntEnum
from functools import partial
from pathlib import Path
from queue import SimpleQueue

BUFFER = 1 << 20
BLOCK = 4096  # direct writes begin, end and come from memory at multiples of it
REQUEST = struct.Struct("<BIIIIQ")  # order, its number, slot, begin and end in it, place in the file
ANSWER = struct.Struct("<Ii")  # number of the order, errno or 0; a digest may follow
LONGEST = 8192
_DIRECT = getattr(os, "O_DIRECT", 0)  # Linux only


class Order(IntEnum):
    """What is asked, in this order for one object."""

    BEGIN = 1  # a new file, its path follows; not answered
    PUT = 2  # a piece of it, not answered: what goes wrong is told with the next answer
    PUT_AND_SAY = 3  # the same, answered: its memory may be used again
    SHOW = 4  # what there is becomes visible under the path; answered
    SETTLE = 5  # the last piece: answered with the digest, then written
    PLACE = 6  # it gets the name that follows, and both become durable; answered
    END = 7  # nothing more of this object; its folder is no longer held; not answered


class Slots:
    """The shared memory: buffers of one megabyte each, mapped when first used."""

    def __init__(self, memory: int) -> None:
        self._memory = memory
        self._mapped: dict[int, mmap.mmap] = {}

    def __getitem__(self, slot: int) -> mmap.mmap:
        found = self._mapped.get(slot)
        if found is None:
            found = self._mapped[slot] = mmap.mmap(self._memory, BUFFER, offset=slot * BUFFER)
        return found


class _File:
    """One object on the disk. After the first step that fails nothing more is done to it."""

    def __init__(self) -> None:
        self._path = ""
        self._handle = -1
        self._flags = 0
        self._folder = -1
        self.error = 0

    def step(self, work: Callable[[], None]) -> None:
        """Does it, or remembers why not."""
        if self.error:
            return
        try:
            work()
        except OSError as error:
            self.error = error.errno or errno.EIO

    def begin(self, path: str) -> None:
        self._path = path
        try:
            self._handle = os.open(path, os.O_WRONLY | os.O_CLOEXEC | _DIRECT)
        except OSError as error:
            if error.errno != errno.EINVAL:
                raise
            self._handle = os.open(path, os.O_WRONLY | os.O_CLOEXEC)  # a file system without direct writing
        self._flags = fcntl.fcntl(self._handle, fcntl.F_GETFL)

    def put(self, buffer: mmap.mmap, begin: int, end: int, at: int) -> None:
        """Whole blocks past the page cache, what is left over by it: to write it padded and to cut it reads it again."""
        whole = begin + (end - begin) // BLOCK * BLOCK
        with memoryview(buffer) as view:
            self._write(view[begin:whole], at)
            if whole < end:
                fcntl.fcntl(self._handle, fcntl.F_SETFL, self._flags & ~_DIRECT)
                self._write(view[whole:end], at + whole - begin)
                fcntl.fcntl(self._handle, fcntl.F_SETFL, self._flags)

    def _write(self, piece: memoryview, at: int) -> None:
        with piece:
            # The next write would say so, but must begin at a block.
            if os.pwrite(self._handle, piece, at) < len(piece):
                raise OSError(errno.ENOSPC, "not all of it fits")

    def place(self, target: str) -> None:
        """Until `end` the object is not removed for want of a row (app.base.blob_removal).

        A new object gets its name before it is synced: one journal entry of the file system then holds both, where
        it would be two. One that is there already is only replaced by what is on the disk.
        """
        name = Path(target)
        self._folder = os.open(name.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        fcntl.flock(self._folder, fcntl.LOCK_SH)
        try:
            name.hardlink_to(self._path)
        except OSError:  # it is there, or this file system knows no links
            os.fsync(self._handle)
            Path(self._path).rename(name)
        else:
            Path(self._path).unlink()
            os.fsync(self._handle)
        os.fsync(self._folder)

    def end(self) -> None:
        for handle in (self._handle, self._folder):
            if handle >= 0:
                os.close(handle)
        self._handle = self._folder = -1


def serve(channel: socket.socket, slots: Slots) -> None:
    """Digests and writes one object after the other, until the other end closes. Digests do not wait for the disk."""
    orders: SimpleQueue[bytes] = SimpleQueue()
    writing = threading.Thread(target=_write, args=(channel, slots, orders), daemon=True)
    writing.start()
    digest = hashlib.sha256()
    while message := _received(channel):
        kind, number, slot, begin, end, _ = REQUEST.unpack_from(message)
        # Where its answer gives the memory back it must have been digested by then.
        if kind != Order.PUT_AND_SAY:
            orders.put(message)
        if kind == Order.BEGIN:
            digest = hashlib.sha256()
        elif kind in {Order.PUT, Order.PUT_AND_SAY, Order.SETTLE}:
            with memoryview(slots[slot]) as view, view[begin:end] as piece:
                digest.update(piece)
            if kind == Order.SETTLE:
                _answer(channel, number, 0, digest.hexdigest())
        if kind == Order.PUT_AND_SAY:
            orders.put(message)
    orders.put(b"")
    writing.join()
    channel.close()


def _received(channel: socket.socket) -> bytes:
    try:
        return channel.recv(LONGEST)
    except OSError:
        return b""


def _answer(channel: socket.socket, number: int, error: int, more: str = "") -> None:
    with suppress(OSError):  # nobody waits any more
        channel.send(ANSWER.pack(number, error) + more.encode())


def _write(channel: socket.socket, slots: Slots, orders: "SimpleQueue[bytes]") -> None:
    file = _File()
    while message := orders.get():
        kind, number, slot, begin, end, at = REQUEST.unpack_from(message)
        text = message[REQUEST.size :].decode()
        if kind == Order.BEGIN:
            file = _File()
            file.step(partial(file.begin, text))
        elif kind == Order.PLACE:
            file.step(partial(file.place, text))
        elif kind == Order.END:
            file.end()
        else:
            file.step(partial(file.put, slots[slot], begin, end, at))
        if kind in {Order.PUT_AND_SAY, Order.SHOW, Order.PLACE}:
            _answer(channel, number, file.error)
    file.end()


def main(control: int, memory: int) -> None:
    """A thread for each channel that comes over the control socket; ends when that closes, and with it all."""
    slots = Slots(memory)
    with socket.socket(fileno=control) as line:
        while True:
            data, handles, _, _ = socket.recv_fds(line, 1, 1)
            if not data:
                return
            channel = socket.socket(fileno=handles[0])
            threading.Thread(target=serve, args=(channel, slots), daemon=True).start()


if __name__ == "__main__":
    main(*(int(text) for text in sys.argv[1:3]))
