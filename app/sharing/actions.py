"""Every write of patients' links."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, delete, select, update

from app.archive.access import home_of, study_for
from app.archive.grants import end_grants, grant_study
from app.archive.models import Patient, Study, StudyGrant
from app.archive.states import GranteeType
from app.audit.actions import Action, record
from app.audit.kinds import AuditKind, AuditType
from app.base.actor import Actor, Permission
from app.base.db import Tx
from app.base.errors import Conflict, Invalid, NotFound
from app.base.ids import new_id, new_secret
from app.base.signing import digest_of, equal
from app.sharing.access import link_by_token, link_for
from app.sharing.answers import answer_digest, new_code, normal_answer
from app.sharing.factors import factors_of, known_answer
from app.sharing.lifecycle import state_of
from app.sharing.models import LinkOpening, LinkSession, PatientLink
from app.sharing.states import Factor, LinkState, Outcome

MOST_WRONG_TRIES = 5
SESSION = timedelta(hours=4)
MOST_TEXT = 10_000
_AGENT_LENGTH = 200


@dataclass(frozen=True)
class NewLink:
    """The only moment the secret is known; `code` is to be printed, where one is asked for."""

    id: str
    token: str
    code: str | None


@dataclass(frozen=True)
class Attempt:
    """How an answer fared. `session_token` goes into the cookie of a browser that answered rightly."""

    outcome: Outcome
    tries_left: int
    session_token: str | None = None


def create_link(
    tx: Tx, actor: Actor, *, study_id: str, factor: Factor, text: str, days: int, most_days: int
) -> NewLink:
    """Shows one study of the actor's own hospital to its patient until the expiry."""
    actor.check(Permission.LINK_MANAGE)
    study = _own_study(tx, actor, study_id)
    _check_wish(text, days, most_days)
    birth_date = study.patient.birth_date
    if factor not in factors_of(birth_date):
        raise Invalid("factor_unknown", "What this link would ask is not known of the patient.")
    token = new_secret(128)
    code = new_code() if factor == Factor.CODE else None
    link = PatientLink(
        id=new_id(),
        study_id=study.id,
        hospital_id=study.hospital_id,
        made_by_id=actor.id,
        made_by_name=actor.name,
        token_digest=digest_of(token),
        factor=factor,
        answer_digest=answer_digest(token, code or known_answer(birth_date, factor)),
        text=text.strip(),
        created_at=tx.now,
        expires_at=tx.now + timedelta(days=days),
    )
    tx.session.add(link)
    tx.session.flush()
    _grant(tx, actor, link)
    _record(
        tx, actor, link, AuditKind.EXPORT, "C", {"study_id": study.id, "days": days, "factor": factor.value}
    )
    return NewLink(link.id, token, code)


def _own_study(tx: Tx, actor: Actor, study_id: str) -> Study:
    """A study lent by another hospital is not ours to hand on."""
    study = study_for(tx, actor, study_id)
    if study.hospital_id != actor.hospital_id:
        raise NotFound
    return study


def _check_wish(text: str, days: int, most_days: int) -> None:
    if not 1 <= days <= most_days:
        raise Invalid("bad_days", "Choose between 1 and {most} days.", most=most_days)
    if not text.strip():
        raise Invalid("no_text", "Write a few plain sentences for the patient.")
    if len(text) > MOST_TEXT:
        raise Invalid("text_too_long", "The text for the patient is too long.")


def _grant(tx: Tx, actor: Actor, link: PatientLink) -> None:
    grant_study(
        tx,
        actor,
        study_id=link.study_id,
        grantee_type=GranteeType.LINK,
        grantee_id=link.id,
        scope="view",
        expires_at=link.expires_at,
        reason="patient link",
        reason_ref=grant_ref(link.id),
    )


def grant_ref(link_id: str) -> str:
    return f"patient-link:{link_id}"


def revoke_link(tx: Tx, actor: Actor, *, link_id: str) -> None:
    """Takes a link back, at once, from browsers that have it open too."""
    actor.check(Permission.LINK_MANAGE)
    link = link_for(tx, actor, link_id)
    if state_of(link, tx.now) == LinkState.REVOKED:
        raise Conflict("link_revoked", "This link had been taken back already.")
    link.revoked_at = tx.now
    _end_sessions(tx, link)
    end_grants(tx, actor, reason_ref=grant_ref(link.id), at=tx.now)
    _record(tx, actor, link, AuditKind.EXPORT, "D", {"study_id": link.study_id})


def end_links_of(tx: Tx, actor: Actor, *, study_id: str) -> int:
    """The study was destroyed: its links end. How many did."""
    actor.check(Permission.STUDY_DELETE)
    return _end_all(tx, actor, _in_force(study_id), study_id, "destroyed")


def end_links_of_another_person(tx: Tx, actor: Actor, *, study_id: str) -> int:
    """The study went to another person, and the rights of those who saw it as its patient ended: so do their links.
    Links made since stay. How many ended.
    """
    actor.check(Permission.STUDY_CORRECT)
    alive = select(StudyGrant.id).where(
        StudyGrant.grantee_type == GranteeType.LINK,
        StudyGrant.grantee_id == PatientLink.id,
        StudyGrant.expires_at > tx.now,
    )
    return _end_all(tx, actor, _in_force(study_id).where(~alive.exists()), study_id, "another person")


def _in_force(study_id: str) -> Select[PatientLink]:
    return select(PatientLink).where(PatientLink.study_id == study_id, PatientLink.revoked_at.is_(None))


def _end_all(tx: Tx, actor: Actor, query: Select[PatientLink], study_id: str, because: str) -> int:
    links = tx.session.scalars(query).all()
    for link in links:
        link.revoked_at = tx.now
        _end_sessions(tx, link)
        _record(tx, actor, link, AuditKind.EXPORT, "D", {"study_id": study_id, "because": because})
    return len(links)


def _end_sessions(tx: Tx, link: PatientLink) -> None:
    ended = update(LinkSession).where(LinkSession.link_id == link.id, LinkSession.ended_at.is_(None))
    tx.session.execute(ended.values(ended_at=tx.now))


def answer_link(tx: Tx, actor: Actor, *, token: str, answer: str, agent: str) -> Attempt:
    """One try at the question. A wrong one is counted, so it returns instead of raising: the caller commits it.

    Raises NotFound where there is no such link, Invalid where the answer cannot be one (not counted).
    """
    link = link_by_token(tx, token, for_update=True)
    if link.locked_at is not None:
        return _note(tx, actor, link, Outcome.LOCKED, agent)
    given = normal_answer(Factor(link.factor), answer)
    if equal(answer_digest(token, given), _right_answer(tx, link, token)):
        return _note(tx, actor, link, Outcome.OPENED, agent)
    link.wrong_tries += 1
    if link.wrong_tries >= MOST_WRONG_TRIES:
        link.locked_at = tx.now
        _record(tx, actor, link, AuditKind.SECURITY_ALERT, "E", {"what": "link locked"}, outcome=8)
    return _note(tx, actor, link, Outcome.WRONG, agent)


def _right_answer(tx: Tx, link: PatientLink, token: str) -> str:
    """Its digest: of the birth date as it is known now, because somebody may have put it right since."""
    factor = Factor(link.factor)
    if factor == Factor.CODE:
        return link.answer_digest
    born = select(Patient.birth_date).join(Study, Study.patient_id == Patient.id)
    known = known_answer(tx.session.scalar(born.where(Study.id == home_of(link.study_id))) or "", factor)
    is_whole = len(known) == (4 if factor == Factor.BIRTH_YEAR else 8)
    return answer_digest(token, known) if is_whole else link.answer_digest


def _note(tx: Tx, actor: Actor, link: PatientLink, outcome: Outcome, agent: str) -> Attempt:
    opening = LinkOpening(
        id=new_id(),
        link_id=link.id,
        at=tx.now,
        outcome=outcome,
        address=(actor.address or "")[:64],
        agent=agent[:_AGENT_LENGTH],
    )
    tx.session.add(opening)
    done = outcome == Outcome.OPENED
    detail = {"tries_left": MOST_WRONG_TRIES - link.wrong_tries}
    _record(tx, actor, link, AuditKind.USER_AUTHENTICATION, "E", detail, outcome=0 if done else 4)
    tx.session.flush()
    left = MOST_WRONG_TRIES - link.wrong_tries
    return Attempt(outcome, left, _new_session(tx, link) if done else None)


def _new_session(tx: Tx, link: PatientLink) -> str:
    token = new_secret()
    session = LinkSession(
        id=new_id(),
        link_id=link.id,
        token_digest=digest_of(token),
        created_at=tx.now,
        expires_at=min(tx.now + SESSION, link.expires_at),
    )
    tx.session.add(session)
    tx.session.flush()
    return token


def end_link_session(tx: Tx, actor: Actor) -> None:
    """The patient closes the result, for instance on a shared telephone."""
    ended = update(LinkSession).where(LinkSession.id == actor.session_id, LinkSession.ended_at.is_(None))
    tx.session.execute(ended.values(ended_at=tx.now))
    link = tx.session.get(PatientLink, actor.id)
    if link is not None:
        _record(tx, actor, link, AuditKind.USER_AUTHENTICATION, "E", {"type": AuditType.LOGOUT})


def drop_old_sessions(tx: Tx, actor: Actor) -> None:
    """Periodic: sessions that ended by themselves a day ago."""
    actor.check(Permission.LINK_MANAGE)
    tx.session.execute(delete(LinkSession).where(LinkSession.expires_at < tx.now - timedelta(days=1)))


def _record(
    tx: Tx,
    actor: Actor,
    link: PatientLink,
    kind: AuditKind,
    action: Action,
    detail: dict[str, Any],
    outcome: int = 0,
) -> None:
    record(
        tx,
        actor,
        kind,
        action,
        outcome=outcome,
        subject_type="patient_link",
        subject_id=link.id,
        hospital_id=link.hospital_id,
        detail=detail,
    )
