"""The only way to a consult. The referring hospital's doctors see theirs. Of the addressed hospital do: whoever has it
offered, whoever accepted it, its coordinators; its specialists where the whole hospital was asked. A program whose
token says so reads those of its hospital. For everybody else it does not exist.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, false, or_, select

from app.archive.states import GranteeType
from app.base import clock
from app.base.actor import Actor, ActorKind, Permission, Right
from app.base.db import Tx
from app.base.errors import NotFound
from consults.lifecycle import ReaderKind, Seat, Side, State, Verb, allowed_verbs, next_state
from consults.models import Consult, ConsultGuest, Offer, Offered, Reader
from consults.offers import OfferEnd

Grantee = tuple[GranteeType, str]


def seats_of(consult: Consult, actor: Actor) -> frozenset[Seat]:
    """What the actor is in this consult; empty: nothing, not even somebody who may know of it."""
    if actor.is_guest:
        return frozenset({Seat.GUEST}) if guest_of(consult, actor) else frozenset()
    if actor.kind is ActorKind.PROGRAM:
        return _seats_of_program(consult, actor)
    if actor.kind is not ActorKind.PERSON or actor.hospital_id is None:
        return frozenset()
    if actor.hospital_id == consult.referring_hospital_id:
        is_theirs = actor.id == consult.referrer_id or consult.requested_at is not None
        may = actor.allows(Permission.CONSULT_ASK) and is_theirs
        return frozenset({Seat.REFERRER}) if may else frozenset()
    reader = next((one for one in readers_of(consult) if one.person_id == actor.id), None)
    if reader is not None and actor.allows(Permission.CONSULT_ANSWER):
        return frozenset({_seat_of(reader)})
    return _seats_of_asked_hospital(consult, actor)


def _seats_of_program(consult: Consult, actor: Actor) -> frozenset[Seat]:
    homes = {consult.referring_hospital_id, consult.consulting_hospital_id}
    is_known = consult.requested_at is not None and actor.hospital_id in homes
    return frozenset({Seat.PROGRAM}) if is_known and actor.has_right(Right.CONSULT) else frozenset()


def _seats_of_asked_hospital(consult: Consult, actor: Actor) -> frozenset[Seat]:
    if actor.hospital_id != consult.consulting_hospital_id or consult.requested_at is None:
        return frozenset()
    seats = {Seat.COORDINATOR} if actor.allows(Permission.CONSULT_COORDINATE) else set()
    if actor.allows(Permission.CONSULT_ANSWER) and _is_asked(consult, actor.id):
        seats |= {Seat.SPECIALIST} | ({Seat.CONSULTANT} if actor.id == consult.consultant_id else set())
    return frozenset(seats)


def guests_of(consult: Consult) -> list[ConsultGuest]:
    """Whoever was invited without an account and may still come in, in the order of being invited."""
    at = clock.now()
    return [
        guest for guest in consult.guests if guest.withdrawn_at is None and guest_end(consult, guest) > at
    ]


def guest_of(consult: Consult, actor: Actor) -> ConsultGuest | None:
    """The actor's invitation, while it holds."""
    return next((guest for guest in guests_of(consult) if guest.person_id == actor.id), None)


def guest_end(consult: Consult, guest: ConsultGuest) -> datetime:
    """Until when somebody may be in: as invited, but no longer than the consult's images are open."""
    return min(guest.until, consult.access_ends_at or guest.until)


def readers_of(consult: Consult) -> list[Reader]:
    """The further specialists who take part, in the order of being asked."""
    return [reader for reader in consult.readers if reader.ended_at is None]


def _seat_of(reader: Reader) -> Seat:
    """A blind reader sees the first reading once their own is given."""
    if reader.kind == ReaderKind.JOINT:
        return Seat.COAUTHOR
    return Seat.BLIND if reader.kind == ReaderKind.BLIND and reader.given_at is None else Seat.READER


def _is_asked(consult: Consult, person_id: str) -> bool:
    return is_open_to_all(consult) or person_id in people_asked(consult)


def standing_offer(consult: Consult) -> Offer | None:
    """The offer that has not ended."""
    return next((offer for offer in consult.offers if offer.ended_at is None), None)


def is_open_to_all(consult: Consult) -> bool:
    """Whether every specialist of the consulting hospital may see it; so those of before there were offers."""
    if not consult.offers:
        return consult.addressee_id is None
    lasting = (None, OfferEnd.ACCEPTED)
    return any(offer.is_open and offer.outcome in lasting for offer in consult.offers)


def people_asked(consult: Consult) -> frozenset[str]:
    """Of the consulting hospital, by name: who accepted it, and who has it before them."""
    offer = standing_offer(consult)
    if offer is not None:
        asked = {one.person_id for one in offer.people if one.passed_at is None}
    else:
        asked = {consult.addressee_id} if consult.addressee_id and not consult.offers else set()
    return frozenset(asked | ({consult.consultant_id} if consult.consultant_id else set()))


def grantees_of(consult: Consult) -> frozenset[Grantee]:
    """Who of the consulting hospital may see the images while the consult is open, and the invited readers."""
    readers = {(GranteeType.PERSON, reader.person_id) for reader in readers_of(consult)}
    people = {(GranteeType.PERSON, person_id) for person_id in people_asked(consult)}
    hospital = {(GranteeType.HOSPITAL, consult.consulting_hospital_id)}
    return frozenset(readers | (hospital if is_open_to_all(consult) else people))


def side_of(seats: frozenset[Seat]) -> Side:
    """Which of the two hospitals these seats belong to."""
    return Side.REFERRING if Seat.REFERRER in seats else Side.CONSULTING


def visible_consults(actor: Actor) -> ColumnElement[bool]:
    """The same rule as `seats_of`, as a condition for lists; a test compares the two."""
    if actor.is_guest:
        return _invited_to(actor)
    if actor.kind is ActorKind.PROGRAM and actor.has_right(Right.CONSULT):
        homes = (Consult.referring_hospital_id, Consult.consulting_hospital_id)
        return and_(Consult.requested_at.is_not(None), or_(*(home == actor.hospital_id for home in homes)))
    if actor.kind is not ActorKind.PERSON or actor.hospital_id is None:
        return false()
    return or_(asked_by(actor), asked_of(actor))


def _invited_to(actor: Actor) -> ColumnElement[bool]:
    at = clock.now()
    mine = and_(
        ConsultGuest.person_id == actor.id, ConsultGuest.withdrawn_at.is_(None), ConsultGuest.until > at
    )
    is_open = or_(Consult.access_ends_at.is_(None), Consult.access_ends_at > at)
    return and_(Consult.guests.any(mine), is_open)


def asked_by(actor: Actor) -> ColumnElement[bool]:
    """Consults of the actor's hospital; a draft is seen by its writer alone."""
    if not actor.allows(Permission.CONSULT_ASK):
        return false()
    is_theirs = or_(Consult.requested_at.is_not(None), Consult.referrer_id == actor.id)
    return and_(Consult.referring_hospital_id == actor.hospital_id, is_theirs)


def asked_of(actor: Actor) -> ColumnElement[bool]:
    """Consults that somebody else's hospital asked of this actor, or that they were invited to read."""
    is_reader = and_(Reader.person_id == actor.id, Reader.ended_at.is_(None))
    invited = and_(Consult.referring_hospital_id != actor.hospital_id, Consult.readers.any(is_reader))
    of_hospital = _asked_of_hospital(actor)
    return or_(of_hospital, invited) if actor.allows(Permission.CONSULT_ANSWER) else of_hospital


def _asked_of_hospital(actor: Actor) -> ColumnElement[bool]:
    """Consults that wait for this specialist, were accepted by them, or concern their hospital's specialists; to a
    coordinator all that their hospital was asked.
    """
    of_hospital = and_(Consult.consulting_hospital_id == actor.hospital_id, Consult.requested_at.is_not(None))
    if actor.allows(Permission.CONSULT_COORDINATE):
        return of_hospital
    if not actor.allows(Permission.CONSULT_ANSWER):
        return false()
    return and_(
        of_hospital, or_(Consult.consultant_id == actor.id, _offered_to(actor.id), _by_old_rule(actor))
    )


def _offered_to(person_id: str) -> ColumnElement[bool]:
    """The same as `people_asked` and `is_open_to_all` of a consult with offers."""
    mine = exists().where(
        Offered.offer_id == Offer.id, Offered.person_id == person_id, Offered.passed_at.is_(None)
    )
    lasting = or_(Offer.outcome.is_(None), Offer.outcome == OfferEnd.ACCEPTED)
    before = or_(and_(Offer.is_open, lasting), and_(Offer.ended_at.is_(None), mine))
    return exists().where(Offer.consult_id == Consult.id, before)


def _by_old_rule(actor: Actor) -> ColumnElement[bool]:
    """Consults of before there were offers."""
    addressed = or_(Consult.addressee_id.is_(None), Consult.addressee_id == actor.id)
    return and_(addressed, ~exists().where(Offer.consult_id == Consult.id))


def consult_for(tx: Tx, actor: Actor, consult_id: str, *, lock: bool = False) -> Consult:
    """The consult, or NotFound; `lock` holds its row so that its state cannot change until the commit."""
    held = None if lock else tx.session.info.get(("consult", consult_id))
    consult = held or _row(tx, consult_id, lock=lock)
    if consult is None or not seats_of(consult, actor):
        raise NotFound
    tx.session.info["consult", consult_id] = consult  # one transaction reads it for many people
    return consult


def read_consults(tx: Tx, consult_ids: Collection[str]) -> None:
    """At once, for `consult_for` of this transaction: one by one fifty rooms take ten times as long."""
    for consult in tx.session.scalars(select(Consult).where(Consult.id.in_(consult_ids))):
        tx.session.info["consult", consult.id] = consult


def _row(tx: Tx, consult_id: str, *, lock: bool) -> Consult | None:
    query = select(Consult).where(Consult.id == consult_id)
    return tx.session.scalar(query.with_for_update() if lock else query)


def state_of(consult: Consult) -> State:
    """The stored word as a state."""
    return State(consult.state)


def led_to(consult: Consult, actor: Actor, verb: Verb) -> State:
    """Where the verb leads this consult when the actor uses it; raises Conflict or Forbidden."""
    is_accepted = consult.consultant_id is not None
    return next_state(state_of(consult), verb, seats_of(consult, actor), is_accepted=is_accepted)


def verbs_for(consult: Consult, actor: Actor) -> list[Verb]:
    """Everything the actor may do with the consult now."""
    is_accepted = consult.consultant_id is not None
    verbs = allowed_verbs(state_of(consult), seats_of(consult, actor), is_accepted=is_accepted)
    offer = standing_offer(consult)
    is_named = offer is not None and any(one.person_id == actor.id for one in offer.people)
    return [verb for verb in verbs if verb is not Verb.PASS or is_named]
