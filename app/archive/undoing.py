"""A correction is taken back: the rows as they were, unless something newer stands on it."""

import json
from typing import Any

from sqlalchemy import select

from app.archive.access import correctable_study
from app.archive.correcting import announce, refresh_corrected, set_study, tell
from app.archive.corrections import give_to, patient_to_correct, studies_of, write_patient
from app.archive.counters import hold
from app.archive.models import Correction, Patient, Series, Study
from app.archive.regrouping import take_back_merge, take_back_split
from app.archive.rejections import take_back_rejection
from app.archive.states import CorrectionKind
from app.base.actor import Actor, Permission
from app.base.db import Tx
from app.base.errors import Conflict, NotFound

Json = dict[str, Any]


def undo_correction(tx: Tx, actor: Actor, *, correction_id: str) -> None:
    """Takes a correction back. Raises NotFound, or Conflict when it is undone or a later one must be undone first."""
    actor.check(Permission.STUDY_CORRECT)
    row = tx.session.get(Correction, correction_id, with_for_update=True)
    if row is None or row.hospital_id != actor.hospital_id:
        raise NotFound
    if row.undone_at is not None:
        raise Conflict("undone_already", "This was taken back already.")
    _check_latest(tx, row)
    row.undone_at, row.undone_by = tx.now, actor.id
    tx.session.flush()
    for study in _take_back(tx, actor, row):
        refresh_corrected(tx, study)
    tell(tx, actor, row, {"undone": True})


def _check_latest(tx: Tx, row: Correction) -> None:
    """Rejections stand beside everything else; all others are undone in the order of the last first."""
    if row.kind == CorrectionKind.REJECT:
        return
    subjects = {row.study_id, row.other_study_id} - {"", None}
    later = select(Correction.id).where(
        Correction.id > row.id,
        Correction.hospital_id == row.hospital_id,
        Correction.undone_at.is_(None),
        Correction.kind != CorrectionKind.REJECT,
        Correction.study_id.in_(subjects)
        | Correction.other_study_id.in_(subjects)
        | Correction.patient_id.in_(_patients(row)),
    )
    if tx.session.scalar(later.limit(1)) is not None:
        raise Conflict("newer_correction", "Something was corrected after this. Take that back first.")


def _patients(row: Correction) -> set[str]:
    told = (json.loads(row.before).get("patient_id"), json.loads(row.after).get("patient_id"), row.patient_id)
    return {one for one in told if one}


def _take_back(tx: Tx, actor: Actor, row: Correction) -> list[Study]:
    """The studies whose rows it concerned."""
    before, after = json.loads(row.before), json.loads(row.after)
    if row.kind == CorrectionKind.EDIT_PATIENT:
        return _patient_as_before(tx, actor, row.patient_id or "", before, after)
    if row.kind == CorrectionKind.MERGE_PATIENTS:
        return _patients_parted(tx, actor, before, row.patient_id or "")
    study = correctable_study(tx, actor, row.study_id)
    other = tx.session.get(Study, row.other_study_id) if row.other_study_id else None
    hold(tx, *(one for one in (study, other) if one is not None))
    if row.kind == CorrectionKind.REJECT:
        take_back_rejection(tx, study, before, after)
        return [study]
    if row.kind == CorrectionKind.EDIT_STUDY:
        _check_same(study, after["study"])
        set_study(study, before["study"])
    elif row.kind == CorrectionKind.EDIT_SERIES:
        _series_as_before(tx, before, after)
    elif row.kind == CorrectionKind.MOVE:
        _moved_back(tx, actor, study, before, after)
    elif other is not None:
        take_back = take_back_merge if row.kind == CorrectionKind.MERGE else take_back_split
        take_back(tx, actor, study, other, before)
        return [study, other]
    announce(tx, study.id)
    return [study]


def _check_same(found: object, after: Json) -> None:
    """What was written must still stand there."""
    if any(getattr(found, name) != value for name, value in after.items()):
        raise Conflict("newer_correction", "Something was corrected after this. Take that back first.")


def _series_as_before(tx: Tx, before: Json, after: Json) -> None:
    for series_id, named in before["series_values"].items():
        series = tx.session.get_one(Series, series_id)
        _check_same(series, after["series_values"][series_id])
        for name, value in named.items():
            setattr(series, name, value)


def _moved_back(tx: Tx, actor: Actor, study: Study, before: Json, after: Json) -> None:
    _check_same(study, {"patient_id": after["patient_id"]})
    give_to(tx, actor, study, tx.session.get_one(Patient, before["patient_id"]))
    tx.session.flush()


def _patient_as_before(tx: Tx, actor: Actor, patient_id: str, before: Json, after: Json) -> list[Study]:
    patient = patient_to_correct(tx, actor, patient_id)
    _check_same(patient, after["patient"])
    write_patient(tx, patient, before["patient"])
    studies = studies_of(tx, patient.id)
    announce(tx, *(study.id for study in studies))
    return studies


def _patients_parted(tx: Tx, actor: Actor, before: Json, kept_id: str) -> list[Study]:
    """The studies that were the other's go back, unless they were moved on since."""
    parted = tx.session.get_one(Patient, before["patient_id"])
    parted.merged_into_id = None
    for patient_id in before["merged"]:
        tx.session.get_one(Patient, patient_id).merged_into_id = parted.id
    studies = [study for study in studies_of(tx, kept_id) if study.id in set(before["studies"])]
    for study in studies:
        give_to(tx, actor, study, parted)
    announce(tx, *(study.id for study in studies))
    return studies
