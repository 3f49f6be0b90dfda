"""Whose a study is, as DICOM writes it: for objects made here that are to belong to it."""

from collections.abc import Collection
from dataclasses import dataclass

from pydicom.dataset import Dataset
from sqlalchemy import select

from app.archive.access import study_for
from app.archive.models import Patient, Study
from app.base.actor import Actor, Permission
from app.base.db import Tx
from app.base.errors import Forbidden


@dataclass(frozen=True)
class StudyIdentity:
    """The attributes of the Patient and General Study modules that every object of the study repeats."""

    patient_id: str
    issuer_of_patient_id: str
    patient_name: str
    birth_date: str  # YYYYMMDD, or empty where less is known
    sex: str
    patient_age: str
    study_instance_uid: str
    study_date: str
    study_time: str
    study_id: str
    accession_number: str
    description: str
    referring_physician_name: str


def identify(data: Dataset, who: StudyIdentity) -> None:
    """Writes it into an object made here, its texts in UTF-8 (PS3.3 C.7.1.1, C.7.2.1)."""
    data.SpecificCharacterSet = "ISO_IR 192"
    data.StudyInstanceUID = who.study_instance_uid
    data.StudyDate, data.StudyTime, data.StudyID = who.study_date, who.study_time, who.study_id[:16]
    data.AccessionNumber, data.StudyDescription = who.accession_number[:16], who.description[:64]
    data.ReferringPhysicianName = who.referring_physician_name
    data.PatientName, data.PatientID, data.PatientSex = who.patient_name, who.patient_id, who.sex
    data.PatientBirthDate = who.birth_date
    if who.issuer_of_patient_id:
        data.IssuerOfPatientID = who.issuer_of_patient_id
    if who.patient_age:
        data.PatientAge = who.patient_age


def study_identity(tx: Tx, actor: Actor, study_id: str) -> StudyIdentity:
    """Of a study of the actor's own hospital. Raises NotFound, or Forbidden for another hospital's."""
    actor.check(Permission.STUDY_STORE)
    study = study_for(tx, actor, study_id)
    if study.hospital_id != actor.hospital_id:
        raise Forbidden("foreign_study", "Only the hospital that took the images can add to this study.")
    patient = study.patient
    return StudyIdentity(
        patient_id=patient.patient_id,
        issuer_of_patient_id=patient.issuer_of_patient_id,
        patient_name=patient.name,
        birth_date=patient.birth_date if len(patient.birth_date) == 8 else "",
        sex=patient.sex,
        patient_age=study.patient_age,
        study_instance_uid=study.study_instance_uid,
        study_date=study.study_date,
        study_time=study.study_time,
        study_id=study.study_id,
        accession_number=study.accession_number,
        description=study.description,
        referring_physician_name=study.referring_physician_name,
    )


def numbers_of(tx: Tx, study_ids: Collection[str]) -> set[str]:
    """By which people call these studies and whose they are: of patients and orders. For whoever strikes them out of
    texts; it asks for no right.
    """
    query = select(Patient.patient_id, Study.accession_number).join(Study, Study.patient_id == Patient.id)
    return {number for row in tx.session.execute(query.where(Study.id.in_(study_ids))) for number in row}
