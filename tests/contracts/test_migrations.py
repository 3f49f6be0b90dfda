"""Migrations lead to exactly the tables that the code declares, on both engines; a newer database is refused."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from app.base.db import Base, Database
from app.base.settings import Settings, SettingsError
from app.main.migrate import migrate
from app.main.platform import load_parts


@pytest.fixture
def bare(db: Database) -> Database:
    """The engine without any table."""
    Base.metadata.drop_all(db.engine)
    return db


def test_migrating_from_nothing_gives_the_declared_tables(bare: Database) -> None:
    folders = load_parts(Settings()).migrations
    assert migrate(bare, folders) is True
    with bare.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    assert migrate(bare, folders) is False


def test_a_database_of_a_newer_version_stops_the_start(bare: Database) -> None:
    folders = load_parts(Settings()).migrations
    migrate(bare, folders)
    with bare.engine.begin() as connection:
        connection.execute(
            text("UPDATE alembic_version SET version_num = 'ffffffffffff' WHERE version_num LIKE 'c%'")
        )
    with pytest.raises(SettingsError, match="newer version"):
        migrate(bare, folders)
