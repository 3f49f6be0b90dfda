"""What waits for a person, and what persons did: reads for the pages of corrections. Plain data, guarded here."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, false, func, or_, select

from app.archive import names
from app.archive.access import correctable_study
from app.archive.models import (
    Correction,
    Deletion,
    Instance,
    Patient,
    PatientCollision,
    Series,
    SetAside,
    Study,
)
from app.archive.resolving import DECISIONS, first_image, set_aside_for
from app.archive.states import DESTROYED, DeletionState
from app.base.actor import Actor, ActorKind, Permission
from app.base.db import Tx
from app.base.errors import NotFound


@dataclass(frozen=True)
class PatientInfo:
    id: str
    patient_id: str
    issuer_of_patient_id: str
    name: str  # as DICOM writes it
    shown_name: str
    birth_date: str
    sex: str
    studies: int


@dataclass(frozen=True)
class SeriesInfo:
    id: str
    number: int | None
    modality: str
    description: str
    body_part: str
    laterality: str
    images: int
    rejected: str


@dataclass(frozen=True)
class ImageInfo:
    id: str
    series_id: str
    number: int | None
    rejected: str


@dataclass(frozen=True)
class CorrectableStudy:
    """A study as those who correct it see it, hidden as it may be."""

    id: str
    study_instance_uid: str
    values: dict[str, str]
    patient: PatientInfo
    rejected: str
    merged_into_id: str | None
    corrected: bool
    legal_hold: str
    series: tuple[SeriesInfo, ...]


@dataclass(frozen=True)
class CorrectionInfo:
    id: str
    kind: str
    reason: str
    at: datetime
    by: str  # a person's id
    undone_at: datetime | None
    before: dict[str, Any]
    after: dict[str, Any]
    study_id: str
    other_study_id: str | None


_STUDY_VALUES = (
    "accession_number", "description", "patient_age", "referring_physician_name", "study_date", "study_id",
    "study_time",
)  # fmt: skip


def study_to_correct_info(tx: Tx, actor: Actor, study_id: str) -> CorrectableStudy:
    """One study with its series, or NotFound."""
    study = correctable_study(tx, actor, study_id)
    images = dict(
        tx.session.execute(
            select(Instance.series_id, func.count())
            .join(Series, Series.id == Instance.series_id)
            .where(Series.study_id == study.id)
            .group_by(Instance.series_id)
        ).all()
    )
    rows = tx.session.scalars(
        select(Series).where(Series.study_id == study.id).order_by(Series.number, Series.id)
    )
    series = tuple(
        SeriesInfo(
            one.id, one.number, one.modality, one.description, one.body_part, one.laterality,
            images.get(one.id, 0), one.rejected,
        )
        for one in rows
    )  # fmt: skip
    return CorrectableStudy(
        id=study.id,
        study_instance_uid=study.study_instance_uid,
        values={name: getattr(study, name) for name in _STUDY_VALUES},
        patient=_patient(study.patient, 0),
        rejected=study.rejected,
        merged_into_id=study.merged_into_id,
        corrected=study.corrected,
        legal_hold=study.legal_hold,
        series=series,
    )


def images_to_correct(tx: Tx, actor: Actor, series_id: str) -> list[ImageInfo]:
    """The images of one series by number, rejected ones too, or NotFound."""
    series = tx.session.get(Series, series_id)
    if series is None:
        raise NotFound
    correctable_study(tx, actor, series.study_id)
    query = select(Instance.id, Instance.series_id, Instance.number, Instance.rejected)
    query = query.where(Instance.series_id == series.id).order_by(Instance.number, Instance.id)
    return [ImageInfo(*row) for row in tx.session.execute(query)]


def _patient(row: Patient, studies: int) -> PatientInfo:
    return PatientInfo(
        row.id, row.patient_id, row.issuer_of_patient_id, row.name, names.display(row.name), row.birth_date,
        row.sex, studies,
    )  # fmt: skip


def corrections_of_study(tx: Tx, actor: Actor, study_id: str) -> list[CorrectionInfo]:
    """All that was done to a study and its patient, the latest first; undone ones too."""
    study = correctable_study(tx, actor, study_id)
    of_it = or_(
        Correction.study_id == study.id,
        Correction.other_study_id == study.id,
        Correction.patient_id == study.patient_id,
    )
    return [
        CorrectionInfo(
            row.id, row.kind, row.reason, row.created_at, row.created_by, row.undone_at, json.loads(row.before),
            json.loads(row.after), row.study_id, row.other_study_id,
        )
        for row in tx.session.scalars(select(Correction).where(of_it).order_by(Correction.id.desc()).limit(100))
    ]  # fmt: skip


def hidden_studies(tx: Tx, actor: Actor) -> list[CorrectableStudy]:
    """Rejected and merged studies of the actor's hospital, newest first: the only place where they are listed."""
    if not actor.allows(Permission.STUDY_CORRECT):
        return []
    query = select(Study.id).where(
        Study.hospital_id == actor.hospital_id,
        Study.rejected != DESTROYED,
        or_(Study.rejected != "", Study.merged_into_id.is_not(None)),
    )
    ids = tx.session.scalars(query.order_by(Study.id.desc()).limit(100)).all()
    return [study_to_correct_info(tx, actor, study_id) for study_id in ids]


def find_patients(tx: Tx, actor: Actor, text: str) -> list[PatientInfo]:
    """Patients of the actor's hospital by number or words of the name, at most 20."""
    actor.check(Permission.STUDY_CORRECT)
    if not text.strip():
        return []
    named = [Patient.folded_name.contains(word, autoescape=True) for word in names.words(text)]
    matches = or_(Patient.patient_id == text.strip(), and_(*named) if named else false())
    query = select(Patient).where(
        Patient.hospital_id == actor.hospital_id,
        Patient.merged_into_id.is_(None),
        Patient.identity_key != DESTROYED,
        matches,
    )
    rows = tx.session.scalars(query.order_by(Patient.folded_name, Patient.id).limit(20)).all()
    return [_patient(row, _studies(tx, row.id)) for row in rows]


def other_studies(tx: Tx, actor: Actor, study_id: str) -> list[CorrectableStudy]:
    """The patient's other studies, into which this one may be merged."""
    study = correctable_study(tx, actor, study_id)
    query = select(Study.id).where(
        Study.patient_id == study.patient_id,
        Study.id != study.id,
        Study.rejected == "",
        Study.merged_into_id.is_(None),
    )
    return [study_to_correct_info(tx, actor, one) for one in tx.session.scalars(query.limit(50)).all()]


def _studies(tx: Tx, patient_id: str) -> int:
    count = select(func.count()).select_from(Study).where(Study.patient_id == patient_id)
    return tx.session.scalar(count) or 0


@dataclass(frozen=True)
class CollisionInfo:
    id: str
    created_at: datetime
    first: PatientInfo
    other: PatientInfo


def patient_collisions(tx: Tx, actor: Actor) -> list[CollisionInfo]:
    """Two people under one number, until somebody says what they are; oldest first."""
    actor.check(Permission.STUDY_CORRECT)
    query = select(PatientCollision).where(
        PatientCollision.hospital_id == actor.hospital_id, PatientCollision.decision == ""
    )
    found = []
    for row in tx.session.scalars(query.order_by(PatientCollision.id).limit(100)):
        both = [tx.session.get_one(Patient, one) for one in (row.patient_id, row.other_patient_id)]
        first, other = (_patient(one, _studies(tx, one.id)) for one in both)
        found.append(CollisionInfo(row.id, row.created_at, first, other))
    return found


@dataclass(frozen=True)
class DeletionInfo:
    id: str
    study_id: str
    study_instance_uid: str
    ground: str
    reason: str
    state: str
    summary: dict[str, Any]
    requested_at: datetime
    requested_by: str
    decided_at: datetime | None
    decided_by: str | None


def deletions(tx: Tx, actor: Actor, *, waiting: bool) -> list[DeletionInfo]:
    """Of the actor's hospital: those that wait for a second person, or the records of all others; newest first."""
    if not (actor.allows(Permission.STUDY_CORRECT) or actor.allows(Permission.STUDY_DELETE)):
        return []
    state = Deletion.state == DeletionState.REQUESTED
    query = select(Deletion).where(Deletion.hospital_id == actor.hospital_id, state if waiting else ~state)
    return [
        DeletionInfo(
            row.id, row.study_id, row.study_instance_uid, row.ground, row.reason, row.state,
            json.loads(row.summary), row.requested_at, row.requested_by, row.decided_at, row.decided_by,
        )
        for row in tx.session.scalars(query.order_by(Deletion.id.desc()).limit(200))
    ]  # fmt: skip


def destroyed_digests(tx: Tx, deletion_id: str) -> tuple[str, list[str]]:
    """(study id, digests) of a deletion that was done; for the job that removes what is left."""
    row = tx.session.get_one(Deletion, deletion_id)
    return row.study_id, list(json.loads(row.summary).get("digests", ()))


@dataclass(frozen=True)
class Waiting:
    """How much waits for a person of the hospital."""

    set_asides: int
    collisions: int
    deletions: int


def waiting_counts(tx: Tx, actor: Actor) -> Waiting:
    """Zero for those who may not decide."""

    def count(table: type[SetAside | PatientCollision | Deletion], open_: Any, allowed: bool) -> int:
        query = select(func.count()).select_from(table).where(table.hospital_id == actor.hospital_id, open_)
        return (tx.session.scalar(query) or 0) if allowed else 0

    corrects = actor.allows(Permission.STUDY_CORRECT)
    return Waiting(
        count(SetAside, SetAside.decision == "", corrects),
        count(PatientCollision, PatientCollision.decision == "", corrects),
        count(Deletion, Deletion.state == DeletionState.REQUESTED, actor.allows(Permission.STUDY_DELETE)),
    )


@dataclass(frozen=True)
class SetAsideCase:
    """A file set aside, beside what it contradicts."""

    id: str
    reason_code: str
    reason: str
    study_instance_uid: str
    sop_instance_uid: str
    digest: str
    first_digest: str | None  # of the image with this identifier, or of one of the study
    study_id: str | None
    decision: str
    decisions: tuple[str, ...]
    alike: int  # how many more wait for the same study and reason


def set_aside_case(tx: Tx, actor: Actor, set_aside_id: str) -> SetAsideCase:
    """One of the actor's hospital, or NotFound."""
    actor.check(Permission.STUDY_CORRECT)
    row = set_aside_for(tx, actor, set_aside_id)
    first = first_image(tx, row) or tx.session.scalar(_any_image(row))
    series = tx.session.get(Series, first.series_id) if first else None
    alike = select(func.count()).select_from(SetAside).where(
        SetAside.hospital_id == row.hospital_id,
        SetAside.study_instance_uid == row.study_instance_uid,
        SetAside.reason_code == row.reason_code,
        SetAside.decision == "",
        SetAside.id != row.id,
    )  # fmt: skip
    return SetAsideCase(
        id=row.id,
        reason_code=row.reason_code,
        reason=row.reason,
        study_instance_uid=row.study_instance_uid,
        sop_instance_uid=row.sop_instance_uid,
        digest=row.digest,
        first_digest=first.digest if first else None,
        study_id=series.study_id if series else None,
        decision=row.decision,
        decisions=DECISIONS.get(row.reason_code, ()),
        alike=tx.session.scalar(alike) or 0,
    )


def _any_image(row: SetAside) -> Any:
    return (
        select(Instance)
        .join(Series, Series.id == Instance.series_id)
        .join(Study, Study.id == Series.study_id)
        .where(Study.hospital_id == row.hospital_id, Study.study_instance_uid == row.study_instance_uid)
        .limit(1)
    )


def set_asides_alike(tx: Tx, actor: Actor, set_aside_id: str) -> list[tuple[str, str]]:
    """(id, digest) of the others that wait for the same study and reason, oldest first."""
    actor.check(Permission.STUDY_CORRECT)
    row = set_aside_for(tx, actor, set_aside_id)
    query = select(SetAside.id, SetAside.digest).where(
        SetAside.hospital_id == row.hospital_id,
        SetAside.study_instance_uid == row.study_instance_uid,
        SetAside.reason_code == row.reason_code,
        SetAside.decision == "",
        SetAside.id != row.id,
    )
    return [(one.id, one.digest) for one in tx.session.execute(query.order_by(SetAside.id))]


def set_aside_digests(tx: Tx, actor: Actor, set_aside_id: str) -> tuple[str, str] | None:
    """(the first image's, the file's) digest while nothing is decided; None otherwise. For the comparison alone."""
    if actor.kind is not ActorKind.SYSTEM:
        raise NotFound
    row = tx.session.get(SetAside, set_aside_id)
    first = first_image(tx, row) if row is not None and not row.decision else None
    return None if row is None or first is None else (first.digest, row.digest)
