"""A study is destroyed when one person asks and a second one of the same hospital confirms. The record stays.

What is left is an empty row under the study's id, for what still speaks of it (a consult, a report): it names nobody
and its UID is free again. The files go after the commit, by the job `study.destroyed`.
"""

import json
from typing import Any

from sqlalchemy import delete, func, select, update

from app.archive.access import correctable_study
from app.archive.correcting import check_reason
from app.archive.counters import hold
from app.archive.events import announce_study_listed
from app.archive.models import (
    AssociationStudy,
    Correction,
    Deletion,
    Instance,
    Patient,
    PatientCollision,
    PatientNameWord,
    Series,
    Study,
    StudyGrant,
    StudyOpening,
)
from app.archive.states import DESTROYED, DeletionState
from app.audit.actions import record
from app.audit.kinds import AuditKind
from app.base.actor import SYSTEM, Actor, Permission
from app.base.db import Tx, insert_once
from app.base.errors import Conflict, Forbidden, NotFound
from app.base.ids import new_id
from app.base.jobs import enqueue

STUDY_DESTROYED = "study.destroyed"  # the job; its subject is the deletion
REQUEST = "request"
_NO_SYNC = {"synchronize_session": False}


def request_deletion(tx: Tx, actor: Actor, *, study_id: str, reason: str) -> str:
    """Asks for a study to be destroyed; the id of the request. Nothing changes until somebody else confirms."""
    if not (actor.allows(Permission.STUDY_CORRECT) or actor.allows(Permission.STUDY_DELETE)):
        raise Forbidden
    study = correctable_study(tx, actor, study_id)
    check_may_destroy(tx, study)
    waiting = select(Deletion.id).where(
        Deletion.study_id == study.id, Deletion.state == DeletionState.REQUESTED
    )
    if tx.session.scalar(waiting) is not None:
        raise Conflict("asked_already", "Somebody has asked for this already. It waits for a second person.")
    row = Deletion(
        id=new_id(),
        hospital_id=study.hospital_id,
        study_id=study.id,
        study_instance_uid=study.study_instance_uid,
        ground=REQUEST,
        reason=check_reason(reason),
        state=DeletionState.REQUESTED,
        summary=json.dumps(summary_of(study)),
        requested_at=tx.now,
        requested_by=actor.id,
    )
    tx.session.add(row)
    _record(tx, actor, row, "U", AuditKind.PROCEDURE_RECORD)
    return row.id


def check_may_destroy(tx: Tx, study: Study) -> None:
    """Raises Conflict while the law, or a person who set a hold, wants it kept."""
    if study.legal_hold:
        raise Conflict("legal_hold", "This study is under legal hold and cannot be destroyed.")
    # Of a study that came this minute nobody has said yet how long it is kept.
    if not study.retention_class or study.retain_until >= f"{tx.now:%Y%m%d}":
        raise Conflict(
            "retained",
            "This study must be kept until its retention ends. A test image is first said to be no record.",
        )


def endorse_deletion(tx: Tx, actor: Actor, *, deletion_id: str) -> None:
    """A person takes up what retention proposed: they have asked now, and somebody else must confirm."""
    if not (actor.allows(Permission.STUDY_CORRECT) or actor.allows(Permission.STUDY_DELETE)):
        raise Forbidden
    row = _waiting(tx, actor, deletion_id)
    if row.requested_by != SYSTEM.id:
        raise Conflict("asked_already", "Somebody has asked for this already. It waits for a second person.")
    check_may_destroy(tx, tx.session.get_one(Study, row.study_id))
    row.requested_by, row.requested_at = actor.id, tx.now
    _record(tx, actor, row, "U", AuditKind.PROCEDURE_RECORD)


def withdraw_deletion(tx: Tx, actor: Actor, *, deletion_id: str) -> None:
    """Who asked takes it back."""
    if not (actor.allows(Permission.STUDY_CORRECT) or actor.allows(Permission.STUDY_DELETE)):
        raise Forbidden
    row = _waiting(tx, actor, deletion_id)
    if row.requested_by != actor.id:
        raise Forbidden("not_yours", "Only who asked can take it back. You can refuse it.")
    _decide(tx, actor, row, DeletionState.WITHDRAWN)


def refuse_deletion(tx: Tx, actor: Actor, *, deletion_id: str) -> None:
    """A second person says no."""
    actor.check(Permission.STUDY_DELETE)
    _decide(tx, actor, _by_another(tx, actor, deletion_id), DeletionState.REFUSED)


def confirm_deletion(tx: Tx, actor: Actor, *, deletion_id: str) -> None:
    """A second person says yes: rows go now, files after the commit. Raises Forbidden for who asked, Conflict while
    nobody but retention has.
    """
    actor.check(Permission.STUDY_DELETE)
    row = _by_another(tx, actor, deletion_id)
    if row.requested_by == SYSTEM.id:
        raise Conflict("not_asked", "Nobody has asked for this yet. One person asks, a second one confirms.")
    study = tx.session.get_one(Study, row.study_id)
    hold(tx, study)
    if study.merged_into_id or study.rejected == DESTROYED:
        raise Conflict("study_hidden", "This study is rejected or merged into another. Take that back first.")
    check_may_destroy(tx, study)
    destroy(tx, actor, study, row)


def destroy(tx: Tx, actor: Actor, study: Study, row: Deletion) -> None:
    """Part of an action that has checked everything: rows go, the record keeps what they were."""
    digests = list(tx.session.scalars(_images(study, Instance.digest).order_by(Instance.digest)))
    row.summary = json.dumps(summary_of(study) | {"digests": digests, "images": len(digests)})
    announce_study_listed(tx, study.id)  # while those who lose it can still be told
    _end_rows(tx, study)
    _decide(tx, actor, row, DeletionState.DONE)
    enqueue(tx, STUDY_DESTROYED, row.id)


def _images(study: Study, column: Any) -> Any:
    return select(column).join(Series, Series.id == Instance.series_id).where(Series.study_id == study.id)


def summary_of(study: Study) -> dict[str, Any]:
    """Identifiers and counts. No name: the record outlives the reason to know it."""
    return {
        "study_instance_uid": study.study_instance_uid,
        "accession_number": study.accession_number,
        "patient_id": study.patient.patient_id,
        "study_date": study.study_date,
        "modalities": study.modalities.strip("\\"),
        "series": study.series_count,
        "images": study.instance_count,
        "bytes": study.size,
        "first_received_at": study.first_received_at.isoformat(),
    }


def _end_rows(tx: Tx, study: Study) -> None:
    run = tx.session.execute
    of_study = select(Series.id).where(Series.study_id == study.id)
    run(delete(Instance).where(Instance.series_id.in_(of_study)), execution_options=_NO_SYNC)
    tx.session.expire_all()
    tables: tuple[type[Series | StudyGrant | StudyOpening | AssociationStudy], ...]
    tables = (Series, StudyGrant, StudyOpening, AssociationStudy)
    for table in tables:
        run(delete(table).where(table.study_id == study.id), execution_options=_NO_SYNC)
    told = update(Correction).where(
        (Correction.study_id == study.id) | (Correction.other_study_id == study.id)
    )
    run(told.values(before="{}", after="{}", undone_at=func.coalesce(Correction.undone_at, tx.now)),
        execution_options=_NO_SYNC)  # fmt: skip
    patient_id = study.patient_id
    gone = [study, *tx.session.scalars(select(Study).where(Study.merged_into_id == study.id))]
    nobody = _nobody(tx, study.hospital_id)
    for one in gone:
        _empty(one, nobody)
    tx.session.flush()
    _forget_patient(tx, patient_id)


def _empty(study: Study, nobody: Patient) -> None:
    """The row that is left. Its UID is free for the same study to be sent again."""
    for column in Study.__mapper__.column_attrs:
        if isinstance(getattr(study, column.key), str) and column.key not in {"hospital_id", "id", "state"}:
            kept = column.key in {"device_id", "merged_into_id", "patient_id", "retention_class"}
            setattr(study, column.key, getattr(study, column.key) if kept else "")
    study.study_instance_uid = f"{DESTROYED}:{study.id}"
    study.rejected, study.merged_into_id, study.patient = DESTROYED, None, nobody
    study.series_count = study.instance_count = study.size = 0
    study.corrected = study.unannounced = False


def _nobody(tx: Tx, hospital_id: str) -> Patient:
    """Under whom the rows of destroyed studies stand."""
    blank = dict.fromkeys(
        ("patient_id", "issuer_of_patient_id", "name", "folded_name", "birth_date", "sex"), ""
    )
    insert_once(
        tx, Patient, id=new_id(), hospital_id=hospital_id, identity_key=DESTROYED, created_at=tx.now, **blank
    )
    of_hospital = select(Patient).where(Patient.hospital_id == hospital_id, Patient.identity_key == DESTROYED)
    return tx.session.scalars(of_hospital).one()


def _forget_patient(tx: Tx, patient_id: str) -> None:
    """Somebody without studies is not kept."""
    merged = select(Patient.id).where(Patient.merged_into_id == patient_id).limit(1)
    others = select(Study.id).where(Study.patient_id == patient_id).limit(1)
    if tx.session.scalar(others) is not None or tx.session.scalar(merged) is not None:
        return
    run = tx.session.execute
    of_both = (PatientCollision.patient_id == patient_id) | (PatientCollision.other_patient_id == patient_id)
    run(delete(PatientCollision).where(of_both), execution_options=_NO_SYNC)
    run(delete(PatientNameWord).where(PatientNameWord.patient_id == patient_id), execution_options=_NO_SYNC)
    told = update(Correction).where(Correction.patient_id == patient_id)
    run(told.values(before="{}", after="{}", undone_at=func.coalesce(Correction.undone_at, tx.now)),
        execution_options=_NO_SYNC)  # fmt: skip
    run(delete(Patient).where(Patient.id == patient_id), execution_options=_NO_SYNC)


def _waiting(tx: Tx, actor: Actor, deletion_id: str) -> Deletion:
    row = tx.session.get(Deletion, deletion_id, with_for_update=True)
    if row is None or row.hospital_id != actor.hospital_id:
        raise NotFound
    if row.state != DeletionState.REQUESTED:
        raise Conflict("decided_already", "This was decided already.")
    return row


def _by_another(tx: Tx, actor: Actor, deletion_id: str) -> Deletion:
    row = _waiting(tx, actor, deletion_id)
    if row.requested_by == actor.id:
        raise Forbidden("same_person", "You asked for this yourself. A second person must decide.")
    return row


def _decide(tx: Tx, actor: Actor, row: Deletion, state: DeletionState) -> None:
    row.state, row.decided_at, row.decided_by = state, tx.now, actor.id
    done = state is DeletionState.DONE
    kind = AuditKind.STUDY_DELETED if done else AuditKind.PROCEDURE_RECORD
    _record(tx, actor, row, "D" if done else "U", kind)


def _record(tx: Tx, actor: Actor, row: Deletion, action: Any, kind: AuditKind) -> None:
    summary = json.loads(row.summary)
    record(
        tx,
        actor,
        kind,
        action,
        subject_type="study",
        subject_id=row.study_id,
        hospital_id=row.hospital_id,
        detail={
            "deletion": row.id,
            "state": row.state,
            "requested_by": row.requested_by,
            "study_instance_uid": row.study_instance_uid,
            "images": summary["images"],
        },
    )
