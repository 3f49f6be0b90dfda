"""Rights to studies, and openings under them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_, select, update

from app.archive.access import home_of, study_for
from app.archive.events import announce_study_listed
from app.archive.models import Study, StudyGrant, StudyOpening
from app.archive.states import OWN_HOSPITAL, GranteeType
from app.audit.actions import record
from app.audit.kinds import AuditKind, AuditType
from app.base.actor import Actor, ActorKind, Permission
from app.base.db import Tx, insert_once
from app.base.errors import Invalid, NotFound
from app.base.ids import new_id, new_secret
from app.base.jobs import enqueue
from app.base.signing import digest_of

PERSON_CHANGED = "study.person_changed"  # the job; its subject is the study


def grant_study(
    tx: Tx,
    actor: Actor,
    *,
    study_id: str,
    grantee_type: GranteeType,
    grantee_id: str,
    scope: str,
    expires_at: datetime | None,
    reason: str,
    reason_ref: str,
    permission: Permission | None = None,
) -> str:
    """Gives a right, or gives it again with another expiry; its id. Only the study's own hospital can; somebody
    else only what it once gave for the same reason (a consult opened again).

    `permission`: of the grantee's people only those who have it; what was given once keeps it.
    """
    if not reason_ref:
        raise Invalid("no_reason", "A right to a study needs a reason. Name one.")
    study_id = tx.session.scalar(select(home_of(study_id))) or study_id
    known = _known_grant(tx, study_id, grantee_type, grantee_id, reason, reason_ref)
    study = tx.session.get(Study, study_id) if known is not None else study_for(tx, actor, study_id)
    if study is None or (known is None and not _is_own(actor, study)):
        raise NotFound
    grant_id = known or new_id()
    if known is None:
        insert_once(
            tx,
            StudyGrant,
            id=grant_id,
            study_id=study_id,
            grantee_type=grantee_type,
            grantee_id=grantee_id,
            permission=permission,
            scope=scope,
            expires_at=expires_at,
            reason=reason,
            reason_ref=reason_ref,
            created_at=tx.now,
            created_by=actor.id,
        )
    else:
        tx.session.execute(update(StudyGrant).where(StudyGrant.id == known).values(expires_at=expires_at))
    detail = {
        "grantee": f"{grantee_type}:{grantee_id}",
        "permission": permission,
        "until": expires_at.isoformat() if expires_at else None,
        "reason": reason,
        "reason_ref": reason_ref,
    }
    _record(tx, actor, "C", study_id, study.hospital_id, detail)
    announce_study_listed(tx, study_id)
    return grant_id


def grant_as(tx: Tx, actor: Actor, *, gone: Study, kept: Study) -> list[str]:
    """Whoever was given a study sees the one it is merged into, for the same reason and as long. The ids of the rights
    that are new; part of an action.
    """
    given = select(StudyGrant).where(StudyGrant.study_id == gone.id, StudyGrant.reason != OWN_HOSPITAL)
    added = []
    for row in tx.session.scalars(given.order_by(StudyGrant.id)):
        columns = {column.key: getattr(row, column.key) for column in StudyGrant.__mapper__.column_attrs}
        grant_id = new_id()
        if insert_once(tx, StudyGrant, **(columns | {"id": grant_id, "study_id": kept.id})):
            added.append(grant_id)
            detail = {"grantee": f"{row.grantee_type}:{row.grantee_id}", "reason": row.reason}
            _record(tx, actor, "C", kept.id, kept.hospital_id, detail | {"merged": gone.id})
    return added


def take_back_grants(tx: Tx, actor: Actor, *, study: Study, grant_ids: Sequence[str]) -> None:
    """The merge is undone: who was given the other study has that one alone again. Part of an action."""
    announce_study_listed(tx, study.id)  # while those who lose it can still be told
    ended = delete(StudyGrant).where(StudyGrant.study_id == study.id, StudyGrant.id.in_(grant_ids))
    for grant_id in tx.session.scalars(ended.returning(StudyGrant.id)):
        _record(tx, actor, "D", study.id, study.hospital_id, {"grant": grant_id})


def _is_own(actor: Actor, study: Study) -> bool:
    return actor.kind is ActorKind.SYSTEM or study.hospital_id == actor.hospital_id


def _known_grant(
    tx: Tx, study_id: str, grantee_type: GranteeType, grantee_id: str, reason: str, reason_ref: str
) -> str | None:
    return tx.session.scalar(
        select(StudyGrant.id).where(
            StudyGrant.study_id == study_id,
            StudyGrant.grantee_type == grantee_type,
            StudyGrant.grantee_id == grantee_id,
            StudyGrant.reason == reason,
            StudyGrant.reason_ref == reason_ref,
        )
    )


def _record(
    tx: Tx, actor: Actor, action: str, study_id: str, hospital_id: str, detail: Mapping[str, Any]
) -> None:
    record(
        tx,
        actor,
        AuditKind.SECURITY_ALERT,
        "C" if action == "C" else "D",
        subject_type="study",
        subject_id=study_id,
        hospital_id=hospital_id,
        detail={"type": AuditType.OBJECT_RIGHTS_CHANGED, **detail},
    )


def end_grants(
    tx: Tx, actor: Actor, *, reason_ref: str, at: datetime, grantee_ids: Collection[str] | None = None
) -> int:
    """All rights given for this reason (to these) end `at` that moment, unless they end earlier. How many changed."""
    if not reason_ref:
        raise Invalid("no_reason", "A right to a study needs a reason. Name one.")
    later = or_(StudyGrant.expires_at.is_(None), StudyGrant.expires_at > at)
    query = (
        select(StudyGrant.id, StudyGrant.study_id, Study.hospital_id)
        .join(Study, Study.id == StudyGrant.study_id)
        .where(StudyGrant.reason_ref == reason_ref, later)
    )
    if grantee_ids is not None:
        query = query.where(StudyGrant.grantee_id.in_(grantee_ids))
    found = tx.session.execute(query).all()
    for study_id in sorted({study_id for _, study_id, _ in found}):
        announce_study_listed(tx, study_id)  # while those who lose it can still be told
    for grant_id, study_id, hospital_id in found:
        tx.session.execute(update(StudyGrant).where(StudyGrant.id == grant_id).values(expires_at=at))
        _record(tx, actor, "D", study_id, hospital_id, {"until": at.isoformat(), "reason_ref": reason_ref})
    return len(found)


def end_patients_views(tx: Tx, actor: Actor, *study_ids: str) -> None:
    """The studies turned out to be of another person: who sees them as their patient sees them no more, from this
    transaction on. The job tells those who keep the links. Part of an action.
    """
    alive = or_(StudyGrant.expires_at.is_(None), StudyGrant.expires_at > tx.now)
    query = (
        select(StudyGrant.id, StudyGrant.study_id, Study.hospital_id)
        .join(Study, Study.id == StudyGrant.study_id)
        .where(StudyGrant.study_id.in_(study_ids), StudyGrant.grantee_type == GranteeType.LINK, alive)
    )
    found = tx.session.execute(query).all()
    for grant_id, study_id, hospital_id in found:
        tx.session.execute(update(StudyGrant).where(StudyGrant.id == grant_id).values(expires_at=tx.now))
        _record(tx, actor, "D", study_id, hospital_id, {"grant": grant_id, "because": "another patient"})
    for study_id in sorted({study_id for _, study_id, _ in found}):
        enqueue(tx, PERSON_CHANGED, study_id)


@dataclass(frozen=True)
class Opening:
    """A study opened. `key` stands in frame addresses and is told once."""

    id: str
    study_id: str
    key: str


def open_study(tx: Tx, actor: Actor, *, study_id: str, session_id: str) -> Opening:
    """Opens a study for one session; audited here, once, and not again for each frame."""
    actor.check(Permission.STUDY_READ)
    study = study_for(tx, actor, study_id)
    opening = Opening(new_id(), study.id, new_secret())
    tx.session.add(
        StudyOpening(
            id=opening.id,
            key_hash=digest_of(opening.key),
            study_id=study.id,
            session_id=session_id,
            actor_id=actor.id,
            opened_at=tx.now,
        )
    )
    record(
        tx,
        actor,
        AuditKind.INSTANCES_ACCESSED,
        "R",
        subject_type="study",
        subject_id=study.id,
        hospital_id=study.hospital_id,
        detail={"opening": opening.id},
    )
    return opening
