"""What studies and series count of themselves, reckoned anew from the rows of their images."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import func, select, update

from app.archive.access import SHOWN_INSTANCE, SHOWN_SERIES
from app.archive.models import Instance, Series, Study
from app.archive.states import StudyState
from app.base.db import Tx

_NO_SYNC = {"synchronize_session": False}


def arriving_studies(tx: Tx) -> list[str]:
    """Those a crash may have interrupted."""
    return list(tx.session.scalars(select(Study.id).where(Study.state == StudyState.ARRIVING)))


def studies_after(tx: Tx, study_id: str, limit: int) -> list[str]:
    """The next studies in order of their ids, whatever their state."""
    query = select(Study.id).where(Study.id > study_id).order_by(Study.id).limit(limit)
    return list(tx.session.scalars(query))


def unequal(tx: Tx, study_ids: Collection[str]) -> list[str]:
    """Which of these studies count other than their rows do; reads only."""
    return [study_id for study_id in study_ids if _wrong(tx, study_id)]


def _wrong(tx: Tx, study_id: str) -> bool:
    right, series = _reckoned(tx, study_id)
    now = tx.session.execute(select(*(getattr(Study, name) for name in right)).where(Study.id == study_id))
    row = now.mappings().one_or_none()
    if row is not None and dict(row) != right:
        return True
    counted = select(Series.id, Series.instance_count, Series.frame_count).where(Series.study_id == study_id)
    return any(
        series.get(one, (0, 0)) != (images, frames) for one, images, frames in tx.session.execute(counted)
    )


def hold(tx: Tx, *studies: Study) -> None:
    """Until the transaction ends nothing arrives in these studies; the rows are read anew. Series first, as images
    arriving take them: who holds what the other waits for would wait for ever.
    """
    tx.session.flush()
    for study in sorted(studies, key=lambda one: one.id):
        of_it = select(Series.id).where(Series.study_id == study.id).order_by(Series.id)
        tx.session.execute(of_it.with_for_update())
        tx.session.refresh(study, with_for_update={"of": Study})


def recount(tx: Tx, study_id: str) -> None:
    """Sets the counters of a study and of its series to what their rows say. Part of an action, which records it."""
    tx.session.flush()
    right, series = _reckoned(tx, study_id)
    tx.session.execute(update(Study).where(Study.id == study_id).values(right), execution_options=_NO_SYNC)
    for series_id in tx.session.scalars(select(Series.id).where(Series.study_id == study_id)).all():
        images, frames = series.get(series_id, (0, 0))
        counted = update(Series).where(Series.id == series_id)
        counted = counted.values(instance_count=images, frame_count=frames)
        tx.session.execute(counted, execution_options=_NO_SYNC)


def _reckoned(tx: Tx, study_id: str) -> tuple[dict[str, Any], dict[str, tuple[int, int]]]:
    """The columns of the study, and images and frames of each series. What is rejected counts as bytes only."""
    of_study = Series.study_id == study_id
    series = {
        row[0]: (row[1], row[2])
        for row in tx.session.execute(
            select(Instance.series_id, func.count(), func.sum(Instance.frame_count))
            .join(Series, Series.id == Instance.series_id)
            .where(of_study, SHOWN_INSTANCE)
            .group_by(Instance.series_id)
        )
    }
    shown = list(tx.session.execute(select(Series.id, Series.modality).where(of_study, SHOWN_SERIES)))
    stored = select(func.coalesce(func.sum(Instance.size), 0)).join(Series, Series.id == Instance.series_id)
    modalities = sorted({modality for _, modality in shown if modality})
    columns = {
        "series_count": len(shown),
        "instance_count": sum(series.get(series_id, (0, 0))[0] for series_id, _ in shown),
        "size": int(tx.session.scalar(stored.where(of_study)) or 0),
        "modalities": ("\\" + "\\".join(modalities) + "\\")[:255] if modalities else "",
    }
    return columns, series
