"""Whether a stored object's bytes are still those of its digest, checked on their way out: what was found changed never
leaves as good, also where the weekly reading has not come by yet. What was read a day ago or less is taken as good.
"""

import hashlib
from datetime import datetime, timedelta
from typing import Protocol

from app.base import clock
from app.base.blobs import Blobs
from app.base.errors import Unavailable

TRUSTED_FOR = timedelta(days=1)
LONGEST_READ_BEFORE = 256 << 20
"""Bytes of an object that are read once more before it is written anew on its way; it would be waited for too long."""
_CHUNK = 1 << 20


class StoredObject(Protocol):
    """What is asked of an `OutgoingFile`."""

    @property
    def digest(self) -> str: ...
    @property
    def dataset_start(self) -> int: ...
    @property
    def size(self) -> int: ...
    @property
    def read_at(self) -> datetime | None: ...


def is_due(file: StoredObject) -> bool:
    """Whether nobody compared the object with its digest lately."""
    return file.read_at is None or file.read_at < clock.now() - TRUSTED_FOR


def damaged() -> Unavailable:
    """What whoever asks for it is told."""
    return Unavailable(
        "damaged",
        "The stored file was found damaged and is not given out. Tell your administrator: it may be in a backup.",
    )


class Passing:
    """An object digested while it leaves: its meta group is read here, the rest is told piece by piece."""

    def __init__(self, blobs: Blobs, file: StoredObject) -> None:
        self._blobs = blobs
        self._file = file
        self._read = hashlib.sha256(blobs.read_range(file.digest, 0, file.dataset_start))

    def update(self, data: bytes | memoryview) -> None:
        """The next bytes of the object."""
        self._read.update(data)

    def finish(self) -> None:
        """All was told, and its last piece has not left yet. Raises Unavailable; the object is read again soon."""
        if self._read.hexdigest() != self._file.digest:
            self._blobs.doubt(self._file.digest)
            raise damaged()


def check_whole(blobs: Blobs, file: StoredObject) -> None:
    """Reads all of it now. Raises Unavailable when its bytes are others."""
    passing = Passing(blobs, file)
    for offset in range(file.dataset_start, file.size, _CHUNK):
        passing.update(blobs.read_range(file.digest, offset, min(_CHUNK, file.size - offset)))
    passing.finish()


def check_before(blobs: Blobs, file: StoredObject) -> None:
    """The same for what is written anew on its way, where it is due and not too long to be waited for."""
    if is_due(file) and file.size <= LONGEST_READ_BEFORE:
        check_whole(blobs, file)
