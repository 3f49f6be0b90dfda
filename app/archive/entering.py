"""Finds or adds the rows an instance belongs to. Two senders may do so at once: whoever comes second finds."""

from typing import Any, cast

from sqlalchemy import Table, literal_column, select
from sqlalchemy.dialects import postgresql, sqlite

from app.archive import names
from app.archive.models import Patient, PatientNameWord, Series, Study, StudyGrant
from app.archive.states import GranteeType, StudyState
from app.archive.values import PatientValues, SeriesValues, StudyValues
from app.base.db import Base, Tx
from app.base.ids import new_id

OWN_HOSPITAL = "own-hospital"


def upsert(tx: Tx, table: type[Base]) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that can say what happens on conflict, in the database's dialect."""
    make = postgresql.insert if tx.session.get_bind().dialect.name == "postgresql" else sqlite.insert
    return make(cast("Table", table.__table__))


def insert_once(tx: Tx, table: type[Base], **values: Any) -> bool:
    """Whether the row is new; when a unique row is there already, nothing happens."""
    added = upsert(tx, table).values(**values).on_conflict_do_nothing().returning(literal_column("1"))
    return tx.session.execute(added).scalar_one_or_none() is not None


def patient_id_of(tx: Tx, hospital_id: str, values: PatientValues, study_instance_uid: str) -> str:
    """The patient with this number, issuer, name and birth date; added when there is none."""
    identity_key = values.identity_key(study_instance_uid)
    known = select(Patient.id).where(Patient.hospital_id == hospital_id, Patient.identity_key == identity_key)
    found = tx.session.scalar(known)
    if found is not None:
        return found
    words = names.words(values.name)
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
        folded_name=" ".join(words)[:400],
        birth_date=values.birth_date,
        sex=values.sex,
        created_at=tx.now,
    )
    if not added:
        return tx.session.scalars(known).one()
    for word in words:
        insert_once(tx, PatientNameWord, patient_id=patient_id, word=word)
    return patient_id


def add_study(tx: Tx, hospital_id: str, patient: PatientValues, study: StudyValues) -> bool:
    """Adds the study with its own hospital's right to see it; False when somebody else just did."""
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
        patient_age=study.patient_age,
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
    return added


def series_of(tx: Tx, study_id: str, values: SeriesValues) -> tuple[str, bool]:
    """The series' id and whether it is new."""
    known = select(Series.id).where(
        Series.study_id == study_id, Series.series_instance_uid == values.series_instance_uid
    )
    found = tx.session.scalar(known)
    if found is not None:
        return found, False
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
        instance_count=0,
        frame_count=0,
    )
    return tx.session.scalars(known).one(), added
