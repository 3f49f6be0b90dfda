"""The one way an object leaves the disk: nothing refers to it, nobody is just entering it, no backup copies it.

Locks are of the system and end with their process: whoever commits an object shares the lock of its folder until
its row is written (`Spool.commit`), a backup shares that of all objects, and a removal takes both alone.
"""

import fcntl
import os
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from app.base.blobs import Blobs

FOLDERS = tuple(f"{number:02x}" for number in range(256))
_WAIT_SECONDS = 1.0
Wanted = Callable[[Collection[str]], set[str]]
"""Which of these digests some row still refers to."""


def digests_on_disk(blobs: Blobs, folder: str) -> set[str]:
    """The names in one of the 256 folders."""
    with os.scandir(blobs.objects / folder) as entries:
        return {entry.name for entry in entries}


def remove_unwanted(blobs: Blobs, digests: Collection[str], wanted: Wanted) -> int:
    """Removes those of `digests` that no row wants; how many. What is in use just now is left for the next time."""
    removed = 0
    with _alone(blobs.objects, 0.0) as nobody_copies:
        if not nobody_copies:
            return 0
        for folder in sorted({digest[:2] for digest in digests}):
            own = [digest for digest in digests if digest[:2] == folder]
            removed += _remove_in(blobs, folder, own, wanted)
    return removed


def _remove_in(blobs: Blobs, folder: str, digests: Collection[str], wanted: Wanted) -> int:
    with _alone(blobs.objects / folder, _WAIT_SECONDS) as nobody_enters:
        if not nobody_enters:
            return 0
        left = set(digests) - wanted(digests)
        for digest in left:
            (blobs.objects / folder / digest).unlink(missing_ok=True)
        return len(left)


@contextmanager
def nothing_removed(blobs: Blobs) -> Iterator[None]:
    """Inside the block every object stays; waits for a removal under way."""
    handle = os.open(blobs.objects, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_SH)
        yield
    finally:
        os.close(handle)


@contextmanager
def _alone(folder: Path, wait_seconds: float) -> Iterator[bool]:
    """Whether the folder's lock was free within the time; held inside the block."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield _locked(handle, time.monotonic() + wait_seconds)
    finally:
        os.close(handle)


def _locked(handle: int, until: float) -> bool:
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                return False
            time.sleep(0.002)
        else:
            return True
