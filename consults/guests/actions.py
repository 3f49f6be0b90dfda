"""Every write of an invitation."""

import re
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from app.archive.actions import end_grants
from app.audit.actions import record
from app.audit.kinds import AuditKind
from app.base.actor import Actor, Permission
from app.base.db import Tx
from app.base.errors import Conflict, Invalid, NotFound
from app.base.ids import new_id, new_secret
from app.base.signing import digest_of, equal
from app.identity.fields import check_licence_number, check_name
from app.identity.guests import NAME_LENGTH, end_guest, make_guest, sign_guest_out, start_guest_session
from app.identity.queries import actor_of_person
from app.identity.sign_in import SessionTimes, StartedSession
from app.sharing.answers import CODE_DIGITS, answer_digest, new_code
from consults.access import consult_for, guest_end, guests_of, led_to, seats_of
from consults.guests.events import GuestChangedData, GuestData
from consults.guests.schemas import InviteGuest, OfGuest
from consults.history import append
from consults.lifecycle import Seat, Verb
from consults.models import Consult, ConsultGuest
from consults.steps import grant_to_guest, step

MOST_DAYS = 60
MOST_GUESTS = 10
MOST_WRONG_TRIES = 5


@dataclass(frozen=True)
class Invited:
    """The only moment link and code are known: the one to be sent, the other to be said."""

    guest_id: str
    token: str
    code: str


@dataclass(frozen=True)
class Attempt:
    """How an answer fared; `session` of somebody who answered rightly."""

    tries_left: int
    consult_id: str
    session: StartedSession | None = None


def invite_guest(tx: Tx, actor: Actor, *, wish: InviteGuest) -> Invited:
    """Somebody may come into this consult with link and code, until the moment named."""
    consult, _ = step(tx, actor, wish.consult_id, Verb.ADMIT, Permission.CONSULT_ASK)
    if not tx.now < wish.until <= tx.now + timedelta(days=MOST_DAYS + 1):
        raise Invalid("bad_until", "Choose a day from today on, within {days} days.", days=MOST_DAYS)
    if len(guests_of(consult)) >= MOST_GUESTS:
        raise Conflict("too_many_guests", "There are {count} guests already.", count=MOST_GUESTS)
    name = check_name(wish.name, longest=min(150, NAME_LENGTH))
    licence_number = check_licence_number(wish.licence_number)
    token, code = new_secret(128), new_code()
    guest = ConsultGuest(
        id=new_id(),
        consult_id=consult.id,
        person_id=make_guest(
            tx, name=name, licence_number=licence_number, sees_names=not wish.hides_identity
        ),
        name=name,
        licence_number=licence_number,
        hospital=check_name(wish.hospital),
        contact=wish.contact,
        hides_identity=wish.hides_identity,
        token_digest=digest_of(token),
        code_digest=answer_digest(token, code),
        until=wish.until,
        invited_by=actor.id,
        invited_at=tx.now,
    )
    consult.guests.append(guest)
    tx.session.flush()
    for study in consult.studies:
        grant_to_guest(tx, actor, consult, study.study_id, guest)
    append(tx, actor, consult, "guest.invited", _changed(guest), kind=AuditKind.SECURITY_ALERT, action="C")
    return Invited(guest.id, token, code)


def renew_invitation(tx: Tx, actor: Actor, *, wish: OfGuest) -> Invited:
    """A new link and code for the same guest: the code was used up, mistyped too often or lost. Whoever came in by the
    old ones is out at once.
    """
    consult, guest = _own_guest(tx, actor, wish)
    led_to(consult, actor, Verb.ADMIT)
    token, code = new_secret(128), new_code()
    guest.token_digest, guest.code_digest = digest_of(token), answer_digest(token, code)
    guest.tries, guest.code_used_at = 0, None
    sign_guest_out(tx, actor, person_id=guest.person_id)
    _record(tx, actor, consult, guest, AuditKind.SECURITY_ALERT, "U")
    return Invited(guest.id, token, code)


def withdraw_guest(tx: Tx, actor: Actor, *, wish: OfGuest) -> None:
    """Takes the invitation back: link, session, sockets and the right to the images end at once."""
    consult, guest = _own_guest(tx, actor, wish)
    guest.withdrawn_at = tx.now
    end_grants(tx, actor, reason_ref=consult.id, at=tx.now, grantee_ids={guest.person_id})
    end_guest(tx, actor, person_id=guest.person_id)
    append(tx, actor, consult, "guest.withdrawn", _changed(guest), kind=AuditKind.SECURITY_ALERT, action="D")


def _own_guest(tx: Tx, actor: Actor, wish: OfGuest) -> tuple[Consult, ConsultGuest]:
    """For the referring side, whatever state the consult is in."""
    actor.check(Permission.CONSULT_ASK)
    consult = consult_for(tx, actor, wish.consult_id, lock=True)
    guest = next((one for one in consult.guests if one.id == wish.guest_id), None)
    if guest is None or Seat.REFERRER not in seats_of(consult, actor):
        raise NotFound
    if guest.withdrawn_at is not None:
        raise Conflict("guest_withdrawn", "This invitation had been withdrawn already.")
    return consult, guest


def guest_by_token(tx: Tx, token: str, *, lock: bool = False) -> tuple[Consult, ConsultGuest]:
    """The invitation of this link, or NotFound: one answer for never made, expired, withdrawn and closed."""
    query = select(ConsultGuest).where(ConsultGuest.token_digest == digest_of(token))
    guest = tx.session.scalar(query.with_for_update() if lock else query)
    consult = tx.session.get(Consult, guest.consult_id) if guest else None
    if guest is None or consult is None or guest.withdrawn_at or guest_end(consult, guest) <= tx.now:
        raise NotFound(
            "guest_link_gone",
            "This invitation has ended or is not complete. Ask who invited you for a new one.",
        )
    return consult, guest


def answer_invitation(
    tx: Tx,
    actor: Actor,
    *,
    token: str,
    code: str,
    licence_number: str,
    times: SessionTimes,
    browser: str = "",
) -> Attempt:
    """One try with code and licence number. A wrong one is counted, so it returns instead of raising: the caller
    commits it. A code opens once.
    """
    consult, guest = guest_by_token(tx, token, lock=True)
    if is_spent(guest):
        return Attempt(0, consult.id)
    same_code = equal(answer_digest(token, re.sub(r"[\s.-]", "", code)[:CODE_DIGITS]), guest.code_digest)
    if not (same_code and _plain(licence_number) == _plain(guest.licence_number)):
        guest.tries += 1
        _record(tx, actor, consult, guest, AuditKind.USER_AUTHENTICATION, "E", outcome=4)
        return Attempt(MOST_WRONG_TRIES - guest.tries, consult.id)
    guest.code_used_at = tx.now
    guest.accepted_at = guest.accepted_at or tx.now
    until = guest_end(consult, guest)
    session = start_guest_session(
        tx, actor, person_id=guest.person_id, until=until, times=times, browser=browser
    )
    _record(tx, actor_of_person(tx, guest.person_id), consult, guest, AuditKind.USER_AUTHENTICATION, "E")
    return Attempt(MOST_WRONG_TRIES - guest.tries, consult.id, session)


def is_spent(guest: ConsultGuest) -> bool:
    """Whether the code opens nothing any more: used, or mistyped too often."""
    return guest.code_used_at is not None or guest.tries >= MOST_WRONG_TRIES


def _plain(licence_number: str) -> str:
    """Letters and digits alone: people put dots, dashes and spaces where they like."""
    return "".join(sign for sign in licence_number.casefold() if sign.isalnum())


def guest_data(guest: ConsultGuest) -> GuestData:
    """As the room shows it."""
    return GuestData(
        id=guest.id,
        person_id=guest.person_id,
        name=guest.name,
        hospital=guest.hospital,
        until=guest.until,
        hides_identity=guest.hides_identity,
        withdrawn=guest.withdrawn_at is not None,
    )


def _changed(guest: ConsultGuest) -> GuestChangedData:
    return GuestChangedData(guest=guest_data(guest))


def _record(
    tx: Tx,
    actor: Actor,
    consult: Consult,
    guest: ConsultGuest,
    kind: AuditKind,
    action: str,
    *,
    outcome: int = 0,
) -> None:
    record(
        tx,
        actor,
        kind,
        "U" if action == "U" else "E",
        outcome=outcome,
        subject_type="consult",
        subject_id=consult.id,
        hospital_id=consult.referring_hospital_id,
        detail={"guest": guest.id, "licence_number": guest.licence_number, "tries": guest.tries},
    )
