"""Live events between processes: numbered rows in the database, woken by a loopback datagram.

A row is written in the action's transaction and read by every listening process after commit, in order. On
PostgreSQL, where transactions overlap, a reader never steps past one that is still running. Volatile events
(pointer, typing) travel in the datagram itself and are never stored.
"""

import json
import logging
import os
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import BigInteger, Integer, Select, String, Text, delete, func, select, text, tuple_
from sqlalchemy.orm import Mapped, mapped_column

from app.base.db import Base, Database, Tx, UtcDateTime
from app.base.faults import fault_of
from app.base.ids import new_id

log = logging.getLogger(__name__)

POLL_SECONDS = 0.5
KEEP = timedelta(hours=1)
MAX_DATAGRAM = 60_000


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
    row = LiveEventRow(topic=topic, type=type_, payload=json.dumps(payload), at=tx.now)
    if tx.session.get_bind().dialect.name == "postgresql":
        row.writer = int(tx.session.scalar(text("SELECT pg_current_xact_id()::text::bigint")) or 0)
    tx.session.add(row)
    tx.wakes = True


def drop_old(tx: Tx) -> None:
    """Periodic job: rows older than an hour have done their work."""
    tx.session.execute(delete(LiveEventRow).where(LiveEventRow.at < tx.now - KEEP))


class Wake:
    """Datagrams to every listening process of this machine: sockets in one private folder."""

    def __init__(self, run_dir: Path) -> None:
        self._folder = run_dir / "wake"
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._out = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._out.setblocking(False)

    def open(self) -> tuple[socket.socket, Path]:
        """A socket of our own in the folder."""
        path = self._folder / f"{os.getpid()}-{new_id()[-10:]}"
        into = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        into.bind(str(path))
        into.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        return into, path

    def send(self, data: bytes = b"") -> None:
        """To all, at most once; a full or dead listener is passed over (the poll makes up for it)."""
        for path in list(self._folder.iterdir()):
            try:
                self._out.sendto(data, str(path))
            except (ConnectionRefusedError, FileNotFoundError):
                path.unlink(missing_ok=True)
            except OSError:
                log.debug("a listener's queue is full")

    def close(self) -> None:
        """Closes the sending side."""
        self._out.close()


@dataclass
class LiveEvents:
    """A process's ear: calls subscribers in order, on one thread."""

    db: Database
    run_dir: Path
    _subscribers: list[tuple[str, Callable[[LiveEvent], None]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Makes commits of this process wake everybody."""
        self._wake = Wake(self.run_dir)
        self.db.after_write = self._wake.send
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()

    def subscribe(self, prefix: str, receive: Callable[[LiveEvent], None]) -> None:
        """`receive` gets every event whose topic starts with `prefix`. It must be quick."""
        self._subscribers.append((prefix, receive))

    def publish_volatile(self, topic: str, type_: str, payload: dict[str, Any]) -> None:
        """To all processes of this machine, stored nowhere, may be lost. Larger than 60 kB is dropped."""
        data = json.dumps([topic, type_, payload]).encode()
        if len(data) <= MAX_DATAGRAM:
            self._wake.send(data)

    def start(self) -> None:
        """Begins after the newest committed event."""
        self._socket, self._path = self._wake.open()
        with self.db.reading() as tx:
            newest = tx.session.scalar(select(func.max(LiveEventRow.id))) or 0
            self._last = (0, newest) if self.db.is_sqlite else (self._oldest_running(tx) - 1, newest)
        self._thread = threading.Thread(target=self._run, name="live-events", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends the thread and removes the socket."""
        self._stopping.set()
        if self._thread is not None:
            self._wake.send()
            self._thread.join(timeout=5)
            self._socket.close()
            self._path.unlink(missing_ok=True)
        self._wake.close()

    def _run(self) -> None:
        self._socket.settimeout(POLL_SECONDS)
        read_at = 0.0
        while not self._stopping.is_set():
            try:
                data = self._socket.recv(1 << 16)
            except TimeoutError:
                data = b""
            # A wake-up may be lost while pointers stream: rows are read twice a second whatever comes.
            if not data or time.monotonic() - read_at > POLL_SECONDS:
                self._read_committed()
                read_at = time.monotonic()
            if data:
                topic, type_, payload = json.loads(data)
                self._deliver(LiveEvent(topic, type_, payload))

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
