"""Who may see a study: the one place that says so. What one may not see is not found.

A grant is the only way: of the own hospital (made with the study), of a consult, of a patient's link. Devices reach
their own hospital's studies and nothing shared.
"""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, exists, false, or_, select, true

from app.archive.models import Instance, Series, Study, StudyGrant, StudyOpening
from app.archive.states import OWN_HOSPITAL, GranteeType
from app.base import clock
from app.base.actor import Actor, ActorKind, Permission
from app.base.db import Tx
from app.base.errors import NotFound
from app.base.signing import digest_of

OPENING_LASTS = timedelta(hours=24)


def visible_studies(actor: Actor) -> ColumnElement[bool]:
    """The condition on Study that lists, counts and searches all put into their query."""
    if not actor.allows(Permission.STUDY_READ):
        return false()
    if actor.kind is ActorKind.SYSTEM:
        return true()
    if actor.kind is ActorKind.DEVICE:
        return Study.hospital_id == actor.hospital_id
    alive = or_(StudyGrant.expires_at.is_(None), StudyGrant.expires_at > clock.now())
    return exists(
        select(StudyGrant.id).where(StudyGrant.study_id == Study.id, _given_to(actor), alive).correlate(Study)
    )


def visible_parts(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    """`visible_studies` in parts that exclude each other: each is read along an index, so that a hospital of a
    hundred studies does not walk over the hundred thousand of the others.
    """
    if actor.kind is not ActorKind.PERSON or actor.hospital_id is None:
        return (visible_studies(actor),)
    shared = select(StudyGrant.study_id).where(
        StudyGrant.grantee_id.in_((actor.id, actor.hospital_id)),
        or_(StudyGrant.reason < OWN_HOSPITAL, StudyGrant.reason > OWN_HOSPITAL),
    )
    own = Study.hospital_id == actor.hospital_id
    return (
        and_(own, visible_studies(actor)),
        and_(~own, Study.id.in_(shared), visible_studies(actor)),
    )


def _given_to(actor: Actor) -> ColumnElement[bool]:
    if actor.kind is ActorKind.LINK:
        return _grantee(GranteeType.LINK, actor.id)
    person = _grantee(GranteeType.PERSON, actor.id)
    if actor.hospital_id is None:
        return person
    return or_(person, _grantee(GranteeType.HOSPITAL, actor.hospital_id))


def _grantee(grantee_type: GranteeType, grantee_id: str) -> ColumnElement[bool]:
    return and_(StudyGrant.grantee_id == grantee_id, StudyGrant.grantee_type == grantee_type)


def study_for(tx: Tx, actor: Actor, study_id: str) -> Study:
    """The study, or NotFound."""
    study = tx.session.scalar(select(Study).where(Study.id == study_id, visible_studies(actor)))
    if study is None:
        raise NotFound
    return study


def study_by_uid(tx: Tx, actor: Actor, study_instance_uid: str, *, hospital_id: str) -> Study:
    """The study of this UID that `hospital_id` holds, or NotFound: another hospital may hold the same UID."""
    query = select(Study).where(
        Study.study_instance_uid == study_instance_uid,
        Study.hospital_id == hospital_id,
        visible_studies(actor),
    )
    study = tx.session.scalar(query)
    if study is None:
        raise NotFound
    return study


def series_for(tx: Tx, actor: Actor, series_id: str) -> Series:
    """The series, or NotFound."""
    query = select(Series).join(Study, Study.id == Series.study_id)
    series = tx.session.scalar(query.where(Series.id == series_id, visible_studies(actor)))
    if series is None:
        raise NotFound
    return series


def instance_for(tx: Tx, actor: Actor, instance_id: str) -> Instance:
    """The instance, or NotFound."""
    query = (
        select(Instance)
        .join(Series, Series.id == Instance.series_id)
        .join(Study, Study.id == Series.study_id)
    )
    instance = tx.session.scalar(query.where(Instance.id == instance_id, visible_studies(actor)))
    if instance is None:
        raise NotFound
    return instance


@dataclass(frozen=True)
class OpeningInfo:
    id: str
    study_id: str
    session_id: str


def opening_for(tx: Tx, actor: Actor, key: str) -> OpeningInfo:
    """The opening behind a key in a frame address: of this session, not ended, and the right still there."""
    query = (
        select(StudyOpening)
        .join(Study, Study.id == StudyOpening.study_id)
        .where(
            StudyOpening.key_hash == digest_of(key),
            StudyOpening.session_id == actor.session_id,
            StudyOpening.ended_at.is_(None),
            StudyOpening.opened_at > clock.now() - OPENING_LASTS,
            visible_studies(actor),
        )
    )
    opening = tx.session.scalar(query)
    if opening is None:
        raise NotFound
    return OpeningInfo(opening.id, opening.study_id, opening.session_id)
