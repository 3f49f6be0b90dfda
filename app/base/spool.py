"""One object on its way in: gathered in memory that the writer (app.base.writer) shares, who digests and writes it meanwhile
and syncs it while its receiver reads it.
"""

import errno
import fcntl
import logging
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from app.base.errors import Unavailable
from app.base.ids import new_id
from app.base.writer import BLOCK, BUFFER, Order
from app.base.writers import Line, Writers

log = logging.getLogger(__name__)

_PIECE = 384 << 10  # what is written at once while more comes
_CHECK_EVERY = 64 << 20
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@dataclass(frozen=True)
class Blob:
    """A stored object: SHA-256 in hexadecimal, and its length."""

    digest: str
    size: int


def object_key(digest: str) -> str:
    """Where an object lies below the folder of objects."""
    return f"{digest[:2]}/{digest}"


def storage_fault(error: OSError) -> Unavailable:
    """What the caller is told: the disk is full, or it is not there."""
    if error.errno in _FULL:
        return disk_full()
    log.error("the storage failed: %s", errno.errorcode.get(error.errno or 0, "unknown"))
    return Unavailable("storage_away", "The storage of images does not answer. Try again in a moment.")


def disk_full() -> Unavailable:
    """Less than the reserve is free, or nothing."""
    return Unavailable("disk_full", "The disk is full. Free some space and send again.")


class Spool:
    """A file being received. Discarded on leaving the block unless committed."""

    def __init__(self, folder: str, objects: str, check_space: Callable[[], None], writers: Writers) -> None:
        self._path = f"{folder}/{new_id()}"  # text, because pathlib is slow and this is done for every image
        self.size = 0
        self._objects = objects
        self._check_space = check_space
        self._check_at = _CHECK_EVERY
        self._writers = writers
        self._handle = _create(self._path)
        self._line: Line | None = None
        self._slot, self._buffer = writers.take_slot()
        self._at = 0  # where in the file the buffer begins
        self._filled = 0  # of the buffer
        self._put = 0  # of the buffer: what the writer has been told of
        self._writing: tuple[int, int] | None = None  # another buffer, and the order by which it is written
        self._settling: int | None = None
        self._digest = ""
        self._placing: int | None = None
        self._placed = False

    @property
    def path(self) -> Path:
        """Where it is received."""
        return Path(self._path)

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Appends. Raises Unavailable when the disk is full, or its reserve would be used up."""
        if self.size >= self._check_at:
            self._check_space()
            self._check_at = self.size + _CHECK_EVERY
        rest = memoryview(data)
        while rest:
            count = min(len(rest), BUFFER - self._filled)
            self._buffer[self._filled : self._filled + count] = rest[:count]
            self._filled += count
            self.size += count
            rest = rest[count:]
            if self._filled == BUFFER:
                self._hand_over()
            elif self._filled - self._put >= _PIECE:
                self._hand_piece()

    def _hand_piece(self) -> None:
        """It is digested and written while more of the same buffer comes."""
        end = self._filled // BLOCK * BLOCK
        self._order(Order.PUT, begin=self._put, end=end)
        self._put = end

    def _hand_over(self) -> None:
        """The full buffer is written while the next is filled."""
        self._finish_writing()
        self._writing = self._slot, self._order(Order.PUT_AND_SAY, begin=self._put, end=BUFFER)
        self._slot, self._buffer = self._writers.take_slot()
        self._at, self._filled, self._put = self._at + BUFFER, 0, 0

    def _order(self, order: Order, *, begin: int = 0, end: int = 0, text: str = "") -> int:
        try:
            if self._line is None:
                self._line = self._writers.begin(self._path)
            return self._line.order(
                order, slot=self._slot, begin=begin, end=end, at=self._at + begin, text=text
            )
        except OSError as error:
            raise storage_fault(error) from error

    def _answer(self, number: int) -> str:
        assert self._line is not None  # something was ordered
        try:
            return self._line.answer(number)
        except OSError as error:
            raise storage_fault(error) from error

    def _finish_writing(self) -> None:
        writing, self._writing = self._writing, None
        if writing is not None:
            slot, number = writing
            try:
                self._answer(number)
            finally:
                self._writers.give_slot(slot)

    def flush(self) -> None:
        """Makes what was written visible at `path`, without syncing. Raises Unavailable when the disk is full."""
        self._finish_writing()
        begin = self._put if self._settling is None else self._filled
        self._answer(self._order(Order.SHOW, begin=begin, end=self._filled))

    def settle(self) -> None:
        """Nothing more comes: the rest is written from now on, while the caller may read it."""
        if self._settling is None:
            self._finish_writing()
            self._settling = self._order(Order.SETTLE, begin=self._put, end=self._filled)

    def source(self) -> Path | memoryview:
        """What was received, to be read: from memory while it is small, else from the file."""
        if self._at == 0:
            return memoryview(self._buffer)[: self._filled]
        self.flush()
        return self.path

    def digest(self) -> str:
        """SHA-256 of what was received; it is complete (`settle`)."""
        self.settle()
        if not self._digest:
            assert self._settling is not None  # settle() made it
            self._digest = self._answer(self._settling)
        return self._digest

    def begin_commit(self) -> Blob:
        """It is to be kept: what it is called is known, and it becomes durable meanwhile (`commit` waits)."""
        digest = self.digest()
        if self._placing is None:
            self._placing = self._order(Order.PLACE, text=f"{self._objects}/{object_key(digest)}")
        return Blob(digest, self.size)

    def commit(self) -> Blob:
        """Durable when it returns: it has its digest's key for a name, file and folder are synced.

        Until the block is left the object is not removed for want of a row (app.base.blob_removal).
        """
        blob = self.begin_commit()
        if not self._placed:
            assert self._placing is not None  # begin_commit() made it
            self._answer(self._placing)
            self._placed = True
        return blob

    def is_durable(self, within: float) -> bool:
        """Whether `commit` would return, or raise, after so many seconds at most."""
        self.begin_commit()
        if self._placed:
            return True
        assert self._line is not None  # begin_commit() made both
        assert self._placing is not None
        return self._line.has_answer(self._placing, within)

    def discard(self) -> None:
        """Removes what was spooled; harmless after a commit, and twice."""
        if self._handle < 0:
            return
        with suppress(Unavailable):  # whoever commits is told of it, here the file goes all the same
            if self._placing is not None:
                self.commit()
        self._leave_line()
        if self._writing is not None:
            self._writers.give_slot(self._writing[0])
        self._writers.give_slot(self._slot)
        os.close(self._handle)
        self._handle = -1
        if not self._placed:
            self.path.unlink(missing_ok=True)

    def _leave_line(self) -> None:
        line, self._line = self._line, None
        if line is None:
            return
        with suppress(OSError):  # the line knows that it is broken
            line.order(Order.END)
        self._writers.give(line)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.discard()


def _create(path: str) -> int:
    """A new file; locked, so that whoever clears up sees that somebody is at work on it."""
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise storage_fault(error) from error
    fcntl.flock(handle, fcntl.LOCK_EX)
    return handle
