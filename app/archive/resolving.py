"""A person decides on a file that was set aside. Nothing is ever merged silently, and no bytes are changed."""

import json
from collections.abc import Callable, Mapping

from sqlalchemy import select

from app.archive import entering
from app.archive.correcting import Change, keep, patient_fields
from app.archive.counters import hold
from app.archive.models import Instance, Patient, Series, SetAside, Study
from app.archive.part10 import Part10
from app.archive.regrouping import new_uid, settle
from app.archive.rejections import refresh
from app.archive.set_asides import COMPARED, OTHER_ENCODING, TWO_PATIENTS, UID_COLLISION, UNWANTED
from app.archive.states import CorrectionKind, RejectionReason, SetAsideDecision, StudyState
from app.archive.values import PatientValues
from app.audit.actions import record
from app.audit.kinds import AuditKind
from app.base.actor import Actor, Permission
from app.base.db import Tx
from app.base.errors import Conflict, Invalid, NotFound
from app.base.ids import new_id
from app.base.jobs import enqueue

MAKE_PREVIEWS = "previews.make"
_D = SetAsideDecision
DECISIONS: Mapping[str, tuple[SetAsideDecision, ...]] = {
    OTHER_ENCODING: (_D.DISCARD, _D.REPLACE, _D.KEEP_BOTH),
    TWO_PATIENTS: (_D.THIS_PATIENT, _D.OTHER_STUDY, _D.DISCARD),
    UID_COLLISION: (_D.DISCARD, _D.REPLACE, _D.KEEP_BOTH),
}


def resolve_set_aside(
    tx: Tx, actor: Actor, *, set_aside_id: str, decision: SetAsideDecision, part10: Part10
) -> None:
    """Does what was decided. `part10` is the file's header, read by the caller. Raises NotFound, or Conflict when it
    was decided already.
    """
    actor.check(Permission.STUDY_CORRECT)
    row = set_aside_for(tx, actor, set_aside_id, lock=True)
    if row.decision:
        raise Conflict("decided_already", "This was decided already.")
    if decision not in DECISIONS.get(row.reason_code, (_D.DISCARD,)):
        raise Invalid("bad_decision", "This cannot be decided for such a file.")
    act = _ACTS.get(decision)
    if act is not None:
        if row.damaged:
            raise Conflict("damaged", "The file is damaged. Discard it and have it sent again.")
        act(tx, actor, row, part10)
    settle_set_aside(tx, actor, row, decision)


def note_set_aside_seen(tx: Tx, actor: Actor, *, set_aside_id: str) -> None:
    """Somebody looks at a file and at what it contradicts: both are patients' data."""
    actor.check(Permission.STUDY_CORRECT)
    row = set_aside_for(tx, actor, set_aside_id)
    record(
        tx,
        actor,
        AuditKind.INSTANCES_ACCESSED,
        "R",
        subject_type="set-aside",
        subject_id=row.id,
        hospital_id=row.hospital_id,
        detail={"study_instance_uid": row.study_instance_uid, "sop_instance_uid": row.sop_instance_uid},
    )


def settle_set_aside(tx: Tx, actor: Actor, row: SetAside, decision: SetAsideDecision) -> None:
    """Writes the decision down. Part of an action."""
    row.decision, row.decided_at, row.decided_by = decision, tx.now, actor.id
    enqueue(tx, UNWANTED, row.digest)  # it stays where a row speaks of it now
    record(
        tx,
        actor,
        AuditKind.PROCEDURE_RECORD,
        "U",
        subject_type="set-aside",
        subject_id=row.id,
        hospital_id=row.hospital_id,
        detail={"decision": decision, "sop_instance_uid": row.sop_instance_uid},
    )


def set_aside_found_same(tx: Tx, actor: Actor, *, set_aside_id: str) -> None:
    """A comparison showed the same image in another encoding: a repetition. Nothing happens when it was decided."""
    actor.check(Permission.STUDY_STORE)
    row = tx.session.get(SetAside, set_aside_id, with_for_update=True)
    if row is not None and not row.decision:
        settle_set_aside(tx, actor, row, _D.SAME)


def set_aside_compared(tx: Tx, actor: Actor, *, set_aside_id: str, found: str) -> None:
    """A comparison left it to a person; `found` is a key of set_asides.COMPARED. Nothing happens when it was decided."""
    actor.check(Permission.STUDY_STORE)
    row = tx.session.get(SetAside, set_aside_id, with_for_update=True)
    if row is None or row.decision:
        return
    row.reason = COMPARED[found]
    record(
        tx,
        actor,
        AuditKind.PROCEDURE_RECORD,
        "U",
        subject_type="set-aside",
        subject_id=row.id,
        hospital_id=row.hospital_id,
        detail={"compared": found, "sop_instance_uid": row.sop_instance_uid},
    )


def set_aside_for(tx: Tx, actor: Actor, set_aside_id: str, *, lock: bool = False) -> SetAside:
    """One of the actor's hospital, or NotFound."""
    row = tx.session.get(SetAside, set_aside_id, with_for_update=lock)
    if row is None or row.hospital_id != actor.hospital_id:
        raise NotFound
    return row


def first_image(tx: Tx, row: SetAside) -> Instance | None:
    """The image that has the identifier; None when it is gone."""
    query = select(Instance).where(
        Instance.hospital_id == row.hospital_id, Instance.sop_instance_uid == row.sop_instance_uid
    )
    return tx.session.scalar(query)


def _replace(tx: Tx, _actor: Actor, row: SetAside, part10: Part10) -> None:
    """The first is rejected and gives up the identifier, which its file keeps."""
    first = first_image(tx, row)
    if first is None:
        raise NotFound
    series = tx.session.get_one(Series, first.series_id)
    hold(tx, series.study)
    first.original_sop_instance_uid = first.original_sop_instance_uid or first.sop_instance_uid
    first.sop_instance_uid, first.rejected = new_uid(), first.rejected or RejectionReason.QUALITY
    tx.session.flush()
    _add(tx, row, part10, series, part10.sop_instance_uid)
    refresh(tx, series.study, RejectionReason.QUALITY)


def _keep_both(tx: Tx, _actor: Actor, row: SetAside, part10: Part10) -> None:
    first = first_image(tx, row)
    if first is None:
        raise NotFound
    series = tx.session.get_one(Series, first.series_id)
    hold(tx, series.study)
    image = _add(tx, row, part10, series, new_uid())
    image.original_sop_instance_uid = part10.sop_instance_uid
    series.study.corrected = True
    settle(tx, series.study)


def _this_patient(tx: Tx, actor: Actor, row: SetAside, part10: Part10) -> None:
    """The study's patient is right; the file's, and those of the images behind it, was a mistake."""
    study = _study_of(tx, row)
    _enter(tx, row, part10, study)
    _told(tx, actor, row, part10.patient, study)


def _other_study(tx: Tx, actor: Actor, row: SetAside, part10: Part10) -> None:
    """The file's patient is right: the images become a study of their own under a new UID."""
    study = _study_of(tx, row)
    known = select(Study).join(Series, Series.study_id == Study.id).where(
        Study.hospital_id == row.hospital_id,
        Series.original_study_instance_uid == row.study_instance_uid,
        Study.id != study.id,
    )  # fmt: skip
    fitting = [one for one in tx.session.scalars(known.distinct()) if not _contradicts(one.patient, part10)]
    other = fitting[0] if fitting else _new_study(tx, row, part10)
    other.corrected = study.corrected = True
    _enter(tx, row, part10, other)
    _told(tx, actor, row, part10.patient, other)


def _contradicts(patient: Patient, part10: Part10) -> bool:
    return PatientValues(**patient_fields(patient)).contradicts(part10.patient)


def _new_study(tx: Tx, row: SetAside, part10: Part10) -> Study:
    uid = new_uid()
    values = part10.study.__class__(
        **{name: getattr(part10.study, name) for name in part10.study.__slots__} | {"study_instance_uid": uid}
    )
    study_id = entering.add_study(tx, row.hospital_id, part10.patient, values, row.device_id)
    study = tx.session.get_one(Study, study_id)
    study.state = StudyState.COMPLETE
    return study


def _study_of(tx: Tx, row: SetAside) -> Study:
    query = select(Study).where(
        Study.hospital_id == row.hospital_id, Study.study_instance_uid == row.study_instance_uid
    )
    study = tx.session.scalar(query)
    if study is None:
        raise NotFound("study_gone", "The study is not here any more. Discard the file and send it again.")
    home = tx.session.get_one(Study, study.merged_into_id) if study.merged_into_id else study
    hold(tx, home)
    return home


def _enter(tx: Tx, row: SetAside, part10: Part10, study: Study) -> None:
    if first_image(tx, row) is not None:
        raise Conflict(
            "entered_already", "An image with this identifier has come in since. Discard this file."
        )
    series_id, new = entering.series_of(tx, study.id, part10.series)
    series = tx.session.get_one(Series, series_id)
    if new and study.study_instance_uid != row.study_instance_uid:
        series.original_study_instance_uid = row.study_instance_uid
    _add(tx, row, part10, series, part10.sop_instance_uid)
    study.corrected = True
    refresh(tx, study, "")  # a rejected study that gets an image is shown again


def _told(tx: Tx, actor: Actor, row: SetAside, patient: PatientValues, study: Study) -> None:
    """So that what else arrives under these data goes the same way."""
    was = {
        name: getattr(patient, name)
        for name in ("patient_id", "issuer_of_patient_id", "name", "birth_date", "sex")
    }
    change = Change(
        CorrectionKind.SET_ASIDE, row.reason, {"was": was}, {"set_aside": row.id}, study_id=study.id
    )
    keep(tx, actor, row.hospital_id, change)


def _add(tx: Tx, row: SetAside, part10: Part10, series: Series, sop_instance_uid: str) -> Instance:
    image = Instance(
        id=new_id(),
        hospital_id=row.hospital_id,
        series_id=series.id,
        sop_instance_uid=sop_instance_uid,
        sop_class_uid=part10.sop_class_uid,
        number=part10.instance.number,
        digest=row.digest,
        size=row.size,
        content_key=part10.content_key,
        transfer_syntax_uid=part10.transfer_syntax_uid,
        dataset_start=part10.dataset_start,
        header_length=part10.header_length,
        frame_count=part10.frames.count,
        frame_index=part10.frames.pack(),
        facts=json.dumps(part10.facts, ensure_ascii=False, separators=(",", ":")),
        notes=" ".join(part10.notes),
        received_at=tx.now,
    )
    tx.session.add(image)
    tx.session.flush()
    if part10.frames.count:
        enqueue(tx, MAKE_PREVIEWS, series.id, unique=True)
    return image


_ACTS: Mapping[SetAsideDecision, Callable[[Tx, Actor, SetAside, Part10], None]] = {
    _D.KEEP_BOTH: _keep_both,
    _D.OTHER_STUDY: _other_study,
    _D.REPLACE: _replace,
    _D.THIS_PATIENT: _this_patient,
}
