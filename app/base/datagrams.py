"""Datagrams between the processes of this machine: every listener has a socket in one private folder."""

import logging
import os
import socket
import weakref
from pathlib import Path

from app.base.ids import new_id

log = logging.getLogger(__name__)

LARGEST = 60_000


class Datagrams:
    """One folder of listeners, and the way to all of them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._out = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._out.setblocking(False)
        weakref.finalize(self, self._out.close)  # also of whoever never says that it ends
        self._listeners: tuple[int, list[str]] = (-1, [])  # the folder's last change, who was there then

    def open(self) -> tuple[socket.socket, Path]:
        """A socket of our own in the folder."""
        path = self._folder / f"{os.getpid()}-{new_id()[-10:]}"
        into = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        into.bind(str(path))
        into.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        return into, path

    def send(self, data: bytes = b"", *, but: Path | None = None) -> None:
        """To all except one, at most once; a full or dead listener is passed over."""
        for path in self._found():
            if but is not None and path == str(but):
                continue
            try:
                self._out.sendto(data, path)
            except (ConnectionRefusedError, FileNotFoundError):
                Path(path).unlink(missing_ok=True)
            except OSError:
                log.debug("a listener's queue is full")  # Linux holds ten datagrams

    def _found(self) -> list[str]:
        """Listed again when the folder has changed: this is asked for at each move of a pointer."""
        changed = self._folder.stat().st_mtime_ns
        if self._listeners[0] != changed:
            self._listeners = changed, [str(path) for path in self._folder.iterdir()]
        return self._listeners[1]

    def close(self) -> None:
        """Closes the sending side."""
        self._out.close()
