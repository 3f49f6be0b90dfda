"""Two people under one patient number: a person says whether they are one."""

from app.archive.corrections import merge_patients
from app.archive.models import PatientCollision
from app.audit.actions import record
from app.audit.kinds import AuditKind
from app.base.actor import Actor, Permission
from app.base.db import Tx
from app.base.errors import Conflict, NotFound

SAME, DIFFERENT = "same", "different"


def decide_collision(
    tx: Tx, actor: Actor, *, collision_id: str, keep_id: str | None, reason: str = ""
) -> None:
    """`keep_id`: the one whose data are right, when both are one person; None when they are two."""
    actor.check(Permission.STUDY_CORRECT)
    row = tx.session.get(PatientCollision, collision_id, with_for_update=True)
    if row is None or row.hospital_id != actor.hospital_id:
        raise NotFound
    if row.decision:
        raise Conflict("decided_already", "This was decided already.")
    both = {row.patient_id, row.other_patient_id}
    if keep_id is not None:
        if keep_id not in both:
            raise NotFound
        (gone,) = both - {keep_id}
        merge_patients(tx, actor, patient_id=gone, into_id=keep_id, reason=reason)
    row.decision = DIFFERENT if keep_id is None else SAME
    row.decided_at, row.decided_by = tx.now, actor.id
    record(
        tx,
        actor,
        AuditKind.PATIENT_RECORD,
        "U",
        subject_type="patient",
        subject_id=row.patient_id,
        hospital_id=row.hospital_id,
        detail={"other_patient": row.other_patient_id, "decision": row.decision},
    )
