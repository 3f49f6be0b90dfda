"""Storage Commitment: which instances we answer for (PS3.4 annex J). A row is not enough: the bytes must be there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.archive.access import SHOWN_INSTANCE, SHOWN_SERIES, visible_studies
from app.archive.models import Instance, Series, Study
from app.base.actor import Actor, Right
from app.base.blobs import Blobs
from app.base.db import Tx

PROCESSING_FAILURE = 0x0110
NO_SUCH_OBJECT = 0x0112
CLASS_INSTANCE_CONFLICT = 0x0119
_AT_ONCE = 500  # parameters of one statement


@dataclass(frozen=True)
class Held:
    """An instance that is here, by its row."""

    study_id: str
    sop_class_uid: str
    digest: str
    size: int
    damaged: bool


def held_instances(
    tx: Tx, actor: Actor, *, hospital_id: str, sop_instance_uids: Sequence[str]
) -> dict[str, Held]:
    """Those of a hospital's instances that are shown, by their UID."""
    actor.check_right(Right.COMMIT)
    query = (
        select(
            Instance.sop_instance_uid,
            Series.study_id,
            Instance.sop_class_uid,
            Instance.digest,
            Instance.size,
            Instance.damaged,
        )
        .join(Series, Series.id == Instance.series_id)
        .join(Study, Study.id == Series.study_id)
        .where(Instance.hospital_id == hospital_id, visible_studies(actor), SHOWN_SERIES, SHOWN_INSTANCE)
    )
    found: dict[str, Held] = {}
    for start in range(0, len(sop_instance_uids), _AT_ONCE):
        some = sop_instance_uids[start : start + _AT_ONCE]
        for row in tx.session.execute(query.where(Instance.sop_instance_uid.in_(some))):
            found[row.sop_instance_uid] = Held(*row[1:])
    return found


def failure_reason(
    blobs: Blobs, held: Mapping[str, Held], sop_class_uid: str, sop_instance_uid: str
) -> int | None:
    """None when we answer for the instance, else the Failure Reason of PS3.3 C.14.1.1. Looks at the stored file."""
    known = held.get(sop_instance_uid)
    if known is None:
        return NO_SUCH_OBJECT
    if known.sop_class_uid != sop_class_uid:
        return CLASS_INSTANCE_CONFLICT
    if known.damaged:
        return PROCESSING_FAILURE
    try:
        size = blobs.path(known.digest).stat().st_size
    except OSError:
        return PROCESSING_FAILURE
    return None if size == known.size else PROCESSING_FAILURE
