"""Keeps the lease of long work while it runs, and hears when somebody cancels it."""

import logging
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

from app.base.db import Database, Tx
from app.base.faults import fault_of

log = logging.getLogger(__name__)

_LISTEN_EVERY = 1.0
_RENEW_EVERY = 60


class Keeper:
    """A thread beside the work on one row: `held` says whether it is still ours, `renew` keeps it so."""

    def __init__(
        self, db: Database, row_id: str, held: Callable[[Tx], bool], renew: Callable[[Tx], None]
    ) -> None:
        self._db = db
        self._id = row_id
        self._held = held
        self._renew = renew
        self._ended = threading.Event()
        self._lost = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def is_lost(self) -> bool:
        """Whether the work should stop: it was cancelled, or is somebody else's now."""
        return self._lost.is_set()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        seconds = 0
        while not self._ended.wait(_LISTEN_EVERY):
            seconds += 1
            try:
                self._look(renew=seconds % _RENEW_EVERY == 0)
            except Exception as error:  # noqa: BLE001 - the database may be away for a moment; the work goes on
                log.warning("the lease of %s is renewed later: %s", self._id, fault_of(error))

    def _look(self, *, renew: bool) -> None:
        with self._db.reading() as tx:
            held = self._held(tx)
        if not held:
            self._lost.set()
        elif renew:
            with self._db.transaction() as tx:
                self._renew(tx)
