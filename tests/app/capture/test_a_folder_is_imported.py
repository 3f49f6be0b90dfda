"""A folder on this machine is moved into an archive: everything DICOM in it, what is refused with its reason."""

from pathlib import Path

import pytest

from app.archive.queries import StudyQuery, list_studies
from app.base.blobs import Blobs
from app.base.db import Database
from app.base.errors import Unavailable
from app.capture.folder import Imported, import_folder
from tests.app.capture.deliveries import zipped
from tests.app.capture.test_a_disc_s_table_of_contents import media
from tests.app.capture.test_discs_are_read import disc
from tests.cast import Cast
from tests.dicomgen import ct_slice


@pytest.fixture
def old_archive(tmp_path: Path) -> Path:
    folder = tmp_path / "old"
    (folder / "2019").mkdir(parents=True)
    for number in range(1, 6):
        (folder / "2019" / f"{number}").write_bytes(ct_slice(number))
    (folder / "cd.iso").write_bytes(disc({"a": ct_slice(6)}, joliet=3))
    (folder / "stick.zip").write_bytes(zipped({"b": ct_slice(7), "c.txt": b"hello" * 50}))
    (folder / "letter.pdf").write_bytes(b"%PDF-1.4" + bytes(300))
    (folder / "link").symlink_to(folder / "2019" / "1")
    return folder


def bring(db: Database, blobs: Blobs, folder: Path, cast: Cast) -> Imported:
    return import_folder(db, blobs, folder, hospital_id=cast.a.id, accept_private=False)


def test_all_of_it_enters_once(
    sqlite_db: Database, blobs: Blobs, cast_on_sqlite: Cast, old_archive: Path
) -> None:
    first = bring(sqlite_db, blobs, old_archive, cast_on_sqlite)
    assert first.counts == {"stored": 7, "refused": 2}
    assert {name: reason.code for name, reason in first.refused} == {
        "letter.pdf": "not_dicom_but",
        "stick.zip/c.txt": "not_dicom",
    }
    again = bring(sqlite_db, blobs, old_archive, cast_on_sqlite)
    assert again.counts == {"duplicate": 7, "refused": 2}
    with sqlite_db.reading() as tx:
        (study,) = list_studies(tx, cast_on_sqlite.tam, StudyQuery()).studies
        assert study.instance_count == 7
        assert list_studies(tx, cast_on_sqlite.chi, StudyQuery()).studies == ()


def test_what_a_disc_lists_and_is_not_there_is_named(
    sqlite_db: Database, blobs: Blobs, cast_on_sqlite: Cast, tmp_path: Path
) -> None:
    files = media(tmp_path / "old" / "CD7", 3)
    lost = next(name for name in files if name != "DICOMDIR")
    (tmp_path / "old" / "CD7" / lost).unlink()
    done = bring(sqlite_db, blobs, tmp_path / "old", cast_on_sqlite)
    assert [name for name, _ in done.refused] == [f"CD7/{lost}"]
    assert done.counts["stored"] == 2


def test_a_full_disk_ends_it_and_it_can_go_on(
    sqlite_db: Database, tmp_path: Path, cast_on_sqlite: Cast, old_archive: Path
) -> None:
    full = Blobs(tmp_path / "data", reserve_bytes=1 << 60)
    with pytest.raises(Unavailable, match="full"):
        bring(sqlite_db, full, old_archive, cast_on_sqlite)
    assert bring(sqlite_db, Blobs(tmp_path / "data"), old_archive, cast_on_sqlite).counts["stored"] == 7
