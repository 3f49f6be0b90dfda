"""Instances by the identifiers of an address: what WADO-RS and WADO-URI name (PS3.18 section 10.4.1)."""

from sqlalchemy import ColumnElement, select

from app.archive.access import SHOWN_INSTANCE, SHOWN_SERIES, visible_studies
from app.archive.models import Instance, Series, Study
from app.archive.outgoing import OutgoingFile
from app.archive.outgoing_files import files_where
from app.archive.whole import damaged
from app.base.actor import Actor
from app.base.db import Tx
from app.base.errors import NotFound, Unavailable


def files_at(
    tx: Tx,
    actor: Actor,
    *,
    hospital_id: str,
    study_instance_uid: str,
    series_instance_uid: str | None = None,
    sop_instance_uid: str | None = None,
) -> list[OutgoingFile]:
    """The files of a study, series or instance of one hospital's archive, by series and instance number. Raises
    NotFound when there are none, Unavailable("damaged") when all there are were found damaged.
    """
    conditions = [Study.hospital_id == hospital_id, Study.study_instance_uid == study_instance_uid]
    if series_instance_uid is not None:
        conditions.append(Series.series_instance_uid == series_instance_uid)
    if sop_instance_uid is not None:
        conditions.append(Instance.sop_instance_uid == sop_instance_uid)
    found = files_where(tx, actor, conditions)
    if not found:
        raise _nothing(tx, actor, conditions)
    return found


def _nothing(tx: Tx, actor: Actor, conditions: list[ColumnElement[bool]]) -> NotFound | Unavailable:
    query = (
        select(Instance.id)
        .join(Series, Series.id == Instance.series_id)
        .join(Study, Study.id == Series.study_id)
        .where(visible_studies(actor), SHOWN_SERIES, SHOWN_INSTANCE, Instance.damaged, *conditions)
    )
    if tx.session.scalar(query.limit(1)) is None:
        return NotFound()
    return damaged()
