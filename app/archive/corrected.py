"""What a corrected study's data sets must say when they leave: the values of its rows."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from app.archive.models import Correction, Series, Study
from app.archive.rewriting import Wanted
from app.archive.states import CorrectionKind
from app.base.db import Tx

PATIENT_FIELDS = ("patient_id", "issuer_of_patient_id", "name", "birth_date", "sex")
STUDY_FIELDS = (
    "accession_number", "description", "patient_age", "referring_physician_name", "study_date", "study_id",
    "study_time",
)  # fmt: skip
SERIES_FIELDS = ("body_part", "description", "laterality")
_REGROUPED = frozenset({CorrectionKind.MERGE, CorrectionKind.SPLIT})
_NEW_PATIENT = frozenset({CorrectionKind.MERGE_PATIENTS, CorrectionKind.MOVE})


def alive_corrections(tx: Tx, study: Study) -> list[Correction]:
    """What was done to a study, its patient included, and not undone, the latest first; rejections too."""
    of_it = or_(
        Correction.study_id == study.id,
        Correction.other_study_id == study.id,
        Correction.patient_id == study.patient_id,
    )
    query = select(Correction).where(of_it, Correction.undone_at.is_(None))
    return list(tx.session.scalars(query.order_by(Correction.id.desc())))


class Corrected:
    """The corrected studies among those that leave together."""

    def __init__(self, tx: Tx, study_ids: Collection[str]) -> None:
        self._values: dict[str, dict[str, str]] = {}
        self._of_series: dict[str, dict[str, str]] = {}
        self._at: dict[str, datetime] = {}
        self._moved: dict[str, tuple[tuple[str, str, str], ...]] = {}
        for study_id in sorted(study_ids):
            self._read(tx, tx.session.get_one(Study, study_id))

    def wanted(self, study_id: str, series_id: str, sop_instance_uid: str) -> Wanted:
        """Of one instance."""
        found = self._values[study_id] | self._of_series[series_id]
        found |= {"instance.sop_instance_uid": sop_instance_uid}
        return Wanted(tuple(sorted(found.items())), self._at[study_id], self._moved[study_id])

    def _read(self, tx: Tx, study: Study) -> None:
        corrections = [one for one in alive_corrections(tx, study) if one.kind != CorrectionKind.REJECT]
        # An empty value says nothing, unless a person emptied it: a file may know what the first one did not.
        meant = _meant(corrections)
        self._at[study.id] = max((one.created_at for one in corrections), default=study.first_received_at)
        rows: tuple[tuple[str, Any, tuple[str, ...]], ...] = (
            ("patient", study.patient, PATIENT_FIELDS),
            ("study", study, (*STUDY_FIELDS, "study_instance_uid")),
        )
        self._moved[study.id] = _moved(tx, study, corrections)
        self._values[study.id] = {
            f"{level}.{name}": getattr(row, name)
            for level, row, names in rows
            for name in names
            if getattr(row, name) or name in meant[level]
        }
        for series in tx.session.scalars(select(Series).where(Series.study_id == study.id)):
            self._of_series[series.id] = {"series.series_instance_uid": series.series_instance_uid} | {
                f"series.{name}": getattr(series, name) for name in meant[series.id]
            }


def _moved(tx: Tx, study: Study, corrections: Iterable[Correction]) -> tuple[tuple[str, str, str], ...]:
    """Series that came into this study or left it: old study's UID, series' UID, new study's UID."""
    regrouped = {
        series_id
        for one in corrections
        if one.kind in _REGROUPED
        for series_id in json.loads(one.before).get("series", ())
    }
    left = Series.original_study_instance_uid
    query = (
        select(left, Series.series_instance_uid, Study.study_instance_uid)
        .join(Study, Study.id == Series.study_id)
        .where(or_(Series.study_id == study.id, Series.id.in_(regrouped)))
        .where(left != "", left != Study.study_instance_uid)
        .order_by(Series.id)
    )
    return tuple((row[0], row[1], row[2]) for row in tx.session.execute(query))


def _meant(corrections: Iterable[Correction]) -> dict[str, set[str]]:
    """The names of attributes that a person wrote: by "patient", "study" and the series' ids."""
    found: dict[str, set[str]] = defaultdict(set)
    for one in corrections:
        after = json.loads(one.after)
        if one.kind in _NEW_PATIENT:
            found["patient"].update(PATIENT_FIELDS)
        for level in ("patient", "study"):
            found[level].update(after.get(level, ()))
        for series_id, names in after.get("series_values", {}).items():
            found[series_id].update(names)
    return found
