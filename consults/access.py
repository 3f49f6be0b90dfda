"""The only way to a consult. The referring hospital's doctors see theirs; of the addressed hospital its specialists
do, or only the person who was asked. For everybody else it does not exist.
"""

from sqlalchemy import ColumnElement, and_, false, or_, select

from app.base.actor import Actor, ActorKind, Permission
from app.base.db import Tx
from app.base.errors import NotFound
from consults.lifecycle import Seat, Side, State, Verb, allowed_verbs, next_state
from consults.models import Consult


def seats_of(consult: Consult, actor: Actor) -> frozenset[Seat]:
    """What the actor is in this consult; empty: nothing, not even somebody who may know of it."""
    if actor.kind is not ActorKind.PERSON or actor.hospital_id is None:
        return frozenset()
    if actor.hospital_id == consult.referring_hospital_id:
        is_theirs = actor.id == consult.referrer_id or consult.requested_at is not None
        may = actor.allows(Permission.CONSULT_DISCUSS) and is_theirs
        return frozenset({Seat.REFERRER}) if may else frozenset()
    addressed = actor.hospital_id == consult.consulting_hospital_id and consult.addressee_id in {
        None,
        actor.id,
    }
    if not addressed or consult.requested_at is None or not actor.allows(Permission.CONSULT_ANSWER):
        return frozenset()
    accepted = actor.id == consult.consultant_id
    return frozenset({Seat.CONSULTANT, Seat.SPECIALIST}) if accepted else frozenset({Seat.SPECIALIST})


def side_of(seats: frozenset[Seat]) -> Side:
    """Which of the two hospitals these seats belong to."""
    return Side.REFERRING if Seat.REFERRER in seats else Side.CONSULTING


def visible_consults(actor: Actor) -> ColumnElement[bool]:
    """The same rule as `seats_of`, as a condition for lists; a test compares the two."""
    if actor.kind is not ActorKind.PERSON or actor.hospital_id is None:
        return false()
    return or_(asked_by(actor), asked_of(actor))


def asked_by(actor: Actor) -> ColumnElement[bool]:
    """Consults of the actor's hospital; a draft is seen by its writer alone."""
    if not actor.allows(Permission.CONSULT_DISCUSS):
        return false()
    is_theirs = or_(Consult.requested_at.is_not(None), Consult.referrer_id == actor.id)
    return and_(Consult.referring_hospital_id == actor.hospital_id, is_theirs)


def asked_of(actor: Actor) -> ColumnElement[bool]:
    """Consults that wait for this specialist, were accepted by them, or concern their hospital's specialists."""
    if not actor.allows(Permission.CONSULT_ANSWER):
        return false()
    return and_(
        Consult.consulting_hospital_id == actor.hospital_id,
        Consult.requested_at.is_not(None),
        or_(Consult.addressee_id.is_(None), Consult.addressee_id == actor.id),
    )


def consult_for(tx: Tx, actor: Actor, consult_id: str, *, lock: bool = False) -> Consult:
    """The consult, or NotFound; `lock` holds its row so that its state cannot change until the commit."""
    query = select(Consult).where(Consult.id == consult_id)
    consult = tx.session.scalar(query.with_for_update() if lock else query)
    if consult is None or not seats_of(consult, actor):
        raise NotFound
    return consult


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
    return allowed_verbs(state_of(consult), seats_of(consult, actor), is_accepted=is_accepted)
