"""Other studies of the same patient, to be read beside the one that is open."""

from typing import Any

from sqlalchemy import select

from app.archive.access import SHOWN_SERIES, study_for, visible_studies
from app.archive.models import Series, Study
from app.base.actor import Actor
from app.base.db import Tx
from app.base.errors import NotFound

MOST = 100


def priors_of(tx: Tx, actor: Actor, study_id: str) -> list[dict[str, Any]]:
    """The newest first, only what this actor may see: a consult's specialist, for one, sees what was shared."""
    study = study_for(tx, actor, study_id)
    query = (
        select(Study)
        .where(Study.patient_id == study.patient_id, Study.id != study.id, visible_studies(actor))
        .order_by(Study.study_date.desc(), Study.study_time.desc(), Study.id.desc())
        .limit(MOST)
    )
    found = list(tx.session.scalars(query))
    parts = _body_parts(tx, [one.id for one in found])
    return [_told(one, parts.get(one.id, set())) for one in found]


def prior_of(tx: Tx, actor: Actor, study_id: str, prior_id: str) -> str:
    """The prior's id. NotFound unless both are this actor's to see and of one patient."""
    study, prior = study_for(tx, actor, study_id), study_for(tx, actor, prior_id)
    if prior.patient_id != study.patient_id:
        raise NotFound
    return prior.id


def _body_parts(tx: Tx, study_ids: list[str]) -> dict[str, set[str]]:
    query = select(Series.study_id, Series.body_part).where(
        Series.study_id.in_(study_ids), Series.body_part != "", SHOWN_SERIES
    )
    parts: dict[str, set[str]] = {}
    for row in tx.session.execute(query.distinct()):
        parts.setdefault(row.study_id, set()).add(row.body_part)
    return parts


def _told(study: Study, parts: set[str]) -> dict[str, Any]:
    return {
        "id": study.id,
        "study_date": study.study_date,
        "study_time": study.study_time,
        "description": study.description,
        "modalities": [one for one in study.modalities.split("\\") if one],
        "body_parts": sorted(parts),
        "images": study.instance_count,
    }
