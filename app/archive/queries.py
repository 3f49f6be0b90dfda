"""Every read of the archive. What comes back is plain data, so that doors and consults need no tables."""

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any

from sqlalchemy import ColumnElement, bindparam, select

from app.archive import frames_index
from app.archive.access import (
    SHOWN_INSTANCE,
    SHOWN_SERIES,
    Reach,
    reach_condition,
    reach_of,
    reach_values,
    series_for,
    study_for,
    visible_studies,
)
from app.archive.covers import LookedOver, looked_over, pictures_to_cover, veil_at
from app.archive.frames_index import FrameIndex, FrameLocation
from app.archive.manifest import SERIES_ORDER, Slice, in_order, manifest
from app.archive.models import Instance, Series, SetAside, Study
from app.archive.outgoing_files import outgoing_of
from app.archive.search import Found, Search, search_instances, search_patients, search_series, search_studies
from app.archive.set_aside_cases import SetAsideCase, set_aside_case, set_aside_digests, set_asides_alike
from app.archive.study_list import (
    StudyInfo,
    StudyPage,
    StudyQuery,
    list_studies,
    modalities_among,
    study_info,
)
from app.archive.waiting import (
    MOST_FOUND,
    CollisionInfo,
    CorrectableStudy,
    CorrectionInfo,
    DeletionInfo,
    corrections_of_study,
    deletions,
    destroyed_among,
    destroyed_digests,
    find_patients,
    hidden_studies,
    images_to_correct,
    other_studies,
    patient_collisions,
    study_to_correct_info,
    waiting_counts,
)
from app.base.actor import Actor
from app.base.db import Tx
from app.base.errors import NotFound

__all__ = [
    "MOST_FOUND",
    "CollisionInfo",
    "CorrectableStudy",
    "CorrectionInfo",
    "DeletionInfo",
    "Found",
    "Search",
    "SetAsideCase",
    "StoredFile",
    "StudyInfo",
    "StudyPage",
    "StudyQuery",
    "corrections_of_study",
    "deletions",
    "destroyed_among",
    "destroyed_digests",
    "file_of",
    "files_of",
    "find_patients",
    "has_set_asides",
    "hidden_studies",
    "images_to_correct",
    "list_studies",
    "locate_frame",
    "manifest",
    "modalities_among",
    "other_studies",
    "outgoing_of",
    "patient_collisions",
    "pictures_to_cover",
    "search_instances",
    "search_patients",
    "search_series",
    "search_studies",
    "series_frames",
    "series_ids",
    "series_slices",
    "series_version",
    "set_aside_case",
    "set_aside_digests",
    "set_asides",
    "set_asides_alike",
    "study_info",
    "study_to_correct_info",
    "waiting_counts",
]


_PLACE = (
    Instance.digest,
    Instance.transfer_syntax_uid,
    Instance.header_length,
    Instance.frame_index,
    Instance.damaged,
    Instance.received_at,
    Instance.series_id,
    Series.study_id,
)


@lru_cache(maxsize=16)
def _located(reach: Reach) -> Any:
    return (
        select(*_PLACE)
        .join(Series, Series.id == Instance.series_id)
        .join(Study, Study.id == Series.study_id)
        .where(Instance.id == bindparam("instance_"), SHOWN_INSTANCE, SHOWN_SERIES, reach_condition(reach))
    )


def locate_frame(
    tx: Tx, actor: Actor, *, instance_id: str, frame_number: int, study_id: str | None = None
) -> FrameLocation:
    """Where a frame lies, or NotFound; with `study_id` only within that study."""
    wanted = {"instance_": instance_id} | reach_values(actor)
    row = tx.session.execute(_located(reach_of(actor)), wanted).one_or_none()
    if row is None or study_id not in {None, row.study_id}:
        raise NotFound
    return _place(row, frame_number, looked_over(tx, actor, row.series_id))


@dataclass(frozen=True)
class InstancePlace:
    """Where the frames of one instance lie."""

    row: Any
    looked: LookedOver | None = None

    @cached_property
    def _index(self) -> FrameIndex:
        return frames_index.unpack(self.row.frame_index)

    def frame(self, number: int) -> FrameLocation:
        """One frame, numbered from 1, or NotFound."""
        spans, bit_offset = self._index.location(number)
        row = self.row
        return FrameLocation(
            row.digest,
            row.transfer_syntax_uid,
            row.header_length,
            number,
            spans,
            bit_offset,
            row.damaged,
            None if self.looked is None else veil_at(self.looked, row.received_at),
        )


@lru_cache(maxsize=16)
def _located_beside(reach: Reach) -> Any:
    asked = select(Instance.series_id).where(Instance.id == bindparam("instance_")).scalar_subquery()
    return (
        select(Instance.id, *_PLACE)
        .join(Series, Series.id == Instance.series_id)
        .join(Study, Study.id == Series.study_id)
        .where(Instance.series_id == asked, SHOWN_INSTANCE, SHOWN_SERIES, reach_condition(reach))
    )


def places_beside(tx: Tx, actor: Actor, *, instance_id: str, study_id: str) -> dict[str, InstancePlace]:
    """Every instance of the series that this one is in, for who will ask for many of them: by one statement, where each
    by itself would take as long. Empty when it is not of the study, or not to be seen.
    """
    wanted = {"instance_": instance_id} | reach_values(actor)
    rows = tx.session.execute(_located_beside(reach_of(actor)), wanted).all()
    looked = looked_over(tx, actor, rows[0].series_id) if rows else None
    return {row.id: InstancePlace(row, looked) for row in rows if row.study_id == study_id}


def _place(row: Any, frame_number: int, looked: LookedOver | None) -> FrameLocation:
    return InstancePlace(row, looked).frame(frame_number)


def _location(
    digest: str, transfer_syntax_uid: str, header_length: int, frame_index: bytes, frame_number: int
) -> FrameLocation:
    spans, bit_offset = frames_index.unpack(frame_index).location(frame_number)
    return FrameLocation(digest, transfer_syntax_uid, header_length, frame_number, spans, bit_offset)


def series_ids(tx: Tx, actor: Actor, study_id: str) -> list[str]:
    """The series of a study in the order of the manifest, without reading their images."""
    study = study_for(tx, actor, study_id)
    query = select(Series.id).where(Series.study_id == study.id, SHOWN_SERIES)
    return list(tx.session.scalars(query.order_by(*SERIES_ORDER)))


def series_frames(
    tx: Tx, actor: Actor, series_id: str, *, study_id: str | None = None, only: Collection[str] | None = None
) -> list[FrameLocation]:
    """All frames of a series in the order of the manifest: the place in the list is the frame index. `only`: of these
    few SOP Instance UIDs.
    """
    return [location for location, _ in series_slices(tx, actor, series_id, study_id=study_id, only=only)]


def series_slices(
    tx: Tx, actor: Actor, series_id: str, *, study_id: str | None = None, only: Collection[str] | None = None
) -> list[tuple[FrameLocation, dict[str, Any]]]:
    """The same, each frame with what the manifest says of its instance."""
    series = _series_within(tx, actor, series_id, study_id)
    query = select(Instance.id, Instance.number, Instance.facts, *_PLACE[:-1], Instance.frame_count)
    query = query if only is None else query.where(Instance.sop_instance_uid.in_(list(only)))
    rows = tx.session.execute(query.where(Instance.series_id == series.id, SHOWN_INSTANCE)).all()
    looked = looked_over(tx, actor, series.id)
    found = in_order([Slice(row.id, row.number, json.loads(row.facts), row) for row in rows])
    return [
        (_place(one.row, number, looked), one.facts)
        for one in found
        for number in one.facts.get("frame_order") or range(1, one.row.frame_count + 1)
    ]


@lru_cache(maxsize=16)
def _versioned(reach: Reach) -> Any:
    """Made once: asked for with each of the pictures that are moved by hand."""
    return (
        select(Instance.id, Instance.digest, Instance.damaged)
        .join(Series, Series.id == Instance.series_id)
        .join(Study, Study.id == Series.study_id)
        .where(Instance.series_id == bindparam("series_"), Series.study_id == bindparam("study_"))
        .where(SHOWN_INSTANCE, SHOWN_SERIES, reach_condition(reach))
        .order_by(Instance.id)
    )


def series_version(tx: Tx, actor: Actor, series_id: str, *, study_id: str) -> str:
    """Changes when an image of the series comes, goes, is replaced or proves damaged: a digest of all of them.
    NotFound without images.
    """
    wanted = {"series_": series_id, "study_": study_id} | reach_values(actor)
    found = tx.session.connection().execute(_versioned(reach_of(actor)), wanted).all()
    if not found:
        raise NotFound
    told = "\n".join([f"{image} {digest} {int(damaged)}" for image, digest, damaged in found])
    looked = looked_over(tx, actor, series_id)
    if looked is None:
        return _digest(told)
    return f"{_digest(f'{told}{looked}')}-veiled"  # made of other pixels: never what others may see


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _series_within(tx: Tx, actor: Actor, series_id: str, study_id: str | None) -> Series:
    series = series_for(tx, actor, series_id)
    if study_id is not None and series.study_id != study_id:
        raise NotFound
    return series


@dataclass(frozen=True)
class StoredFile:
    """A stored file and what is needed to send it on."""

    instance_id: str
    study_instance_uid: str
    series_instance_uid: str
    sop_instance_uid: str
    sop_class_uid: str
    transfer_syntax_uid: str
    digest: str
    size: int
    dataset_start: int  # where the meta group ends; 0 when the file has none
    header_length: int
    frame_count: int
    frame_index: bytes
    notes: tuple[str, ...]

    def location(self, frame_number: int) -> FrameLocation:
        """Where a frame lies, or NotFound."""
        return _location(
            self.digest, self.transfer_syntax_uid, self.header_length, self.frame_index, frame_number
        )


def files_of(
    tx: Tx,
    actor: Actor,
    *,
    hospital_id: str,
    study_instance_uid: str,
    series_instance_uid: str | None = None,
    sop_instance_uid: str | None = None,
) -> list[StoredFile]:
    """The files of a study, series or instance of one hospital's archive, by series and instance number; NotFound
    when there are none.
    """
    conditions = [Study.hospital_id == hospital_id, Study.study_instance_uid == study_instance_uid]
    if series_instance_uid is not None:
        conditions.append(Series.series_instance_uid == series_instance_uid)
    if sop_instance_uid is not None:
        conditions.append(Instance.sop_instance_uid == sop_instance_uid)
    found = _files(tx, actor, conditions)
    if not found:
        raise NotFound
    return found


def file_of(tx: Tx, actor: Actor, instance_id: str) -> StoredFile:
    """The file of an instance, or NotFound."""
    found = _files(tx, actor, [Instance.id == instance_id])
    if not found:
        raise NotFound
    return found[0]


def _files(tx: Tx, actor: Actor, conditions: Sequence[ColumnElement[bool]]) -> list[StoredFile]:
    query = (
        select(Instance, Series.series_instance_uid, Study.study_instance_uid)
        .join(Series, Series.id == Instance.series_id)
        .join(Study, Study.id == Series.study_id)
        .where(visible_studies(actor), SHOWN_SERIES, SHOWN_INSTANCE, *conditions)
        .order_by(Series.number, Series.id, Instance.number, Instance.id)
    )
    return [
        StoredFile(
            row.id,
            study_uid,
            series_uid,
            row.sop_instance_uid,
            row.sop_class_uid,
            row.transfer_syntax_uid,
            row.digest,
            row.size,
            row.dataset_start,
            row.header_length,
            row.frame_count,
            row.frame_index,
            tuple(row.notes.split()),
        )
        for row, series_uid, study_uid in tx.session.execute(query)
    ]


@dataclass(frozen=True)
class SetAsideInfo:
    """A file that waits for a person."""

    id: str
    reason_code: str
    reason: str
    study_instance_uid: str
    sop_instance_uid: str
    source_kind: str
    source_peer: str
    created_at: datetime


def has_set_asides(tx: Tx, actor: Actor) -> bool:
    """Whether a person of the actor's hospital has something to look at."""
    query = (
        select(SetAside.id).where(SetAside.hospital_id == actor.hospital_id, SetAside.decision == "").limit(1)
    )
    return tx.session.scalar(query) is not None


def set_asides(tx: Tx, actor: Actor) -> list[SetAsideInfo]:
    """What was set aside at the actor's hospital, newest first."""
    open_ = (SetAside.hospital_id == actor.hospital_id, SetAside.decision == "")
    query = select(SetAside).where(*open_).order_by(SetAside.id.desc())
    return [
        SetAsideInfo(
            row.id,
            row.reason_code,
            row.reason,
            row.study_instance_uid,
            row.sop_instance_uid,
            row.source_kind,
            row.source_peer,
            row.created_at,
        )
        for row in tx.session.scalars(query.limit(200))
    ]
