"""Every write about who gets a case; made as those of consults.actions are."""

from sqlalchemy import select

from app.base.actor import Actor, Permission
from app.base.db import Tx
from app.base.errors import Conflict, Invalid
from app.identity.queries import person_info
from consults.access import grantees_of, people_asked, standing_offer
from consults.asking import can_answer
from consults.dispatch.chain import Change, offer_again, offer_data, offer_next, offer_to
from consults.dispatch.duty import cases_before
from consults.dispatch.events import MovedData
from consults.dispatch.schemas import HandOver, HandOverAll, PassOffer, Reassign
from consults.events import ConsultChange
from consults.history import append, append_change
from consults.lifecycle import State, Verb
from consults.models import Consult
from consults.offers import OfferEnd
from consults.steps import Answer, share_anew, step, time_step


def pass_offer(tx: Tx, actor: Actor, *, wish: PassOffer) -> Answer:
    """Not for the actor: their right ends. When nobody is left who had it before them, it goes on to the next."""
    consult, _ = step(tx, actor, wish.consult_id, Verb.PASS, Permission.CONSULT_ANSWER)
    offer = standing_offer(consult)
    mine = next((one for one in offer.people if one.person_id == actor.id), None) if offer else None
    if offer is None or mine is None or mine.passed_at is not None:
        raise Conflict("not_offered", "The case is not before you by name; there is nothing to pass on.")
    before = grantees_of(consult)
    mine.passed_at, mine.reason = tx.now, wish.reason
    tx.session.flush()
    share_anew(tx, consult, before)
    changed: Change = {"offer": offer_data(tx, consult)}
    if not people_asked(consult) and not offer.is_open:
        changed = offer_next(tx, consult, OfferEnd.PASSED)
    return {"number": append_change(tx, actor, consult, "consult.passed", **changed)}


def hand_over(tx: Tx, actor: Actor, *, wish: HandOver) -> Answer:
    """The consultant's shift ends: the case goes to somebody named, or to whoever is on call."""
    consult, state = step(tx, actor, wish.consult_id, Verb.HANDOVER, Permission.CONSULT_ANSWER)
    return _give(tx, actor, consult, state, "consult.handed-over", wish)


def reassign(tx: Tx, actor: Actor, *, wish: Reassign) -> Answer:
    """A coordinator gives the case to somebody else, accepted or not; the table asks for the coordinator's seat."""
    consult, state = step(tx, actor, wish.consult_id, Verb.REASSIGN, Permission.CONSULT_DISCUSS)
    return _give(tx, actor, consult, state, "consult.reassigned", wish)


def _give(tx: Tx, actor: Actor, consult: Consult, state: State, type_: str, wish: HandOver) -> Answer:
    if consult.opinion is not None:
        raise Conflict("opinion_given", "The opinion has been given. Complete the consult instead.")
    before, consult.state = consult.state, state
    change = _offered_anew(tx, consult, wish.person_id)
    gone = {"reason": None, "return_reason": None, "state": state}
    data = MovedData(consult=ConsultChange(**(change | gone)), note=wish.note)
    number = append(tx, actor, consult, type_, data)
    if before != state:
        time_step(tx, actor, consult)
    return {"number": number, "state": state.value}


def _offered_anew(tx: Tx, consult: Consult, person_id: str | None) -> Change:
    before = grantees_of(consult)
    left = consult.consultant_id
    consult.consultant_id = consult.reason = consult.return_reason = None
    if person_id is None:
        change = offer_again(tx, consult, without=left)
    else:
        person = person_info(tx, person_id)
        if person.hospital_id != consult.consulting_hospital_id or not can_answer(person):
            raise Invalid("not_a_specialist", "This person cannot be asked. Choose a specialist.")
        if person_id == left:
            raise Invalid("same_person", "This doctor has the case already. Choose another one.")
        change = offer_to(tx, consult, person_id)
    share_anew(tx, consult, before)
    return change


def hand_over_all(tx: Tx, actor: Actor, *, wish: HandOverAll) -> int:
    """At the end of a shift: every open case of the actor whose opinion is not given yet. How many went."""
    actor.check(Permission.CONSULT_ANSWER)
    mine = select(Consult.id).where(cases_before(actor.id))
    consult_ids = list(tx.session.scalars(mine.order_by(Consult.id)))
    for consult_id in consult_ids:
        one = HandOver(consult_id=consult_id, person_id=wish.person_id, note=wish.note)
        hand_over(tx, actor, wish=one)
    return len(consult_ids)
