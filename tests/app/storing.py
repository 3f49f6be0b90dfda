"""Puts a file into the archive as a door does."""

from app.archive.actions import Source, SourceKind, store_instance
from app.archive.part10 import read_part10
from app.archive.retention import set_retention
from app.base.actor import SYSTEM, Actor
from app.base.blobs import Blobs
from app.base.db import Database, Tx


def store(db: Database, blobs: Blobs, actor: Actor, data: bytes) -> str:
    """The id of the study the file belongs to."""
    with blobs.open_spool() as spool:
        spool.write(data)
        spool.flush()
        part10 = read_part10(spool.path)
        blob = spool.commit()
    with db.transaction() as tx:
        source = Source(SourceKind.DIMSE, "association-1", "CT01")
        stored = store_instance(tx, actor, blob=blob, part10=part10, source=source)
    assert stored.study_id is not None
    return stored.study_id


def no_record(tx: Tx, study_id: str) -> None:
    """Of a test image: it need not be kept."""
    set_retention(tx, SYSTEM, study_id=study_id, retention_class="not-a-record", reason="a test image")
