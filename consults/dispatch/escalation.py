"""Offers that nobody answered go on to the next. Two workers at once move each of them once: the row of the consult is
held, and whether the offer is due is seen again.
"""

from datetime import datetime

from sqlalchemy import func, select

from app.base.actor import SYSTEM
from app.base.db import Database, Tx
from consults.access import standing_offer
from consults.dispatch.chain import offer_data, offer_next
from consults.history import append_change
from consults.lifecycle import State
from consults.models import Consult, ConsultStep, Offer
from consults.offers import OfferEnd

EVERY_SECONDS = 10
AT_ONCE = 100


def escalate(db: Database) -> int:
    """One transaction for each offer that is due; says how many moved."""
    due = (Offer.ended_at.is_(None), Consult.state == State.REQUESTED)
    with db.reading() as tx:
        query = select(Offer.consult_id).join(Consult, Consult.id == Offer.consult_id)
        query = query.where(*due, Offer.expires_at <= tx.now).order_by(Offer.expires_at).limit(AT_ONCE)
        consult_ids = list(tx.session.scalars(query))
    return sum(_escalate(db, consult_id) for consult_id in consult_ids)


def _escalate(db: Database, consult_id: str) -> bool:
    with db.transaction() as tx:
        consult = tx.session.scalar(select(Consult).where(Consult.id == consult_id).with_for_update())
        offer = standing_offer(consult) if consult is not None else None
        if consult is None or offer is None or consult.state != State.REQUESTED:
            return False
        if offer.expires_at is None or offer.expires_at > tx.now:
            return False
        again = _asked_again_at(tx, consult, offer)
        if again is not None and again + (offer.expires_at - offer.offered_at) > tx.now:
            offer.expires_at = again + (offer.expires_at - offer.offered_at)
            tx.session.flush()
            append_change(tx, SYSTEM, consult, "consult.offered", offer=offer_data(tx, consult))
            return False
        append_change(tx, SYSTEM, consult, "consult.offered", **offer_next(tx, consult, OfferEnd.EXPIRED))
        return True


def _asked_again_at(tx: Tx, consult: Consult, offer: Offer) -> datetime | None:
    """A case that was sent back and came again begins its time anew."""
    entered = select(func.max(ConsultStep.entered_at)).where(
        ConsultStep.consult_id == consult.id, ConsultStep.entered_at > offer.offered_at
    )
    return tx.session.scalar(entered)
