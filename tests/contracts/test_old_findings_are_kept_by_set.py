"""Findings of character sets from before each was counted for itself stand once, and once again after going back."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import text

from app.archive.connectivity import findings_count
from app.archive.findings import Finding
from app.archive.refusals import FINDING, count_refusal
from app.base.actor import SYSTEM
from app.base.db import Base, Database
from app.base.settings import Settings
from app.main.migrate import config_for
from app.main.platform import load_parts

DAYS = ("2026-01-02 03:04:05", "2026-01-03 03:04:05", "2026-01-04 03:04:05", "2026-01-05 03:04:05")
# Device d was looked at before its sets were counted for themselves and since; e only before, f only since.
ROWS = (
    ("1", "d", "finding", "charset", "TCVN3", 3, DAYS[0], DAYS[1]),
    ("2", "d", "finding", "charset:TCVN3", "TCVN3", 2, DAYS[2], DAYS[3]),
    ("3", "d", "finding", "charset:VNI", "VNI", 1, DAYS[1], DAYS[2]),
    ("4", "d", "finding", "no_charset", "", 4, DAYS[0], DAYS[0]),
    ("5", "e", "finding", "charset", "VNI", 5, DAYS[0], DAYS[1]),
    ("6", "f", "finding", "charset:CP1258", "CP1258", 6, DAYS[0], DAYS[1]),
    ("7", "e", "refusal", "charset", "VNI", 7, DAYS[0], DAYS[1]),
)
SELECT = "SELECT device_id, kind, code, detail, count, first_at, last_at FROM device_finding"
INSERT = "INSERT INTO device_finding (id, device_id, kind, code, detail, count, first_at, last_at)"


@contextmanager
def _config(db: Database) -> Iterator[Config]:
    config = config_for(load_parts(Settings()).migrations)
    with db.engine.connect() as connection:
        config.attributes["connection"] = connection
        yield config
        connection.commit()


@pytest.fixture
def before(db: Database) -> Database:
    """As the version before left it."""
    Base.metadata.drop_all(db.engine)
    with _config(db) as config:
        command.upgrade(config, "a0008")
    with db.engine.begin() as connection:
        for row in ROWS:
            names = [f"v{place}" for place in range(len(row))]
            values = ", ".join(f":{name}" for name in names)
            connection.execute(text(f"{INSERT} VALUES ({values})"), dict(zip(names, row, strict=True)))
    return db


def _kept(db: Database) -> set[tuple[str, ...]]:
    with db.engine.connect() as connection:
        rows = connection.execute(text(SELECT)).all()
    return {(*row[:4], str(row[4]), *(str(moment)[:10] for moment in row[5:])) for row in rows}


OTHERS = {
    ("d", "finding", "no_charset", "", "4", "2026-01-02", "2026-01-02"),
    ("e", "refusal", "charset", "VNI", "7", "2026-01-02", "2026-01-03"),
}


def test_each_set_stands_once_and_goes_on_being_counted(before: Database) -> None:
    with _config(before) as config:
        command.upgrade(config, "a0009")
    assert _kept(before) == OTHERS | {
        ("d", "finding", "charset:TCVN3", "TCVN3", "5", "2026-01-02", "2026-01-05"),
        ("d", "finding", "charset:VNI", "VNI", "1", "2026-01-03", "2026-01-04"),
        ("e", "finding", "charset:VNI", "VNI", "5", "2026-01-02", "2026-01-03"),
        ("f", "finding", "charset:CP1258", "CP1258", "6", "2026-01-02", "2026-01-03"),
    }
    again = Finding("charset", "VNI")
    with before.transaction() as tx:
        code, detail = again.counted_as, again.detail
        count_refusal(tx, SYSTEM, device_id="e", code=code, detail=detail, kind=FINDING)
        assert findings_count(tx, "e") == 1


def test_going_back_the_sets_of_a_device_are_one_finding(before: Database) -> None:
    with _config(before) as config:
        command.upgrade(config, "a0009")
    with _config(before) as config:
        command.downgrade(config, "a0008")
    assert _kept(before) == OTHERS | {
        ("d", "finding", "charset", "TCVN3", "6", "2026-01-02", "2026-01-05"),
        ("e", "finding", "charset", "VNI", "5", "2026-01-02", "2026-01-03"),
        ("f", "finding", "charset", "CP1258", "6", "2026-01-02", "2026-01-03"),
    }
