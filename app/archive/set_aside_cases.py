"""A file set aside, beside what it contradicts: reads for the page on which a person decides."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from app.archive.models import Instance, Series, SetAside, Study
from app.archive.resolving import DECISIONS, first_image, set_aside_for
from app.base.actor import Actor, ActorKind, Permission
from app.base.db import Tx
from app.base.errors import NotFound


@dataclass(frozen=True)
class SetAsideCase:
    """A file set aside, beside what it contradicts."""

    id: str
    reason_code: str
    reason: str
    study_instance_uid: str
    sop_instance_uid: str
    digest: str
    first_digest: str | None  # of the image with this identifier, or of one of the study
    study_id: str | None
    decision: str
    decisions: tuple[str, ...]
    alike: int  # how many more wait for the same study and reason


def set_aside_case(tx: Tx, actor: Actor, set_aside_id: str) -> SetAsideCase:
    """One of the actor's hospital, or NotFound."""
    actor.check(Permission.STUDY_CORRECT)
    row = set_aside_for(tx, actor, set_aside_id)
    first = first_image(tx, row) or tx.session.scalar(_any_image(row))
    series = tx.session.get(Series, first.series_id) if first else None
    alike = select(func.count()).select_from(SetAside).where(
        SetAside.hospital_id == row.hospital_id,
        SetAside.study_instance_uid == row.study_instance_uid,
        SetAside.reason_code == row.reason_code,
        SetAside.decision == "",
        SetAside.id != row.id,
    )  # fmt: skip
    return SetAsideCase(
        id=row.id,
        reason_code=row.reason_code,
        reason=row.reason,
        study_instance_uid=row.study_instance_uid,
        sop_instance_uid=row.sop_instance_uid,
        digest=row.digest,
        first_digest=first.digest if first else None,
        study_id=series.study_id if series else None,
        decision=row.decision,
        decisions=DECISIONS.get(row.reason_code, ()),
        alike=tx.session.scalar(alike) or 0,
    )


def _any_image(row: SetAside) -> Any:
    return (
        select(Instance)
        .join(Series, Series.id == Instance.series_id)
        .join(Study, Study.id == Series.study_id)
        .where(Study.hospital_id == row.hospital_id, Study.study_instance_uid == row.study_instance_uid)
        .limit(1)
    )


def set_asides_alike(tx: Tx, actor: Actor, set_aside_id: str) -> list[tuple[str, str]]:
    """(id, digest) of the others that wait for the same study and reason, oldest first."""
    actor.check(Permission.STUDY_CORRECT)
    row = set_aside_for(tx, actor, set_aside_id)
    query = select(SetAside.id, SetAside.digest).where(
        SetAside.hospital_id == row.hospital_id,
        SetAside.study_instance_uid == row.study_instance_uid,
        SetAside.reason_code == row.reason_code,
        SetAside.decision == "",
        SetAside.id != row.id,
    )
    return [(one.id, one.digest) for one in tx.session.execute(query.order_by(SetAside.id))]


def set_aside_digests(tx: Tx, actor: Actor, set_aside_id: str) -> tuple[str, str] | None:
    """(the first image's, the file's) digest while nothing is decided; None otherwise. For the comparison alone."""
    if actor.kind is not ActorKind.SYSTEM:
        raise NotFound
    row = tx.session.get(SetAside, set_aside_id)
    first = first_image(tx, row) if row is not None and not row.decision else None
    return None if row is None or first is None else (first.digest, row.digest)
