"""A job runs after its commit, never before; a crash or a failure only delays it; two workers do not share one."""

from datetime import timedelta
from pathlib import Path

import pytest
from huey.registry import Message

from app.base import clock
from app.base.db import Database
from app.base.errors import Unavailable
from app.base.jobs import Job, JobQueue, JobRunner, JsonSerializer, enqueue


def _rows(db: Database) -> list[Job]:
    with db.reading() as tx:
        return list(tx.session.query(Job))


def test_a_job_of_a_rolled_back_transaction_does_not_exist(db: Database) -> None:
    with pytest.raises(RuntimeError), db.transaction() as tx:
        enqueue(tx, "report.send", "1")
        raise RuntimeError
    assert _rows(db) == []


def test_a_job_runs_once_with_its_subject(db: Database) -> None:
    ran: list[str] = []
    with db.transaction() as tx:
        enqueue(tx, "report.send", "subject-1")
    runner = JobRunner(db, {"report.send": ran.append})
    assert runner.run_waiting() == 1
    assert runner.run(_rows(db)[0].id) is False
    assert ran == ["subject-1"]


def test_unique_work_is_added_again_only_once_it_has_begun(db: Database) -> None:
    for _ in range(3):
        with db.transaction() as tx:
            enqueue(tx, "previews.make", "series-1", unique=True)
    assert len(_rows(db)) == 1


def test_a_failed_job_says_why_and_is_tried_again_later(db: Database) -> None:
    calls: list[str] = []

    def fail_once(subject: str) -> None:
        calls.append(subject)
        if len(calls) == 1:
            raise Unavailable("away", "The other side does not answer.")

    with db.transaction() as tx:
        enqueue(tx, "report.send", "1")
    runner = JobRunner(db, {"report.send": fail_once})
    runner.run(_rows(db)[0].id)
    assert _rows(db)[0].error == "away: The other side does not answer."
    with clock.shifted(timedelta(minutes=1)):
        runner.run_waiting()
    assert _rows(db)[0].done_at is not None
    assert len(calls) == 2


def test_what_a_dead_worker_held_is_free_after_its_lease(db: Database) -> None:
    ran: list[str] = []
    with db.transaction() as tx:
        enqueue(tx, "report.send", "1")
    runner = JobRunner(db, {"report.send": ran.append})
    assert runner._claim(_rows(db)[0].id) is not None  # the worker dies here
    assert runner.run_waiting() == 0
    with clock.shifted(timedelta(minutes=6)):
        assert runner.run_waiting() == 1
    assert ran == ["1"]


def test_the_queue_carries_json_numbers_and_no_pickle(tmp_path: Path, sqlite_db: Database) -> None:
    queue = JobQueue(tmp_path)
    with sqlite_db.transaction() as tx:
        enqueue(tx, "report.send", "1")
    message = queue.huey.storage.dequeue()
    assert message.startswith(b"{")
    task = queue.huey.deserialize_task(message)
    assert task.args == (_rows(sqlite_db)[0].id,)
    ran: list[str] = []
    queue.work_with(ran.append)
    queue.huey.execute(task)
    assert ran == [_rows(sqlite_db)[0].id]


def test_a_message_survives_the_serialiser() -> None:
    serializer = JsonSerializer()
    message = Message("1", "run_job", clock.now(), 0, 0, None, ("x",), {}, None, None, None, None)
    assert serializer.deserialize(serializer.serialize(message)) == message
