from pathlib import Path

import pytest

from app.base.blobs import Blobs
from app.base.db import Database
from app.capture.intake import Intake
from tests.cast import Cast, make_cast


@pytest.fixture
def intake(db: Database, blobs: Blobs, tmp_path: Path) -> Intake:
    return Intake(db, blobs, tmp_path / "data")


@pytest.fixture
def intake_on_sqlite(sqlite_db: Database, blobs: Blobs, tmp_path: Path) -> Intake:
    return Intake(sqlite_db, blobs, tmp_path / "data")


@pytest.fixture
def cast_on_sqlite(sqlite_db: Database) -> Cast:
    return make_cast(sqlite_db)
