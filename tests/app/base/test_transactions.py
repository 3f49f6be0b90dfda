"""transaction() commits durably and in order; reading() cannot write; effects leave after commit only."""

import sqlite3
import threading

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.base import clock
from app.base.db import Database, conflict_as
from app.base.errors import Conflict, HoichanError, Invalid
from app.base.ids import new_id
from app.base.limits import Limit


def _limit(key: str) -> Limit:
    return Limit(key=key, count=0, ends_at=clock.now())


def test_a_rolled_back_transaction_leaves_neither_row_nor_effect(db: Database) -> None:
    ran: list[str] = []
    with pytest.raises(RuntimeError), db.transaction() as tx:
        tx.session.add(_limit("a"))
        tx.after_commit(lambda: ran.append("effect"))
        raise RuntimeError
    with db.reading() as tx:
        assert tx.session.get(Limit, "a") is None
    assert ran == []


def test_effects_run_after_the_rows_are_visible_to_others(db: Database) -> None:
    seen: list[bool] = []

    def look() -> None:
        with db.reading() as tx:
            seen.append(tx.session.get(Limit, "a") is not None)

    with db.transaction() as tx:
        tx.session.add(_limit("a"))
        tx.after_commit(look)
    assert seen == [True]


def test_reading_refuses_to_write(db: Database) -> None:
    with pytest.raises((DBAPIError, HoichanError)), db.reading() as tx:
        tx.session.add(_limit("a"))
        tx.session.flush()


def test_a_violated_constraint_becomes_conflict(db: Database) -> None:
    with db.transaction() as tx:
        tx.session.add(_limit("a"))
    with pytest.raises(Conflict) as told, db.transaction() as tx, conflict_as("taken", "It is taken."):
        tx.session.execute(
            text("INSERT INTO limit_window (key, count, ends_at) VALUES ('a', 1, '2030-01-01')")
        )
    assert told.value.code == "taken"


def test_a_number_that_no_column_holds_is_said_to_be_wrong(db: Database) -> None:
    with pytest.raises(Invalid), db.reading() as tx:
        tx.session.execute(select(Limit).where(Limit.count == 1 << 70))


def test_a_text_with_a_nul_is_said_to_be_wrong_or_kept(db: Database) -> None:
    try:
        with db.reading() as tx:
            assert tx.session.scalar(select(Limit).where(Limit.key == "a\x00b")) is None
    except Invalid:
        assert not db.is_sqlite, "SQLite knows such texts"


def test_twenty_writers_at_once_lose_nothing(db: Database) -> None:
    def write() -> None:
        for _ in range(10):
            with db.transaction() as tx:
                tx.session.add(_limit(new_id()))

    threads = [threading.Thread(target=write) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with db.reading() as tx:
        assert tx.session.scalar(text("SELECT count(*) FROM limit_window")) == 200


def test_sqlite_is_in_wal_with_full_synchronous(sqlite_db: Database) -> None:
    with sqlite_db.reading() as tx:
        assert tx.session.scalar(text("PRAGMA journal_mode")) == "wal"
        assert tx.session.scalar(text("PRAGMA synchronous")) == 2


def test_a_failed_writer_leaves_a_connection_that_writes_again(db: Database) -> None:
    """SQLite's writer keeps its connection; what failed on it must not be found there by the next."""
    for turn in range(3):
        with db.transaction() as tx:
            tx.session.add(_limit(f"kept{turn}"))
        with pytest.raises(RuntimeError), db.transaction() as tx:
            tx.session.add(_limit(f"lost{turn}"))
            tx.flush()
            raise RuntimeError
    with db.reading() as tx:
        assert sorted(tx.session.scalars(select(Limit.key))) == ["kept0", "kept1", "kept2"]
    db.dispose()
    with db.transaction() as tx:
        tx.session.add(_limit("after"))


def test_disposing_closes_the_connection_of_the_writer_too(sqlite_db: Database) -> None:
    with sqlite_db.transaction() as tx:
        tx.session.add(_limit("a"))
        writer = tx.driver
    sqlite_db.dispose()
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        writer.execute("SELECT 1")
