"""Several writers, one commit: what is ready at the same moment becomes durable together.

A commit costs a sync of the disk however much it holds. While one runs, others get ready; the next one takes them all.
"""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from app.base.db import Database, Tx
from app.base.errors import Unavailable

T = TypeVar("T")
_AT_ONCE = 16  # a person's own small transaction waits for one group at most


class _Item(Generic[T]):
    """One writer's part of a group."""

    def __init__(self, work: Callable[[Tx], T], before_commit: Callable[[], object]) -> None:
        self.work = work
        self.before_commit = before_commit
        self.woken = threading.Event()
        self.finished = False
        self.result: T | None = None
        self.error: BaseException | None = None


class GroupedWrites:
    """`run` from many threads at once."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._lock = threading.Lock()
        self._waiting: list[_Item[object]] = []
        self._led = False

    def run(self, work: Callable[[Tx], T], before_commit: Callable[[], object] = lambda: None) -> T:
        """What `work` returns, once it is durable. `before_commit` runs after the statements and before the commit:
        what must be durable first. Whatever either raises undoes only this writer's part and is raised here; `work`
        may therefore run twice.
        """
        item = _Item(work, before_commit)
        with self._lock:
            self._waiting.append(item)  # type: ignore[arg-type] # the list does not care what they return
            leads, self._led = not self._led, True
        if not leads:
            item.woken.wait()
        if not item.finished:
            self._lead()
        if item.error is not None:
            raise item.error
        return item.result  # type: ignore[return-value] # finished without error: `work` returned it

    def _lead(self) -> None:
        """Commits all that wait, our own among them, then lets the next writer lead."""
        with self._lock:
            group, self._waiting = self._waiting[:_AT_ONCE], self._waiting[_AT_ONCE:]
        try:
            self._commit(group)
        finally:
            with self._lock:
                self._led = bool(self._waiting)
                following = self._waiting[0] if self._waiting else None
            for item in group:
                item.finished = True
                item.woken.set()
            if following is not None:
                following.woken.set()

    def _commit(self, group: list[_Item[object]]) -> None:
        try:
            self._together(group)
        except Unavailable as error:
            for item in group:
                item.error = error
        except Exception as error:  # noqa: BLE001 - whoever is at fault finds out alone; the others go on
            if len(group) == 1:
                group[0].error = error
                return
            for item in group:
                self._commit([item])

    def _together(self, group: list[_Item[object]]) -> None:
        with self._db.transaction() as tx:
            for item in group:
                item.result = item.work(tx)
            for item in group:
                item.before_commit()
