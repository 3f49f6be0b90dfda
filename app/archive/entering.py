"""Finds or adds the rows an instance belongs to. Two senders may do so at once: whoever comes second finds."""

from sqlalchemy import select

from app.archive import names
from app.archive.models import Patient, PatientCollision, Series, Study, StudyGrant
from app.archive.patient_names import index_name
from app.archive.statements import KNOWN_PATIENT, KNOWN_SERIES
from app.archive.states import OWN_HOSPITAL, GranteeType, StudyState
from app.archive.values import PatientValues, SeriesValues, StudyValues
from app.base.db import Tx, insert_once
from app.base.ids import new_id

_MOST_COLLISIONS = 5  # under a number that a device gives to everybody


def patient_id_of(tx: Tx, hospital_id: str, values: PatientValues, study_instance_uid: str) -> str:
    """The patient with this number, issuer, name and birth date; added when there is none."""
    identity_key = values.identity_key(study_instance_uid)
    known = {"hospital_": hospital_id, "key_": identity_key}
    found = tx.session.connection().scalar(KNOWN_PATIENT, known)
    if found is not None:
        return str(found)
    patient_id = new_id()
    added = insert_once(
        tx,
        Patient,
        id=patient_id,
        hospital_id=hospital_id,
        identity_key=identity_key,
        patient_id=values.patient_id,
        issuer_of_patient_id=values.issuer_of_patient_id,
        name=values.name,
        folded_name=names.folded(values.name),
        birth_date=values.birth_date,
        sex=values.sex,
        guessed_charset=values.guessed_charset,
        created_at=tx.now,
    )
    if not added:
        return str(tx.session.connection().execute(KNOWN_PATIENT, known).scalar_one())
    index_name(tx, patient_id, values.name)
    _note_collisions(tx, hospital_id, patient_id, values)
    return patient_id


def _note_collisions(tx: Tx, hospital_id: str, patient_id: str, values: PatientValues) -> None:
    """Somebody else has this number already: whether both are one is for a person to say."""
    if not values.patient_id:
        return
    others = select(Patient.id).where(
        Patient.hospital_id == hospital_id,
        Patient.patient_id == values.patient_id,
        Patient.issuer_of_patient_id == values.issuer_of_patient_id,
        Patient.id != patient_id,
        Patient.merged_into_id.is_(None),
    )
    for other in tx.session.scalars(others.limit(_MOST_COLLISIONS)):
        insert_once(
            tx,
            PatientCollision,
            id=new_id(),
            hospital_id=hospital_id,
            patient_id=other,
            other_patient_id=patient_id,
            created_at=tx.now,
        )


def add_study(
    tx: Tx, hospital_id: str, patient: PatientValues, study: StudyValues, device_id: str | None = None
) -> str | None:
    """Adds the study with its own hospital's right to see it; None when somebody else just did."""
    study_id = new_id()
    added = insert_once(
        tx,
        Study,
        id=study_id,
        hospital_id=hospital_id,
        patient_id=patient_id_of(tx, hospital_id, patient, study.study_instance_uid),
        study_instance_uid=study.study_instance_uid,
        study_date=study.study_date,
        study_time=study.study_time,
        accession_number=study.accession_number,
        study_id=study.study_id,
        description=study.description,
        referring_physician_name=study.referring_physician_name,
        folded_referring_name=names.folded(study.referring_physician_name),
        procedure_code=study.procedure_code,
        procedure_code_scheme=study.procedure_code_scheme,
        procedure_code_meaning=study.procedure_code_meaning,
        patient_age=study.patient_age,
        guessed_charset=study.guessed_charset,
        device_id=device_id,
        modalities="",
        series_count=0,
        instance_count=0,
        state=StudyState.ARRIVING,
        first_received_at=tx.now,
        last_received_at=tx.now,
        announced_at=tx.now,
        unannounced=False,
    )
    if added:
        grant_to_own_hospital(tx, study_id, hospital_id)
    return study_id if added else None


def grant_to_own_hospital(tx: Tx, study_id: str, hospital_id: str) -> None:
    """The right every study begins with."""
    insert_once(
        tx,
        StudyGrant,
        id=new_id(),
        study_id=study_id,
        grantee_type=GranteeType.HOSPITAL,
        grantee_id=hospital_id,
        scope="own",
        expires_at=None,
        reason=OWN_HOSPITAL,
        reason_ref="",
        created_at=tx.now,
        created_by="system",
    )


def series_of(tx: Tx, study_id: str, values: SeriesValues) -> tuple[str, bool]:
    """The series' id and whether it is new."""
    known = {"study_": study_id, "uid_": values.series_instance_uid}
    found = KNOWN_SERIES.first(tx, **known)
    if found is not None:
        return found[0], False
    added = insert_once(
        tx,
        Series,
        id=new_id(),
        study_id=study_id,
        series_instance_uid=values.series_instance_uid,
        number=values.number,
        modality=values.modality,
        description=values.description,
        body_part=values.body_part,
        laterality=values.laterality,
        series_date=values.series_date,
        series_time=values.series_time,
        performed_date=values.performed_date,
        performed_time=values.performed_time,
        institution_name=values.institution_name,
        station_name=values.station_name,
        manufacturer=values.manufacturer,
        requested_procedure_id=values.requested_procedure_id,
        scheduled_procedure_step_id=values.scheduled_procedure_step_id,
        instance_count=0,
        frame_count=0,
    )
    return KNOWN_SERIES.rows(tx, **known)[0][0], added
