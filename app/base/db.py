"""The database: engine, Base, transaction() and reading(), effects after commit.

SQLite starves writers that queue on its own lock, so every writer first takes a file lock, the gate, and then
BEGIN IMMEDIATE (house.md, section 8). On PostgreSQL the gate is not needed.
"""

import fcntl
import logging
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from functools import cached_property, lru_cache, partial
from pathlib import Path
from typing import Any, cast

from sqlalchemy import DateTime, Engine, MetaData, Table, create_engine, event, literal_column, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    DisconnectionError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    TimeoutError,  # noqa: A004 - the pool's own
)
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator

from app.base import clock
from app.base.errors import Conflict, Invalid, Unavailable
from app.base.faults import fault_of

log = logging.getLogger(__name__)

WAIT_SECONDS = 10
MORE_CONNECTIONS = 20
_BELIEVED_SECONDS = 1.0

_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Every table of every room; constraint names are fixed so that migrations can speak of them."""

    metadata = MetaData(naming_convention=_NAMES)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment with zone. SQLite drops zones, so what is stored is UTC and what comes back says so."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored moment needs a zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Tx:
    """One transaction: what every action and query receives first."""

    def __init__(self, connection: Connection, sessions: sessionmaker[Session], *, writable: bool) -> None:
        self.connection = connection
        self.writable = writable
        self.now = clock.now()
        self._sessions = sessions
        self._session: Session | None = None
        self._effects: list[Callable[[], None]] = []
        self.wakes = False  # whether somebody listens for what it wrote

    @property
    def session(self) -> Session:
        """Made when it is first asked for: most images are stored without."""
        if self._session is None:
            self._session = self._sessions(bind=self.connection)
        return self._session

    @cached_property
    def driver(self) -> Any:
        """The driver's own connection, for app.base.prepared."""
        return self.connection.connection.driver_connection

    def flush(self) -> None:
        """Sends what the session holds."""
        if self._session is not None:
            self._session.flush()

    def has_new_rows(self) -> bool:
        """Whether the session holds rows that statements do not see yet."""
        return self._session is not None and bool(self._session.new)

    def close(self) -> None:
        """Called by Database alone: what was read stays usable."""
        if self._session is not None:
            self._session.close()

    def after_commit(self, effect: Callable[[], None]) -> None:
        """Runs `effect` once the transaction is durable; never when it rolls back."""
        self._effects.append(effect)

    def run_effects(self) -> None:
        """Called by Database alone. An effect that fails is logged: its row is durable and a sweep repeats it."""
        for effect in self._effects:
            try:
                effect()
            except Exception as error:  # noqa: BLE001 - the rows are durable; the others' effects must run
                log.error("an effect after commit failed: %s", fault_of(error))  # noqa: TRY400 - no text: T18


@contextmanager
def conflict_as(code: str, message: str, **params: Any) -> Iterator[None]:
    """Turns a violated constraint inside the block (flush there) into Conflict."""
    try:
        yield
    except IntegrityError as error:
        raise Conflict(code, message, **params) from error


class Database:
    """The engine and the two ways into it."""

    def __init__(self, url: str, *, pool_size: int = 20) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = self._engine(pool_size)
        self._sessions = sessionmaker(expire_on_commit=False, autoflush=True)
        self._gate = Path(f"{self.url.database}.gate") if self.is_sqlite else None
        self._turn = threading.Lock()
        self._writer: Connection | None = None
        self.after_write: Callable[[], None] | None = None  # app.base.events wakes readers here

    def _engine(self, pool_size: int) -> Engine:
        # SQLite's connections are open files; PostgreSQL's are processes, a hundred of them unless told otherwise.
        options: dict[str, Any] = {
            "pool_size": pool_size if self.is_sqlite else min(pool_size, MORE_CONNECTIONS // 2),
            "max_overflow": MORE_CONNECTIONS,
            "pool_timeout": WAIT_SECONDS,
            "hide_parameters": True,  # they hold names and numbers of patients, and errors are logged
        }
        if self.is_sqlite:
            engine = create_engine(
                self.url, connect_args={"timeout": WAIT_SECONDS, "check_same_thread": False}, **options
            )
            event.listen(engine, "connect", _prepare_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
            return engine
        engine = create_engine(self.url, **options)
        event.listen(engine, "checkin", _note_use)
        event.listen(engine, "checkout", partial(_check_alive, engine.dialect))
        return engine

    @contextmanager
    def transaction(self) -> Iterator[Tx]:
        """Reads and writes; commits at the end of the block, rolls back on any exception.

        On SQLite FULL synchronous WAL, on PostgreSQL synchronous_commit=on: when this returns, the rows are
        on the disk. Effects registered with `after_commit` run then. Raises Unavailable when the database is
        away or stays locked for 10 s.
        """
        with _as_unavailable(), self._holding_gate(), self._to_write() as connection:
            begun = connection.begin()
            with closing(Tx(connection, self._sessions, writable=True)) as tx:
                yield tx
                tx.flush()
                begun.commit()
        if self.after_write is not None and tx.wakes:
            tx.after_commit(self.after_write)
        tx.run_effects()

    @contextmanager
    def reading(self, *, snapshot: bool = True) -> Iterator[Tx]:
        """Reads only, from one consistent snapshot; never waits for a writer on SQLite. Without `snapshot` a server is
        spared the beginning and the end: for single statements that every request asks.
        """
        options: dict[str, Any] = {}
        if not self.is_sqlite and snapshot:
            options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        elif not self.is_sqlite:
            options = {"isolation_level": "AUTOCOMMIT"}
        with _as_unavailable(), self.engine.connect() as connection:
            connection.execution_options(hoichan_write=False, **options)
            begun = connection.begin()
            with closing(Tx(connection, self._sessions, writable=False)) as tx:
                yield tx
            begun.commit()  # after a rollback the driver forgets the statements it has prepared

    def check_answers(self) -> None:
        """Raises Unavailable when a database server is away; SQLite's file is looked at by whoever writes."""
        if not self.is_sqlite:
            with _as_unavailable(), self.engine.connect() as connection:
                connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("SELECT 1")

    @contextmanager
    def _to_write(self) -> Iterator[Connection]:
        """Of SQLite's writers there is one at a time: it keeps its connection, because to take one that a reader
        had, and to give it back, costs 0.03 ms, a fortieth of an image. A server's writers are many.
        """
        if self._gate is None:
            with self.engine.connect() as connection:
                yield connection.execution_options(hoichan_write=True)
            return
        connection = self._writer or self.engine.connect().execution_options(hoichan_write=True)
        self._writer = None
        try:
            yield connection
        except BaseException:
            connection.close()  # rolled back, and looked at by the pool
            raise
        self._writer = connection

    @contextmanager
    def _holding_gate(self) -> Iterator[None]:
        if self._gate is None:
            yield
            return
        # One thread of a process waits at the file; the others wait for their turn, and not for ever.
        if not self._turn.acquire(timeout=WAIT_SECONDS):
            raise _away()
        handle = os.open(self._gate, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)
            self._turn.release()

    def dispose(self) -> None:
        """Closes every pooled connection."""
        with self._turn:
            writer, self._writer = self._writer, None
            if writer is not None:
                writer.close()
        self.engine.dispose()


def _away() -> Unavailable:
    return Unavailable("database_away", "The database does not answer. Try again in a moment.")


@contextmanager
def _as_unavailable() -> Iterator[None]:
    try:
        yield
    except (InterfaceError, OperationalError, TimeoutError) as error:
        log.warning("the database did not answer: %s", getattr(error, "orig", None) or type(error).__name__)
        raise _away() from error
    except (DataError, OverflowError) as error:
        raise Invalid(
            "bad_value", "A text or number in it cannot be kept or looked for. Check what was entered."
        ) from error


_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "busy_timeout=10000",
    "cache_size=-8000",  # kB a connection: with SQLite's own 2,000 a search of a large archive reads its index over and over
    "wal_autocheckpoint=4000",  # pages: a checkpoint syncs twice, so not with every fifty images
)


def _prepare_sqlite(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("hoichan_write", True)
    # On the driver itself: SQLAlchemy's way costs as much as an image's rows.
    driver: Any = connection.connection.driver_connection
    if connection.info.get("writes") != writes:
        driver.execute(f"PRAGMA query_only={'OFF' if writes else 'ON'}")
        connection.info["writes"] = writes
    try:
        driver.execute("BEGIN IMMEDIATE" if writes else "BEGIN")
    except sqlite3.Error as error:
        raise DBAPIError.instance("BEGIN", None, error, sqlite3.Error, hide_parameters=True) from error


def _note_use(_connection: Any, entry: ConnectionPoolEntry) -> None:
    entry.info["used_at"] = time.monotonic()


def _check_alive(dialect: Dialect, connection: Any, entry: ConnectionPoolEntry, _proxy: Any) -> None:
    """A connection that answered a moment ago is believed to be alive: asking it each time cost as much as a search."""
    if time.monotonic() - entry.info.get("used_at", 0.0) < _BELIEVED_SECONDS:
        return
    try:
        dialect.do_ping(connection)
    except dialect.loaded_dbapi.Error as error:
        raise DisconnectionError from error  # the pool gives another one


def table_of(table: type[Base]) -> Table:
    """The table of a class, for statements that go past the session."""
    return cast("Table", table.__table__)


@lru_cache(maxsize=64)
def _insert_once(dialect: str, table: type[Base]) -> Any:
    make = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return make(table_of(table)).on_conflict_do_nothing().returning(literal_column("1"))


def insert_once(tx: Tx, table: type[Base], **values: Any) -> bool:
    """Whether the row is new; when a unique row is there already, nothing happens."""
    connection = tx.connection
    statement = _insert_once(connection.dialect.name, table)
    return connection.execute(statement, values).scalar_one_or_none() is not None
