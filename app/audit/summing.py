"""What comes by the thousand leaves one record now and then, which says how many came in between."""

import threading
import time

_REMEMBERED = 5000


class Summed:
    """Counts occurrences of a key; says when the next record is due."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._told: dict[tuple[str, ...], tuple[float, int]] = {}

    def due(self, *key: str) -> int | None:
        """None when a record was written a moment ago; else how many occurrences were silent since it."""
        moment = time.monotonic()
        with self._lock:
            told_at, silent = self._told.get(key, (moment - self._seconds, 0))
            if moment - told_at < self._seconds:
                self._told[key] = (told_at, silent + 1)
                return None
            if len(self._told) >= _REMEMBERED:
                self._told.clear()
            self._told[key] = (moment, 0)
            return silent
