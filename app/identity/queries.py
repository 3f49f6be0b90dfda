"""Every read but those of accounts (accounts.py). What comes back are frozen facts, never rows, so that higher rooms need no models."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select

from app.base.actor import GUESTS, Actor, ActorKind, Permission, Role
from app.base.db import Tx
from app.base.errors import NotFound, Unauthenticated
from app.base.prepared import Prepared
from app.base.signing import digest_of
from app.identity import access
from app.identity.devices import (
    CallerRefused,
    DeviceInfo,
    DeviceKind,
    UnknownCallerInfo,
    actor_for_device,
    actor_for_device_token,
    device,
    device_info,
    device_of_own_hospital,
    device_titled,
    devices_of,
    unknown_callers,
)
from app.identity.models import Hospital, Invitation, Person, PersonRole, WebSession

__all__ = [
    "TOUCH_AFTER",
    "CallerRefused",
    "DeviceInfo",
    "DeviceKind",
    "HospitalInfo",
    "InvitationInfo",
    "PersonInfo",
    "SessionInfo",
    "UnknownCallerInfo",
    "VisitEnded",
    "actor_for_device",
    "actor_for_device_token",
    "actor_for_session",
    "actor_of_person",
    "device",
    "device_info",
    "device_of_own_hospital",
    "device_titled",
    "devices_of",
    "hospital",
    "hospital_by_slug",
    "hospitals",
    "info_of",
    "invitation",
    "live_actors",
    "live_invitation",
    "people_of",
    "person_actor",
    "person_info",
    "unknown_callers",
]

TOUCH_AFTER = timedelta(seconds=60)


@dataclass(frozen=True)
class HospitalInfo:
    """A hospital as everybody may know it."""

    id: str
    name: str
    short_name: str
    slug: str
    ae_title: str
    address: str


@dataclass(frozen=True)
class PersonInfo:
    """A person as colleagues of all hospitals may know them."""

    id: str
    name: str
    hospital_id: str | None
    hospital_name: str
    roles: frozenset[Role]
    active: bool
    licence_number: str = ""  # to practise medicine; "": not entered


@dataclass(frozen=True)
class SessionInfo:
    """The session of a request. `touch_due`: its expiry should slide now."""

    id: str
    person_id: str
    person_name: str
    hospital_name: str
    language: str | None
    csrf_token: str
    expires_at: datetime
    touch_due: bool

    @property
    def initials(self) -> str:
        """First letters of the last two words: Vietnamese given names stand last."""
        name, _, _ = self.person_name.partition(" (")  # a guest's says that they are one
        words = [word for word in name.split() if not word.endswith(".")]
        return "".join(word[0] for word in words[-2:]).upper()


class VisitEnded(Unauthenticated):
    """Of somebody who has no account: there is nothing to sign in to, who invited them can let them in again."""


@dataclass(frozen=True)
class InvitationInfo:
    """What the holder of a one-time link is shown."""

    id: str
    person_id: str
    person_name: str
    login: str
    hospital_name: str
    hospital_slug: str | None
    purpose: str
    expires_at: datetime


def actor_for_session(tx: Tx, token: str, address: str | None) -> tuple[Actor, SessionInfo]:
    """Who holds this session token. Raises Unauthenticated when it ended, expired or never was."""
    rows = tx.session.execute(_SESSION, {"token_hash": digest_of(token), "at": tx.now}).all()
    if not rows:
        raise _why_ended(tx, token)
    row = rows[0]
    actor = Actor(
        kind=ActorKind.PERSON,
        id=row.person_id,
        name=row.person_name,
        hospital_id=row.hospital_id,
        roles=frozenset(Role(each.role) for each in rows if each.role is not None),
        session_id=row.id,
        address=address,
    )
    info = SessionInfo(
        id=row.id,
        person_id=row.person_id,
        person_name=row.person_name,
        hospital_name=row.hospital_name or "",
        language=row.language,
        csrf_token=row.csrf_token,
        expires_at=row.expires_at,
        touch_due=tx.now - row.last_seen_at > TOUCH_AFTER,
    )
    return actor, info


def _why_ended(tx: Tx, token: str) -> Unauthenticated:
    row = tx.session.scalar(select(WebSession).where(WebSession.token_hash == digest_of(token)))
    if row is None or not row.person.roles & GUESTS:
        return Unauthenticated("session_ended", "You have been signed out. Please sign in again.")
    if row.person.active:
        return VisitEnded(
            "visit_ended", "Your visit has ended. Ask whoever invited you for a new link and code."
        )
    return VisitEnded("invitation_withdrawn", "The invitation was withdrawn; ask whoever invited you.")


# One row for each role. Columns, not objects: every request asks this, every frame of a stack too.
_SESSION = (
    select(
        WebSession.id,
        WebSession.csrf_token,
        WebSession.expires_at,
        WebSession.last_seen_at,
        Person.id.label("person_id"),
        Person.name.label("person_name"),
        Person.language,
        Person.hospital_id,
        Hospital.name.label("hospital_name"),
        PersonRole.role,
    )
    .join(Person, Person.id == WebSession.person_id)
    .outerjoin(Hospital, Hospital.id == Person.hospital_id)
    .outerjoin(PersonRole, PersonRole.person_id == Person.id)
    .where(
        WebSession.token_hash == bindparam("token_hash"),
        WebSession.ended_at.is_(None),
        WebSession.expires_at > bindparam("at"),
        Person.active,
    )
)


def person_actor(person: Person, *, session_id: str | None, address: str | None) -> Actor:
    """A person as an actor, with the roles they have at this moment."""
    return Actor(
        kind=ActorKind.PERSON,
        id=person.id,
        name=person.name,
        hospital_id=person.hospital_id,
        roles=person.roles,
        session_id=session_id,
        address=address,
    )


def actor_of_person(tx: Tx, person_id: str) -> Actor:
    """Somebody acting outside a browser: the demonstration's people, and jobs on a person's behalf."""
    return person_actor(tx.session.get_one(Person, person_id), session_id=None, address=None)


def _is_live(row: WebSession, at: datetime) -> bool:
    return row.ended_at is None and row.expires_at > at and row.person.active


def live_actors(tx: Tx, session_ids: Collection[str]) -> dict[str, Actor]:
    """Of these sessions those still alive, with their person's present roles."""
    rows = tx.session.scalars(select(WebSession).where(WebSession.id.in_(session_ids)))
    return {
        row.id: person_actor(row.person, session_id=row.id, address=row.address)
        for row in rows
        if _is_live(row, tx.now)
    }


def hospital(tx: Tx, hospital_id: str) -> HospitalInfo:
    """Raises NotFound."""
    found = tx.session.get(Hospital, hospital_id)
    if found is None:
        raise NotFound
    tx.session.info["hospital", hospital_id] = found  # the session alone would let go of what is asked again
    return _hospital_info(found)


def hospital_by_slug(tx: Tx, slug: str) -> HospitalInfo:
    """Raises NotFound."""
    found = _BY_SLUG.first(tx, slug_=slug)
    if found is None:
        raise NotFound
    return HospitalInfo(*found)


# Every request for DICOMweb asks this.
_BY_SLUG = Prepared(
    lambda _: select(
        Hospital.id, Hospital.name, Hospital.short_name, Hospital.slug, Hospital.ae_title, Hospital.address
    ).where(Hospital.slug == bindparam("slug_"))
)


def hospitals(tx: Tx) -> tuple[HospitalInfo, ...]:
    """All, by name."""
    return tuple(_hospital_info(row) for row in tx.session.scalars(select(Hospital).order_by(Hospital.name)))


def _hospital_info(row: Hospital) -> HospitalInfo:
    return HospitalInfo(row.id, row.name, row.short_name, row.slug, row.ae_title, row.address)


def person_info(tx: Tx, person_id: str) -> PersonInfo:
    """Raises NotFound."""
    found = tx.session.get(Person, person_id)
    if found is None:
        raise NotFound
    return info_of(found)


def people_of(tx: Tx, actor: Actor, hospital_id: str, *, role: Role | None = None) -> tuple[PersonInfo, ...]:
    """Active people of a hospital, by name: whom one may ask. Open to everybody who may ask or answer."""
    if not (actor.allows(Permission.CONSULT_ASK) or actor.allows(Permission.CONSULT_ANSWER)):
        actor.check(Permission.PERSON_MANAGE)
        access.hospital_for(tx, actor, hospital_id)
    query = select(Person).where(Person.hospital_id == hospital_id, Person.active).order_by(Person.name)
    if role is not None:
        query = query.where(Person.id.in_(select(PersonRole.person_id).where(PersonRole.role == role.value)))
    return tuple(info_of(row) for row in tx.session.scalars(query))


def ids_with_role(tx: Tx, hospital_id: str, role: Role) -> list[str]:
    """Of the active people of a hospital who have the role."""
    return [person_id for (person_id,) in _WITH_ROLE.rows(tx, hospital=hospital_id, role=role.value)]


_WITH_ROLE = Prepared(
    lambda _dialect: (
        select(Person.id)
        .join(PersonRole, PersonRole.person_id == Person.id)
        .where(
            Person.hospital_id == bindparam("hospital"),
            Person.active.is_(True),
            PersonRole.role == bindparam("role"),
        )
        .order_by(Person.id)
    )
)


def info_of(row: Person) -> PersonInfo:
    """The facts of a row; for this room."""
    hospital_name = row.hospital.name if row.hospital else ""
    return PersonInfo(
        row.id, row.name, row.hospital_id, hospital_name, row.roles, row.active, row.licence_number
    )


def invitation(tx: Tx, token: str) -> InvitationInfo:
    """What this one-time link offers. Raises NotFound when it is unknown, used or too old."""
    row = live_invitation(tx, token)
    home = row.person.hospital
    return InvitationInfo(
        id=row.id,
        person_id=row.person_id,
        person_name=row.person.name,
        login=row.person.login,
        hospital_name=home.name if home else "",
        hospital_slug=home.slug if home else None,
        purpose=row.purpose,
        expires_at=row.expires_at,
    )


def live_invitation(tx: Tx, token: str) -> Invitation:
    """The row behind the link; for this room's actions."""
    row = tx.session.scalar(select(Invitation).where(Invitation.token_hash == digest_of(token)))
    if row is None or row.used_at is not None or row.expires_at <= tx.now or not row.person.active:
        raise NotFound(
            "invitation_unknown",
            "This link has been used already or is too old. Ask the administrator of your hospital for a new one.",
        )
    return row
