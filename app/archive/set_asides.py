"""Files that contradict what is here: kept, entered into no study, until a person (or a comparison) has decided."""

from sqlalchemy import select

from app.archive.arrivals import hospital_of
from app.archive.models import Instance, SetAside
from app.archive.part10 import Part10
from app.archive.states import SetAsideDecision, Source
from app.audit.actions import record
from app.audit.kinds import AuditKind
from app.base.actor import Actor, Permission
from app.base.blobs import Blob
from app.base.db import Tx
from app.base.errors import Conflict, HoichanError
from app.base.ids import new_id
from app.base.jobs import enqueue

COMPARE = "set_aside.compare"  # the job; its subject is the row
UNWANTED = "object.unwanted"  # the job that removes a file no row speaks of; its subject is the digest
UID_COLLISION = "uid_collision"
TWO_PATIENTS = "study_two_patients"
OTHER_ENCODING = "other_encoding"
_SETTLED = (SetAsideDecision.DISCARD, SetAsideDecision.SAME)
# What a comparison found that leaves the file to a person: the row says so.
COMPARED = {
    "headers": "Another image with the same identifier is already here. Both were compared: their headers differ.",
    "pixels": "Another image with the same identifier is already here. Both were compared: their pixels differ.",
    "undecodable": "Another image with the same identifier is already here. They could not be compared, because the pixels cannot be decoded here.",
    "missing": "Another image with the same identifier was here. They could not be compared, because one of the two files is gone.",
}


def set_aside(
    tx: Tx, actor: Actor, *, blob: Blob, part10: Part10, reason: HoichanError, source: Source
) -> str:
    """Keeps a file out of the lists until it is decided; its id. The same bytes sent again wait only once."""
    actor.check(Permission.STUDY_STORE)
    hospital_id = hospital_of(actor)
    waiting = select(SetAside.id).where(
        SetAside.hospital_id == hospital_id, SetAside.digest == blob.digest, SetAside.decision == ""
    )
    known = tx.session.scalar(waiting)
    if known is not None:
        return known
    row = SetAside(
        id=new_id(),
        hospital_id=hospital_id,
        reason_code=reason.code,
        reason=reason.message,
        digest=blob.digest,
        size=blob.size,
        study_instance_uid=part10.study.study_instance_uid,
        sop_instance_uid=part10.sop_instance_uid,
        source_kind=source.kind,
        source_peer=source.peer,
        device_id=source.device_id,
        created_at=tx.now,
    )
    tx.session.add(row)
    if reason.code in {UID_COLLISION, OTHER_ENCODING}:
        enqueue(tx, COMPARE, row.id)
    record(
        tx,
        actor,
        AuditKind.INSTANCES_TRANSFERRED,
        "C",
        outcome=4,
        subject_type="set-aside",
        subject_id=row.id,
        hospital_id=hospital_id,
        detail={"reason": reason.code, "sop_instance_uid": part10.sop_instance_uid, "by": source.kind},
    )
    return row.id


def is_settled(tx: Tx, hospital_id: str, blob: Blob, part10: Part10) -> bool:
    """Whether these very bytes were decided on before: a repetition, not another collision."""
    kept_both = select(Instance.id).where(
        Instance.hospital_id == hospital_id,
        Instance.digest == blob.digest,
        Instance.original_sop_instance_uid == part10.sop_instance_uid,
    )
    decided = select(SetAside.id).where(
        SetAside.hospital_id == hospital_id,
        SetAside.digest == blob.digest,
        SetAside.decision.in_(_SETTLED),
    )
    return any(tx.session.scalar(query.limit(1)) is not None for query in (kept_both, decided))


def collision(known_syntax: str, part10: Part10) -> HoichanError:
    """Why an image with a known identifier and other bytes is set aside."""
    if known_syntax != part10.transfer_syntax_uid:
        return Conflict(
            OTHER_ENCODING,
            "The same identifier is here in another encoding. It is being compared whether the image is the same.",
        )
    return Conflict(
        UID_COLLISION,
        "Another image with the same identifier is already here. The first is kept, this one is set aside.",
    )
