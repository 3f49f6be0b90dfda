"""Stores generated files as a door does: spool, read, commit, enter."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from app.archive.actions import Source, SourceKind, StoredInstance, association_closed, store_instance
from app.archive.part10 import read_part10
from app.base.actor import Actor
from app.base.blobs import Blobs
from app.base.db import Database
from tests.cast import Cast, make_cast

ASSOCIATION = "association-1"


@dataclass(frozen=True)
class Archive:
    """A database with everybody in it, and the way files get there."""

    db: Database
    blobs: Blobs
    cast: Cast

    def store(
        self, data: bytes, actor: Actor | None = None, *, association_id: str = ASSOCIATION
    ) -> StoredInstance:
        """One file by hospital A's machine, or by another actor."""
        with self.storing(data, actor, association_id=association_id) as stored:
            return stored

    @contextmanager
    def storing(
        self, data: bytes, actor: Actor | None = None, *, association_id: str = ASSOCIATION
    ) -> Iterator[StoredInstance]:
        """The same, committed at the end of the block."""
        with self.blobs.open_spool() as spool:
            spool.write(data)
            spool.flush()
            part10 = read_part10(spool.path)
            blob = spool.commit()
        with self.db.transaction() as tx:
            source = Source(SourceKind.DIMSE, association_id, "CT01")
            yield store_instance(tx, actor or self.cast.ct_a, blob=blob, part10=part10, source=source)

    def send(self, files: Iterable[bytes], actor: Actor | None = None) -> list[StoredInstance]:
        """Several files by one association that ends."""
        stored = [self.store(data, actor) for data in files]
        with self.db.transaction() as tx:
            association_closed(tx, actor or self.cast.ct_a, association_id=ASSOCIATION)
        return stored


@pytest.fixture
def archive(db: Database, blobs: Blobs) -> Archive:
    return Archive(db, blobs, make_cast(db))


@pytest.fixture
def sqlite_archive(sqlite_db: Database, blobs: Blobs) -> Archive:
    """Where the engine does not matter."""
    return Archive(sqlite_db, blobs, make_cast(sqlite_db))
