from pathlib import Path

import pytest

from app.base.blobs import Blobs
from app.base.db import Database
from app.capture.intake import Intake


@pytest.fixture
def intake(db: Database, blobs: Blobs, tmp_path: Path) -> Intake:
    return Intake(db, blobs, tmp_path / "data")
