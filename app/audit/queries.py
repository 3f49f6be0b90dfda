"""Reading the log: one's own hospital; the platform's administrator sees all."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, false, or_, select

from app.audit.kinds import AuditKind
from app.audit.models import AuditRecord
from app.base.actor import Actor, Permission, Role
from app.base.db import Tx

PAGE = 100


@dataclass(frozen=True)
class AuditFilter:
    """What is asked for; None means any. `who` is part of a name or an exact id."""

    who: str | None = None
    kind: AuditKind | None = None
    action: str | None = None
    subject: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    hospital_id: str | None = None  # the platform's administrator may narrow


@dataclass(frozen=True)
class AuditInfo:
    """One record as shown."""

    id: str
    at: datetime
    kind: AuditKind
    action: str
    outcome: int
    actor_kind: str
    actor_id: str
    actor_name: str
    actor_hospital_id: str | None
    address: str | None
    hospital_id: str | None
    subject_type: str
    subject_id: str
    detail: dict[str, Any]


@dataclass(frozen=True)
class AuditPage:
    """Newest first. `older` is what to pass as `before` for the next page, or None."""

    records: tuple[AuditInfo, ...]
    older: str | None


def list_records(
    tx: Tx, actor: Actor, wanted: AuditFilter, *, before: str | None = None, limit: int = PAGE
) -> AuditPage:
    """One page of the log that this actor may read."""
    actor.check(Permission.AUDIT_READ)
    query = _filtered(_visible(select(AuditRecord), actor), wanted)
    if before is not None:
        query = query.where(AuditRecord.id < before)
    rows = tx.session.scalars(query.order_by(AuditRecord.id.desc()).limit(limit + 1)).all()
    shown = tuple(_info(row) for row in rows[:limit])
    return AuditPage(shown, shown[-1].id if len(rows) > limit else None)


def was_read_by(
    tx: Tx, person_id: str, *, subject: tuple[str, str], hospital_id: str, since: datetime
) -> bool:
    """Whether somebody has read a thing (type and id) of this hospital since: for its own rules, not to be shown.

    Ids are in the order of time, so only what was recorded since the thing was made is looked through.
    """
    made = (AuditRecord.hospital_id == hospital_id, AuditRecord.id > subject[1], AuditRecord.at >= since)
    of_thing = (AuditRecord.subject_type == subject[0], AuditRecord.subject_id == subject[1])
    query = select(AuditRecord.id).where(*made, *of_thing, AuditRecord.action == "R")
    return tx.session.scalar(query.where(AuditRecord.actor_id == person_id).limit(1)) is not None


def _visible(query: Select[AuditRecord], actor: Actor) -> Select[AuditRecord]:
    if Role.PLATFORM_ADMINISTRATOR in actor.roles:
        return query
    return query.where(_about(actor.hospital_id) if actor.hospital_id else false())


def _about(hospital_id: str) -> ColumnElement[bool]:
    """Its own things, and what its own people did elsewhere."""
    return or_(AuditRecord.hospital_id == hospital_id, AuditRecord.actor_hospital_id == hospital_id)


def _filtered(query: Select[AuditRecord], wanted: AuditFilter) -> Select[AuditRecord]:
    if wanted.who:
        part = AuditRecord.actor_name.icontains(wanted.who, autoescape=True)
        query = query.where(or_(AuditRecord.actor_id == wanted.who, part))
    if wanted.kind:
        query = query.where(AuditRecord.kind == wanted.kind.value)
    if wanted.action:
        query = query.where(AuditRecord.action == wanted.action)
    if wanted.subject:
        query = query.where(
            or_(AuditRecord.subject_id == wanted.subject, AuditRecord.subject_type == wanted.subject)
        )
    if wanted.since:
        query = query.where(AuditRecord.at >= wanted.since)
    if wanted.until:
        query = query.where(AuditRecord.at < wanted.until)
    if wanted.hospital_id:
        query = query.where(_about(wanted.hospital_id))
    return query


def _info(row: AuditRecord) -> AuditInfo:
    return AuditInfo(
        id=row.id,
        at=row.at,
        kind=AuditKind(row.kind),
        action=row.action,
        outcome=row.outcome,
        actor_kind=row.actor_kind,
        actor_id=row.actor_id,
        actor_name=row.actor_name,
        actor_hospital_id=row.actor_hospital_id,
        address=row.address,
        hospital_id=row.hospital_id,
        subject_type=row.subject_type,
        subject_id=row.subject_id,
        detail=json.loads(row.detail),
    )
