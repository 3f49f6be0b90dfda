"""Several writers, one commit; a slow disk holds up nobody who stores nothing."""

import threading
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from app.base import group
from app.base.db import Database, Tx
from app.base.errors import Unavailable
from app.base.group import GroupedWrites
from app.base.jobs import Job, enqueue


class Held:
    """A file that is durable when the test says so; or broken."""

    def __init__(self, *, durable: bool = False, error: Exception | None = None) -> None:
        self.durable = threading.Event()
        self._error = error
        if durable:
            self.durable.set()

    def is_durable(self, within: float) -> bool:
        return self.durable.wait(within)

    def commit(self) -> None:
        self.durable.wait()
        if self._error is not None:
            raise self._error


class Clock:
    """Stands still but for files that are waited for."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now


class Timed:
    """A file whose sync takes so many seconds of the clock."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        self._clock = clock
        self._left = seconds

    def is_durable(self, within: float) -> bool:
        self._wait(within)
        return self._left <= 0

    def commit(self) -> None:
        self._wait(self._left)

    def _wait(self, seconds: float) -> None:
        waited = min(seconds, self._left)
        self._clock.now += waited
        self._left -= waited


def kept(db: Database) -> set[str]:
    with db.reading() as tx:
        return set(tx.session.scalars(select(Job.subject_id)))


def test_others_write_while_a_file_is_still_being_synced(db: Database) -> None:
    writes, slow, begun = GroupedWrites(db), Held(), threading.Event()

    def work(tx: Tx) -> str:
        enqueue(tx, "image", "stored")
        begun.set()
        return "done"

    found: list[str] = []
    storing = threading.Thread(target=lambda: found.append(writes.run(work, files=[slow])), daemon=True)
    storing.start()
    assert begun.wait(5)
    with db.transaction() as tx:  # Unavailable after ten seconds, if the other one kept it from us
        enqueue(tx, "line", "said")
    assert kept(db) == {"said"}  # no row before its file
    slow.durable.set()
    storing.join(10)
    assert found == ["done"]
    assert kept(db) == {"said", "stored"}


def test_after_a_slow_file_the_next_ones_are_waited_for_first_until_the_disk_stays_quick(
    sqlite_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    monkeypatch.setattr(group, "time", SimpleNamespace(monotonic=clock.monotonic))
    writes = GroupedWrites(sqlite_db)

    def runs_of(seconds: float) -> int:
        runs: list[int] = []
        writes.run(lambda _tx: runs.append(1), files=[Timed(clock, seconds)])
        return len(runs)

    assert [runs_of(0.001), runs_of(0.5), runs_of(0.5)] == [1, 2, 1]
    assert [runs_of(0.001) for _ in range(5)] == [1] * 5
    assert runs_of(0.5) == 1
    assert {runs_of(0.001) for _ in range(group._SLOW_FOR)} == {1}
    assert runs_of(0.5) == 2


@pytest.mark.parametrize(
    "error", [Unavailable("storage_away", "The storage of images does not answer."), OSError("broken")]
)
@pytest.mark.parametrize("durable", [True, False])
def test_a_file_that_cannot_be_kept_undoes_its_own_row_alone(
    db: Database, error: Exception, *, durable: bool
) -> None:
    writes = GroupedWrites(db)
    outcomes: dict[str, object] = {}

    def store(name: str, file: Held) -> None:
        try:
            outcomes[name] = writes.run(lambda tx: enqueue(tx, "image", name), files=[file])
        except (OSError, Unavailable) as refused:
            outcomes[name] = refused

    files = {
        "good": Held(durable=durable),
        "bad": Held(durable=durable, error=error),
        "other": Held(durable=durable),
    }
    with writes._lock:  # so that all wait when the first begins to lead
        threads = [threading.Thread(target=store, args=one, daemon=True) for one in files.items()]
        for thread in threads:
            thread.start()
    for file in files.values():
        file.durable.set()
    for thread in threads:
        thread.join(10)
    assert outcomes == {"good": None, "bad": error, "other": None}
    assert kept(db) == {"good", "other"}
