"""`hoichan backup TARGET`: a copy of everything while Hoichan runs.

The database is copied as of one moment, then every object it speaks of; what is deleted meanwhile stays until the
backup has it. Broken off at any point, the target says so, and a backup finished earlier in it stays valid.
"""

import argparse
import shutil
import sqlite3
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from alembic.runtime.migration import MigrationContext

from app.archive.maintenance import MaintenanceKind, MaintenanceOutcome, begin_run, end_run
from app.base import clock
from app.base.actor import SYSTEM
from app.base.blob_removal import nothing_removed
from app.base.blobs import Blobs
from app.base.db import Database
from app.base.errors import Unavailable
from app.base.settings import Settings, SettingsError
from app.main.backup_database import snapshot
from app.main.backup_format import (
    FORMAT,
    MANIFEST,
    UNFINISHED,
    Manifest,
    copy_object,
    digest_of_file,
    object_folders,
    write_durably,
    write_manifest,
)
from app.main.prepare import opened

CONFIG = Path("config")


@dataclass
class Copied:
    """How far it is."""

    objects: int = 0
    bytes: int = 0  # copied now
    known: int = 0  # objects that were there already
    total: int = 0
    left_out: list[str] = field(default_factory=list)
    pruned: int = 0  # objects that no backup here speaks of any more


def execute(settings: Settings, options: argparse.Namespace) -> None:
    began = time.monotonic()
    blobs = Blobs(settings.data_dir)
    with opened(settings) as db:
        done = back_up(db, blobs, settings.data_dir, options.target, prune=options.prune)
    seconds = max(time.monotonic() - began, 0.001)
    print(
        f"{done.objects} files in the backup, {done.objects - done.known} new ({done.bytes >> 20} MB) "
        f"in {seconds:.1f} s, {done.bytes / seconds / (1 << 20):.0f} MB/s"
    )
    if options.prune:
        print(f"{done.pruned} files removed from the backup that nothing in it speaks of")
    for digest in done.left_out:
        print(f"left out, damaged or missing: {digest}")
    if done.left_out:
        raise Unavailable(
            "not_whole",
            "The backup is finished, but some stored files are damaged and are not in it. See `hoichan verify`.",
        )


def back_up(db: Database, blobs: Blobs, data_dir: Path, target: Path, *, prune: bool = False) -> Copied:
    """Makes or renews the backup in `target`; `prune` removes what only older ones had, as studies destroyed since.
    Raises SettingsError when the target cannot be used.
    """
    _check_target(target, data_dir)
    with db.transaction() as tx:
        run_id = begin_run(tx, SYSTEM, kind=MaintenanceKind.BACKUP)
    done, outcome = Copied(), MaintenanceOutcome.CANCELLED
    try:
        with nothing_removed(blobs):
            objects = _copy_all(db, blobs, data_dir, target, done)
        if prune:
            done.pruned = _prune(object_folders(target), {digest for digest, _ in objects})
        outcome = MaintenanceOutcome.DONE
    except OSError as error:
        outcome = MaintenanceOutcome.FAILED
        raise SettingsError(f"The backup to {target} was broken off: {error}.") from error
    finally:
        with db.transaction() as tx:
            end_run(
                tx,
                SYSTEM,
                run_id=run_id,
                outcome=outcome,
                objects=done.objects,
                size=done.bytes,
                problems=len(done.left_out),
            )
    return done


def _check_target(target: Path, data_dir: Path) -> None:
    if target.resolve().is_relative_to(data_dir.resolve()):
        raise SettingsError("A backup inside the data folder is lost with it. Name a folder on another disk.")
    try:
        target.mkdir(mode=0o700, parents=True, exist_ok=True)
        strange = [path for path in target.iterdir() if path.name not in {MANIFEST, UNFINISHED}]
        if strange and not ((target / MANIFEST).exists() or (target / UNFINISHED).exists()):
            raise SettingsError(f"{target} holds something else than a backup. Name an empty folder.")
        write_durably(target / UNFINISHED, b"A backup is being made, or was broken off. Make it again.\n")
    except OSError as error:
        raise SettingsError(f"{target} cannot be written: {error.strerror}.") from error


def _copy_all(
    db: Database, blobs: Blobs, data_dir: Path, target: Path, done: Copied
) -> Sequence[tuple[str, int]]:
    made_at = clock.now()
    name = made_at.strftime("%Y%m%dT%H%M%S%f")
    folder = target / f"database-{name}"
    rows, objects = snapshot(db, folder)
    _copy_beside(data_dir, target, folder)
    _copy_objects(blobs, object_folders(target), objects, done)
    listed = target / f"objects-{name}.txt"
    write_durably(listed, "".join(f"{digest} {size}\n" for digest, size in objects).encode())
    with db.engine.connect() as connection:
        heads = sorted(MigrationContext.configure(connection).get_current_heads())
    manifest = Manifest(
        format=FORMAT,
        made_at=made_at.isoformat(),
        engine="sqlite" if db.is_sqlite else "postgresql",
        heads=heads,
        database=folder.name,
        files={path.name: digest_of_file(path) for path in sorted(folder.iterdir())},
        objects=listed.name,
        objects_digest=digest_of_file(listed),
        object_count=len(objects),
        object_bytes=sum(size for _, size in objects),
        left_out=done.left_out,
        rows=rows,
    )
    write_manifest(target, manifest)
    _drop_older(target, manifest)
    (target / UNFINISHED).unlink()
    return objects


def _copy_beside(data_dir: Path, target: Path, folder: Path) -> None:
    """The queue of jobs and the settings."""
    jobs = data_dir / "jobs.db"
    if jobs.exists():
        with closing(sqlite3.connect(jobs)) as live, closing(sqlite3.connect(folder / "jobs.db")) as copy:
            live.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
    if CONFIG.is_dir():
        shutil.copytree(CONFIG, target / "config", dirs_exist_ok=True)


def _copy_objects(blobs: Blobs, folders: Path, objects: Sequence[tuple[str, int]], done: Copied) -> None:
    done.total = len(objects)
    told = time.monotonic()
    for digest, size in objects:
        place = folders / digest[:2] / digest
        done.objects += 1
        if place.exists() and place.stat().st_size == size:
            done.known += 1
        elif (copied := copy_object(blobs.path(digest), place, digest)) < 0:
            done.left_out.append(digest)
        else:
            done.bytes += copied
        if sys.stderr.isatty() and time.monotonic() - told > 0.5:
            told = time.monotonic()
            print(f"\r{done.objects}/{done.total} files, {done.bytes >> 20} MB", end="", file=sys.stderr)


def _drop_older(target: Path, manifest: Manifest) -> None:
    """Snapshots that the manifest does not name any more; their objects stay until somebody prunes."""
    for path in target.iterdir():
        if path.name.startswith("database-") and path.name != manifest.database:
            shutil.rmtree(path)
        elif path.name.startswith("objects-") and path.name != manifest.objects:
            path.unlink()


def _prune(folders: Path, wanted: set[str]) -> int:
    """Removes objects the finished backup does not speak of, and what a copy broken off left; how many."""
    removed = 0
    for path in folders.glob("*/*"):
        if path.name not in wanted:
            path.unlink()
            removed += 1
    return removed
