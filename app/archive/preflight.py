"""How a study stands before somebody is asked to read it: whether all of it is here, and what would mislead a reader."""

import json
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any

from sqlalchemy import func, select

from app.archive.access import SHOWN_INSTANCE, SHOWN_SERIES, study_for
from app.archive.manifest import SERIES_ORDER
from app.archive.models import Instance, Series, SetAside, Study
from app.archive.outgoing import OutgoingFile
from app.archive.outgoing_files import files_where
from app.archive.profiles import profile_of
from app.archive.states import StudyState
from app.base.actor import Actor
from app.base.db import Tx

MEASURED = frozenset({"CR", "CT", "DX", "MG", "MR", "NM", "PT", "PX", "RF", "XA"})
KEY_OBJECTS = "1.2.840.10008.5.1.4.1.1.88.59"
_SELECTIONS = 5  # of a study that are read
_LIKE_IT = 20  # earlier studies that are compared
_ENOUGH = 3


@dataclass(frozen=True)
class Arrival:
    """`expected`: about how many images studies like it had; None where too few are known."""

    images: int
    expected: int | None
    last_received_at: datetime
    is_arriving: bool


@dataclass(frozen=True)
class SeriesLook:
    """A series as its first and last image tell it. `has_spacing` is True where nothing is measured."""

    number: int | None
    modality: str
    description: str
    body_part: str
    has_side: bool
    has_spacing: bool


@dataclass(frozen=True)
class StudyLook:
    modalities: tuple[str, ...]
    description: str
    arrival: Arrival
    damaged: int  # images whose file is gone or changed
    files_aside: int  # came under other patient data and wait for a person
    side_unreliable: bool  # somebody said so of its device
    series: tuple[SeriesLook, ...]


def arrival_of(tx: Tx, actor: Actor, study_id: str) -> Arrival:
    """How much is here; NotFound for whom the study is not."""
    return _arrival(tx, study_for(tx, actor, study_id))


def look_at(tx: Tx, actor: Actor, study_id: str) -> StudyLook:
    """All of it; NotFound for whom the study is not."""
    study = study_for(tx, actor, study_id)
    shown = (Series.study_id == study.id, SHOWN_SERIES, SHOWN_INSTANCE)
    damaged = select(func.count()).select_from(Instance).join(Series, Series.id == Instance.series_id)
    aside = select(func.count()).select_from(SetAside)
    aside = aside.where(
        SetAside.hospital_id == study.hospital_id,
        SetAside.study_instance_uid == study.study_instance_uid,
        SetAside.decision == "",
    )
    return StudyLook(
        modalities=tuple(one for one in study.modalities.split("\\") if one),
        description=study.description,
        arrival=_arrival(tx, study),
        damaged=tx.session.scalar(damaged.where(*shown, Instance.damaged)) or 0,
        files_aside=tx.session.scalar(aside) or 0,
        side_unreliable=profile_of(tx, study.device_id).laterality_unreliable,
        series=tuple(_series(tx, study.id)),
    )


def key_objects(tx: Tx, actor: Actor, study_id: str) -> list[OutgoingFile]:
    """The newest selections of key images of a study (PS3.3 A.35.4), as far as the actor may fetch them."""
    selections = (Study.id == study_id, Instance.sop_class_uid == KEY_OBJECTS)
    files = sorted(files_where(tx, actor, selections), key=lambda file: file.instance_id)
    return files[: -_SELECTIONS - 1 : -1]


def _arrival(tx: Tx, study: Study) -> Arrival:
    return Arrival(
        images=study.instance_count,
        expected=_expected(tx, study),
        last_received_at=study.last_received_at,
        is_arriving=study.state == StudyState.ARRIVING,
    )


def _expected(tx: Tx, study: Study) -> int | None:
    """What the last ones of the same machine under the same name had, by the middle one."""
    if study.device_id is None or not study.description:
        return None
    alike = (
        Study.device_id == study.device_id,
        Study.description == study.description,
        Study.state == StudyState.COMPLETE,
        Study.id != study.id,
        Study.rejected == "",
    )
    query = select(Study.instance_count).where(*alike).order_by(Study.last_received_at.desc()).limit(_LIKE_IT)
    counts = list(tx.session.scalars(query))
    return round(median(counts)) if len(counts) >= _ENOUGH else None


def _series(tx: Tx, study_id: str) -> list[SeriesLook]:
    ends = (
        select(Instance.series_id, func.min(Instance.id).label("first"), func.max(Instance.id).label("last"))
        .join(Series, Series.id == Instance.series_id)
        .where(Series.study_id == study_id, SHOWN_SERIES, SHOWN_INSTANCE)
        .group_by(Instance.series_id)
        .subquery()
    )
    query = (
        select(Series, Instance.facts)
        .join(ends, ends.c.series_id == Series.id)
        .join(Instance, Instance.id.in_((ends.c.first, ends.c.last)))
        .order_by(*SERIES_ORDER, Instance.id)
    )
    samples: dict[str, tuple[Series, list[dict[str, Any]]]] = {}
    for series, facts in tx.session.execute(query):
        samples.setdefault(series.id, (series, []))[1].append(json.loads(facts))
    return [_look(series, facts) for series, facts in samples.values()]


def _look(series: Series, facts: list[dict[str, Any]]) -> SeriesLook:
    pictures = [fact for fact in facts if fact["renderable"]]
    measured = series.modality in MEASURED and bool(pictures)
    return SeriesLook(
        number=series.number,
        modality=series.modality,
        description=series.description,
        body_part=series.body_part,
        has_side=bool(series.laterality) or any(fact.get("laterality") for fact in facts),
        has_spacing=not measured or any(fact["spacing"] or fact["frame_overrides"] for fact in pictures),
    )
