"""Whom one may ask to read beside the consultant."""

from dataclasses import dataclass

from app.base.actor import Actor, Role
from app.base.db import Tx
from app.identity.queries import HospitalInfo, hospital, hospitals, people_of
from consults.access import consult_for, led_to, readers_of, seats_of
from consults.lifecycle import Seat, Verb
from consults.models import Consult


@dataclass(frozen=True)
class Choice:
    """The specialists of one hospital who do not take part yet, by id and name."""

    hospital: str
    people: tuple[tuple[str, str], ...]


def reader_choices(tx: Tx, actor: Actor, consult_id: str) -> list[Choice]:
    """For the referring side of every other hospital, for the consultant of their own. Raises as inviting would."""
    consult = consult_for(tx, actor, consult_id)
    led_to(consult, actor, Verb.INVITE)
    taken = {consult.consultant_id, consult.addressee_id} | {one.person_id for one in readers_of(consult)}
    found = [_choice(tx, actor, home, taken) for home in _homes(tx, actor, consult)]
    return [choice for choice in found if choice.people]


def _homes(tx: Tx, actor: Actor, consult: Consult) -> list[HospitalInfo]:
    """The consulting hospital first."""
    theirs = hospital(tx, consult.consulting_hospital_id)
    if Seat.REFERRER not in seats_of(consult, actor):
        return [theirs]
    known = {theirs.id, consult.referring_hospital_id}
    return [theirs, *(home for home in hospitals(tx) if home.id not in known)]


def _choice(tx: Tx, actor: Actor, home: HospitalInfo, taken: set[str | None]) -> Choice:
    people = people_of(tx, actor, home.id, role=Role.SPECIALIST)
    return Choice(home.name, tuple((one.id, one.name) for one in people if one.id not in taken))
