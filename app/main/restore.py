"""`hoichan restore SOURCE`: an empty data folder filled from a backup. Every file is read and its digest compared."""

import argparse
import shutil
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from alembic.script import ScriptDirectory

from app.base.blobs import Blobs
from app.base.db import Database
from app.base.errors import Unavailable
from app.base.settings import Settings, SettingsError
from app.main.backup_database import SQLITE_FILE, bring_back, counted
from app.main.backup_format import Manifest, copy_object, digest_of_file, read_manifest
from app.main.guard import hold_folder
from app.main.migrate import config_for, migrate
from app.main.platform import load_parts
from app.main.reconcile import reconcile


@dataclass
class Restored:
    objects: int = 0
    bytes: int = 0
    damaged: list[str] = field(default_factory=list)  # in the backup: gone or changed


def execute(settings: Settings, options: argparse.Namespace) -> None:
    began = time.monotonic()
    lock = hold_folder(settings.data_dir)
    try:
        manifest, done = restore(settings, options.source)
    finally:
        lock.close()
    seconds = max(time.monotonic() - began, 0.001)
    print(
        f"The backup of {manifest.made_at} is here again: {done.objects} files, {done.bytes >> 20} MB, every digest "
        f"compared, {sum(manifest.rows.values())} rows, in {seconds:.1f} s. "
        f"The settings it was made under are in {options.source / 'config'}."
    )
    for digest in [*manifest.left_out, *done.damaged]:
        print(f"damaged or missing in the backup: {digest}")
    if manifest.left_out or done.damaged:
        raise Unavailable(
            "not_whole",
            "Some images are not in the backup and are marked as damaged. Send them again from their machines.",
        )


def restore(settings: Settings, source: Path) -> tuple[Manifest, Restored]:
    """Raises SettingsError when the data folder is not empty, or the backup cannot be used."""
    manifest = read_manifest(source)
    folders = load_parts(settings).migrations
    _check_backup(settings, manifest, source, folders)
    blobs = Blobs(settings.data_dir)
    db = Database(settings.database, pool_size=2)
    try:
        _check_empty(settings, db, blobs)
        done = _bring_objects(source, blobs, _objects_of(source, manifest))
        _bring_database(db, source / manifest.database, manifest, folders)
        if (jobs := source / manifest.database / "jobs.db").exists():
            shutil.copy(jobs, settings.data_dir / "jobs.db")
        if not migrate(db, folders):  # a migration may add rows
            _check_rows(db, manifest)
        reconcile(db, blobs)
    finally:
        db.dispose()
    return manifest, done


def _check_backup(settings: Settings, manifest: Manifest, source: Path, folders: Sequence[Path]) -> None:
    engine = "sqlite" if settings.database.startswith("sqlite") else "postgresql"
    if manifest.engine != engine:
        raise SettingsError(
            f"This backup is of {manifest.engine}. Set database_url to a database of that kind."
        )
    known = {
        revision.revision for revision in ScriptDirectory.from_config(config_for(folders)).walk_revisions()
    }
    if set(manifest.heads) - known:
        raise SettingsError(
            "This backup was made by a newer version of Hoichan. Restore it with that version."
        )
    for name, digest in manifest.files.items():
        path = source / manifest.database / name
        if not path.exists() or digest_of_file(path) != digest:
            raise SettingsError(
                f"{path} is damaged: this backup's database cannot be restored. Use another backup."
            )


def _check_empty(settings: Settings, db: Database, blobs: Blobs) -> None:
    used = next(blobs.objects.glob("*/*"), None) is not None
    if db.is_sqlite:
        used = used or Path(str(db.url.database)).exists()
    else:
        with db.engine.connect() as connection:
            tables = "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()"
            used = used or connection.exec_driver_sql(tables).scalar_one() > 0
    if used:
        raise SettingsError(
            f"There is data already in {settings.data_dir} or in the database. A backup is only restored into an empty "
            "data folder and an empty database: set HOICHAN_DATA_DIR to a new one."
        )


def _objects_of(source: Path, manifest: Manifest) -> list[str]:
    path = source / manifest.objects
    if not path.exists() or digest_of_file(path) != manifest.objects_digest:
        raise SettingsError(f"{path} is damaged: this backup cannot be checked. Use another backup.")
    digests = [line.split(" ")[0] for line in path.read_text(encoding="ascii").splitlines()]
    left_out = set(manifest.left_out)
    return [digest for digest in digests if digest not in left_out]


def _bring_objects(source: Path, blobs: Blobs, digests: Sequence[str]) -> Restored:
    done, told = Restored(), time.monotonic()
    for digest in digests:
        copied = copy_object(source / "blobs" / digest[:2] / digest, blobs.path(digest), digest)
        if copied < 0:
            done.damaged.append(digest)
            continue
        done.objects += 1
        done.bytes += copied
        if sys.stderr.isatty() and time.monotonic() - told > 0.5:
            told = time.monotonic()
            print(f"\r{done.objects}/{len(digests)} files, {done.bytes >> 20} MB", end="", file=sys.stderr)
    return done


def _bring_database(db: Database, folder: Path, manifest: Manifest, folders: Sequence[Path]) -> None:
    if not db.is_sqlite:
        bring_back(db, folder, manifest.heads, folders)
        return
    target = Path(str(db.url.database))
    spare = target.with_suffix(".part")
    shutil.copy(folder / SQLITE_FILE, spare)
    spare.replace(target)


def _check_rows(db: Database, manifest: Manifest) -> None:
    found = counted(db)
    wrong = [name for name, count in manifest.rows.items() if found.get(name) != count]
    if wrong:
        raise SettingsError(
            f"The restored database does not hold what the backup names ({', '.join(wrong)}). Use another backup."
        )
