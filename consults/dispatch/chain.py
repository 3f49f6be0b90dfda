"""From one offer to the next: the person asked, the group or the duty pool, the coordinator. Nothing is ever offered
to nobody: where a hospital has neither group nor coordinator, its specialists keep the case before them.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from app.archive.queries import study_info
from app.base.actor import SYSTEM, Role
from app.base.db import Tx
from app.base.errors import NotFound
from app.base.ids import new_id
from app.identity.queries import people_of, person_info
from consults.access import grantees_of, standing_offer
from consults.dispatch.duty import Duty, group_on_duty, pool_on_duty
from consults.dispatch.models import DutyGroup
from consults.history import consulting_party
from consults.models import Consult, Offer, Offered
from consults.offers import OFFERED_FOR, OfferData, OfferEnd, OfferKind, offered_until
from consults.steps import share_anew
from consults.urgency import Urgency

Change = dict[str, Any]


@dataclass(frozen=True)
class Target:
    """To whom the next offer goes. `thinking` None: it stays until somebody accepts."""

    kind: OfferKind
    person_ids: frozenset[str]
    thinking: timedelta | None
    is_open: bool = False
    group_id: str | None = None


def offer_first(tx: Tx, consult: Consult) -> Change:
    """The case was sent: to the person asked by name, or to the group or pool at once. What changed comes back."""
    person = consult.addressee_id
    return _offer(tx, consult, to_person(consult, person) if person else _to_duty(tx, consult))


def offer_next(tx: Tx, consult: Consult, ended: OfferEnd) -> Change:
    """Nobody accepted: the offer ends, and goes on to whoever comes next."""
    standing = standing_offer(consult)
    target = _to_duty(tx, consult)
    if standing is not None and standing.kind != OfferKind.PERSON:
        target = _to_coordinator(tx, consult, standing)
    return _instead(tx, consult, ended, target)


def offer_again(tx: Tx, consult: Consult, *, without: str | None = None) -> Change:
    """The consultant is gone: the case is before the group or the pool once more, `without` whoever left it."""
    return _instead(tx, consult, OfferEnd.WITHDRAWN, _to_duty(tx, consult, without))


def offer_to(tx: Tx, consult: Consult, person_id: str) -> Change:
    """Somebody named by a coordinator or by the consultant; without an answer it goes on as ever."""
    return _instead(tx, consult, OfferEnd.WITHDRAWN, to_person(consult, person_id))


def taken(tx: Tx, consult: Consult) -> Change:
    """The consultant accepted: nobody else has the case before them any longer, unless the whole hospital was asked."""
    standing = standing_offer(consult)
    if standing is None:
        return {}
    before = grantees_of(consult)
    standing.ended_at, standing.outcome = tx.now, OfferEnd.ACCEPTED
    tx.session.flush()
    share_anew(tx, consult, before)
    return {"offer": None}


def offer_data(tx: Tx, consult: Consult) -> OfferData | None:
    """The standing offer as both sides see it."""
    offer = standing_offer(consult)
    if offer is None:
        return None
    to = person_info(tx, offer.person_id).name if offer.person_id else ""
    if offer.group_id is not None:
        to = tx.session.get_one(DutyGroup, offer.group_id).name
    kind = OfferKind(offer.kind)
    return OfferData(step=offer.step, kind=kind, to=to, since=offer.offered_at, until=offer.expires_at)


def _instead(tx: Tx, consult: Consult, ended: OfferEnd, target: Target) -> Change:
    """The earlier offers end, the one that was accepted too, and the rights to the images follow."""
    before = grantees_of(consult)
    for offer in consult.offers:
        if offer.ended_at is None:
            offer.ended_at, offer.outcome = tx.now, ended
        elif offer.outcome == OfferEnd.ACCEPTED:
            offer.outcome = OfferEnd.WITHDRAWN
    change = _offer(tx, consult, target)
    share_anew(tx, consult, before)
    return change


def _offer(tx: Tx, consult: Consult, target: Target) -> Change:
    until = offered_until(tx.now, target.thinking, consult.due_at) if target.thinking is not None else None
    offer = Offer(
        id=new_id(),
        step=max((offer.step for offer in consult.offers), default=0) + 1,
        kind=target.kind,
        is_open=target.is_open,
        person_id=next(iter(target.person_ids)) if target.kind is OfferKind.PERSON else None,
        group_id=target.group_id,
        offered_at=tx.now,
        expires_at=until,
        people=[Offered(person_id=person_id, reason="") for person_id in sorted(target.person_ids)],
    )
    consult.offers.append(offer)
    tx.session.flush()
    return {"offer": offer_data(tx, consult), "consulting": consulting_party(tx, consult)}


def to_person(consult: Consult, person_id: str) -> Target:
    """One specialist."""
    return Target(OfferKind.PERSON, frozenset({person_id}), OFFERED_FOR[Urgency(consult.urgency)])


def _to_duty(tx: Tx, consult: Consult, without: str | None = None) -> Target:
    """The group that was asked, else the pool; without those who passed. Nobody left: the coordinator."""
    group = tx.session.get(DutyGroup, consult.group_id) if consult.group_id else None
    urgency = Urgency(consult.urgency)
    if group is not None:
        duty = group_on_duty(tx, group, urgency)
    else:
        duty = pool_on_duty(tx, consult.consulting_hospital_id, urgency, _modalities(tx, consult))
    people = duty.person_ids - _passed(consult) - {without}
    if not people and not duty.is_open:
        return _last_resort(tx, consult, duty)
    kind = OfferKind.GROUP if group is not None else OfferKind.POOL
    group_id = group.id if group is not None else None
    return Target(kind, people, duty.thinking, duty.is_open, group_id)


def _last_resort(tx: Tx, consult: Consult, duty: Duty) -> Target:
    """Everybody passed. Without a coordinator it is before them all again."""
    has_coordinator = people_of(tx, SYSTEM, consult.consulting_hospital_id, role=Role.COORDINATOR)
    people: frozenset[str] = frozenset() if has_coordinator else duty.person_ids
    return Target(OfferKind.COORDINATOR, people, None, is_open=not has_coordinator and not people)


def _to_coordinator(tx: Tx, consult: Consult, standing: Offer) -> Target:
    """Whoever had it before them and did not pass may still accept it."""
    people = frozenset(one.person_id for one in standing.people if one.passed_at is None)
    if people or standing.is_open:
        return Target(OfferKind.COORDINATOR, people, None, standing.is_open)
    return _last_resort(tx, consult, Duty(frozenset(), timedelta(0), is_open=True))


def _passed(consult: Consult) -> frozenset[str]:
    return frozenset(
        one.person_id for offer in consult.offers for one in offer.people if one.passed_at is not None
    )


def _modalities(tx: Tx, consult: Consult) -> set[str]:
    found: set[str] = set()
    for study in consult.studies:
        try:
            found.update(study_info(tx, SYSTEM, study.study_id).modalities)
        except NotFound:
            continue  # destroyed since
    return found
