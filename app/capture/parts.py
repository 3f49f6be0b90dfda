"""Files on their way: what has come of an uploaded file, on disk under an id of ours."""

import fcntl
import os
import re
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from app.base.clock import now
from app.base.errors import Conflict

_ID = re.compile(r"[0-9a-z]{26}\Z")


class Parts:
    """Bytes are on disk before their offset is told, so a restart of the server costs the browser nothing."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / "uploads"
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def path(self, file_id: str) -> Path:
        if not _ID.match(file_id):
            raise ValueError(file_id)
        return self._folder / file_id

    def received(self, file_id: str) -> int:
        """How many bytes of the file have come; the offset at which the browser goes on."""
        try:
            return self.path(file_id).stat().st_size
        except FileNotFoundError:
            return 0

    def append(self, file_id: str, offset: int, data: bytes) -> int:
        """Adds what is new of `data`, which starts at `offset`; the same chunk sent twice changes nothing.

        Returns how many bytes there are now. Raises Conflict when bytes between are missing.
        """
        with self.path(file_id).open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            return _append(file, offset, data)

    def remove(self, file_id: str) -> None:
        self.path(file_id).unlink(missing_ok=True)

    def remove_older_than(self, age: timedelta) -> None:
        """Frees what no upload came back for."""
        oldest = (now() - age).timestamp()
        for path in list(self._folder.iterdir()):
            if path.stat().st_mtime < oldest:
                path.unlink(missing_ok=True)


def _append(file: BinaryIO, offset: int, data: bytes) -> int:
    have = file.seek(0, os.SEEK_END)
    if offset > have:
        raise Conflict("offset", "Some bytes before these are missing. Sending goes on from where it was.")
    file.write(data[have - offset :])
    file.flush()
    os.fdatasync(file.fileno())
    return file.tell()
