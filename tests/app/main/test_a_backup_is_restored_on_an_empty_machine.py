"""A backup made while others write is whole, says when it is not, and comes back with every digest compared."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from app.archive.maintenance import MaintenanceKind, last_runs
from app.archive.models import Instance
from app.base.blob_removal import remove_unwanted
from app.base.blobs import Blobs
from app.base.db import Base, Database
from app.base.settings import Settings, SettingsError, load_settings
from app.main import backup
from app.main.backup import back_up
from app.main.backup_database import counted
from app.main.backup_format import copy_object
from app.main.migrate import migrate
from app.main.platform import load_parts
from app.main.restore import restore
from tests import dicomgen
from tests.app.storing import store
from tests.cast import Cast, make_cast
from tests.postgresql import Server

PARTS = load_settings().parts  # none where the app stands alone


@pytest.fixture
def cast(db: Database) -> Cast:
    """In tables that know their version."""
    Base.metadata.drop_all(db.engine)
    migrate(db, load_parts(Settings(parts=PARTS)).migrations)
    return make_cast(db)


@pytest.fixture
def filled(db: Database, blobs: Blobs, cast: Cast) -> Database:
    """Three images."""
    for number in (1, 2, 3):
        store(db, blobs, cast.ct_a, dicomgen.ct_slice(number))
    return db


@pytest.fixture
def elsewhere(filled: Database, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Settings]:
    """Another machine with an empty folder and, on PostgreSQL, an empty database."""
    folder = tmp_path / "elsewhere"
    if filled.is_sqlite:
        yield Settings(data_dir=folder, parts=PARTS)
        return
    server: Server = request.getfixturevalue("postgresql_server")
    for other in server.fresh_database():
        Base.metadata.drop_all(other.engine)
        other.dispose()
        yield Settings(
            data_dir=folder, parts=PARTS, database_url=other.url.render_as_string(hide_password=False)
        )


def _make(filled: Database, blobs: Blobs, tmp_path: Path) -> backup.Copied:
    return back_up(filled, blobs, tmp_path / "data", tmp_path / "backup")


def test_everything_comes_back_equal(
    filled: Database, blobs: Blobs, tmp_path: Path, elsewhere: Settings, cast: Cast
) -> None:
    assert _make(filled, blobs, tmp_path).objects == 3
    before = counted(filled)
    manifest, done = restore(elsewhere, tmp_path / "backup")
    assert (done.objects, done.damaged, manifest.object_count) == (3, [], 3)
    other = Database(elsewhere.database, pool_size=2)
    after = counted(other)
    with other.reading() as tx:
        digests = list(tx.session.scalars(select(Instance.digest)))
    assert {
        name: count for name, count in after.items() if name not in {"audit_record", "maintenance_run"}
    } == {name: count for name, count in before.items() if name not in {"audit_record", "maintenance_run"}}
    there = Blobs(elsewhere.data_dir)
    assert [there.read(digest) for digest in digests] == [blobs.read(digest) for digest in digests]
    store(other, there, cast.ct_a, dicomgen.ct_slice(9))  # it goes on: no number is used twice
    other.dispose()


def test_what_is_gone_stays_in_the_backup_until_somebody_prunes_it(
    filled: Database, blobs: Blobs, tmp_path: Path, elsewhere: Settings
) -> None:
    _make(filled, blobs, tmp_path)
    with filled.transaction() as tx:
        gone = tx.session.scalars(select(Instance).limit(1)).one()
        tx.session.delete(gone)
    kept = tmp_path / "backup" / "blobs" / gone.digest[:2] / gone.digest
    _make(filled, blobs, tmp_path)
    assert kept.exists()
    done = back_up(filled, blobs, tmp_path / "data", tmp_path / "backup", prune=True)
    assert (done.pruned, kept.exists()) == (1, False)
    assert restore(elsewhere, tmp_path / "backup")[1].damaged == []


def test_a_second_backup_copies_only_what_is_new(
    filled: Database, blobs: Blobs, tmp_path: Path, cast: Cast
) -> None:
    _make(filled, blobs, tmp_path)
    store(filled, blobs, cast.ct_a, dicomgen.ct_slice(4))
    done = _make(filled, blobs, tmp_path)
    assert (done.objects, done.known) == (4, 3)
    assert len(list((tmp_path / "backup").glob("database-*"))) == 1
    with filled.reading() as tx:
        last = last_runs(tx)[MaintenanceKind.BACKUP]
    assert (last.outcome, last.objects) == ("done", 4)


def test_what_is_deleted_meanwhile_is_still_copied(
    filled: Database, blobs: Blobs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    removed: list[int] = []

    def copying(source: Path, target: Path, digest: str) -> int:
        removed.append(remove_unwanted(blobs, [digest], lambda _: set()))
        return copy_object(source, target, digest)

    monkeypatch.setattr(backup, "copy_object", copying)
    assert _make(filled, blobs, tmp_path).left_out == []
    assert removed == [0, 0, 0]


def test_broken_off_it_says_so_and_the_one_before_stays_valid(
    filled: Database, blobs: Blobs, tmp_path: Path, elsewhere: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(backup, "copy_object", interrupted)
        with pytest.raises(KeyboardInterrupt):
            _make(filled, blobs, tmp_path)
    assert (tmp_path / "backup" / "UNFINISHED").exists()
    with pytest.raises(SettingsError, match="never finished"):
        restore(elsewhere, tmp_path / "backup")
    _make(filled, blobs, tmp_path)
    (tmp_path / "backup" / "UNFINISHED").touch()
    assert restore(elsewhere, tmp_path / "backup")[1].objects == 3


def test_a_folder_in_use_and_a_strange_target_are_refused(
    filled: Database, blobs: Blobs, tmp_path: Path
) -> None:
    _make(filled, blobs, tmp_path)
    url = filled.url.render_as_string(hide_password=False)
    with pytest.raises(SettingsError, match="data already"):
        restore(Settings(data_dir=tmp_path / "data", parts=PARTS, database_url=url), tmp_path / "backup")
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "letter.txt").touch()
    for target in (tmp_path / "papers", tmp_path / "data" / "inside"):
        with pytest.raises(SettingsError):
            back_up(filled, blobs, tmp_path / "data", target)


def test_damage_in_the_backup_is_named_and_marked(
    filled: Database, blobs: Blobs, tmp_path: Path, elsewhere: Settings
) -> None:
    _make(filled, blobs, tmp_path)
    one = next((tmp_path / "backup" / "blobs").glob("*/*"))
    one.write_bytes(b"x" * one.stat().st_size)
    _, done = restore(elsewhere, tmp_path / "backup")
    assert done.damaged == [one.name]
    other = Database(elsewhere.database, pool_size=2)
    with other.reading() as tx:
        assert list(tx.session.scalars(select(Instance.digest).where(Instance.damaged))) == [one.name]
    other.dispose()


def test_a_damaged_snapshot_is_refused_before_anything_is_written(
    filled: Database, blobs: Blobs, tmp_path: Path, elsewhere: Settings
) -> None:
    _make(filled, blobs, tmp_path)
    file = next(path for path in (tmp_path / "backup").glob("database-*/*") if path.name != "jobs.db")
    file.write_bytes(file.read_bytes()[:-1] + b"?")
    with pytest.raises(SettingsError, match="damaged"):
        restore(elsewhere, tmp_path / "backup")
    assert not elsewhere.data_dir.exists()
    shutil.rmtree(tmp_path / "backup")
