"""Reads about accounts: as the person's administrator, or the person, may know them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.base.actor import Actor
from app.base.db import Tx
from app.base.errors import NotFound
from app.identity import access
from app.identity.models import Invitation, Person, WebSession
from app.identity.queries import PersonInfo, info_of


@dataclass(frozen=True)
class AccountInfo:
    """A person as their administrator knows them."""

    person: PersonInfo
    login: str
    email: str | None
    language: str | None
    has_password: bool
    oidc_issuer: str | None
    oidc_subject: str | None
    invited_until: datetime | None  # an invitation or reset link that has not been used
    last_seen_at: datetime | None


@dataclass(frozen=True)
class OwnSession:
    """One line in the list of one's own sessions."""

    id: str
    browser: str
    address: str | None
    created_at: datetime
    last_seen_at: datetime
    current: bool


def accounts_of(tx: Tx, actor: Actor, hospital_id: str | None) -> tuple[AccountInfo, ...]:
    """Everybody of a hospital for its administrator; None: the platform's own people."""
    access.check_people_of(actor, hospital_id)
    query = select(Person).where(Person.hospital_id == hospital_id)
    rows = tx.session.scalars(query.order_by(Person.active.desc(), Person.name)).all()
    return tuple(_account(tx, row) for row in rows)


def account(tx: Tx, actor: Actor, person_id: str) -> AccountInfo:
    """One person for their administrator. Raises NotFound."""
    return _account(tx, access.person_for(tx, actor, person_id))


def own_account(tx: Tx, actor: Actor) -> AccountInfo:
    """The signed-in person's own."""
    found = tx.session.get(Person, actor.id)
    if found is None:
        raise NotFound
    return _account(tx, found)


def _account(tx: Tx, row: Person) -> AccountInfo:
    invited = tx.session.scalar(
        select(Invitation.expires_at)
        .where(Invitation.person_id == row.id, Invitation.used_at.is_(None), Invitation.expires_at > tx.now)
        .order_by(Invitation.expires_at.desc())
        .limit(1)
    )
    seen = tx.session.scalar(
        select(WebSession.last_seen_at)
        .where(WebSession.person_id == row.id)
        .order_by(WebSession.last_seen_at.desc())
        .limit(1)
    )
    return AccountInfo(
        person=info_of(row),
        login=row.login,
        email=row.email,
        language=row.language,
        has_password=row.password_hash is not None,
        oidc_issuer=row.oidc_issuer,
        oidc_subject=row.oidc_subject,
        invited_until=invited,
        last_seen_at=seen,
    )


def password_hash_of(tx: Tx, actor: Actor) -> str | None:
    """The signed-in person's own hash, to be verified outside the transaction before a change."""
    found = tx.session.get(Person, actor.id)
    return found.password_hash if found is not None else None


def own_sessions(tx: Tx, actor: Actor) -> tuple[OwnSession, ...]:
    """Where the actor is signed in, latest first."""
    rows = tx.session.scalars(
        select(WebSession)
        .where(
            WebSession.person_id == actor.id, WebSession.ended_at.is_(None), WebSession.expires_at > tx.now
        )
        .order_by(WebSession.last_seen_at.desc())
    )
    return tuple(
        OwnSession(
            row.id, row.browser, row.address, row.created_at, row.last_seen_at, row.id == actor.session_id
        )
        for row in rows
    )
