"""A person corrects what a study, a series or a patient is called. Rows change and files stay; all can be undone."""

from collections.abc import Mapping

from sqlalchemy import select

from app.archive import entering
from app.archive.corrected import PATIENT_FIELDS, SERIES_FIELDS, STUDY_FIELDS
from app.archive.correcting import (
    Change,
    announce,
    check_reason,
    checked,
    differing,
    keep,
    patient_fields,
    set_study,
    study_to_correct,
    values_of_patient,
)
from app.archive.grants import end_patients_views
from app.archive.models import Patient, Series, Study
from app.archive.patient_names import rename
from app.archive.states import CorrectionKind
from app.archive.values import PatientValues
from app.base.actor import Actor, Permission
from app.base.db import Tx
from app.base.errors import Conflict, Invalid, NotFound


def edit_study(
    tx: Tx,
    actor: Actor,
    *,
    study_id: str,
    wanted: Mapping[str, str],
    reason: str,
    replacing: Mapping[str, str] | None = None,
) -> str:
    """Other study attributes: those of STUDY_FIELDS that are given. The correction's id."""
    actor.check(Permission.STUDY_CORRECT)
    study = study_to_correct(tx, actor, study_id)
    before, after = differing(study, checked(_only(wanted, STUDY_FIELDS)), replacing)
    set_study(study, after)
    study.corrected = True
    announce(tx, study.id)
    change = Change(
        CorrectionKind.EDIT_STUDY,
        check_reason(reason),
        {"study": before},
        {"study": after},
        study_id=study.id,
    )
    return keep(tx, actor, study.hospital_id, change)


def edit_series(
    tx: Tx,
    actor: Actor,
    *,
    series_id: str,
    wanted: Mapping[str, str],
    reason: str,
    replacing: Mapping[str, str] | None = None,
) -> str:
    """Description, body part or laterality of one series. The correction's id."""
    actor.check(Permission.STUDY_CORRECT)
    series = tx.session.get(Series, series_id)
    if series is None:
        raise NotFound
    study = study_to_correct(tx, actor, series.study_id)
    tx.session.refresh(series)  # what it says now that its study is held: somebody else may have been at it
    before, after = differing(series, checked(_only(wanted, SERIES_FIELDS)), replacing)
    for name, value in after.items():
        setattr(series, name, value)
    study.corrected = True
    announce(tx, study.id)
    change = Change(
        CorrectionKind.EDIT_SERIES,
        check_reason(reason),
        {"series_values": {series.id: before}},
        {"series_values": {series.id: after}},
        study_id=study.id,
    )
    return keep(tx, actor, study.hospital_id, change)


def edit_patient(
    tx: Tx,
    actor: Actor,
    *,
    patient_id: str,
    wanted: Mapping[str, str],
    reason: str,
    replacing: Mapping[str, str] | None = None,
) -> str:
    """The person's data in all their studies. Raises Conflict when somebody has exactly these data already."""
    actor.check(Permission.STUDY_CORRECT)
    patient = patient_to_correct(tx, actor, patient_id)
    # Two who correct one person at once are told of each other; studies that arrive for them do not wait.
    tx.session.refresh(patient, with_for_update={"key_share": True})
    before, after = differing(patient, checked(_only(wanted, PATIENT_FIELDS)), replacing)
    write_patient(tx, patient, after)
    studies = studies_of(tx, patient.id)
    for study in studies:
        study.corrected = True
    announce(tx, *(study.id for study in studies))
    change = Change(
        CorrectionKind.EDIT_PATIENT,
        check_reason(reason),
        {"patient": before, "was": patient_fields(patient) | before},
        {"patient": after},
        patient_id=patient.id,
    )
    return keep(tx, actor, patient.hospital_id, change)


def move_study(
    tx: Tx,
    actor: Actor,
    *,
    study_id: str,
    reason: str,
    patient_id: str | None = None,
    new_patient: Mapping[str, str] | None = None,
) -> str:
    """The study belongs to another person of the hospital: one who is known, or one with the data given."""
    actor.check(Permission.STUDY_CORRECT)
    study = study_to_correct(tx, actor, study_id)
    if new_patient is not None:
        patient_id = _patient_with(tx, study, new_patient)
    target = patient_to_correct(tx, actor, patient_id or "")
    if target.id == study.patient_id:
        raise Invalid("same_patient", "The study is under this patient already.")
    was = study.patient
    change = Change(
        CorrectionKind.MOVE,
        check_reason(reason),
        {"patient_id": was.id, "was": patient_fields(was)},
        {"patient_id": target.id},
        study_id=study.id,
    )
    give_to(tx, actor, study, target)
    announce(tx, study.id)
    return keep(tx, actor, study.hospital_id, change)


def merge_patients(tx: Tx, actor: Actor, *, patient_id: str, into_id: str, reason: str) -> str:
    """Both rows are one person: all studies go to `into_id`, and what still arrives under the other's data too."""
    actor.check(Permission.STUDY_CORRECT)
    gone, kept = patient_to_correct(tx, actor, patient_id), patient_to_correct(tx, actor, into_id)
    if gone.id == kept.id or gone.hospital_id != kept.hospital_id:
        raise Invalid("same_patient", "These are not two patients of one hospital.")
    studies = studies_of(tx, gone.id)
    for study in studies:
        assign(tx, study, kept)
    already = list(tx.session.scalars(select(Patient).where(Patient.merged_into_id == gone.id)))
    for patient in (gone, *already):
        patient.merged_into_id = kept.id
    announce(tx, *(study.id for study in studies))
    change = Change(
        CorrectionKind.MERGE_PATIENTS,
        check_reason(reason),
        {
            "patient_id": gone.id,
            "studies": [study.id for study in studies],
            "merged": [patient.id for patient in already],
            "was": patient_fields(gone),
        },
        {"patient_id": kept.id},
        patient_id=kept.id,
    )
    return keep(tx, actor, kept.hospital_id, change)


def _only(wanted: Mapping[str, str], fields: tuple[str, ...]) -> dict[str, str]:
    return {name: value for name, value in wanted.items() if name in fields}


def patient_to_correct(tx: Tx, actor: Actor, patient_id: str) -> Patient:
    """A patient of the actor's hospital, or NotFound."""
    patient = tx.session.get(Patient, patient_id)
    if patient is None or patient.merged_into_id or patient.hospital_id != actor.hospital_id:
        raise NotFound
    return patient


def studies_of(tx: Tx, patient_id: str) -> list[Study]:
    """All, hidden ones too: they must come back under the right person."""
    return list(tx.session.scalars(select(Study).where(Study.patient_id == patient_id).order_by(Study.id)))


def assign(tx: Tx, study: Study, patient: Patient) -> list[str]:
    """Puts a study under a patient; what was merged into it follows. The ids of all."""
    study.patient, study.corrected = patient, True
    merged = tx.session.scalars(select(Study).where(Study.merged_into_id == study.id)).all()
    for one in merged:
        one.patient = patient
    return [study.id, *(one.id for one in merged)]


def give_to(tx: Tx, actor: Actor, study: Study, patient: Patient) -> None:
    """The study is of another person: the same, and links made for the first one end."""
    end_patients_views(tx, actor, *assign(tx, study, patient))


def write_patient(tx: Tx, patient: Patient, after: Mapping[str, str]) -> None:
    """Writes columns, the words of the name, and the key by which the next images find the person."""
    for name, value in after.items():
        setattr(patient, name, value)
    uid = tx.session.scalar(select(Study.study_instance_uid).where(Study.patient_id == patient.id).limit(1))
    identity_key = values_of_patient(patient).identity_key(uid or patient.id)
    taken = select(Patient.id).where(
        Patient.hospital_id == patient.hospital_id,
        Patient.identity_key == identity_key,
        Patient.id != patient.id,
    )
    with tx.session.no_autoflush:
        if tx.session.scalar(taken) is not None:
            raise Conflict(
                "patient_exists",
                "Another patient has exactly these data. Say that both are one person instead.",
            )
    patient.identity_key = identity_key
    tx.session.flush()
    if "name" in after:
        rename(tx, patient.id, patient.name)


def _patient_with(tx: Tx, study: Study, wanted: Mapping[str, str]) -> str:
    given = dict.fromkeys(PATIENT_FIELDS, "") | checked(_only(wanted, PATIENT_FIELDS))
    if not given["name"] and not given["patient_id"]:
        raise Invalid("no_patient", "Name the patient, or give their number.")
    return entering.patient_id_of(tx, study.hospital_id, PatientValues(**given), study.study_instance_uid)
