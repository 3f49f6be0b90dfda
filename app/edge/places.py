"""How many sockets may be open at once: each holds a thread, and some stay free for everything else."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask

from app.base.errors import Unavailable
from app.base.settings import Settings

_EXTENSION = "hoichan_places"
FRAMES_OF_ONE_OPENING = 6


class Places:
    """Of a process. Live rooms may take all; channels of frames half of them, because frames come without one too."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._open: Counter[str] = Counter()
        self._lock = threading.Lock()

    @contextmanager
    def room(self) -> Iterator[None]:
        """A place for a live socket. Raises Unavailable."""
        with self._taken({"all": self._most}):
            yield

    @contextmanager
    def channel(self, key: str) -> Iterator[None]:
        """A place for the frames of an opening. Raises Unavailable."""
        with self._taken({"all": self._most, "channels": self._most // 2, key: FRAMES_OF_ONE_OPENING}):
            yield

    @contextmanager
    def _taken(self, limits: dict[str, int]) -> Iterator[None]:
        with self._lock:
            if any(self._open[name] >= most for name, most in limits.items()):
                raise Unavailable(
                    "too_many_sockets", "Too many people are connected just now. Try again soon."
                )
            self._open.update(limits.keys())
        try:
            yield
        finally:
            with self._lock:
                self._open.subtract(limits.keys())
                self._open = +self._open


def places_of(flask_app: Flask, settings: Settings) -> Places:
    """The one of this app."""
    found: Places = flask_app.extensions.setdefault(_EXTENSION, Places(settings.web.threads * 3 // 4))
    return found
