"""Disk full, objects away, database away (F3, F4): refused with a status that says try again, nothing half-written,
what is here stays readable, and all is well by itself when they are back.
"""

import os
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from app.archive.queries import files_of
from app.base.actor import SYSTEM
from app.base.blobs import Blobs
from app.base.db import Database
from app.base.settings import Settings
from app.dimse.server import create_server
from app.identity.actions import create_hospital, register_device
from tests import dicomgen
from tests.conftest import POSTGRESQL
from tests.doors.dimse.conftest import CALLED, CALLING, Dicom, free_port
from tests.sender import Outgoing, outgoing

OUT_OF_RESOURCES = 0xA700


DicomOn = Callable[[Blobs, Path], AbstractContextManager[Dicom]]


@pytest.fixture
def dicom_on(sqlite_db: Database) -> DicomOn:
    """A server that keeps its objects where one says."""
    with sqlite_db.transaction() as tx:
        home = create_hospital(tx, SYSTEM, name="Tam Đảo", short_name="TĐ", slug="tam-dao", ae_title=CALLED)
        register_device(tx, SYSTEM, hospital_id=home.id, ae_title=CALLING, name="CT")

    @contextmanager
    def start(blobs: Blobs, folder: Path) -> Iterator[Dicom]:
        settings = Settings.model_validate({"data_dir": folder, "dicom": {"port": free_port()}})
        server = create_server(settings, sqlite_db, blobs)
        server.start()
        try:
            yield Dicom(server, server.port, sqlite_db, folder, home.id)
        finally:
            server.stop(seconds=5)

    return start


@pytest.fixture
def images() -> list[Outgoing]:
    return [outgoing(data) for data in dicomgen.series(40, rows=512, columns=512)]


def files_are_whole(dicom: Dicom, blobs: Blobs, sent: list[Outgoing]) -> None:
    """Every acknowledged one is there byte for byte; no other file, and none of nothing."""
    with dicom.db.reading() as tx:
        study = dicomgen.uid("study-1")
        kept = files_of(tx, SYSTEM, hospital_id=dicom.hospital_id, study_instance_uid=study)
    assert {outgoing(blobs.read(file.digest)).data for file in kept} == {item.data for item in sent}
    assert len(dicom.stored_files()) == len(sent)
    assert dicom.spooled_files() == []


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[None]:
    folder.mkdir(parents=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    if os.getuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("only root can mount a small disk, and not everywhere")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_refuses_and_takes_again_when_there_is_room(
    sqlite_db: Database, dicom_on: DicomOn, tmp_path: Path, images: list[Outgoing]
) -> None:
    folder = tmp_path / "small"
    with small_disk(folder, 12):
        blobs = Blobs(folder, reserve_bytes=2 << 20)
        with dicom_on(blobs, folder) as dicom, dicom.connect(*images) as sender:
            answers = [(item, sender.store(item)) for item in images]
            stored = [item for item, answer in answers if answer.status == 0]
            refused = [item for item, answer in answers if answer.status]
            assert 5 < len(stored) < 25
            assert {answer.status for _, answer in answers if answer.status} == {OUT_OF_RESOURCES}
            files_are_whole(dicom, blobs, stored)
            subprocess.run(["mount", "-o", "remount,size=60m", str(folder)], check=True)
            assert [sender.store(item).status for item in refused] == [0] * len(refused)
            files_are_whole(dicom, blobs, images)


def test_objects_that_are_away_refuse_and_come_back(
    sqlite_db: Database, dicom_on: DicomOn, tmp_path: Path, images: list[Outgoing]
) -> None:
    blobs = Blobs(tmp_path / "data")
    here, gone = tmp_path / "data" / "blobs", tmp_path / "data" / "elsewhere"
    with dicom_on(blobs, tmp_path / "data") as dicom, dicom.connect(*images[:2]) as sender:
        here.rename(gone)
        refused = sender.store(images[0])
        assert (refused.status, dicom.spooled_files()) == (OUT_OF_RESOURCES, [])
        assert "does not answer" in refused.comment
        gone.rename(here)
        assert sender.store(images[0]).status == 0
        files_are_whole(dicom, blobs, images[:1])


@pytest.mark.postgresql
@pytest.mark.parametrize("db", [POSTGRESQL], indirect=True)
def test_a_database_that_is_away_refuses_and_comes_back(
    db: Database, dicom: Dicom, blobs: Blobs, images: list[Outgoing]
) -> None:
    admin = Database(str(db.url.set(database="postgres")), pool_size=1)
    name = db.url.database
    with dicom.connect(*images[:3]) as sender:
        assert sender.store(images[0]).status == 0
        run(admin, f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        run(admin, f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
        refused = sender.store(images[1])
        assert (refused.status, dicom.spooled_files()) == (OUT_OF_RESOURCES, [])
        assert len(dicom.stored_files()) == 1
        run(admin, f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
        begun = time.monotonic()
        while sender.store(images[1]).status:
            assert time.monotonic() - begun < 5
        assert time.monotonic() - begun < 5
        files_are_whole(dicom, blobs, images[:2])
    admin.dispose()


def run(admin: Database, statement: str) -> None:
    with admin.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(statement))


def test_a_database_locked_for_a_moment_delays_and_loses_nothing(
    sqlite_db: Database, dicom_on: DicomOn, tmp_path: Path, images: list[Outgoing]
) -> None:
    blobs = Blobs(tmp_path / "data")
    with dicom_on(blobs, tmp_path / "data") as dicom, dicom.connect(*images[:1]) as sender:
        other = sqlite3.connect(sqlite_db.url.database or "", isolation_level=None, check_same_thread=False)
        other.execute("BEGIN IMMEDIATE")
        release = threading.Timer(0.5, other.rollback)
        release.start()
        assert sender.store(images[0]).status == 0
        release.join()
        other.close()
        files_are_whole(dicom, blobs, images[:1])


def test_the_same_image_ten_times_at_once_is_one_row_and_one_file(
    sqlite_db: Database, dicom_on: DicomOn, tmp_path: Path, images: list[Outgoing]
) -> None:
    blobs = Blobs(tmp_path / "data")
    with dicom_on(blobs, tmp_path / "data") as dicom:
        statuses: list[int] = []
        together = threading.Barrier(10)

        def send() -> None:
            with dicom.connect(images[0]) as sender:
                together.wait(10)
                statuses.append(sender.store(images[0]).status)

        threads = [threading.Thread(target=send) for _ in range(10)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert statuses == [0] * 10
        files_are_whole(dicom, blobs, images[:1])
