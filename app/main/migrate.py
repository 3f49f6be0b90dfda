"""Brings the database to this version's tables; refuses one that a newer version has written."""

import logging
import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import to_tuple as tuple_of
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from app.base.db import Database
from app.base.settings import SettingsError

HOME = Path(__file__).parent.parent / "migrations"


def config_for(folders: Sequence[Path]) -> Config:
    """Alembic's settings for the platform's branch and those of the parts."""
    config = Config()
    config.set_main_option("script_location", str(HOME))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", "\n".join(map(str, (HOME / "versions", *folders))))
    return config


def migrate(db: Database, folders: Sequence[Path]) -> bool:
    """Upgrades every branch to its head; says whether anything was done. Raises SettingsError with a sentence.

    Killed at any step, the database is as it was (SQLite: all is one transaction, and a copy of the file lies beside
    it) or at one of the versions between (PostgreSQL: one transaction each), and the next start goes on from there.
    """
    config = config_for(folders)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    script = ScriptDirectory.from_config(config)
    known = {revision.revision for revision in script.walk_revisions()}
    found = _heads_of(db)
    if found - known:
        raise SettingsError(
            "The database was written by a newer version of Hoichan. Start that version, or restore a backup "
            f"made by this one. (Unknown: {', '.join(sorted(found - known))})"
        )
    if known == _applied(script, found):
        return False
    if found and db.is_sqlite:
        keep_copy(db, "-".join(sorted(found)))
    try:
        with db.engine.connect() as connection:
            _upgrade(connection, config, is_sqlite=db.is_sqlite)
    except DBAPIError as error:
        raise SettingsError(f"The database cannot be brought to this version: {_reason(error)}") from error
    return True


def _applied(script: ScriptDirectory, heads: set[str]) -> set[str]:
    """These versions and all that they came after or stand on."""
    applied: set[str] = set()
    left = list(heads)
    while left:
        revision = script.get_revision(left.pop())
        applied.add(revision.revision)
        left += [
            *tuple_of(revision.down_revision, default=()),
            *tuple_of(revision.dependencies, default=()),
        ]
    return applied


def _heads_of(db: Database) -> set[str]:
    try:
        with db.engine.connect() as connection:
            return set(MigrationContext.configure(connection).get_current_heads())
    except DBAPIError as error:
        raise SettingsError(
            f"The database {db.url.render_as_string()} cannot be opened: {_reason(error)}"
        ) from error


def _reason(error: DBAPIError) -> str:
    return " ".join(str(error.orig).split())


def _upgrade(connection: Connection, config: Config, *, is_sqlite: bool) -> None:
    """SQLite makes some tables anew, which must not delete the rows that refer to them: their checks wait."""
    if is_sqlite:
        _check_references(connection, on=False)
    config.attributes["connection"] = connection
    command.upgrade(config, "heads")
    if is_sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
        connection.rollback()
        raise SettingsError(
            "The database holds rows that refer to nothing. Restore a backup; nothing was changed."
        )
    connection.commit()
    if is_sqlite:
        _check_references(connection, on=True)


def _check_references(connection: Connection, *, on: bool) -> None:
    """Has no effect inside a transaction, so it goes past SQLAlchemy, which would begin one."""
    driver: Any = connection.connection.driver_connection
    driver.execute(f"PRAGMA foreign_keys={'ON' if on else 'OFF'}")


def keep_copy(db: Database, version: str) -> Path:
    """The SQLite file as it was, beside it, made whole before it gets its name. Raises SettingsError."""
    assert db.url.database is not None
    file = Path(db.url.database)
    kept = file.with_name(f"{file.stem}-before-leaving-{version}.db")
    spare = kept.with_suffix(".part")
    spare.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(spare)) as target:
            source.backup(target)
        with spare.open("rb") as written:
            os.fsync(written.fileno())
        spare.replace(kept)
    except (OSError, sqlite3.Error) as error:
        spare.unlink(missing_ok=True)
        raise SettingsError(
            f"The database could not be copied to {kept} before changing it: {error}. Free some space and start again."
        ) from error
    return kept
