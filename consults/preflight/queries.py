"""Every read of the checks before sending."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.archive.preflight import Arrival, arrival_of
from app.base.actor import Actor, Permission
from app.base.db import Tx
from app.base.errors import NotFound
from consults.access import consult_for
from consults.event_base import moment_json
from consults.models import Consult
from consults.preflight.checking import missing_series
from consults.preflight.models import ConsultCheck, ConsultProtocol


@dataclass(frozen=True)
class ProtocolInfo:
    id: str
    modality: str
    words: str
    series: Sequence[str]


def preflight_state(tx: Tx, consult: Consult) -> dict[str, Any] | None:
    """What the case was sent with as it is, or null."""
    row = tx.session.get(ConsultCheck, consult.id)
    return {"findings": row.findings, "by": row.by, "at": moment_json(row.at)} if row else None


def sent_as_is_among(tx: Tx, consult_ids: Collection[str]) -> frozenset[str]:
    """Those of them against which something stood when they were sent."""
    query = select(ConsultCheck.consult_id).where(ConsultCheck.consult_id.in_(consult_ids))
    return frozenset(tx.session.scalars(query))


def arrivals(tx: Tx, actor: Actor, consult_id: str) -> dict[str, tuple[Arrival, list[str]]]:
    """How much of each study is here, and what its protocol still wants; of those whose images the actor may see."""
    consult = consult_for(tx, actor, consult_id)
    found = {}
    for study in consult.studies:
        try:
            missing = missing_series(tx, actor, study.study_id)
            found[study.study_id] = arrival_of(tx, actor, study.study_id), missing
        except NotFound:  # the right to it has ended
            continue
    return found


def protocols(tx: Tx, actor: Actor) -> list[ProtocolInfo]:
    """Those of the own hospital."""
    actor.check(Permission.VIEWER_MANAGE)
    mine = select(ConsultProtocol).where(ConsultProtocol.hospital_id == actor.hospital_id)
    rows = tx.session.scalars(
        mine.order_by(ConsultProtocol.modality, ConsultProtocol.words, ConsultProtocol.id)
    )
    return [ProtocolInfo(row.id, row.modality, row.words, tuple(row.series)) for row in rows]
