"""Several writers, one commit: what is ready at the same moment becomes durable together.

A commit costs a sync of the disk however much it holds. While one runs, others get ready; the next one takes them all.
"""

import threading
import time
from collections.abc import Callable, Sequence
from typing import Generic, Protocol, TypeVar

from app.base.db import Database, Tx
from app.base.errors import HoichanError, Unavailable

T = TypeVar("T")
_AT_ONCE = 16  # a person's own small transaction waits for one group at most
_PATIENCE = 0.005
"""Seconds. As long a transaction waits for files that are being synced; usually they are there first."""
_SLOW_FOR = 20  # groups after a late one: while several send, one group's wait is the next one's sync


class Syncing(Protocol):
    """A file on its way to the disk, such as app.base.spool.Spool."""

    def commit(self) -> object:
        """Durable when it returns."""

    def is_durable(self, within: float) -> bool:
        """Whether it is, after so many seconds at most."""


class _Late(Exception):
    """The disk takes its time: nobody else's transaction shall wait for it."""


class _FileFailed(Exception):
    """One writer's file cannot be kept; that says nothing of the others'."""

    def __init__(self, reason: HoichanError) -> None:
        super().__init__()
        self.reason = reason


class _Item(Generic[T]):
    """One writer's part of a group."""

    def __init__(self, work: Callable[[Tx], T], files: Sequence[Syncing]) -> None:
        self.work = work
        self.files = files
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
        self._slow_for = 0  # groups that wait for their files first

    def run(self, work: Callable[[Tx], T], files: Sequence[Syncing] = ()) -> T:
        """What `work` returns, once it is durable. The files are so before the commit; while they are synced the
        statements run, unless that holds up others. Whatever `work` or a file raises undoes only this writer's part
        and is raised here; `work` may run more than once.
        """
        item = _Item(work, files)
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
                group[0].error = error.reason if isinstance(error, _FileFailed) else error
                return
            for item in group:
                self._commit([item])

    def _together(self, group: list[_Item[object]]) -> None:
        if self._slow_for:
            self._slow_for -= 1
            self._wait_for_files(group)
        try:
            self._commit_rows(group)
        except _Late:
            self._slow_for = _SLOW_FOR
            self._wait_for_files(group)
            self._commit_rows(group)

    def _wait_for_files(self, group: list[_Item[object]]) -> None:
        begun = time.monotonic()
        for item in group:
            for file in item.files:
                _commit_file(file)
        if time.monotonic() - begun > _PATIENCE:
            self._slow_for = _SLOW_FOR

    def _commit_rows(self, group: list[_Item[object]]) -> None:
        """Raises _Late, nothing having happened."""
        with self._db.transaction() as tx:
            for item in group:
                item.result = item.work(tx)
            until = time.monotonic() + _PATIENCE
            for item in group:
                for file in item.files:
                    if not file.is_durable(max(0.0, until - time.monotonic())):
                        raise _Late
                    _commit_file(file)


def _commit_file(file: Syncing) -> None:
    try:
        file.commit()
    except HoichanError as error:
        raise _FileFailed(error) from error
