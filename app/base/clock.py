"""Time, in one place so that tests can move it. Stored times are UTC with zone."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone

VIETNAM = timezone(timedelta(hours=7), "ICT")  # no daylight saving since 1975
_shift = timedelta(0)
_lock = threading.Lock()


def now() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC) + _shift


@contextmanager
def shifted(by: timedelta) -> Iterator[None]:
    """For tests: inside the block, `now()` is `by` later (earlier when negative)."""
    global _shift  # noqa: PLW0603 - the clock is the process's one clock
    with _lock:
        before = _shift
        _shift = before + by
    try:
        yield
    finally:
        with _lock:
            _shift = before
