"""What one registered peer may take: associations at once and images a minute, over all receiving processes."""

import fcntl
import os
import struct
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from app.base.db import Database
from app.base.errors import NotFound, TooMany
from app.identity.queries import device_info

_COUNT = struct.Struct("<QQ")
_MINUTE = 60


@dataclass(frozen=True)
class PeerLimits:
    """From the device's row."""

    max_associations: int
    max_images_per_minute: int  # 0: any


def limits_of(db: Database, device_id: str) -> PeerLimits:
    """Raises Unavailable when the database does not answer."""
    with db.reading() as tx:
        try:
            found = device_info(tx, device_id)
        except NotFound:  # removed this very moment
            return PeerLimits(0, 0)
    return PeerLimits(found.max_associations, found.max_images_per_minute)


class Place:
    """One of a peer's places; held by a lock of the system, which ends with its process."""

    def __init__(self, handle: int) -> None:
        self._handle = handle

    def leave(self) -> None:
        """Once or twice."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1


class PeerCounts:
    """Places and counts as files of a private folder that all receiving processes share."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder

    def take(self, device_id: str, limits: PeerLimits) -> Place | None:
        """A place for an association; None when all are taken."""
        for number in range(limits.max_associations):
            handle = self._open(f"{device_id}.{number}")
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(handle)
            else:
                return Place(handle)
        return None

    def check_rate(self, device_id: str, limits: PeerLimits) -> None:
        """Counts one image. Raises TooMany when the minute's are used up."""
        if not limits.max_images_per_minute:
            return
        handle = self._open(f"{device_id}.rate")
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            minute, count = int(time.time()) // _MINUTE, 0
            with suppress(struct.error):  # a new file
                was, before = _COUNT.unpack(os.pread(handle, _COUNT.size, 0))
                count = before if was == minute else 0
            if count >= limits.max_images_per_minute:
                raise TooMany(
                    "too_many_images", "More images a minute than this device may send. Try again later."
                )
            os.pwrite(handle, _COUNT.pack(minute, count + 1), 0)
        finally:
            os.close(handle)

    def _open(self, name: str) -> int:
        return os.open(self._folder / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
