"""Backup while images lie there, a second one, and the way back: MB/s and the time for 2 GB."""

import os
import shutil
import tempfile
import time
from pathlib import Path

from app.base.blobs import Blobs
from app.base.db import Database
from app.base.settings import Settings
from app.main.backup import back_up
from app.main.migrate import migrate
from app.main.platform import load_parts
from app.main.restore import restore
from tests import dicomgen
from tests.app.storing import store
from tests.cast import make_cast

GOAL_BYTES = 2 << 30
GOAL_SECONDS = 300


def _fill(db: Database, blobs: Blobs, size: int) -> int:
    """CT slices of 512x512 with noise, until there are so many bytes."""
    actor, written, number = make_cast(db).ct_a, 0, 0
    template = dicomgen.ct_slice(1, rows=512, columns=512)
    while written < size:
        number += 1
        data = dicomgen.ct_slice(number, rows=512, columns=512)[:-500_000] + os.urandom(500_000)
        store(db, blobs, actor, data)
        written += len(template)
    return written


def main(size: int = GOAL_BYTES) -> None:
    folder = Path(tempfile.mkdtemp(prefix="hoichan-bench-"))
    try:
        data = folder / "data"
        data.mkdir()
        db, blobs = Database(f"sqlite:///{data / 'hoichan.db'}"), Blobs(data)
        migrate(db, load_parts(Settings()).migrations)
        written = _fill(db, blobs, size)
        for what in ("first backup", "second backup"):
            began = time.perf_counter()
            done = back_up(db, blobs, data, folder / "backup")
            _say(what, written, done.bytes, time.perf_counter() - began)
        db.dispose()
        began = time.perf_counter()
        restore(Settings(data_dir=folder / "elsewhere"), folder / "backup")
        _say("restore", written, written, time.perf_counter() - began)
    finally:
        shutil.rmtree(folder)


def _say(what: str, whole: int, copied: int, seconds: float) -> None:
    for_goal = seconds * GOAL_BYTES / whole
    print(
        f"{what}: {copied >> 20} MB copied in {seconds:.1f} s, {copied / seconds / (1 << 20):.0f} MB/s; "
        f"2 GB would take {for_goal:.0f} s (goal {GOAL_SECONDS})"
    )


if __name__ == "__main__":
    main()
