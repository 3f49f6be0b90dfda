"""What a C-GET or C-MOVE asks for: instances by the unique keys of any level (PS3.4 C.4.2.1.4, C.4.3.1.3)."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select

from app.archive.access import SHOWN_INSTANCE, SHOWN_SERIES, visible_studies
from app.archive.models import Instance, Patient, Series, Study
from app.archive.outgoing import OutgoingFile
from app.archive.outgoing_files import files_where
from app.base.actor import Actor, Right
from app.base.db import Tx


@dataclass(frozen=True)
class Retrieval:
    """What leaves, and what cannot because its stored bytes are damaged; studies by UID, for the audit log."""

    files: tuple[OutgoingFile, ...]
    damaged_uids: tuple[str, ...]
    study_ids: dict[str, str]


def retrieval_of(
    tx: Tx,
    actor: Actor,
    *,
    hospital_id: str,
    patient_ids: Collection[str] = (),
    study_instance_uids: Collection[str] = (),
    series_instance_uids: Collection[str] = (),
    sop_instance_uids: Collection[str] = (),
) -> Retrieval:
    """All instances of one hospital that match every list given; nothing when no list is."""
    actor.check_right(Right.RETRIEVE)
    lists = (
        (Study.study_instance_uid, study_instance_uids),
        (Series.series_instance_uid, series_instance_uids),
        (Instance.sop_instance_uid, sop_instance_uids),
    )
    conditions: list[ColumnElement[bool]] = [column.in_(values) for column, values in lists if values]
    if patient_ids:
        of_them = select(Patient.id).where(
            Patient.patient_id.in_(patient_ids), Patient.hospital_id == hospital_id
        )
        conditions.append(Study.patient_id.in_(of_them))
    if not conditions:
        return Retrieval((), (), {})
    conditions.append(Study.hospital_id == hospital_id)
    files = files_where(tx, actor, conditions)
    reached = [visible_studies(actor), SHOWN_SERIES, SHOWN_INSTANCE, *conditions]
    damaged = (
        select(Instance.sop_instance_uid)
        .join(Series, Series.id == Instance.series_id)
        .join(Study, Study.id == Series.study_id)
        .where(Instance.damaged, *reached)
    )
    studies = select(Study.study_instance_uid, Study.id).where(
        Study.hospital_id == hospital_id,
        Study.study_instance_uid.in_({file.study_instance_uid for file in files}),
        visible_studies(actor),
    )
    return Retrieval(
        tuple(files),
        tuple(tx.session.scalars(damaged)),
        {row.study_instance_uid: row.id for row in tx.session.execute(studies)},
    )
