"""Objects kept under the SHA-256 of their bytes. Writing is ours, because it must be durable; reading is obstore's.

obstore's LocalStore syncs nothing (house.md, 6.4), so a spool is written, digested, named by its key,
and file and folder are synced before `commit()` returns.
"""

import fcntl
import logging
import os
import time
from contextlib import suppress
from pathlib import Path

from obstore.exceptions import BaseError
from obstore.store import LocalStore

from app.base.errors import NotFound
from app.base.spool import Blob, Spool, disk_full, object_key, storage_fault
from app.base.writers import Writers

__all__ = ["Blob", "Blobs", "Spool"]

log = logging.getLogger(__name__)

_LAST_FOLDER = "ff"


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove_left(path: Path, last_change: float) -> bool:
    """Its receiver is gone when nobody holds its lock; one just made may not be locked yet."""
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_mtime >= last_change:
                return False
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()
    except (BlockingIOError, FileNotFoundError):
        return False
    return True


class Blobs:
    """All objects of a data folder. `writes_apart`: by a process of its own, for those who receive much."""

    def __init__(self, data_dir: Path, reserve_bytes: int = 0, *, writes_apart: bool = False) -> None:
        self.objects = data_dir / "blobs"
        self._spool = data_dir / "spool"
        self._doubted = data_dir / "doubted"
        self._reserve = reserve_bytes
        for folder in (self.objects, self._spool):
            folder.mkdir(parents=True, exist_ok=True)
        self._make_folders()
        self._store = LocalStore(self.objects)
        self._writers = Writers(apart=writes_apart)

    def _make_folders(self) -> None:
        """All 256, durable before anything lies in them: a commit then syncs one folder and nothing else."""
        if (self.objects / _LAST_FOLDER).is_dir():
            return
        for number in range(256):
            (self.objects / f"{number:02x}").mkdir(exist_ok=True)
        for folder in (self.objects, self.objects.parent):
            _sync_folder(folder)

    def check_space(self) -> None:
        """Raises Unavailable before anything is written when less than the reserve would stay free, or a folder is away."""
        try:
            self.objects.stat()
            room = os.statvfs(self._spool)
        except OSError as error:
            raise storage_fault(error) from error
        if room.f_bavail * room.f_frsize < self._reserve:
            raise disk_full()

    def open_spool(self) -> Spool:
        """A new file to receive into."""
        self.check_space()
        return Spool(str(self._spool), str(self.objects), self.check_space, self._writers)

    def clear_spool(self, *, older_than_seconds: float = 0.2) -> int:
        """Removes what a crash left half-received, not what somebody is receiving; says how many."""
        return sum(_remove_left(path, time.time() - older_than_seconds) for path in self._spool.iterdir())

    def doubt(self, digest: str) -> None:
        """Its bytes were met changed on their way out: whoever verifies objects reads it next (app.main.scrub)."""
        log.error("a stored object is not what it was: %s", digest)
        with suppress(OSError):  # a full disk: it is found when its turn comes
            self._doubted.mkdir(exist_ok=True)
            (self._doubted / digest).touch()

    def doubted(self) -> list[str]:
        """The digests of objects in doubt."""
        return sorted(path.name for path in self._doubted.glob("*")) if self._doubted.is_dir() else []

    def settle_doubt(self, digest: str) -> None:
        """It was read, and what became of it is known."""
        (self._doubted / digest).unlink(missing_ok=True)

    def path(self, digest: str) -> Path:
        """Where the object lies on this machine."""
        return self.objects / object_key(digest)

    def read(self, digest: str) -> bytes:
        """All of it. Raises NotFound when it is gone."""
        try:
            return bytes(self._store.get(object_key(digest)).bytes())
        except (BaseError, FileNotFoundError) as error:
            raise NotFound("blob_missing", "The stored file is missing. Tell your administrator.") from error

    def read_range(self, digest: str, offset: int, length: int) -> bytes:
        """`length` bytes from `offset`; fewer at the end of the object. Raises NotFound when it is gone."""
        # Not by obstore: its hop to another thread costs more than the read (2.6 ms of 3.9 under load).
        try:
            handle = os.open(self.path(digest), os.O_RDONLY | os.O_CLOEXEC)
        except OSError as error:
            raise NotFound("blob_missing", "The stored file is missing. Tell your administrator.") from error
        try:
            return os.pread(handle, max(length, 0), offset)
        finally:
            os.close(handle)
