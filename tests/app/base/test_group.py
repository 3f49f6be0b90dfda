"""Several writers, one commit; a slow disk holds up nobody who stores nothing."""

import threading

import pytest
from sqlalchemy import select

from app.base.db import Database, Tx
from app.base.group import GroupedWrites
from app.base.jobs import Job, enqueue


class File:
    """Durable after so many seconds, or when `durable` is set; or broken."""

    def __init__(self, seconds: float | None = 0.0, error: Exception | None = None) -> None:
        self.durable = threading.Event()
        self._error = error
        if seconds is not None:
            threading.Timer(seconds, self.durable.set).start()

    def is_durable(self, within: float) -> bool:
        return self.durable.wait(within)

    def commit(self) -> None:
        self.durable.wait()
        if self._error is not None:
            raise self._error


def kept(db: Database) -> set[str]:
    with db.reading() as tx:
        return set(tx.session.scalars(select(Job.subject_id)))


def test_others_write_while_a_file_is_still_being_synced(db: Database) -> None:
    writes, slow, begun = GroupedWrites(db), File(None), threading.Event()

    def work(tx: Tx) -> str:
        enqueue(tx, "image", "stored")
        begun.set()
        return "done"

    found: list[str] = []
    storing = threading.Thread(target=lambda: found.append(writes.run(work, files=[slow])))
    storing.start()
    assert begun.wait(5)
    with db.transaction() as tx:  # Unavailable after ten seconds, if the other one kept it from us
        enqueue(tx, "line", "said")
    assert kept(db) == {"said"}  # no row before its file
    slow.durable.set()
    storing.join()
    assert found == ["done"]
    assert kept(db) == {"said", "stored"}


def test_after_a_slow_file_the_next_is_waited_for_first_until_the_disk_is_quick_again(
    sqlite_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.base.group._PATIENCE", 0.25)  # a busy machine's pauses are shorter
    writes, runs = GroupedWrites(sqlite_db), list[int]()

    def runs_of(file: File) -> int:
        runs.clear()
        writes.run(lambda _tx: runs.append(1), files=[file])
        return len(runs)

    assert runs_of(File(0.5)) == 2
    assert runs_of(File(0.5)) == 1
    assert runs_of(File()) == 1
    assert runs_of(File(0.5)) == 2


@pytest.mark.parametrize("seconds", [0.0, 0.05])
def test_a_file_that_cannot_be_kept_undoes_its_own_row_alone(db: Database, seconds: float) -> None:
    writes = GroupedWrites(db)
    outcomes: dict[str, object] = {}

    def store(name: str, file: File) -> None:
        try:
            outcomes[name] = writes.run(lambda tx: enqueue(tx, "image", name), files=[file])
        except OSError as error:
            outcomes[name] = str(error)

    files = {"good": File(seconds), "bad": File(seconds, OSError("broken")), "other": File(seconds)}
    threads = [threading.Thread(target=store, args=one) for one in files.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes == {"good": None, "bad": "broken", "other": None}
    assert kept(db) == {"good", "other"}
