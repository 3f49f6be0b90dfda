"""Slow or outside work: a row written in the action's transaction, handed to Huey after commit.

The row is the job; Huey only carries its number. A sweep hands over what a crash left behind, so a job may run
twice and must be idempotent: it claims its row by a conditional update with a lease (house.md, rule 8).
"""

import json
import logging
import threading
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from huey import SqliteHuey
from huey.registry import Message
from huey.serializer import Serializer
from sqlalchemy import Index, String, Text, bindparam, delete, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from app.base.db import Base, Database, Tx, UtcDateTime
from app.base.errors import HoichanError
from app.base.faults import fault_of
from app.base.ids import new_id
from app.base.prepared import Prepared

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
SWEEP_AFTER = timedelta(seconds=20)
KEEP = timedelta(days=7)
MAX_ATTEMPTS = 8
JobHandler = Callable[[str], None]


class Job(Base):
    """One piece of work, visible until a week after it ended."""

    __tablename__ = "job"
    __table_args__ = (Index("ix_job_waiting", "done_at", "due_at"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(60))
    subject_id: Mapped[str] = mapped_column(String(64), index=True)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(Text, default="")


class _Handover:
    """Where committed jobs go in this process: set by the process that has a queue."""

    queue: "JobQueue | None" = None


def enqueue(tx: Tx, name: str, subject_id: str, *, unique: bool = False, delay_seconds: float = 0) -> None:
    """Work for after the commit. `unique`: nothing is added while the same work still waits to be started."""
    if unique and _is_waiting(tx, name, subject_id):
        return
    job = Job(id=new_id(), name=name, subject_id=subject_id, due_at=tx.now + timedelta(seconds=delay_seconds))
    tx.session.add(job)
    job_id = job.id
    tx.after_commit(lambda: _hand_over(job_id, delay_seconds))


def subjects_waiting(tx: Tx, names: Collection[str]) -> set[str]:
    """What work of these names is still to be done on."""
    return set(tx.session.scalars(select(Job.subject_id).where(Job.name.in_(names), Job.done_at.is_(None))))


def _is_waiting(tx: Tx, name: str, subject_id: str) -> bool:
    if tx.has_new_rows():
        tx.flush()
    return _WAITING.first(tx, name_=name, subject_=subject_id) is not None


# Locked, so that a worker cannot begin it, and read too early, while this transaction still runs.
_WAITING = Prepared(
    lambda _dialect: (
        select(Job.id)
        .where(
            Job.name == bindparam("name_"),
            Job.subject_id == bindparam("subject_"),
            Job.done_at.is_(None),
            Job.leased_until.is_(None),
        )
        .limit(1)
        .with_for_update()
    )
)


def _hand_over(job_id: str, delay_seconds: float) -> None:
    if _Handover.queue is not None:
        _Handover.queue.hand_over(job_id, delay_seconds)


class JsonSerializer(Serializer):
    """Messages as JSON: a queue file that somebody else could write must never be unpickled."""

    def _serialize(self, data: Any) -> bytes:
        if isinstance(data, Message):
            data = {"message": [_plain(value) for value in data]}
        return json.dumps(data).encode()

    def _deserialize(self, data: bytes) -> Any:
        found = json.loads(data)
        if not isinstance(found, dict) or "message" not in found:
            return found
        message = Message(*found["message"])
        when = datetime.fromisoformat(message.eta) if message.eta else None
        return message._replace(eta=when, args=tuple(message.args))


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


class JobQueue:
    """Huey on a SQLite file of its own, carrying job numbers."""

    def __init__(self, data_dir: Path) -> None:
        self.huey = SqliteHuey(
            "hoichan",
            filename=str(data_dir / "jobs.db"),
            serializer=JsonSerializer(),
            results=False,
            utc=True,
        )
        self._run: Callable[[str], object] | None = None
        self._task = self.huey.task(name="run_job")(self._run_job)
        _Handover.queue = self

    def hand_over(self, job_id: str, delay_seconds: float = 0) -> None:
        """Puts the number on the queue."""
        self._task.schedule(args=(job_id,), delay=delay_seconds) if delay_seconds else self._task(job_id)

    def work_with(self, run: Callable[[str], object]) -> None:
        """The worker process says what to do with a number."""
        self._run = run

    def _run_job(self, job_id: str) -> None:
        if self._run is not None:
            self._run(job_id)


class JobRunner:
    """Claims a job's row, runs its handler, notes the outcome."""

    def __init__(self, db: Database, handlers: Mapping[str, JobHandler]) -> None:
        self._db = db
        self._handlers = dict(handlers)

    def run(self, job_id: str) -> bool:
        """Runs one job if it is due and nobody holds it; says whether it did."""
        claimed = self._claim(job_id)
        if claimed is None:
            return False
        name, subject_id = claimed
        try:
            self._handlers[name](subject_id)
        except HoichanError as error:
            self._failed(job_id, f"{error.code}: {error}")
        except Exception as error:  # noqa: BLE001 - the outermost place of a job
            log.error("job %s of %s failed: %s", name, subject_id, fault_of(error))  # noqa: TRY400 - no text: T18
            self._failed(job_id, type(error).__name__)
        else:
            self._finish(job_id)
        return True

    def run_waiting(self) -> int:
        """Runs all that is due, in this thread; for tests and the sweep of a machine without a queue."""
        count = 0
        while job_ids := self._due(timedelta(0)):
            count += sum(self.run(job_id) for job_id in job_ids)
        return count

    def sweep(self, hand_over: Callable[[str], None]) -> None:
        """Hands over again what waits longer than it should, and drops what ended a week ago."""
        for job_id in self._due(SWEEP_AFTER):
            hand_over(job_id)
        with self._db.transaction() as tx:
            lost = (Job.done_at.is_(None), Job.attempts >= MAX_ATTEMPTS, Job.leased_until < tx.now)
            tx.session.execute(update(Job).where(*lost).values(done_at=tx.now, failed_at=tx.now))
            tx.session.execute(delete(Job).where(Job.done_at < tx.now - KEEP))

    def _due(self, waiting_for: timedelta) -> list[str]:
        with self._db.reading() as tx:
            free = or_(Job.leased_until.is_(None), Job.leased_until < tx.now)
            due = select(Job.id).where(Job.done_at.is_(None), Job.due_at <= tx.now - waiting_for, free)
            return list(tx.session.scalars(due.order_by(Job.due_at).limit(200)))

    def _claim(self, job_id: str) -> tuple[str, str] | None:
        with self._db.transaction() as tx:
            free = or_(Job.leased_until.is_(None), Job.leased_until < tx.now)
            left = Job.attempts < MAX_ATTEMPTS  # also one that kills its worker each time comes to an end
            claim = (
                update(Job)
                .where(Job.id == job_id, Job.done_at.is_(None), Job.due_at <= tx.now, free, left)
                .values(leased_until=tx.now + LEASE, attempts=Job.attempts + 1)
                .returning(Job.name, Job.subject_id)
            )
            row = tx.session.execute(claim).one_or_none()
            return None if row is None else (row[0], row[1])

    def _finish(self, job_id: str) -> None:
        with self._db.transaction() as tx:
            tx.session.execute(update(Job).where(Job.id == job_id).values(done_at=tx.now, error=""))

    def _failed(self, job_id: str, reason: str) -> None:
        with self._db.transaction() as tx:
            job = tx.session.get_one(Job, job_id)
            job.error = reason[:2000]
            job.leased_until = None
            job.due_at = tx.now + timedelta(seconds=min(3600, 2**job.attempts))
            if job.attempts >= MAX_ATTEMPTS:
                job.failed_at = job.done_at = tx.now


class Periodic:
    """Calls functions every so many seconds on one thread of the worker."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []

    def every(self, seconds: float, call: Callable[[], object]) -> None:
        """Starts calling at once; a call that fails is logged and tried again next time."""
        thread = threading.Thread(target=self._loop, args=(seconds, call), daemon=True)
        self._threads.append(thread)
        thread.start()

    def _loop(self, seconds: float, call: Callable[[], object]) -> None:
        while True:
            try:
                call()
            except Exception as error:  # noqa: BLE001 - a thread that must go on
                log.error("a periodic job failed: %s", fault_of(error))  # noqa: TRY400 - no text: T18
            if self._stopping.wait(seconds):
                return

    def stop(self) -> None:
        """Waits for the calls under way."""
        self._stopping.set()
        for thread in self._threads:
            thread.join(timeout=10)
