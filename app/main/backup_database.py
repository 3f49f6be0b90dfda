"""The database's part of a backup: one consistent snapshot while others write, and its way back.

On PostgreSQL the rows are copied table by table within one snapshot; roles, tablespaces and other databases of the
server are not part of it: pg_dumpall is for those.
"""

import gzip
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from alembic import command
from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from app.base.db import Base, Database
from app.base.kept_objects import selects_of_kept
from app.main.migrate import config_for

SQLITE_FILE = "hoichan.db"
_OF_ARCHIVE = (
    "SELECT digest, size FROM instance",
    "SELECT digest, size FROM set_aside WHERE decision = ''",
)


def snapshot(db: Database, folder: Path) -> tuple[dict[str, int], list[tuple[str, int]]]:
    """Writes the snapshot into the folder; the rows of each table, and digest and length of every object."""
    folder.mkdir(mode=0o700)
    if db.is_sqlite:
        return _snapshot_sqlite(str(db.url.database), folder / SQLITE_FILE)
    with db.reading() as tx:  # REPEATABLE READ: all tables of one moment
        connection = tx.session.connection()
        objects = [(row[0], row[1]) for row in connection.exec_driver_sql(_wanted())]
        return {name: _copy_out(connection, name, folder) for name in _tables()}, objects


def _wanted() -> str:
    return " UNION ".join([*_OF_ARCHIVE, *selects_of_kept()]) + " ORDER BY 1"


def _tables() -> list[str]:
    """In an order in which rows find what they refer to."""
    return [table.name for table in Base.metadata.sorted_tables]


def _snapshot_sqlite(source: str, target: Path) -> tuple[dict[str, int], list[tuple[str, int]]]:
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(target)) as copy:
        live.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, not three
        rows = {
            name: copy.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608 - a table of ours
            for name in _tables()
        }
        return rows, copy.execute(_wanted()).fetchall()


def _copy_out(connection: Connection, name: str, folder: Path) -> int:
    columns = _columns(name)
    count = connection.exec_driver_sql(f'SELECT count(*) FROM "{name}"').scalar_one()  # noqa: S608 - a table of ours
    driver: Any = connection.connection.driver_connection
    with (
        gzip.open(folder / f"{name}.copy.gz", "wb", compresslevel=1) as file,
        driver.cursor() as cursor,
        cursor.copy(f'COPY "{name}" ({columns}) TO STDOUT') as rows,
    ):
        file.write(f"{columns}\n".encode())
        for data in rows:
            file.write(data)
    return int(count)


def _columns(name: str) -> str:
    return ", ".join(f'"{column.name}"' for column in Base.metadata.tables[name].columns)


def bring_back(db: Database, folder: Path, heads: Sequence[str], migrations: Sequence[Path]) -> None:
    """Fills the empty PostgreSQL database: tables of the backup's version, then their rows."""
    config = config_for(migrations)
    with db.engine.connect() as connection:
        config.attributes["connection"] = connection
        for head in heads:
            command.upgrade(config, head)
        connection.commit()
        for name in _tables():
            file = folder / f"{name}.copy.gz"
            if file.exists():
                _copy_in(connection, name, file)
        driver: Any = connection.connection.driver_connection
        driver.commit()  # SQLAlchemy knows nothing of what went past it


def _copy_in(connection: Connection, name: str, path: Path) -> None:
    driver: Any = connection.connection.driver_connection
    with gzip.open(path, "rb") as file, driver.cursor() as cursor:
        columns = file.readline().decode().strip()
        with cursor.copy(f'COPY "{name}" ({columns}) FROM STDIN') as rows:
            for data in _pieces(file):
                rows.write(data)
        for column in Base.metadata.tables[name].primary_key.columns:
            if column.autoincrement is True or (column.type.python_type is int and not column.foreign_keys):
                last = f'SELECT max("{column.name}") FROM "{name}"'  # noqa: S608 - a table of ours
                sequence = f"pg_get_serial_sequence('\"{name}\"', '{column.name}')"
                cursor.execute(
                    f"SELECT setval(s, greatest(({last}), 1)) FROM {sequence} AS s WHERE s IS NOT NULL"  # noqa: S608 - names of ours
                )


def _pieces(file: Any) -> Iterator[bytes]:
    while piece := file.read(1 << 20):
        yield piece


def counted(db: Database) -> dict[str, int]:
    """The rows of each table."""
    with db.reading() as tx:
        tables = Base.metadata.sorted_tables
        return {
            table.name: tx.session.scalar(select(func.count()).select_from(table)) or 0 for table in tables
        }
