"""Which instances leave, with the identifiers under which they leave."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select

from app.archive.access import SHOWN_INSTANCE, SHOWN_SERIES, visible_studies
from app.archive.corrected import Corrected
from app.archive.models import DeviceProfile, Instance, Series, Study
from app.archive.outgoing import OutgoingFile
from app.base.actor import Actor
from app.base.db import Tx

_AT_ONCE = 500  # parameters of one statement


def outgoing_of(
    tx: Tx,
    actor: Actor,
    *,
    study_id: str | None = None,
    series_id: str | None = None,
    instance_id: str | None = None,
    sop_instance_uids: Collection[str] | None = None,
) -> list[OutgoingFile]:
    """What this actor may fetch of a study, series, instance or list of instances, by series and instance number.
    Rejected and damaged instances never leave. Empty when there is nothing.
    """
    asked = ((Study.id, study_id), (Series.id, series_id), (Instance.id, instance_id))
    conditions = [column == wanted for column, wanted in asked if wanted is not None]
    if sop_instance_uids is None:
        return files_where(tx, actor, conditions)
    uids = sorted(set(sop_instance_uids))
    found = []
    for start in range(0, len(uids), _AT_ONCE):
        some = Instance.sop_instance_uid.in_(uids[start : start + _AT_ONCE])
        found.extend(files_where(tx, actor, [*conditions, some]))
    return found


def files_where(tx: Tx, actor: Actor, conditions: Sequence[ColumnElement[bool]]) -> list[OutgoingFile]:
    """Under conditions on Study, Series and Instance, none of which alone means nothing; for this room."""
    if not conditions:
        return []
    query = (
        select(
            Instance.id,
            Instance.sop_class_uid,
            Instance.sop_instance_uid,
            Series.series_instance_uid,
            Study.study_instance_uid,
            Instance.transfer_syntax_uid,
            Instance.digest,
            Instance.dataset_start,
            Instance.size,
            Study.corrected,
            Instance.header_length,
            Instance.frame_count,
            Instance.frame_index,
            func.coalesce(DeviceProfile.charset, ""),
            func.coalesce(Instance.verified_at, Instance.received_at),
            Series.id,
            Study.id,
        )
        .join(Series, Series.id == Instance.series_id)
        .join(Study, Study.id == Series.study_id)
        .outerjoin(DeviceProfile, DeviceProfile.device_id == Study.device_id)
        .where(visible_studies(actor), SHOWN_SERIES, SHOWN_INSTANCE, ~Instance.damaged)
        .where(*conditions)
        .order_by(Study.id, Series.number, Series.id, Instance.number, Instance.id)
    )
    rows: list[Row[*tuple[Any, ...]]] = list(tx.session.execute(query))
    corrected = Corrected(tx, {str(row[-1]) for row in rows if row.corrected})
    return [_file(corrected, row) for row in rows]


def _file(corrected: Corrected, row: Row[*tuple[Any, ...]]) -> OutgoingFile:
    *columns, series_id, study_id = row
    file = OutgoingFile(*columns)
    wanted = corrected.wanted(study_id, series_id, file.sop_instance_uid) if file.corrected else None
    return replace(file, wanted=wanted)
