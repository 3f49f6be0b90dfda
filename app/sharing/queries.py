"""Every read of patients' links."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select

from app.archive.access import parts_of, study_for
from app.archive.models import Patient, Study
from app.archive.names import display
from app.base.actor import Actor, ActorKind, Permission
from app.base.db import Tx
from app.base.errors import NotFound, Unauthenticated
from app.base.signing import digest_of
from app.identity.queries import hospital
from app.reporting.queries import reports_of_study
from app.sharing.access import link_by_token, link_for
from app.sharing.actions import MOST_WRONG_TRIES
from app.sharing.factors import factors_of
from app.sharing.lifecycle import state_of
from app.sharing.models import LinkOpening, LinkSession, PatientLink
from app.sharing.states import Factor, LinkState, Outcome


@dataclass(frozen=True)
class LinkInfo:
    """A link as its hospital knows it; never its secret."""

    id: str
    study_id: str
    patient_name: str
    study_date: str
    study_description: str
    state: LinkState
    factor: Factor
    made_by_name: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    opened: int
    last_opened_at: datetime | None
    text: str


@dataclass(frozen=True)
class OpeningInfo:
    at: datetime
    outcome: Outcome
    address: str
    agent: str


@dataclass(frozen=True)
class LinkOffer:
    """What the form for a new link starts from."""

    factors: tuple[Factor, ...]
    birth_date: str
    text: str


@dataclass(frozen=True)
class LinkFront:
    """What the holder of a link is shown before the question is answered: who issued it, and the question."""

    hospital_name: str
    factor: Factor
    locked: bool
    tries_left: int


@dataclass(frozen=True)
class LinkResult:
    """What the patient is shown."""

    study_id: str
    hospital_name: str
    made_by_name: str
    created_at: datetime
    expires_at: datetime
    text: str


def link_offer(tx: Tx, actor: Actor, study_id: str) -> LinkOffer:
    """Which questions can be asked, and the text to begin with: what a doctor wrote for the patient, or concluded."""
    actor.check(Permission.LINK_MANAGE)
    study = study_for(tx, actor, study_id)
    if study.hospital_id != actor.hospital_id:
        raise NotFound
    reports = reports_of_study(tx, actor, study_id)
    texts = [report.patient_text or report.conclusion for report in reports]
    birth_date = study.patient.birth_date
    return LinkOffer(factors_of(birth_date), birth_date, next((text for text in texts if text), ""))


def links_of_study(tx: Tx, actor: Actor, study_id: str) -> list[LinkInfo]:
    """Newest first."""
    actor.check(Permission.LINK_MANAGE)
    study = study_for(tx, actor, study_id)
    return _infos(tx, _of_hospital(actor).where(PatientLink.study_id.in_(parts_of(study.id))))


def list_links(tx: Tx, actor: Actor, *, limit: int, offset: int) -> list[LinkInfo]:
    """All links of the actor's hospital, newest first."""
    actor.check(Permission.LINK_MANAGE)
    return _infos(tx, _of_hospital(actor).limit(limit).offset(offset))


def link_info(tx: Tx, actor: Actor, link_id: str) -> LinkInfo:
    actor.check(Permission.LINK_MANAGE)
    link = link_for(tx, actor, link_id)
    return _infos(tx, _of_hospital(actor).where(PatientLink.id == link.id))[0]


def _of_hospital(actor: Actor) -> Select[PatientLink, Study, Patient]:
    return (
        select(PatientLink, Study, Patient)
        .join(Study, Study.id == PatientLink.study_id)
        .join(Patient, Patient.id == Study.patient_id)
        .where(PatientLink.hospital_id == actor.hospital_id)
        .order_by(PatientLink.created_at.desc(), PatientLink.id.desc())
    )


def _infos(tx: Tx, wanted: Select[PatientLink, Study, Patient]) -> list[LinkInfo]:
    rows = tx.session.execute(wanted).all()
    counted = (
        select(LinkOpening.link_id, func.count(), func.max(LinkOpening.at))
        .where(
            LinkOpening.link_id.in_([link.id for link, _, _ in rows]),
            LinkOpening.outcome == Outcome.OPENED,
        )
        .group_by(LinkOpening.link_id)
    )
    opened: dict[str, tuple[int, datetime | None]] = {
        link_id: (count, last) for link_id, count, last in tx.session.execute(counted)
    }
    return [_info(tx, link, study, patient, *opened.get(link.id, (0, None))) for link, study, patient in rows]


def _info(
    tx: Tx, link: PatientLink, study: Study, patient: Patient, opened: int, last: datetime | None
) -> LinkInfo:
    return LinkInfo(
        id=link.id,
        study_id=study.id,
        patient_name=display(patient.name),
        study_date=study.study_date,
        study_description=study.description,
        state=state_of(link, tx.now),
        factor=Factor(link.factor),
        made_by_name=link.made_by_name,
        created_at=link.created_at,
        expires_at=link.expires_at,
        revoked_at=link.revoked_at,
        opened=opened,
        last_opened_at=last,
        text=link.text,
    )


def openings(tx: Tx, actor: Actor, link_id: str, *, limit: int = 200) -> list[OpeningInfo]:
    """Every attempt, newest first."""
    actor.check(Permission.LINK_MANAGE)
    link = link_for(tx, actor, link_id)
    rows = tx.session.scalars(
        select(LinkOpening)
        .where(LinkOpening.link_id == link.id)
        .order_by(LinkOpening.at.desc(), LinkOpening.id.desc())
        .limit(limit)
    )
    return [OpeningInfo(row.at, Outcome(row.outcome), row.address, row.agent) for row in rows]


def link_front(tx: Tx, token: str) -> LinkFront:
    """Safe: looking at it uses nothing up, so a messenger's preview does no harm. Raises NotFound."""
    link = link_by_token(tx, token)
    return LinkFront(
        hospital_name=hospital(tx, link.hospital_id).name,
        factor=Factor(link.factor),
        locked=link.locked_at is not None,
        tries_left=MOST_WRONG_TRIES - link.wrong_tries,
    )


def actor_for_link_session(tx: Tx, token: str, address: str | None) -> Actor:
    """The link behind a browser that answered rightly: an actor who sees what the link's grant says, no more."""
    session = tx.session.scalar(select(LinkSession).where(LinkSession.token_digest == digest_of(token)))
    if session is None or session.ended_at is not None or session.expires_at <= tx.now:
        raise _over()
    link = tx.session.get_one(PatientLink, session.link_id)
    if state_of(link, tx.now) in {LinkState.EXPIRED, LinkState.REVOKED}:
        raise _over()
    return Actor(
        kind=ActorKind.LINK,
        id=link.id,
        name="",
        hospital_id=None,
        session_id=session.id,
        address=address,
    )


def _over() -> Unauthenticated:
    return Unauthenticated("link_session_over", "Your visit has ended. Open your link again.")


def link_result(tx: Tx, actor: Actor) -> LinkResult:
    """What this link shows. `actor` is the one of `actor_for_link_session`."""
    link = tx.session.get(PatientLink, actor.id) if actor.kind is ActorKind.LINK else None
    if link is None:
        raise NotFound
    return LinkResult(
        study_id=link.study_id,
        hospital_name=hospital(tx, link.hospital_id).name,
        made_by_name=link.made_by_name,
        created_at=link.created_at,
        expires_at=link.expires_at,
        text=link.text,
    )
