"""Every write of this room: an object made here enters the archive by the same gate as a machine's."""

from dataclasses import dataclass

from app.archive.actions import StoredInstance, association_closed, association_opened, store_instance
from app.archive.part10 import Part10
from app.archive.states import Source, SourceKind
from app.audit.actions import record
from app.audit.kinds import AuditKind
from app.base.actor import Actor, Permission
from app.base.blobs import Blob
from app.base.db import Tx


@dataclass(frozen=True)
class Made:
    """A file that was made and is durable as a blob."""

    blob: Blob
    part10: Part10


def store_evidence(
    tx: Tx, actor: Actor, *, wish_id: str, study_id: str, made: list[Made], last: bool
) -> list[StoredInstance]:
    """Enters objects made from one wish as one delivery, which ends with the `last` of them, and says who made them."""
    actor.check(Permission.STUDY_STORE)
    association_opened(tx, actor, association_id=wish_id, kind=SourceKind.UPLOAD, peer=actor.name)
    source = Source(SourceKind.UPLOAD, wish_id, actor.name)
    stored = [store_instance(tx, actor, blob=one.blob, part10=one.part10, source=source) for one in made]
    if last:
        association_closed(tx, actor, association_id=wish_id)
    record(
        tx,
        actor,
        AuditKind.PROCEDURE_RECORD,
        "C",
        subject_type="study",
        subject_id=study_id,
        hospital_id=actor.hospital_id,
        detail={"made": sorted({one.part10.sop_class_uid for one in made}), "objects": len(made)},
    )
    return stored
