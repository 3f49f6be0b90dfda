"""Series change their study: two studies that are one are merged, a study that is two is split."""

import uuid
from collections.abc import Collection
from typing import Any

from sqlalchemy import select

from app.archive.correcting import Change, announce, check_reason, keep, study_to_correct
from app.archive.counters import recount
from app.archive.entering import grant_to_own_hospital
from app.archive.grants import grant_as, take_back_grants
from app.archive.models import Series, Study
from app.archive.retention import keep_as_long
from app.archive.states import CorrectionKind
from app.base.actor import Actor, Permission
from app.base.db import Tx
from app.base.errors import Conflict, Invalid
from app.base.ids import new_id
from app.base.jobs import enqueue

# Not copied when a study is split: what is its own, and what is counted.
_OWN = frozenset(
    {
        "id", "instance_count", "merged_into_id", "modalities", "rejected", "series_count", "size",
        "study_instance_uid",
    }
)  # fmt: skip

REGROUPED = "study.regrouped"
"""The job for each study whose series may have become another study's: what is kept by study goes with its image."""


def new_uid() -> str:
    """A UID nobody else makes (PS3.5 annex B.2)."""
    return f"2.25.{uuid.uuid4().int}"


def merge_studies(tx: Tx, actor: Actor, *, study_id: str, into_id: str, reason: str) -> str:
    """All series go into the other study of the same patient, and what still arrives for this one, too. Who was given
    this one sees the other: a consult on half of an examination is one on the whole.
    """
    actor.check(Permission.STUDY_CORRECT)
    both = {one: study_to_correct(tx, actor, one) for one in sorted((study_id, into_id))}
    gone, kept = both[study_id], both[into_id]
    _check_mergeable(tx, gone, kept)
    moved = _series_of(tx, gone)
    already = list(tx.session.scalars(select(Study).where(Study.merged_into_id == gone.id)))
    grants = grant_as(tx, actor, gone=gone, kept=kept)
    change = Change(
        CorrectionKind.MERGE,
        check_reason(reason),
        {"series": _origins(moved), "merged": [study.id for study in already], "grants": grants},
        {"study_id": kept.id},
        study_id=kept.id,
        other_study_id=gone.id,
    )
    _move(moved, kept, gone.study_instance_uid)
    announce(tx, gone.id)  # while it is still somebody's
    for study in (gone, *already):
        study.merged_into_id = kept.id
    kept.corrected = gone.corrected = True
    keep_as_long(kept, gone)
    settle(tx, kept, gone)
    return keep(tx, actor, kept.hospital_id, change)


def _check_mergeable(tx: Tx, gone: Study, kept: Study) -> None:
    if gone.id == kept.id:
        raise Invalid("same_study", "A study cannot be merged into itself.")
    if gone.patient_id != kept.patient_id:
        raise Conflict("other_patient", "The two studies are of different patients. Move one of them first.")
    if gone.legal_hold and not kept.legal_hold:
        raise Conflict(
            "legal_hold", "This study is under legal hold. Lift the hold first, or merge the other way."
        )
    uids = {series.series_instance_uid for series in _series_of(tx, gone)}
    if uids & {series.series_instance_uid for series in _series_of(tx, kept)}:
        raise Conflict("same_series", "Both studies hold the same series. Reject one of the two.")


def split_study(tx: Tx, actor: Actor, *, study_id: str, series_ids: Collection[str], reason: str) -> str:
    """The chosen series become a study of their own with a new UID; its id."""
    actor.check(Permission.STUDY_CORRECT)
    study = study_to_correct(tx, actor, study_id)
    series = [one for one in _series_of(tx, study) if not one.rejected]
    moved = [one for one in series if one.id in set(series_ids)]
    if not moved or len(moved) == len(series):
        raise Invalid("bad_split", "Choose some of the series, not none and not all.")
    fresh = copied_study(tx, study)
    change = Change(
        CorrectionKind.SPLIT,
        check_reason(reason),
        {"series": _origins(moved)},
        {"study_id": fresh.id},
        study_id=study.id,
        other_study_id=fresh.id,
    )
    study.corrected = True
    _move(moved, fresh, study.study_instance_uid)
    settle(tx, study, fresh)
    keep(tx, actor, study.hospital_id, change)
    return fresh.id


def copied_study(tx: Tx, study: Study) -> Study:
    """A new study of the same hospital and patient, described alike."""
    columns = {
        column.key: getattr(study, column.key)
        for column in Study.__mapper__.column_attrs
        if column.key not in _OWN
    }
    fresh = Study(**columns, id=new_id(), study_instance_uid=new_uid())
    fresh.corrected = True
    tx.session.add(fresh)
    tx.session.flush()
    grant_to_own_hospital(tx, fresh.id, fresh.hospital_id)
    return fresh


def take_back_merge(tx: Tx, actor: Actor, kept: Study, gone: Study, before: dict[str, Any]) -> None:
    """The series go back, those too that arrived for the other study since."""
    origins = before["series"]
    for series in _series_of(tx, kept):
        if series.id in origins:
            series.study, series.original_study_instance_uid = gone, origins[series.id]
        elif series.original_study_instance_uid == gone.study_instance_uid:
            series.study, series.original_study_instance_uid = gone, ""
    gone.merged_into_id = None
    take_back_grants(tx, actor, study=kept, grant_ids=before["grants"])
    for study_id in before["merged"]:
        tx.session.get_one(Study, study_id).merged_into_id = gone.id
    gone.patient = kept.patient
    keep_as_long(gone, kept)
    settle(tx, kept, gone)


def take_back_split(tx: Tx, _actor: Actor, study: Study, fresh: Study, before: dict[str, Any]) -> None:
    """The series go back; the study that was made stays empty behind this one."""
    origins = before["series"]
    for series in _series_of(tx, fresh):
        series.study, series.original_study_instance_uid = study, origins.get(series.id, "")
    fresh.merged_into_id = study.id
    keep_as_long(study, fresh)
    settle(tx, study, fresh)


def _series_of(tx: Tx, study: Study) -> list[Series]:
    return list(tx.session.scalars(select(Series).where(Series.study_id == study.id).order_by(Series.id)))


def _origins(series: Collection[Series]) -> dict[str, str]:
    return {one.id: one.original_study_instance_uid for one in series}


def _move(series: Collection[Series], target: Study, uid: str) -> None:
    for one in series:
        one.original_study_instance_uid = one.original_study_instance_uid or uid
        one.study = target


def settle(tx: Tx, *studies: Study) -> None:
    """Counts anew and tells lists."""
    tx.session.flush()
    for study in studies:
        recount(tx, study.id)
        tx.session.expire(study, ["instance_count", "modalities", "series_count", "size"])
    announce(tx, *(study.id for study in studies))
    for study in studies if len(studies) > 1 else ():
        enqueue(tx, REGROUPED, study.id)
