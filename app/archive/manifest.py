"""What the viewer is told of a study before it asks for the first frame."""

import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from sqlalchemy import Row, select

from app.archive import names
from app.archive.access import SHOWN_INSTANCE, SHOWN_SERIES, study_for
from app.archive.models import Instance, Series, Study
from app.archive.nameless import nameless_manifest
from app.archive.weights import weight_of
from app.base.actor import Actor
from app.base.db import Tx
from app.identity.queries import hospital

SERIES_ORDER = (Series.number.is_(None), Series.number, Series.id)
_CLOSE = 1e-3  # millimetres, and cosines


def manifest(tx: Tx, actor: Actor, study_id: str) -> dict[str, Any]:
    """Study, series and instances in the order in which they are scrolled; NotFound for whom it is not."""
    study = study_for(tx, actor, study_id)
    query = (
        select(
            Instance.id,
            Instance.number,
            Instance.facts,
            Instance.series_id,
            Instance.sop_instance_uid,
            Instance.sop_class_uid,
        )
        .join(Series, Series.id == Instance.series_id)
        .where(Series.study_id == study.id, SHOWN_SERIES, SHOWN_INSTANCE)
    )
    slices = defaultdict(list)
    for row in tx.session.execute(query):
        slices[row.series_id].append(Slice(row.id, row.number, json.loads(row.facts), row))
    of_study = select(Series).where(Series.study_id == study.id, SHOWN_SERIES)
    series = tx.session.scalars(of_study.order_by(*SERIES_ORDER)).all()
    images = ((one.modality, image.facts) for one in series for image in slices[one.id])
    told = _study(tx, study) | {"weight": weight_of(study.size, images)}
    whole = {"study": told, "series": [_series(one, slices[one.id]) for one in series]}
    return whole if actor.sees_names else nameless_manifest(whole)


def _study(tx: Tx, study: Study) -> dict[str, Any]:
    patient = study.patient
    return {
        "id": study.id,
        "study_instance_uid": study.study_instance_uid,
        "patient_name": names.display(patient.name),
        "guessed_charset": patient.guessed_charset or study.guessed_charset,
        "patient_id": patient.patient_id,
        "birth_date": patient.birth_date,
        "sex": patient.sex,
        "age": study.patient_age or age_at(patient.birth_date, study.study_date),
        "study_date": study.study_date,
        "study_time": study.study_time,
        "description": study.description,
        "accession_number": study.accession_number,
        "hospital_name": hospital(tx, study.hospital_id).name,
        "state": study.state,
    }


def age_at(birth_date: str, day: str) -> str:
    """As DICOM writes an age in years ("053Y"), or empty when either date is not known."""
    if len(birth_date) != 8 or len(day) != 8:
        return ""
    years = int(day[:4]) - int(birth_date[:4]) - (day[4:] < birth_date[4:])
    return f"{years:03}Y" if 0 <= years <= 999 else ""


def _series(series: Series, slices: Sequence["Slice"]) -> dict[str, Any]:
    return {
        "id": series.id,
        "series_instance_uid": series.series_instance_uid,
        "number": series.number,
        "modality": series.modality,
        "description": series.description,
        "body_part": series.body_part,
        "laterality": series.laterality,
        "frame_count": sum(one.facts["frames"] for one in slices),
        "instances": [
            {
                "id": one.id,
                "sop_instance_uid": one.row.sop_instance_uid,
                "sop_class_uid": one.row.sop_class_uid,
                "number": one.number,
            }
            | one.facts
            for one in in_order(slices)
        ],
    }


@dataclass(frozen=True)
class Slice:
    """An instance among those of its series; `row` is whatever its finder wants back."""

    id: str
    number: int | None
    facts: dict[str, Any]
    row: Row[*tuple[Any, ...]]


def in_order(slices: Sequence[Slice]) -> list[Slice]:
    """By position along the normal of a stack, running the way the instance numbers do; by instance number where
    the slices are not parallel, or several lie at one place (phases, echoes, b-values).
    """
    numbered = sorted(slices, key=lambda one: (one.number is None, one.number or 0, one.id))
    depths = _depths([one.facts for one in numbered])
    if depths is None:
        return numbered
    if _falls(depths):
        depths = [-depth for depth in depths]
    placed = sorted(range(len(numbered)), key=lambda place: (depths[place], place))
    return [numbered[place] for place in placed]


def _falls(depths: Sequence[float]) -> bool:
    """Whether the numbers run against the normal, by most of the steps."""
    steps = Counter(after > before for before, after in pairwise(depths))
    return steps[False] > steps[True]


def _depths(facts: Sequence[dict[str, Any]]) -> list[float] | None:
    """Distance of each slice along the common normal (PS3.3 C.7.6.2.1.1); None when there is no such order."""
    if len(facts) < 2 or any(not fact["position"] or not fact["orientation"] for fact in facts):
        return None
    first = facts[0]["orientation"]
    for fact in facts:
        if any(abs(a - b) > _CLOSE for a, b in zip(fact["orientation"], first, strict=True)):
            return None
    row, column = first[:3], first[3:]
    normal = (
        row[1] * column[2] - row[2] * column[1],
        row[2] * column[0] - row[0] * column[2],
        row[0] * column[1] - row[1] * column[0],
    )
    depths = [sum(a * b for a, b in zip(fact["position"], normal, strict=True)) for fact in facts]
    ordered = sorted(depths)
    apart = all(after - before > _CLOSE for before, after in pairwise(ordered))
    return depths if apart else None
