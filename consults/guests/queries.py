"""Every read of invitations."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.base.actor import Actor
from app.base.db import Tx
from app.base.errors import NotFound
from app.identity.queries import hospital, person_info
from consults.access import consult_for, guest_end, seats_of, verbs_for
from consults.guests.actions import MOST_WRONG_TRIES, guest_by_token, guest_data, is_spent
from consults.lifecycle import Seat, Verb
from consults.models import Consult, ConsultGuest

_LAST_MOMENT = timedelta(seconds=1)  # people say until the end of a day, not until the beginning of the next


@dataclass(frozen=True)
class GuestInfo:
    """An invitation as the referring side manages it."""

    id: str
    name: str
    licence_number: str
    hospital: str
    contact: str
    until: datetime
    hides_identity: bool
    accepted_at: datetime | None
    standing: str  # waiting, inside, locked, withdrawn or ended


@dataclass(frozen=True)
class GuestList:
    """All invitations to a consult, the newest first."""

    consult_id: str
    number: str
    may_invite: bool
    guests: tuple[GuestInfo, ...]


@dataclass(frozen=True)
class GuestFront:
    """What the holder of a link is shown before the code: nothing of the patient or the case."""

    name: str
    hospital: str
    inviter: str
    inviting_hospital: str
    until: datetime
    spent: bool
    locked: bool


def guest_list(tx: Tx, actor: Actor, consult_id: str) -> GuestList:
    """For the referring side alone."""
    consult = consult_for(tx, actor, consult_id)
    if Seat.REFERRER not in seats_of(consult, actor):
        raise NotFound
    may_invite = Verb.ADMIT in verbs_for(consult, actor)
    guests = tuple(_info(tx, consult, guest) for guest in reversed(consult.guests))
    return GuestList(consult.id, consult.number, may_invite, guests)


def _info(tx: Tx, consult: Consult, guest: ConsultGuest) -> GuestInfo:
    return GuestInfo(
        id=guest.id,
        name=guest.name,
        licence_number=guest.licence_number,
        hospital=guest.hospital,
        contact=guest.contact,
        until=guest.until - _LAST_MOMENT,
        hides_identity=guest.hides_identity,
        accepted_at=guest.accepted_at,
        standing=_standing(tx, consult, guest),
    )


def _standing(tx: Tx, consult: Consult, guest: ConsultGuest) -> str:
    if guest.withdrawn_at is not None:
        return "withdrawn"
    if guest_end(consult, guest) <= tx.now:
        return "ended"
    if guest.tries >= MOST_WRONG_TRIES:
        return "locked"
    return "waiting" if guest.code_used_at is None else "inside"


def guest_front(tx: Tx, token: str) -> GuestFront:
    """Raises NotFound."""
    consult, guest = guest_by_token(tx, token)
    return GuestFront(
        name=guest.name,
        hospital=guest.hospital,
        inviter=person_info(tx, guest.invited_by).name,
        inviting_hospital=hospital(tx, consult.referring_hospital_id).name,
        until=guest_end(consult, guest) - _LAST_MOMENT,
        spent=is_spent(guest),
        locked=guest.tries >= MOST_WRONG_TRIES,
    )


def guests_state(consult: Consult) -> list[dict[str, Any]]:
    """For the room, in the order of being invited."""
    return [guest_data(guest).model_dump(mode="json") for guest in consult.guests]
