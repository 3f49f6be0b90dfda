"""Live events between processes: numbered rows in the database, woken by a loopback datagram.

A row is written in the action's transaction and read by every listening process after commit, in order. On
PostgreSQL, where transactions overlap, a reader never steps past one that is still running. Volatile events
(pointer, typing) are never stored: within the process they pass through a queue, to others in a datagram. They have
threads of their own, because a stream of pointers would fill the few places there are and wake-ups would be lost.
"""

import json
import logging
import queue
import select as system_select
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import (
    BigInteger,
    Integer,
    Select,
    String,
    Text,
    bindparam,
    delete,
    func,
    insert,
    select,
    text,
    tuple_,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.base.datagrams import LARGEST, Datagrams
from app.base.db import Base, Database, Tx, UtcDateTime, table_of
from app.base.faults import fault_of
from app.base.prepared import Prepared

log = logging.getLogger(__name__)

POLL_SECONDS = 0.5
KEEP = timedelta(hours=1)
MOST_PASSING = 2000


class LiveEventRow(Base):
    """One committed event, kept for an hour; listeners that were away fetch state afresh."""

    __tablename__ = "live_event"
    __table_args__ = (
        {"sqlite_autoincrement": True},
    )  # a number is never given twice, old rows dropped or not

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer(), "sqlite"), primary_key=True)
    topic: Mapped[str] = mapped_column(String(80))
    type: Mapped[str] = mapped_column(String(60))
    payload: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    # PostgreSQL only: the writing transaction, so that readers can stop before those still running.
    writer: Mapped[int] = mapped_column(BigInteger, default=0)


@dataclass(frozen=True)
class LiveEvent:
    """What listeners receive; `id` is None when it was volatile."""

    topic: str
    type: str
    payload: dict[str, Any]
    id: int | None = None


def announce(tx: Tx, topic: str, type_: str, payload: dict[str, Any]) -> None:
    """Delivered to every process's listeners once the transaction has committed."""
    _ADD.rows(tx, topic=topic, type=type_, payload=json.dumps(payload), at=tx.now)
    tx.wakes = True


def _add(dialect: str) -> Any:
    given: dict[str, Any] = {name: bindparam(name) for name in ("topic", "type", "payload", "at")}
    writer = text("pg_current_xact_id()::text::bigint" if dialect == "postgresql" else "0")
    return insert(table_of(LiveEventRow)).values(given | {"writer": writer}).inline()


_ADD = Prepared(_add)


def drop_old(tx: Tx) -> None:
    """Periodic job: rows older than an hour have done their work."""
    tx.session.execute(delete(LiveEventRow).where(LiveEventRow.at < tx.now - KEEP))


@dataclass
class LiveEvents:
    """A process's ears: calls subscribers, what is stored in order on one thread, what is volatile on another."""

    db: Database
    run_dir: Path
    _subscribers: list[tuple[str, Callable[[LiveEvent], None]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Makes commits of this process wake everybody."""
        self._wakes = Datagrams(self.run_dir / "wake")
        self._volatile = Datagrams(self.run_dir / "volatile")
        self.db.after_write = self._wakes.send
        self._passing: queue.Queue[LiveEvent | None] = queue.Queue(MOST_PASSING)
        self._threads: list[threading.Thread] = []
        self._own: Path | None = None  # our volatile socket, which our own events need not take
        self._stopping = threading.Event()

    def subscribe(self, prefix: str, receive: Callable[[LiveEvent], None]) -> None:
        """`receive` gets every event whose topic starts with `prefix`, from two threads. It must be quick."""
        self._subscribers.append((prefix, receive))

    def publish_volatile(self, topic: str, type_: str, payload: dict[str, Any]) -> None:
        """To all processes of this machine, stored nowhere. May be lost where more comes than is taken: what must arrive, a
        presence or a call's signal, is said again by whoever misses an answer. Larger than 60 kB is dropped.
        """
        data = json.dumps([topic, type_, payload]).encode()
        if len(data) > LARGEST:
            log.warning("%s is too large to be passed on: %d bytes", type_, len(data))
            return
        if self._own is not None:
            self._pass(data)
        self._volatile.send(data, but=self._own)

    def start(self) -> None:
        """Begins after the newest committed event."""
        with self.db.reading() as tx:
            newest = tx.session.scalar(select(func.max(LiveEventRow.id))) or 0
            self._last = (0, newest) if self.db.is_sqlite else (self._oldest_running(tx) - 1, newest)
        woken, woken_at = self._wakes.open()
        passed, self._own = self._volatile.open()
        self._sockets = [(woken, woken_at), (passed, self._own)]
        for name, run in (
            ("live-events", partial(self._read, woken)),
            ("live-passed", partial(self._take, passed)),
            ("live-volatile", self._deliver_passing),
        ):
            thread = threading.Thread(target=run, name=name, daemon=True)
            self._threads.append(thread)
            thread.start()

    def stop(self) -> None:
        """Ends the threads and removes the sockets."""
        self._stopping.set()
        if self._threads:
            self._wakes.send()
            self._volatile.send()
            self._passing.put(None)
            for thread in self._threads:
                thread.join(timeout=5)
            for sock, path in self._sockets:
                sock.close()
                path.unlink(missing_ok=True)
        self._wakes.close()
        self._volatile.close()

    def _read(self, woken: socket.socket) -> None:
        """What is stored. A wake-up is lost only while others wait; rows are read twice a second whatever comes."""
        woken.setblocking(False)
        while not self._stopping.is_set():
            system_select.select([woken], [], [], POLL_SECONDS)
            with suppress(BlockingIOError):
                while True:  # all that wait tell the same
                    woken.recv(1)
            self._read_committed()

    def _take(self, passed: socket.socket) -> None:
        """What other processes pass on."""
        passed.settimeout(POLL_SECONDS)
        while not self._stopping.is_set():
            with suppress(TimeoutError):
                data = passed.recv(1 << 16)
                if data:
                    self._pass(data)

    def _pass(self, data: bytes) -> None:
        with suppress(queue.Full):  # nobody looks at where a pointer was a second ago
            self._passing.put_nowait(LiveEvent(*json.loads(data)))

    def _deliver_passing(self) -> None:
        while (event := self._passing.get()) is not None:
            self._deliver(event)

    def _read_committed(self) -> None:
        try:
            with self.db.reading() as tx:
                rows = tx.session.scalars(self._unread(tx)).all()
        except Exception as error:  # noqa: BLE001 - a thread that must go on; the next poll reads the same rows
            log.warning("live events wait: %s", fault_of(error))
            return
        for row in rows:
            self._last = (row.writer, row.id)
            self._deliver(LiveEvent(row.topic, row.type, json.loads(row.payload), row.id))

    def _unread(self, tx: Tx) -> Select[LiveEventRow]:
        # SQLite: one writer at a time, so numbers follow the order of commits and `writer` is always 0.
        place = tuple_(LiveEventRow.writer, LiveEventRow.id)
        query = select(LiveEventRow).where(place > self._last).order_by(LiveEventRow.writer, LiveEventRow.id)
        return query if self.db.is_sqlite else query.where(LiveEventRow.writer < self._oldest_running(tx))

    @staticmethod
    def _oldest_running(tx: Tx) -> int:
        return int(
            tx.session.scalar(text("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")) or 0
        )

    def _deliver(self, event: LiveEvent) -> None:
        for prefix, receive in self._subscribers:
            if not event.topic.startswith(prefix):
                continue
            try:
                receive(event)
            except Exception as error:  # noqa: BLE001 - one listener's fault is not the others'
                log.error("a listener of %s failed: %s", prefix, fault_of(error))  # noqa: TRY400 - no text: T18
