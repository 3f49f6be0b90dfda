"""What waits for a person, and what persons did: reads for the pages of corrections. Plain data, guarded here."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, case, false, func, or_, select

from app.archive import names
from app.archive.access import correctable_study
from app.archive.matching import LAST_LETTER
from app.archive.models import (
    Association,
    AssociationStudy,
    Correction,
    Deletion,
    Instance,
    Patient,
    PatientCollision,
    Series,
    SetAside,
    Study,
)
from app.archive.states import DESTROYED, CorrectionKind, DeletionState
from app.archive.study_list import prefixes
from app.base.actor import ALLOWED, SYSTEM, Actor, Permission
from app.base.db import Tx
from app.base.errors import NotFound
from app.identity.queries import ids_with_role, person_info

MOST_FOUND = 20


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
class Confirmers:
    """Who may confirm that a study is destroyed which one person asked for, or would."""

    names: tuple[str, ...]
    asker: str  # a person's name
    is_asker: bool  # the actor asked, or would
    is_among: bool  # the actor may confirm
    is_alone: bool  # who asked is the hospital's only administrator


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
    requested_by: str  # a person's name
    by_actor: bool  # the actor asked
    proposed: bool  # by retention, and nobody has asked yet
    decided_at: datetime | None
    decided_by: str  # a person's name, or empty
    confirmers: Confirmers  # of what is proposed: where the actor asks


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
    sent_again: tuple[str, datetime] | None  # who sent images of it last, since it was rejected
    deletion: DeletionInfo | None  # that waits for a person
    confirmers: Confirmers  # where the actor asks for it to be destroyed


@dataclass(frozen=True)
class CorrectionInfo:
    id: str
    kind: str
    reason: str
    at: datetime
    by: str  # a person's name
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
        sent_again=_sent_again(tx, study.id) if study.rejected else None,
        deletion=_deletion_of(tx, actor, study),
        confirmers=_confirmers(actor, actor.id, actor.name, _administrators(tx, study.hospital_id)),
    )


def _deletion_of(tx: Tx, actor: Actor, study: Study) -> DeletionInfo | None:
    query = select(Deletion).where(Deletion.study_id == study.id, Deletion.state == DeletionState.REQUESTED)
    row = tx.session.scalar(query)
    return None if row is None else _deletion(tx, actor, row, _administrators(tx, study.hospital_id))


def _administrators(tx: Tx, hospital_id: str) -> dict[str, str]:
    """Names by ids, of those who may confirm what another asked for."""
    roles = (role for role, allowed in ALLOWED.items() if Permission.STUDY_DELETE in allowed)
    found = {one for role in roles for one in ids_with_role(tx, hospital_id, role)}
    return {one: name_of(tx, one) for one in sorted(found)}


def _confirmers(actor: Actor, asker_id: str, asker: str, administrators: dict[str, str]) -> Confirmers:
    others = {one: name for one, name in administrators.items() if one != asker_id}
    return Confirmers(
        names=tuple(sorted(others.values())),
        asker=asker,
        is_asker=asker_id == actor.id,
        is_among=actor.id in others,
        is_alone=not others and asker_id in administrators,
    )


def _sent_again(tx: Tx, study_id: str) -> tuple[str, datetime] | None:
    """A sender of rejected images hears success: only here is it said that they came once more."""
    rejections = select(func.max(Correction.created_at)).where(
        Correction.study_id == study_id,
        Correction.kind == CorrectionKind.REJECT,
        Correction.undone_at.is_(None),
    )
    brought = select(Association.peer, Association.opened_at).join(
        AssociationStudy, AssociationStudy.association_id == Association.id
    )
    since = (AssociationStudy.study_id == study_id, Association.opened_at > rejections.scalar_subquery())
    row = tx.session.execute(brought.where(*since).order_by(Association.opened_at.desc()).limit(1)).first()
    return None if row is None else (row[0], row[1])


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
            row.id, row.kind, row.reason, row.created_at, name_of(tx, row.created_by), row.undone_at, json.loads(row.before),
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
    """Patients of the actor's hospital by the beginning of the number or words of the name: whose number it is before
    all others, at most MOST_FOUND.
    """
    actor.check(Permission.STUDY_CORRECT)
    if not text.strip():
        return []
    named = [Patient.folded_name.contains(word, autoescape=True) for word in names.words(text)]
    numbers = prefixes(text.strip())
    numbered = [Patient.patient_id.between(one, one + LAST_LETTER) for one in numbers]
    matches = or_(*numbered, and_(*named) if named else false())
    query = select(Patient).where(
        Patient.hospital_id == actor.hospital_id,
        Patient.merged_into_id.is_(None),
        Patient.identity_key != DESTROYED,
        matches,
    )
    exact_first = case((Patient.patient_id.in_(numbers), 0), else_=1)
    query = query.order_by(exact_first, Patient.folded_name, Patient.id).limit(MOST_FOUND)
    rows = tx.session.scalars(query).all()
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


def name_of(tx: Tx, person_id: str | None) -> str:
    """Of who asked or decided; the service's own where it was nobody."""
    if person_id is None:
        return ""
    try:
        return person_info(tx, person_id).name
    except NotFound:
        return SYSTEM.name


def deletions(tx: Tx, actor: Actor, *, waiting: bool) -> list[DeletionInfo]:
    """Of the actor's hospital: those that wait for a second person, or the records of all others; newest first."""
    if not (actor.allows(Permission.STUDY_CORRECT) or actor.allows(Permission.STUDY_DELETE)):
        return []
    state = Deletion.state == DeletionState.REQUESTED
    query = select(Deletion).where(Deletion.hospital_id == actor.hospital_id, state if waiting else ~state)
    administrators = _administrators(tx, actor.hospital_id or "")
    return [
        _deletion(tx, actor, row, administrators)
        for row in tx.session.scalars(query.order_by(Deletion.id.desc()).limit(200))
    ]


def _deletion(tx: Tx, actor: Actor, row: Deletion, administrators: dict[str, str]) -> DeletionInfo:
    asker, proposed = name_of(tx, row.requested_by), row.requested_by == SYSTEM.id
    who = (actor.id, actor.name) if proposed else (row.requested_by, asker)
    return DeletionInfo(
        row.id, row.study_id, row.study_instance_uid, row.ground, row.reason, row.state, json.loads(row.summary),
        row.requested_at, asker, row.requested_by == actor.id, proposed, row.decided_at, name_of(tx, row.decided_by),
        _confirmers(actor, *who, administrators),
    )  # fmt: skip


def destroyed_digests(tx: Tx, deletion_id: str) -> tuple[str, list[str]]:
    """(study id, digests) of a deletion that was done; for the job that removes what is left."""
    row = tx.session.get_one(Deletion, deletion_id)
    return row.study_id, list(json.loads(row.summary).get("digests", ()))


def destroyed_among(tx: Tx, study_ids: Collection[str]) -> set[str]:
    """Those that are no more; for who has guarded what still speaks of them. Tells nothing of what they were."""
    return set(
        tx.session.scalars(select(Study.id).where(Study.id.in_(study_ids), Study.rejected == DESTROYED))
    )


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
