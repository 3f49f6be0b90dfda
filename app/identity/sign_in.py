"""Signing in and out: limits, sessions, sign-in through a hospital's identity provider."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, select

from app.audit.actions import record
from app.audit.kinds import AuditKind, AuditType
from app.base import limits
from app.base.actor import Actor, ActorKind
from app.base.db import Tx, conflict_as
from app.base.errors import Invalid, NotFound, Unauthenticated
from app.base.events import announce
from app.base.ids import new_secret
from app.base.signing import digest_of, equal
from app.identity.models import Hospital, Invitation, OidcFlow, Person, WebSession
from app.identity.queries import live_invitation, person_actor

FLOW_LIFETIME = timedelta(minutes=10)

# Tries in a quarter of an hour. A hospital behind one address shares the last; nobody can lock a colleague out
# from elsewhere with few tries, because the first counts login and address together.
WINDOW = 900
TRIES_OF_LOGIN_AT_ADDRESS = 10
TRIES_OF_LOGIN = 50
TRIES_OF_ADDRESS = 300


@dataclass(frozen=True)
class SessionTimes:
    """How long a session lasts: without use, and at most."""

    idle_minutes: int
    hours: int


@dataclass(frozen=True)
class Attempt:
    """Between counting a try and verifying its password, which happens outside transactions."""

    login: str
    person_id: str | None
    password_hash: str | None


@dataclass(frozen=True)
class StartedSession:
    """`token` goes into the browser's cookie and is kept nowhere else."""

    id: str
    token: str
    person_id: str
    language: str | None


@dataclass(frozen=True)
class StartedFlow:
    """What the browser takes along to the identity provider, and the cookie it must come back with."""

    state: str
    browser_secret: str
    nonce: str
    code_verifier: str


@dataclass(frozen=True)
class TakenFlow:
    """What was remembered of a sign-in that came back."""

    issuer: str
    hospital_slug: str
    nonce: str
    code_verifier: str
    invitation_id: str | None
    next: str


def visitor(address: str | None) -> Actor:
    """Somebody who has not signed in: allowed nothing, but named in the audit by address."""
    return Actor(kind=ActorKind.PERSON, id="visitor", name="", hospital_id=None, address=address)


def begin_sign_in(tx: Tx, actor: Actor, *, login: str) -> Attempt:
    """Counts the try, in a transaction of its own. Raises TooMany with the seconds to wait."""
    name, address = login.strip().lower()[:80], actor.address or ""
    for kind, key, most in (
        ("sign-in", f"{name}\n{address}", TRIES_OF_LOGIN_AT_ADDRESS),
        ("sign-in-login", name, TRIES_OF_LOGIN),
        ("sign-in-address", address, TRIES_OF_ADDRESS),
    ):
        limits.hit(tx, kind, key, limit=most, seconds=WINDOW)
    person = tx.session.scalar(select(Person).where(Person.login == name, Person.active))
    return Attempt(name, person.id if person else None, person.password_hash if person else None)


def count_password_try(tx: Tx, actor: Actor) -> None:
    """Before one's own password is verified for a change, in a transaction of its own. Raises TooMany."""
    limits.hit(tx, "own-password", actor.id, limit=TRIES_OF_LOGIN_AT_ADDRESS, seconds=WINDOW)


def count_link_try(tx: Tx, actor: Actor) -> None:
    """Before a one-time link is looked up, in a transaction of its own. Raises TooMany."""
    limits.hit(tx, "one-time-link", actor.address or "", limit=TRIES_OF_ADDRESS, seconds=WINDOW)


def sign_in(
    tx: Tx, actor: Actor, *, attempt: Attempt, password_correct: bool, times: SessionTimes, browser: str = ""
) -> StartedSession | None:
    """Starts a session, or records the refusal and returns None (so that the record is kept)."""
    person = tx.session.get(Person, attempt.person_id) if attempt.person_id else None
    unchanged = person is not None and person.password_hash == attempt.password_hash
    if person is None or not (password_correct and person.active and unchanged):
        hospital_id = person.hospital_id if person else None
        _record(tx, actor, AuditType.LOGIN, attempt.person_id or "unknown", hospital_id, outcome=4)
        return None
    limits.forget(tx, "sign-in", f"{attempt.login}\n{actor.address or ''}")
    return start_session(tx, actor, person, method="password", times=times, browser=browser)


def start_session(
    tx: Tx, actor: Actor, person: Person, *, method: str, times: SessionTimes, browser: str
) -> StartedSession:
    """For this room: somebody has proved who they are."""
    token = new_secret()
    latest = tx.now + timedelta(hours=times.hours)
    row = WebSession(
        token_hash=digest_of(token),
        person_id=person.id,
        csrf_token=new_secret(),
        method=method,
        address=actor.address,
        browser=browser[:60],
        created_at=tx.now,
        last_seen_at=tx.now,
        expires_at=min(latest, tx.now + timedelta(minutes=times.idle_minutes)),
        latest_at=latest,
    )
    tx.session.add(row)
    tx.session.flush()
    signed_in = person_actor(person, session_id=row.id, address=actor.address)
    _record(tx, signed_in, AuditType.LOGIN, person.id, person.hospital_id, method=method)
    return StartedSession(row.id, token, person.id, person.language)


def touch_session(tx: Tx, *, session_id: str, idle_minutes: int) -> None:
    """Use lets the expiry slide, up to the session's latest moment. Not audited."""
    row = tx.session.get(WebSession, session_id)
    if row is not None and row.ended_at is None:
        row.last_seen_at = tx.now
        row.expires_at = min(row.latest_at, tx.now + timedelta(minutes=idle_minutes))


def sign_out(tx: Tx, actor: Actor) -> None:
    """Ends the actor's present session."""
    row = tx.session.get(WebSession, actor.session_id) if actor.session_id else None
    if row is not None:
        _end(tx, row)
        _record(tx, actor, AuditType.LOGOUT, actor.id, actor.hospital_id, reason="signed out")


def end_session(tx: Tx, actor: Actor, *, session_id: str) -> None:
    """Ends another of one's own sessions. Raises NotFound for anybody else's."""
    row = tx.session.get(WebSession, session_id)
    if row is None or row.person_id != actor.id:
        raise NotFound
    _end(tx, row)
    _record(tx, actor, AuditType.LOGOUT, actor.id, actor.hospital_id, reason="ended elsewhere")


def revoke_sessions(
    tx: Tx, actor: Actor, *, person_id: str, reason: str, keep: str | None = None, method: str | None = None
) -> int:
    """Ends a person's sessions but the kept one. Called by actions that have checked the right; audited as sign-out."""
    query = select(WebSession).where(WebSession.person_id == person_id, WebSession.ended_at.is_(None))
    if method is not None:
        query = query.where(WebSession.method == method)
    rows = [row for row in tx.session.scalars(query) if row.id != keep]
    for row in rows:
        _end(tx, row)
    if rows:
        _record(
            tx, actor, AuditType.LOGOUT, person_id, rows[0].person.hospital_id, reason=reason, count=len(rows)
        )
    return len(rows)


def _end(tx: Tx, row: WebSession) -> None:
    row.ended_at = row.ended_at or tx.now
    announce(tx, f"session:{row.id}", "session.ended", {})


def start_oidc_flow(
    tx: Tx,
    actor: Actor,
    *,
    issuer: str,
    hospital_slug: str,
    next_path: str,
    invitation_token: str | None = None,
) -> StartedFlow:
    """Remembers a sign-in that goes to the identity provider, for ten minutes."""
    limits.hit(tx, "sign-in-address", actor.address or "", limit=TRIES_OF_ADDRESS, seconds=WINDOW)
    tx.session.execute(delete(OidcFlow).where(OidcFlow.expires_at < tx.now))
    invited = live_invitation(tx, invitation_token).id if invitation_token else None
    flow = StartedFlow(new_secret(), new_secret(), new_secret(), new_secret(384))
    tx.session.add(
        OidcFlow(
            state_hash=digest_of(flow.state),
            browser_hash=digest_of(flow.browser_secret),
            issuer=issuer,
            hospital_slug=hospital_slug,
            nonce=flow.nonce,
            code_verifier=flow.code_verifier,
            invitation_id=invited,
            next=next_path[:500],
            expires_at=tx.now + FLOW_LIFETIME,
        )
    )
    return flow


def take_oidc_flow(tx: Tx, actor: Actor, *, state: str, browser_secret: str) -> TakenFlow | None:
    """Takes the sign-in this state belongs to, once, in a transaction of its own. None, recorded, when there is
    none or it was begun by another browser: a replayed or forged answer.
    """
    row = tx.session.get(OidcFlow, digest_of(state), with_for_update=True)
    if row is not None:
        tx.session.delete(row)
    if row is None or row.expires_at <= tx.now or not equal(row.browser_hash, digest_of(browser_secret)):
        _record(tx, actor, AuditType.LOGIN, "unknown", None, outcome=8, method="oidc", reason="state")
        return None
    return TakenFlow(row.issuer, row.hospital_slug, row.nonce, row.code_verifier, row.invitation_id, row.next)


def finish_oidc_sign_in(
    tx: Tx,
    actor: Actor,
    *,
    issuer: str,
    subject: str,
    hospital_slug: str,
    invitation_id: str | None,
    times: SessionTimes,
    browser: str = "",
) -> StartedSession | None:
    """Starts a session for whom (issuer, subject) was linked to or is invited; else records and returns None.

    Nothing else about the account counts: an e-mail address proves nothing here.
    """
    if invitation_id is not None:
        _link_by_invitation(tx, actor, invitation_id, issuer, subject, hospital_slug)
    person = tx.session.scalar(
        select(Person).where(Person.oidc_issuer == issuer, Person.oidc_subject == subject, Person.active)
    )
    if person is None or person.hospital is None or person.hospital.slug != hospital_slug:
        _record(tx, actor, AuditType.LOGIN, "unknown", None, outcome=4, method="oidc", reason="not linked")
        return None
    return start_session(tx, actor, person, method="oidc", times=times, browser=browser)


def record_oidc_refusal(tx: Tx, actor: Actor, *, hospital_slug: str, reason: str) -> None:
    """The provider's answer did not hold: wrong signature, claim, key or code."""
    home = tx.session.scalar(select(Hospital.id).where(Hospital.slug == hospital_slug))
    _record(tx, actor, AuditType.LOGIN, "unknown", home, outcome=8, method="oidc", reason=reason)


def _link_by_invitation(
    tx: Tx, actor: Actor, invitation_id: str, issuer: str, subject: str, hospital_slug: str
) -> None:
    row = tx.session.get(Invitation, invitation_id, with_for_update=True)
    if row is None or row.used_at is not None or row.expires_at <= tx.now:
        raise Unauthenticated("invitation_unknown", "This link has been used already or is too old.")
    if row.person.hospital is None or row.person.hospital.slug != hospital_slug:
        raise Invalid("wrong_provider", "This identity provider belongs to another hospital.")
    with conflict_as("subject_taken", "This account of the identity provider already belongs to somebody."):
        row.used_at = tx.now
        row.person.oidc_issuer, row.person.oidc_subject = issuer, subject
        tx.session.flush()
    record(
        tx,
        person_actor(row.person, session_id=None, address=actor.address),
        AuditKind.SECURITY_ALERT,
        "U",
        subject_type="person",
        subject_id=row.person_id,
        hospital_id=row.person.hospital_id,
        detail={"type": AuditType.USER_CHANGED, "invitation": "accepted", "oidc": True},
    )


def _record(
    tx: Tx,
    actor: Actor,
    type_: AuditType,
    person_id: str,
    hospital_id: str | None,
    *,
    outcome: int = 0,
    **detail: object,
) -> None:
    record(
        tx,
        actor,
        AuditKind.USER_AUTHENTICATION,
        "E",
        outcome=outcome,
        subject_type="person",
        subject_id=person_id,
        hospital_id=hospital_id,
        detail={"type": type_, **detail},
    )
