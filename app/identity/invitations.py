"""One-time links: a new person's first password, or another after the old one is lost."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from app.audit.actions import record
from app.audit.kinds import AuditKind, AuditType
from app.base.actor import Actor
from app.base.db import Tx
from app.base.ids import new_secret
from app.base.signing import digest_of
from app.identity import access
from app.identity.models import Invitation, Person
from app.identity.queries import PersonInfo, live_invitation, person_actor, person_info
from app.identity.sign_in import revoke_sessions

LIFETIME = {"join": timedelta(days=7), "reset": timedelta(days=1)}


@dataclass(frozen=True)
class IssuedInvitation:
    """`token` is told once and kept as a digest."""

    token: str
    person_id: str
    expires_at: datetime


def invite_person(tx: Tx, actor: Actor, *, person_id: str) -> IssuedInvitation:
    """A link, valid seven days, with which the person chooses a password. Earlier links stop working."""
    return _issue(tx, actor, access.person_for(tx, actor, person_id), "join")


def issue_reset(tx: Tx, actor: Actor, *, person_id: str) -> IssuedInvitation:
    """For a lost or stolen password: the old one and all sessions end now; the link is valid one day."""
    person = access.person_for(tx, actor, person_id)
    person.password_hash = None
    revoke_sessions(tx, actor, person_id=person.id, reason="reset")
    return _issue(tx, actor, person, "reset")


def _issue(tx: Tx, actor: Actor, person: Person, purpose: str) -> IssuedInvitation:
    _spend_all(tx, person.id)
    token, expires_at = new_secret(), tx.now + LIFETIME[purpose]
    tx.session.add(
        Invitation(
            token_hash=digest_of(token),
            person_id=person.id,
            purpose=purpose,
            created_at=tx.now,
            created_by=actor.id,
            expires_at=expires_at,
        )
    )
    _audit(tx, actor, person, purpose)
    return IssuedInvitation(token, person.id, expires_at)


def _spend_all(tx: Tx, person_id: str) -> None:
    open_ones = select(Invitation).where(Invitation.person_id == person_id, Invitation.used_at.is_(None))
    for row in tx.session.scalars(open_ones):
        row.used_at = tx.now


def accept_invitation(tx: Tx, actor: Actor, *, token: str, password_hash: str) -> PersonInfo:
    """Whoever holds the link sets the password. Raises NotFound when the link was used or is too old."""
    row = live_invitation(tx, token)
    person = row.person
    _spend_all(tx, person.id)
    person.password_hash = password_hash
    oneself = person_actor(person, session_id=None, address=actor.address)
    _audit(tx, oneself, person, "accepted")
    revoke_sessions(tx, oneself, person_id=person.id, reason="password")
    return person_info(tx, person.id)


def _audit(tx: Tx, actor: Actor, person: Person, what: str) -> None:
    record(
        tx,
        actor,
        AuditKind.SECURITY_ALERT,
        "U",
        subject_type="person",
        subject_id=person.id,
        hospital_id=person.hospital_id,
        detail={"type": AuditType.USER_CHANGED, "invitation": what},
    )
