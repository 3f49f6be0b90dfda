"""From the tables of the first release, with rows in them: killed at any statement, the next start finishes."""

import os
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import event, text

from app.base.db import Base, Database
from app.base.settings import Settings
from app.main.migrate import config_for, migrate
from app.main.platform import load_parts

FOLDERS = load_parts(Settings()).migrations
FIRST = [("c0001",)]  # which stands on a0001
MOMENT = "2026-01-02 03:04:05"
FACTS = '{"spacing_source":"pixel"}'
ROWS = (
    "INSERT INTO hospital (id, name, short_name, slug, ae_title, address, created_at) VALUES ('h', 'H', 'H', 'h', 'H', '', :at)",
    "INSERT INTO device (id, hospital_id, ae_title, name, address, active, created_at) VALUES ('d', 'h', 'CT01', 'CT', '127.0.0.1', true, :at)",
    "INSERT INTO patient (id, hospital_id, identity_key, patient_id, issuer_of_patient_id, name, folded_name, birth_date, sex, created_at) VALUES ('p', 'h', 'k', '1', '', 'NGUYEN^AN', 'nguyen an', '', '', :at)",
    "INSERT INTO patient_name_word (word, patient_id) VALUES ('nguyen', 'p'), ('an', 'p')",
    "INSERT INTO study (id, hospital_id, patient_id, study_instance_uid, study_date, study_time, accession_number, study_id, description, referring_physician_name, patient_age, modalities, series_count, instance_count, state, first_received_at, last_received_at, announced_at, unannounced) VALUES ('s', 'h', 'p', '1.2', '20260102', '', '', '', '', '', '', '', 1, 2, 'complete', :at, :at, :at, false)",
    "INSERT INTO series (id, study_id, series_instance_uid, number, modality, description, body_part, laterality, series_date, series_time, instance_count, frame_count) VALUES ('r', 's', '1.3', 1, 'CT', '', '', '', '', '', 2, 2)",
    *(
        f"INSERT INTO instance (id, hospital_id, series_id, sop_instance_uid, sop_class_uid, number, digest, size, content_key, transfer_syntax_uid, dataset_start, header_length, frame_count, frame_index, facts, notes, received_at) VALUES ('i{n}', 'h', 'r', '1.4.{n}', '{sop_class}', {n}, 'd{n}', 1000, 'c{n}', '1.2', 0, 0, 1, '', '{FACTS}', '', :at)"
        for n, sop_class in ((1, "1.2"), (2, "1.2.840.10008.5.1.4.1.1.1.1"))
    ),
    "INSERT INTO set_aside (id, hospital_id, reason_code, reason, digest, size, study_instance_uid, sop_instance_uid, source_kind, source_peer, created_at) VALUES ('a', 'h', 'uid_collision', '', 'x', 1, '1.2', '1.4', 'dimse', 'CT01', :at)",
)


@pytest.fixture
def released(db: Database) -> Database:
    """A database as version one left it."""
    Base.metadata.drop_all(db.engine)
    config = config_for(FOLDERS)
    with db.engine.connect() as connection:
        config.attributes["connection"] = connection
        for revision in ("a0001", "c0001"):
            command.upgrade(config, revision)
        for row in ROWS:
            connection.execute(text(row), {"at": MOMENT})
        connection.commit()
    db.dispose()
    return db


def _killed_at(url: str, number: int) -> bool:
    """Migrates in a process of its own that is killed before its `number`th statement; whether it came so far."""
    child = os.fork()
    if child == 0:
        db, done = Database(url, pool_size=1), 0

        def count(*_: object) -> None:
            nonlocal done
            done += 1
            if done == number:
                os.kill(os.getpid(), signal.SIGKILL)

        event.listen(db.engine, "before_cursor_execute", count)
        migrate(db, FOLDERS)
        os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def _is_whole(db: Database) -> None:
    with db.engine.connect() as connection:
        read: Callable[[str], object] = lambda sql: connection.execute(text(sql)).scalar_one()  # noqa: E731 - four times in a row
        assert read("SELECT count(*) FROM instance") == 2
        assert read("SELECT size FROM study") == 2000
        assert read("SELECT address FROM device") == "127.0.0.1"
        assert read("SELECT count(*) FROM patient_name_word") == 2
        assert read("SELECT decision FROM set_aside") == ""
        assert read("SELECT facts FROM instance WHERE id = 'i1'") == FACTS
        assert read("SELECT facts FROM instance WHERE id = 'i2'") == '{"spacing_source":"uncertain"}'


def test_rows_of_the_first_release_are_there_afterwards(released: Database) -> None:
    assert migrate(released, FOLDERS) is True
    _is_whole(released)


def test_killed_at_any_statement_it_is_finished_by_the_next_start(released: Database) -> None:
    """Here at some twenty places, one after the other on the same database."""
    url = released.url.render_as_string(hide_password=False)
    number = 1
    while _killed_at(url, number):
        number += 1 + number // 4
        if released.is_sqlite:
            with closing(sqlite3.connect(str(released.url.database))) as connection:
                assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == FIRST
                assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert number > 40
    assert migrate(released, FOLDERS) is False
    _is_whole(released)


def test_the_file_is_copied_before_it_is_changed(released: Database) -> None:
    migrate(released, FOLDERS)
    copies = list(Path(str(released.url.database)).parent.glob("*-before-leaving-c0001.db"))
    if not released.is_sqlite:
        assert copies == []
        return
    with closing(sqlite3.connect(copies[0])) as copy:
        assert copy.execute("SELECT count(*) FROM instance").fetchone() == (2,)
        assert copy.execute("SELECT version_num FROM alembic_version").fetchall() == FIRST
