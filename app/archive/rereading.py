"""After a person said in which character set a device writes, or that it is to be guessed again: its studies' headers are read anew and their rows take
the names that are meant. The files stay as they came.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, exists, func, select, update

from app.archive import names
from app.archive.charset import AS_DECLARED
from app.archive.entering import patient_id_of
from app.archive.events import announce_study_listed
from app.archive.models import (
    DeviceProfile,
    Instance,
    Patient,
    PatientCollision,
    PatientNameWord,
    Series,
    Study,
)
from app.archive.part10 import open_header
from app.archive.patient_names import rename
from app.archive.profiles import REREAD, profile_of
from app.archive.values import (
    PatientValues,
    SeriesValues,
    StudyValues,
    patient_values,
    series_values,
    study_values,
)
from app.audit.actions import record
from app.audit.kinds import AuditKind
from app.base.actor import SYSTEM, Actor, Permission
from app.base.blobs import Blobs
from app.base.db import Database, Tx
from app.base.errors import HoichanError
from app.base.jobs import enqueue

_AT_ONCE = 50
_PATIENT_NAME = 0x00100010


@dataclass(frozen=True)
class Reread:
    """What the headers of a study say now."""

    patient: PatientValues
    study: StudyValues
    series: dict[str, SeriesValues]  # by the rows' ids


def reread_device(db: Database, blobs: Blobs, device_id: str) -> None:
    """The job: fifty studies, then itself again until none is left. Done twice, nothing changes the second time. When a
    person says otherwise meanwhile, it leaves the rest to the run that was begun with that.
    """
    with db.reading() as tx:
        profile = profile_of(tx, device_id)
        began = profile.rereading
        if began is None:
            return
        waiting = _waiting(tx, device_id, str(began["after"]))
    for study_id, digests in waiting.items():
        found = _read(blobs, digests, profile.charset)
        if found is not None:
            with db.transaction() as tx:
                take_reread(tx, SYSTEM, device_id=device_id, began=began, study_id=study_id, found=found)
    after, done = max(waiting, default=""), len(waiting)
    with db.transaction() as tx:
        note_reread(tx, SYSTEM, device_id=device_id, began=began, after=after, done=done)


@dataclass(frozen=True)
class NameSample:
    """A patient's name in one file."""

    declared: str  # as the label has it
    read: str  # as it would be shown with a set confirmed
    guessed: str  # the set it is read in when that is not the confirmed one; ""


def name_samples(blobs: Blobs, digests: Iterable[str], charset: str) -> list[NameSample]:
    """How patients' names would be shown with this set confirmed; files that are gone are left out."""
    found = []
    for digest in digests:
        try:
            with open_header(blobs.path(digest), charset=AS_DECLARED) as declared:
                before = declared.text(_PATIENT_NAME, 324)
            with open_header(blobs.path(digest), charset=charset) as read:
                after = names.display(read.text(_PATIENT_NAME, 324))
                found.append(NameSample(names.display(before), after, read.guessed_charset))
        except (HoichanError, OSError):
            continue  # the scrub tells of damaged and missing files
    return found


def _waiting(tx: Tx, device_id: str, after: str) -> dict[str, dict[str, str]]:
    """The next studies of a device, each with the digest of one file of each series. What a person corrected is left
    as that person wants it.
    """
    ids = select(Study.id).where(Study.device_id == device_id, Study.id > after, ~Study.corrected)
    studies = list(tx.session.scalars(ids.order_by(Study.id).limit(_AT_ONCE)))
    first = (
        select(func.min(Instance.id))
        .join(Series, Series.id == Instance.series_id)
        .where(Series.study_id.in_(studies))
        .group_by(Instance.series_id)
    )
    files = select(Series.study_id, Series.id, Instance.digest).join(Series, Series.id == Instance.series_id)
    found: dict[str, dict[str, str]] = {study_id: {} for study_id in studies}
    for study_id, series_id, digest in tx.session.execute(files.where(Instance.id.in_(first))):
        found[study_id][series_id] = digest
    return found


def _read(blobs: Blobs, digests: dict[str, str], charset: str) -> Reread | None:
    """None when no file of the study can be read any more."""
    found: Reread | None = None
    series: dict[str, SeriesValues] = {}
    for series_id, digest in digests.items():
        try:
            with open_header(blobs.path(digest), charset=charset) as header:
                series[series_id] = series_values(header)
                found = found or Reread(patient_values(header), study_values(header), series)
        except (HoichanError, OSError):
            continue  # the scrub tells of damaged and missing files
    return found


def take_reread(
    tx: Tx, actor: Actor, *, device_id: str, began: Mapping[str, Any], study_id: str, found: Reread
) -> None:
    """The rows of a study take the texts that its headers are read to say. Numbers, dates and UIDs stay; all does when
    another run was begun since they were read.
    """
    actor.check(Permission.STUDY_CORRECT)
    _, so_far = _locked(tx, device_id)
    if so_far is None or so_far.get("run") != began.get("run"):
        return
    study = tx.session.scalar(select(Study).where(Study.id == study_id).with_for_update(of=Study))
    if study is None or study.corrected:
        return
    before = (study.patient_id, study.patient.name, study.description)
    _rename_patient(tx, study, found.patient)
    study.description = found.study.description
    study.referring_physician_name = found.study.referring_physician_name
    study.folded_referring_name = names.folded(found.study.referring_physician_name)
    study.procedure_code_meaning = found.study.procedure_code_meaning
    study.guessed_charset = found.study.guessed_charset
    for series_id, values in found.series.items():
        renamed = update(Series).where(Series.id == series_id)
        renamed = renamed.values(
            description=values.description,
            institution_name=values.institution_name,
            station_name=values.station_name,
        )
        tx.session.execute(renamed)
    tx.session.flush()
    announce_study_listed(tx, study.id)
    if before != (study.patient_id, found.patient.name, study.description):
        record(
            tx,
            actor,
            AuditKind.PATIENT_RECORD,
            "U",
            subject_type="study",
            subject_id=study.id,
            hospital_id=study.hospital_id,
            detail={"reason": "character set", "device": study.device_id},
        )


def _rename_patient(tx: Tx, study: Study, values: PatientValues) -> None:
    """The same row under its right name; another row where that person is known already, or where this one is shared
    with studies of other devices.
    """
    patient = study.patient
    key = values.identity_key(study.study_instance_uid)
    if key != patient.identity_key:
        known = select(Patient.id).where(
            Patient.hospital_id == study.hospital_id, Patient.identity_key == key
        )
        others = select(Study.id).where(Study.patient_id == patient.id, Study.device_id != study.device_id)
        if tx.session.scalar(known) is not None or tx.session.scalar(others.limit(1)) is not None:
            study.patient_id = patient_id_of(tx, study.hospital_id, values, study.study_instance_uid)
            tx.session.flush()
            tx.session.refresh(study, ["patient"])
            _drop_if_alone(tx, patient)
            patient = study.patient
    patient.identity_key, patient.guessed_charset = key, values.guessed_charset
    tx.session.flush()
    rename(tx, patient.id, values.name)


def _drop_if_alone(tx: Tx, patient: Patient) -> None:
    """A patient's row without any study, about whom nobody is asked anything, was only a wrong reading."""
    has_study = exists().where(Study.patient_id == patient.id)
    asked = exists().where(
        (PatientCollision.patient_id == patient.id) | (PatientCollision.other_patient_id == patient.id)
    )
    merged_here = exists().where(Patient.merged_into_id == patient.id)
    if tx.session.scalar(select(has_study | asked | merged_here)):
        return
    tx.session.execute(delete(PatientNameWord).where(PatientNameWord.patient_id == patient.id))
    tx.session.delete(patient)
    tx.session.flush()


def note_reread(
    tx: Tx, actor: Actor, *, device_id: str, began: Mapping[str, Any], after: str, done: int
) -> None:
    """How far the job is; it goes on while there was something to do. Where it is no more as it began, another run or
    the same job handed over twice goes on.
    """
    actor.check(Permission.STUDY_CORRECT)
    row, so_far = _locked(tx, device_id)
    if row is None or so_far != began:
        return
    settings = json.loads(row.settings)
    del settings["rereading"]
    if done:
        settings["rereading"] = {**began, "done": began["done"] + done, "after": after}
        enqueue(tx, REREAD, device_id)
    row.settings = json.dumps(settings)


def _locked(tx: Tx, device_id: str) -> tuple[DeviceProfile | None, Mapping[str, Any] | None]:
    """The device's row, on which another run waits to be begun, and how far this one is."""
    row = tx.session.get(DeviceProfile, device_id, with_for_update=True)
    return row, None if row is None else json.loads(row.settings).get("rereading")
