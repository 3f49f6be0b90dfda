"""How long a study is kept: by class of record (TT 33/2025/TT-BYT), longer under a legal hold.

DICOM has no line of its own in the circular: images are part of their record and never kept shorter. Terms count
from the end of the study's year. Nothing is destroyed by itself: what is past its term is proposed, one person
takes it up and a second one confirms (app.archive.deletions).
"""

import json
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import exists, select, update

from app.archive.access import correctable_study
from app.archive.deletions import summary_of
from app.archive.models import Deletion, Study
from app.archive.states import DESTROYED, DeletionState
from app.audit.actions import record
from app.audit.kinds import AuditKind
from app.base.actor import Actor, Permission
from app.base.db import Tx
from app.base.errors import Conflict, Invalid, NotFound
from app.base.ids import new_id
from app.identity.models import Hospital

RETENTION = "retention"  # the ground of a proposed deletion
FOR_EVER = "99991231"
ASK_AGAIN = timedelta(days=365)
HERE_FOR = timedelta(days=365)  # who brings an old archive in wants to have it, not a list of what to destroy
_BATCH = 500
_NO_SYNC = {"synchronize_session": False}


class RetentionClass(StrEnum):
    """Classes of record; alphabetical."""

    ACCIDENT = "accident"  # at work or in traffic
    DEATH = "death"
    NOT_A_RECORD = "not-a-record"  # test images, phantoms
    ORDINARY = "ordinary"
    PERMANENT = "permanent"  # of medical incidents
    PSYCHIATRIC = "psychiatric"
    TRANSPLANT = "transplant"


YEARS: dict[RetentionClass, int | None] = {
    RetentionClass.ACCIDENT: 20,
    RetentionClass.DEATH: 30,
    RetentionClass.NOT_A_RECORD: 0,
    RetentionClass.ORDINARY: 10,
    RetentionClass.PERMANENT: None,
    RetentionClass.PSYCHIATRIC: 20,
    RetentionClass.TRANSPLANT: 30,
}


def retain_until(retention_class: RetentionClass, study_date: str, received_at: datetime) -> str:
    """The last day (YYYYMMDD) it must be kept; empty when it need not be kept."""
    years = YEARS[retention_class]
    if years is None:
        return FOR_EVER
    year = study_date[:4] if len(study_date) == 8 and study_date.isdigit() else f"{received_at:%Y}"
    return f"{min(int(year) + years, 9999):04}1231" if years else ""


def keep_as_long(study: Study, other: Study) -> None:
    """Images of `other` go into `study`: it is kept as long as the longer of both, and held when either is. Part of
    an action.
    """
    study.legal_hold = study.legal_hold or other.legal_hold
    if other.retain_until > study.retain_until:
        study.retention_class, study.retain_until = other.retention_class, other.retain_until
    elif not other.retention_class and not study.retain_until:
        study.retention_class = ""  # it gets its hospital's


def class_of(text: str) -> RetentionClass:
    """Raises Invalid for a word that is none."""
    try:
        return RetentionClass(text)
    except ValueError as error:
        raise Invalid("bad_retention", "Choose one of the classes of record.") from error


def classify_new_studies(tx: Tx, actor: Actor) -> int:
    """Periodic: studies that have no class get their hospital's. How many."""
    actor.check(Permission.STORAGE_MANAGE)
    query = (
        select(Study.id, Study.study_date, Study.first_received_at, Hospital.retention_class)
        .join(Hospital, Hospital.id == Study.hospital_id)
        .where(Study.retention_class == "", Study.rejected != DESTROYED)
        .limit(_BATCH)
    )
    found = tx.session.execute(query).all()
    for study_id, study_date, received_at, usual in found:
        chosen = RetentionClass(usual or RetentionClass.ORDINARY)
        classified = update(Study).where(Study.id == study_id, Study.retention_class == "")
        until = retain_until(chosen, study_date, received_at)
        tx.session.execute(
            classified.values(retention_class=chosen, retain_until=until), execution_options=_NO_SYNC
        )
    if found:
        detail: dict[str, object] = {"classified": len(found)}
        _record(tx, actor, "retention", "new", None, detail)
    return len(found)


def set_retention(tx: Tx, actor: Actor, *, study_id: str, retention_class: str, reason: str) -> None:
    """Another class for one study, with the reason."""
    actor.check(Permission.STORAGE_MANAGE)
    study = correctable_study(tx, actor, study_id)
    chosen = class_of(retention_class)
    until = retain_until(chosen, study.study_date, study.first_received_at)
    if study.legal_hold and until < study.retain_until:
        raise Conflict("legal_hold", "This study is under legal hold: it cannot be kept shorter than now.")
    before, study.retention_class, study.retain_until = study.retention_class, chosen, until
    _record(
        tx,
        actor,
        "study",
        study.id,
        study.hospital_id,
        {"retention": chosen, "before": before, "until": until, "reason": _reason(reason)},
    )


def set_legal_hold(tx: Tx, actor: Actor, *, study_id: str, reason: str) -> None:
    """From now on it is not destroyed, whatever its term; who and why stand in the audit log."""
    actor.check(Permission.STORAGE_MANAGE)
    study = correctable_study(tx, actor, study_id)
    study.legal_hold = _reason(reason)
    _record(tx, actor, "study", study.id, study.hospital_id, {"legal_hold": study.legal_hold})


def lift_legal_hold(tx: Tx, actor: Actor, *, study_id: str, reason: str) -> None:
    """Its term counts again."""
    actor.check(Permission.STORAGE_MANAGE)
    study = correctable_study(tx, actor, study_id)
    before, study.legal_hold = study.legal_hold, ""
    _record(
        tx,
        actor,
        "study",
        study.id,
        study.hospital_id,
        {"legal_hold_ended": before, "reason": _reason(reason)},
    )


def set_hospital_storage(
    tx: Tx, actor: Actor, *, hospital_id: str, retention_class: str, quota_gb: int | None = None
) -> None:
    """The usual class of a hospital's new studies; how much it may keep is the platform's to say."""
    actor.check(Permission.STORAGE_MANAGE)
    if actor.hospital_id not in {None, hospital_id}:
        raise NotFound
    if quota_gb is not None:
        actor.check(Permission.HOSPITAL_MANAGE)
    hospital = tx.session.get_one(Hospital, hospital_id)
    hospital.retention_class = class_of(retention_class)
    if quota_gb is not None:
        if not 0 <= quota_gb <= 1 << 20:
            raise Invalid("bad_quota", "A quota is a whole number of gigabytes; 0 means none.")
        hospital.quota_bytes = quota_gb << 30
    detail = {"retention": hospital.retention_class, "quota_bytes": hospital.quota_bytes}
    _record(tx, actor, "hospital", hospital_id, hospital_id, detail)


def propose_destruction(tx: Tx, actor: Actor) -> int:
    """Periodic: studies past their term are proposed to their hospital; not before they are here for a year, and what
    was refused not before another one. How many.
    """
    actor.check(Permission.STORAGE_MANAGE)
    recent = (Deletion.state == DeletionState.REQUESTED) | (Deletion.requested_at > tx.now - ASK_AGAIN)
    asked = exists(select(Deletion.id).where(Deletion.study_id == Study.id, recent).correlate(Study))
    query = (
        select(Study)
        .where(
            Study.retain_until != "",
            Study.retain_until < f"{tx.now:%Y%m%d}",
            Study.legal_hold == "",
            Study.first_received_at < tx.now - HERE_FOR,
            Study.rejected != DESTROYED,
            Study.merged_into_id.is_(None),
            ~asked,
        )
        .order_by(Study.retain_until)
        .limit(_BATCH)
    )
    found = list(tx.session.scalars(query))
    for study in found:
        tx.session.add(_proposal(tx, actor, study))
        _record(
            tx,
            actor,
            "study",
            study.id,
            study.hospital_id,
            {"proposed": RETENTION, "until": study.retain_until},
        )
    return len(found)


def _proposal(tx: Tx, actor: Actor, study: Study) -> Deletion:
    summary = summary_of(study) | {"retention": study.retention_class}
    return Deletion(
        id=new_id(),
        hospital_id=study.hospital_id,
        study_id=study.id,
        study_instance_uid=study.study_instance_uid,
        ground=RETENTION,
        reason=f"{study.retention_class} {study.retain_until}",
        state=DeletionState.REQUESTED,
        summary=json.dumps(summary),
        requested_at=tx.now,
        requested_by=actor.id,
    )


def _reason(text: str) -> str:
    if not (found := " ".join(text.split())[:200]):
        raise Invalid("no_reason_given", "Give the reason; it stays in the log.")
    return found


def _record(
    tx: Tx,
    actor: Actor,
    subject_type: str,
    subject_id: str,
    hospital_id: str | None,
    detail: dict[str, object],
) -> None:
    record(
        tx,
        actor,
        AuditKind.PROCEDURE_RECORD,
        "U",
        subject_type=subject_type,
        subject_id=subject_id,
        hospital_id=hospital_id,
        detail=detail,
    )
