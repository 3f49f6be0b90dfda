"""Threads of the worker that talk to other systems, which are slow: the other jobs never wait for them."""

import logging
import threading
from collections.abc import Callable

from app.base.faults import fault_of

log = logging.getLogger(__name__)


class Couriers:
    """A few threads of the worker that do what is due: a slow peer never holds up the other jobs."""

    def __init__(self, work: Callable[[], int], *, threads: int, look_every: float = 5.0) -> None:
        self._work = work
        self._look_every = look_every
        self._wake = threading.Condition()
        self._calls = 0
        self._stopping = False
        self._threads = [threading.Thread(target=self._run, daemon=True) for _ in range(threads)]
        for thread in self._threads:
            thread.start()

    def call(self, _subject_id: str = "") -> None:
        """Something new is due: the handler of the jobs that announce it."""
        with self._wake:
            self._calls += 1
            self._wake.notify_all()

    def _run(self) -> None:
        while not self._stopping:
            seen = self._calls
            try:
                worked = self._work()
            except Exception as error:  # noqa: BLE001 - a thread that must go on
                worked = 0
                log.error("what is due was not looked for: %s", fault_of(error))  # noqa: TRY400 - no text: T18
            with self._wake:
                if not worked and seen == self._calls and not self._stopping:
                    self._wake.wait(self._look_every)

    def stop(self) -> None:
        """What is under way is cut off with the process; its lease runs out and it goes on from there."""
        with self._wake:
            self._stopping = True
            self._wake.notify_all()
