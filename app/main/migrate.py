"""Brings the database to this version's tables; refuses one that a newer version has written."""

import logging
from collections.abc import Sequence
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
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
    """Upgrades every branch to its head; says whether anything was done. Raises SettingsError with a sentence."""
    config = config_for(folders)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    script = ScriptDirectory.from_config(config)
    known = {revision.revision for revision in script.walk_revisions()}
    try:
        with db.engine.connect() as connection:
            found = set(MigrationContext.configure(connection).get_current_heads())
    except DBAPIError as error:
        reason = " ".join(str(error.orig).split())
        raise SettingsError(f"The database {db.url.render_as_string()} cannot be opened: {reason}") from error
    if found - known:
        raise SettingsError(
            "The database was written by a newer version of Hoichan. Start that version, or restore a backup "
            f"made by this one. (Unknown: {', '.join(sorted(found - known))})"
        )
    with db.engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "heads")
        connection.commit()
        return set(MigrationContext.configure(connection).get_current_heads()) != found
