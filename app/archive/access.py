"""Who may see a study: the one place that says so. What one may not see is not found.

A grant is the only way: of the own hospital (made with the study), of a consult, of a patient's link. Devices and programs
reach their own hospital's studies and nothing shared. What was rejected, or merged into another study, is seen by
nobody; the pages on which a person takes that back ask by `correctable_study`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    String,
    and_,
    bindparam,
    false,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from app.archive.conditions import Binds, Condition
from app.archive.models import Instance, Series, Study, StudyGrant, StudyOpening
from app.archive.states import DESTROYED, OWN_HOSPITAL, GranteeType
from app.base import clock
from app.base.actor import Actor, ActorKind, Permission
from app.base.db import Tx, UtcDateTime
from app.base.errors import NotFound
from app.base.signing import digest_of

OPENING_LASTS = timedelta(hours=24)
SHOWN_STUDY = and_(Study.rejected == "", Study.merged_into_id.is_(None))
SHOWN_SERIES = Series.rejected == ""
SHOWN_INSTANCE = Instance.rejected == ""
"""Not rejected and not merged away: of a study by `visible_studies`, of series and instances in every query."""


class Reach(StrEnum):
    """By which grants an actor can see studies at all."""

    ALL = "all"
    LINK = "link"
    NOTHING = "nothing"
    OWN_HOSPITAL = "own-hospital"
    PERSON = "person"
    PERSON_AND_HOSPITAL = "person-and-hospital"


def reach_of(actor: Actor) -> Reach:
    """The one table of who sees by what."""
    if not actor.allows(Permission.STUDY_READ):
        return Reach.NOTHING
    if actor.kind is ActorKind.PERSON:
        return Reach.PERSON if actor.hospital_id is None else Reach.PERSON_AND_HOSPITAL
    return {
        ActorKind.DEVICE: Reach.OWN_HOSPITAL,
        ActorKind.LINK: Reach.LINK,
        ActorKind.PROGRAM: Reach.OWN_HOSPITAL,
        ActorKind.SYSTEM: Reach.ALL,
    }[actor.kind]


def reach_values(actor: Actor) -> dict[str, Any]:
    """The parameters of `reach_condition`."""
    permissions = [permission for permission in Permission if actor.allows(permission)]
    return {
        "actor_": actor.id,
        "hospital_": actor.hospital_id,
        "now_": clock.now(),
        "permissions_": permissions,
    }


def reach_condition(reach: Reach, values: Mapping[str, Any] | None = None) -> ColumnElement[bool]:
    """The condition on Study, with its parameters open where a statement is made once and run often."""
    actor, hospital, moment = (
        bindparam(name, type_=type_) if values is None else _parameter(values[name], type_)
        for name, type_ in (("actor_", String(64)), ("hospital_", String(26)), ("now_", UtcDateTime()))
    )
    if reach is Reach.ALL:
        return SHOWN_STUDY
    if reach is Reach.NOTHING:
        return false()
    if reach is Reach.OWN_HOSPITAL:
        return and_(Study.hospital_id == hospital, SHOWN_STUDY)
    given_to = [_grantee(GranteeType.LINK if reach is Reach.LINK else GranteeType.PERSON, actor)]
    if reach is Reach.PERSON_AND_HOSPITAL:
        given_to.append(_grantee(GranteeType.HOSPITAL, hospital))
    alive = or_(StudyGrant.expires_at.is_(None), StudyGrant.expires_at > moment)
    permissions = bindparam("permissions_", expanding=True) if values is None else values["permissions_"]
    meant = or_(StudyGrant.permission.is_(None), StudyGrant.permission.in_(permissions))
    given = select(StudyGrant.id).where(StudyGrant.study_id == Study.id, or_(*given_to), alive, meant)
    # Not EXISTS: PostgreSQL would at times read the grants of all studies to answer it for fifty.
    return and_(given.correlate(Study).limit(1).scalar_subquery().is_not(None), SHOWN_STUDY)


def _parameter(value: Any, type_: Any) -> ColumnElement[Any]:
    return value if isinstance(value, BindParameter) else literal(value, type_)


def _grantee(grantee_type: GranteeType, grantee_id: ColumnElement[Any]) -> ColumnElement[bool]:
    return and_(StudyGrant.grantee_id == grantee_id, StudyGrant.grantee_type == grantee_type)


def visible_studies(actor: Actor) -> ColumnElement[bool]:
    """The condition on Study that lists, counts and searches all put into their query."""
    return reach_condition(reach_of(actor), reach_values(actor))


def seen_by(actor: Actor) -> Condition:
    """As `visible_studies`, for statements that are made once for each shape."""
    reach = reach_of(actor)
    if reach in {Reach.ALL, Reach.NOTHING}:
        return Condition(reach, (), lambda _: reach_condition(reach, dict.fromkeys(_NAMES)))
    values = reach_values(actor)
    permissions = [one.value for one in values["permissions_"]] if reach is not Reach.OWN_HOSPITAL else []

    def make(binds: Binds) -> ColumnElement[bool]:
        given: dict[str, Any] = {name: binds.next() for name in _NAMES}
        return reach_condition(reach, given | {"permissions_": [binds.next() for _ in permissions]})

    known = (values["actor_"], values["hospital_"] or "", values["now_"])
    return Condition((reach, len(permissions)), (*known, *permissions), make)


_NAMES = ("actor_", "hospital_", "now_")


def shared_with(actor: Actor) -> Condition:
    """The studies that reach this person otherwise than as their own hospital's; some may be expired: they are read
    first, beside `seen_by`, so that nobody walks over all hospitals to find the shared ones.
    """

    def make(binds: Binds) -> ColumnElement[bool]:
        of_grantee = select(StudyGrant.study_id).where(
            StudyGrant.grantee_id.in_((binds.next(), binds.next()))
        )
        # Two ranges of the index: the own hospital's grants between them are not read.
        others = (StudyGrant.reason < OWN_HOSPITAL, StudyGrant.reason > OWN_HOSPITAL)
        return Study.id.in_(union_all(*(of_grantee.where(one) for one in others)))

    return Condition("shared", (actor.id, actor.hospital_id or ""), make)


def home_of(study_id: str) -> ColumnElement[str]:
    """Of a study merged into another the other's id: what was given, drawn or written on the one is on the other."""
    one = aliased(Study)
    home = select(func.coalesce(one.merged_into_id, one.id)).where(one.id == study_id)
    return home.scalar_subquery()


def parts_of(study_id: str) -> Select[str]:
    """The ids of a study and of those merged into it."""
    return select(Study.id).where(or_(Study.id == study_id, Study.merged_into_id == study_id))


def study_for(tx: Tx, actor: Actor, study_id: str) -> Study:
    """The study, or the one it was merged into; or NotFound."""
    study = tx.session.scalar(select(Study).where(Study.id == home_of(study_id), visible_studies(actor)))
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


def correctable_study(tx: Tx, actor: Actor, study_id: str) -> Study:
    """A study of the actor's own hospital, rejected or merged away as it may be, for those who correct; or NotFound."""
    query = select(Study).where(Study.id == study_id, Study.rejected != DESTROYED)
    if actor.kind is not ActorKind.SYSTEM:
        query = query.where(Study.hospital_id == actor.hospital_id)
    may = actor.allows(Permission.STUDY_CORRECT) or actor.allows(Permission.STUDY_DELETE)
    study = tx.session.scalar(query) if may else None
    if study is None:
        raise NotFound
    return study


def series_for(tx: Tx, actor: Actor, series_id: str) -> Series:
    """The series, or NotFound."""
    query = select(Series).join(Study, Study.id == Series.study_id)
    series = tx.session.scalar(query.where(Series.id == series_id, SHOWN_SERIES, visible_studies(actor)))
    if series is None:
        raise NotFound
    return series


@dataclass(frozen=True)
class OpeningInfo:
    id: str
    study_id: str
    session_id: str


@lru_cache(maxsize=16)
def _opened(reach: Reach) -> Any:
    return (
        select(StudyOpening.id, StudyOpening.study_id, StudyOpening.session_id)
        .join(Study, Study.id == StudyOpening.study_id)
        .where(
            StudyOpening.key_hash == bindparam("key_hash_"),
            StudyOpening.session_id == bindparam("session_"),
            StudyOpening.ended_at.is_(None),
            StudyOpening.opened_at > bindparam("since_"),
            reach_condition(reach),
        )
    )


def opening_for(tx: Tx, actor: Actor, key: str) -> OpeningInfo:
    """The opening behind a key in a frame address: of this session, not ended, and the right still there."""
    wanted = {
        "key_hash_": digest_of(key),
        "session_": actor.session_id,
        "since_": clock.now() - OPENING_LASTS,
    }
    found = tx.session.execute(_opened(reach_of(actor)), wanted | reach_values(actor)).one_or_none()
    if found is None:
        raise NotFound
    return OpeningInfo(*found)
