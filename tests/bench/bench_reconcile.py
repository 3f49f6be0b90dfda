"""`python -m tests.bench.bench_reconcile [STUDIES]`: how long a start waits until files and rows agree, and how long the
whole comparison takes. 10,000 studies have 100,000 images and as many objects; 100,000 studies a million.
"""

import sys
import tempfile
import time
from pathlib import Path

from sqlalchemy import select, text

from app.archive.models import Instance
from app.base.blobs import Blobs
from app.base.db import Database
from app.main.migrate import migrate
from app.main.reconcile import reconcile, reconcile_at_start
from tests.bench import search_data
from tests.cast import make_cast

GOAL_SECONDS = 5.0


def _make_objects(db: Database, blobs: Blobs) -> int:
    """An empty file for each: only names are compared. The rows get digests like real ones."""
    with db.transaction() as tx:
        tx.session.execute(text("UPDATE instance SET digest = lower(hex(randomblob(32)))"))
    with db.reading() as tx:
        digests = tx.session.scalars(select(Instance.digest).distinct()).all()
    for digest in digests:
        blobs.path(digest).touch()
    return len(digests)


def main(studies: int = 10_000) -> bool:
    """Prints the figures; whether a start waits no longer than promised."""
    with tempfile.TemporaryDirectory(prefix="hoichan-reconcile-") as name:
        folder = Path(name)
        db, blobs = Database(f"sqlite:///{folder / 'hoichan.db'}"), Blobs(folder)
        migrate(db, [])
        search_data.fill(db, make_cast(db), studies)
        objects = _make_objects(db, blobs)
        for number in range(100):
            blobs.path(f"{number:02x}".ljust(64, "0")).touch()
        began = time.monotonic()
        reconcile_at_start(db, blobs)
        waited = time.monotonic() - began
        print(f"{objects} objects: a start waits {waited:.2f} s (promised {GOAL_SECONDS:.0f})", flush=True)
        began = time.monotonic()
        found = reconcile(db, blobs, whole=True, repair=False)  # made rows do not agree with their counters
        whole = time.monotonic() - began
        db.dispose()
    print(f"the whole comparison, counters included, takes {whole:.1f} s: {found.sentence()}")
    return waited <= GOAL_SECONDS


if __name__ == "__main__":
    sys.exit(0 if main(*(int(word) for word in sys.argv[1:])) else 1)
