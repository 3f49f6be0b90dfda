"""Who is told what when something happens in a consult, and what the two hospitals' programs hear of it.

One table. Nobody is told of a consult they may not see, nor of what they did themselves; a reader who is to stay blind is
told nothing of what others concluded. No notice names the patient: the consult's number, and the hospital that acted.
"""

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import bindparam, select

from app.base.actor import SYSTEM, Actor, Role
from app.base.db import Tx
from app.base.prepared import Prepared
from app.identity.notices import tell_people
from app.identity.queries import actor_of_person, hospital, ids_with_role
from app.notify.actions import tell_programs
from app.notify.lifecycle import Kind
from app.notify.notices import News
from app.notify.queries import still_unread
from consults.access import is_open_to_all, people_asked, seats_of, standing_offer
from consults.event_base import Payload
from consults.lifecycle import Seat
from consults.models import Consult, Participant
from consults.offers import OfferKind
from consults.urgency import Urgency


class Whom(StrEnum):
    """Whom a notice is for; what each means is in `_FOUND`."""

    ASKED = "asked"
    ASKED_NOW = "asked-now"
    CONSULTANT = "consultant"
    COORDINATORS_NOW = "coordinators-now"
    ENDS = "ends"
    INVITED = "invited"
    MENTIONED = "mentioned"
    REFERRER = "referrer"
    REFERRER_AGAIN = "referrer-again"
    ROOM = "room"


class Telling(NamedTuple):
    """One line of the table. `once`: not again while the same sentence about the same consult is unread."""

    whom: Whom
    kind: Kind
    message: str
    once: bool = False


class Happening(NamedTuple):
    """What the event is, as history writes it."""

    type: str
    number: int
    data: Payload


NEW_CASE = "{number}: {hospital} asks for a consultation."
NOBODY_ACCEPTS = "{number}: nobody has accepted the case yet. Give it to somebody."
REOPENED = "{number} has been opened again by {hospital}. The reason stands in the case."
OPINION = "{number}: the opinion is there."
ANSWER_AGAIN = "{number}: an answer has been revised. Read what it says now."
OPINION_AGAIN = "{number}: the opinion has been revised. Read what it says now."
TOLD: dict[str, tuple[Telling, ...]] = {
    "answer.given": (
        Telling(Whom.REFERRER_AGAIN, Kind.PROGRESS, ANSWER_AGAIN, once=True),
        Telling(Whom.REFERRER, Kind.PROGRESS, "{number}: a question has been answered.", once=True),
    ),
    "attachment.added": (
        Telling(Whom.CONSULTANT, Kind.PROGRESS, "{number}: something was added to the case.", once=True),
    ),
    "basis.reminded": (
        Telling(
            Whom.REFERRER, Kind.REMINDER, "{number}: what was missing when it was sent is still missing."
        ),
    ),
    "call.started": (Telling(Whom.ROOM, Kind.MESSAGE, "{number}: a call has begun.", once=True),),
    "consult.accepted": (Telling(Whom.REFERRER, Kind.PROGRESS, "{number} has been accepted by {hospital}."),),
    "consult.cancelled": (Telling(Whom.ASKED, Kind.PROGRESS, "{number} has been cancelled by {hospital}."),),
    "consult.completed": (Telling(Whom.ENDS, Kind.PROGRESS, "{number} is completed."),),
    "consult.handed-over": (Telling(Whom.ASKED, Kind.CASE, NEW_CASE),),
    "consult.held": (
        Telling(
            Whom.REFERRER,
            Kind.PROGRESS,
            "{number} has been sent back by {hospital}. Look at what is missing.",
        ),
    ),
    "consult.offered": (
        Telling(Whom.COORDINATORS_NOW, Kind.CASE, NOBODY_ACCEPTS),
        Telling(Whom.ASKED_NOW, Kind.CASE, NEW_CASE),
    ),
    "consult.passed": (
        Telling(Whom.COORDINATORS_NOW, Kind.CASE, NOBODY_ACCEPTS),
        Telling(Whom.ASKED_NOW, Kind.CASE, NEW_CASE),
    ),
    "consult.reassigned": (Telling(Whom.ASKED, Kind.CASE, NEW_CASE),),
    "consult.rejected": (Telling(Whom.REFERRER, Kind.PROGRESS, "{number} has been refused by {hospital}."),),
    "consult.reopened": (Telling(Whom.CONSULTANT, Kind.CASE, REOPENED),),
    "consult.requested": (Telling(Whom.ASKED, Kind.CASE, NEW_CASE),),
    "consult.rescheduled": (Telling(Whom.CONSULTANT, Kind.PROGRESS, "{number} has another time."),),
    "consult.resubmitted": (Telling(Whom.ASKED, Kind.CASE, "{number} has been sent again by {hospital}."),),
    "consult.resumed": (
        Telling(Whom.REFERRER, Kind.PROGRESS, "{number} goes on: {hospital} has taken it up again."),
    ),
    "consult.withdrawn": (
        Telling(Whom.ASKED, Kind.CASE, "{number} waits for a specialist again."),
        Telling(Whom.REFERRER, Kind.PROGRESS, "{number} waits for a specialist again."),
    ),
    "decision.recorded": (Telling(Whom.CONSULTANT, Kind.PROGRESS, "{number}: the referrer has decided."),),
    "labs.added": (
        Telling(Whom.CONSULTANT, Kind.PROGRESS, "{number}: something was added to the case.", once=True),
    ),
    "message.posted": (
        Telling(Whom.MENTIONED, Kind.PROGRESS, "{number}: you were mentioned in a message.", once=True),
        Telling(Whom.ROOM, Kind.MESSAGE, "{number}: new messages.", once=True),
    ),
    "minutes.circulated": (
        Telling(Whom.ROOM, Kind.REMINDER, "{number}: the minutes wait for you to read them.", once=True),
    ),
    "minutes.closed": (Telling(Whom.ROOM, Kind.PROGRESS, "{number}: the minutes are closed.", once=True),),
    "opinion.given": (
        Telling(Whom.REFERRER_AGAIN, Kind.PROGRESS, OPINION_AGAIN, once=True),
        Telling(Whom.REFERRER, Kind.PROGRESS, OPINION, once=True),
    ),
    "outcome.reported": (Telling(Whom.CONSULTANT, Kind.PROGRESS, "{number}: the outcome has been told."),),
    "outcome.wanted": (
        Telling(Whom.REFERRER, Kind.REMINDER, "{number}: please tell what the case turned out to be."),
    ),
    "reader.invited": (Telling(Whom.INVITED, Kind.CASE, "{number}: {hospital} asks for your reading."),),
    "reading.given": (Telling(Whom.REFERRER, Kind.PROGRESS, OPINION, once=True),),
    "recording.ready": (
        Telling(Whom.ROOM, Kind.PROGRESS, "{number}: a recording can be played.", once=True),
    ),
    "study.shared": (
        Telling(Whom.CONSULTANT, Kind.PROGRESS, "{number}: a further study has been shared.", once=True),
    ),
}


def tell(tx: Tx, actor: Actor, consult: Consult, happened: Happening) -> None:
    """For history: after the event is written, in the same transaction."""
    tellings = TOLD.get(happened.type, ())
    if not tellings or consult.requested_at is None:
        return
    already = {actor.id}
    for telling in tellings:
        found = _FOUND[telling.whom](tx, consult, happened) - already
        found &= _few(happened) or found
        already |= found
        if found:
            tell_of(tx, consult, telling, found, actor)
    if _few(happened) is None:
        tell_programs_of(tx, consult, happened.type, tellings[-1].kind, event=happened.number)


def tell_of(
    tx: Tx, consult: Consult, telling: Telling, people: Iterable[str], acting: Actor | None = None
) -> int:
    """Those of these people who may see the consult; how many were told. `acting`: whose hospital the sentence names."""
    told = set(people)
    if telling.once:
        told -= still_unread(tx, subject_of(consult.id), telling.message)
    if not told:
        return 0
    news = News(
        telling.kind,
        telling.message,
        f"/consults/{consult.id}",
        {"number": consult.number, "hospital": _acting(tx, acting, consult, telling.kind) if acting else ""},
        subject=subject_of(consult.id),
        urgent=consult.urgency == Urgency.EMERGENCY and telling.kind is not Kind.MESSAGE,
    )
    return tell_people(tx, SYSTEM, person_ids=[one for one in told if _may_hear(tx, consult, one)], news=news)


def subject_of(consult_id: str) -> str:
    """What notices about a consult are kept under."""
    return f"consult:{consult_id}"


def coordinators_of(tx: Tx, consult: Consult) -> set[str]:
    """Of the hospital that is asked."""
    return set(ids_with_role(tx, consult.consulting_hospital_id, Role.COORDINATOR))


def _may_hear(tx: Tx, consult: Consult, person_id: str) -> bool:
    """A blind reader works alone: they are invited, and hear no more."""
    seats = seats_of(consult, actor_of_person(tx, person_id))
    invited_now = Seat.BLIND in seats and any(
        reader.person_id == person_id and reader.invited_at == tx.now for reader in consult.readers
    )
    return bool(seats - {Seat.BLIND}) or invited_now


def _acting(tx: Tx, actor: Actor, consult: Consult, kind: Kind) -> str:
    """Of a new case who asks, of all else who acted."""
    acting = consult.referring_hospital_id if kind is Kind.CASE else actor.hospital_id
    return hospital(tx, acting).name if acting else ""


def _few(happened: Happening) -> set[str] | None:
    """The only people who may hear of it: of a line or a file that was sent to them alone."""
    few = getattr(happened.data, "recipients", None)
    return set(few) if few else None


def tell_programs_of(tx: Tx, consult: Consult, type_: str, kind: Kind, **more: int) -> None:
    """Those of both hospitals."""
    data = more | {
        "consult_id": consult.id,
        "number": consult.number,
        "state": consult.state,
        "urgency": consult.urgency,
        "path": f"/consults/{consult.id}",
    }
    for hospital_id in sorted({consult.referring_hospital_id, consult.consulting_hospital_id}):
        tell_programs(tx, SYSTEM, hospital_id=hospital_id, kind=kind, type_=type_, data=data)


def _asked(tx: Tx, consult: Consult, _happened: Happening) -> set[str]:
    """Whoever accepted; else whoever has it before them, and where that is nobody by name, the coordinators."""
    if consult.consultant_id is not None:
        return {consult.consultant_id}
    if is_open_to_all(consult):
        return set(ids_with_role(tx, consult.consulting_hospital_id, Role.SPECIALIST))
    return set(people_asked(consult)) or coordinators_of(tx, consult)


def _asked_now(tx: Tx, consult: Consult, happened: Happening) -> set[str]:
    """Only where the case went on to somebody else at this moment: those left with it beside a coordinator know of it."""
    kind = _gone_on_to(tx, consult)
    if kind is None or (kind is OfferKind.COORDINATOR and coordinators_of(tx, consult)):
        return set()
    return _asked(tx, consult, happened)


def _coordinators_now(tx: Tx, consult: Consult, _happened: Happening) -> set[str]:
    return coordinators_of(tx, consult) if _gone_on_to(tx, consult) is OfferKind.COORDINATOR else set()


def _gone_on_to(tx: Tx, consult: Consult) -> OfferKind | None:
    """Before whom the case has come at this moment."""
    offer = standing_offer(consult)
    return OfferKind(offer.kind) if offer is not None and offer.offered_at == tx.now else None


def _consultant(_tx: Tx, consult: Consult, _happened: Happening) -> set[str]:
    return {consult.consultant_id} if consult.consultant_id else set()


def _ends(tx: Tx, consult: Consult, happened: Happening) -> set[str]:
    return {consult.referrer_id} | _consultant(tx, consult, happened)


def _invited(_tx: Tx, _consult: Consult, happened: Happening) -> set[str]:
    reader = getattr(happened.data, "reader", None)
    return {reader.person.id} if reader is not None else set()


def _mentioned(_tx: Tx, _consult: Consult, happened: Happening) -> set[str]:
    return set(getattr(happened.data, "mentions", None) or ())


def _referrer(_tx: Tx, consult: Consult, _happened: Happening) -> set[str]:
    return {consult.referrer_id}


def _referrer_again(_tx: Tx, consult: Consult, happened: Happening) -> set[str]:
    """Of a text that stands in the place of another, which they may have acted on."""
    return {consult.referrer_id} if getattr(happened.data, "revises", None) else set()


def _room(tx: Tx, consult: Consult, happened: Happening) -> set[str]:
    """Whoever has been in, and the two who carry the case."""
    inside = {person_id for (person_id,) in _INSIDE.rows(tx, consult=consult.id)}
    return inside | _ends(tx, consult, happened)


_INSIDE = Prepared(
    lambda _dialect: select(Participant.person_id).where(Participant.consult_id == bindparam("consult"))
)


_FOUND: dict[Whom, Callable[[Tx, Consult, Happening], set[str]]] = {
    Whom.ASKED: _asked,
    Whom.ASKED_NOW: _asked_now,
    Whom.CONSULTANT: _consultant,
    Whom.COORDINATORS_NOW: _coordinators_now,
    Whom.ENDS: _ends,
    Whom.INVITED: _invited,
    Whom.MENTIONED: _mentioned,
    Whom.REFERRER: _referrer,
    Whom.REFERRER_AGAIN: _referrer_again,
    Whom.ROOM: _room,
}
