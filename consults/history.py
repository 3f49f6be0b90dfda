"""Writing what happened: the event with the consult's next number, its audit record, and the news of it."""

from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm.attributes import set_committed_value

from app.audit.actions import Action, record
from app.audit.kinds import AuditKind
from app.base.actor import Actor
from app.base.db import Tx
from app.base.events import announce
from app.base.prepared import Prepared, adding
from app.identity.queries import hospital, person_info
from consults.access import grantees_of, standing_offer
from consults.event_base import Payload, Person
from consults.events import ConsultChange, ConsultData, Party
from consults.models import Consult, ConsultEvent, ConsultGuest, Message
from consults.notices import Happening, coordinators_of, tell


def person_of(tx: Tx, actor: Actor) -> Person:
    """The actor as the others see them."""
    name = hospital(tx, actor.hospital_id).name if actor.hospital_id else ""
    if actor.is_guest:
        of_guest = select(ConsultGuest.hospital).where(ConsultGuest.person_id == actor.id)
        name = tx.session.scalar(of_guest) or ""
    return Person(id=actor.id, name=actor.name, hospital=name)


def consulting_party(tx: Tx, consult: Consult) -> Party:
    """Who answers: the consultant; before one has accepted, whoever was asked by name, or nobody yet."""
    offer = standing_offer(consult)
    asked = offer.person_id if offer is not None else consult.addressee_id
    person_id = consult.consultant_id or asked
    person = person_info(tx, person_id).name if person_id else None
    return Party(hospital=hospital(tx, consult.consulting_hospital_id).name, person=person)


def append(
    tx: Tx,
    actor: Actor,
    consult: Consult,
    type_: str,
    data: Payload,
    *,
    kind: AuditKind = AuditKind.ORDER_RECORD,
    action: Action = "U",
) -> int:
    """Adds the event and everything that goes with one; returns its number."""
    number = _next_number(tx, consult)
    _ADD.rows(
        tx,
        consult_id=consult.id,
        number=number,
        type=type_,
        at=tx.now,
        actor_id=actor.id,
        actor=person_of(tx, actor).model_dump(),
        data=data.model_dump(mode="json", exclude_unset=True),
    )
    _audit(tx, actor, consult, kind, action, {"event": type_, "number": number})
    _tell(tx, consult, number)
    tell(tx, actor, consult, Happening(type_, number, data))
    tx.flush()
    return number


def keep_line(tx: Tx, actor: Actor, consult: Consult, number: int, line: dict[str, Any]) -> None:
    """The row of a line of the talk whose event has this number. `line`: id, client_id, text, view and more."""
    by = {"author_id": actor.id, "author": person_of(tx, actor).model_dump(), "at": tx.now}
    _ADD_LINE.rows(tx, **line, **by, consult_id=consult.id, number=number)


_ADD = adding(ConsultEvent)
_ADD_LINE = adding(Message)


def append_change(tx: Tx, actor: Actor, consult: Consult, type_: str, **changed: Any) -> int:
    """A consult.* event: the fields of the consult that changed."""
    return append(tx, actor, consult, type_, ConsultData(consult=ConsultChange(**changed)))


def audit_reading(tx: Tx, actor: Actor, consult: Consult) -> None:
    """Somebody opened the room, or read what is in it elsewhere."""
    _audit(tx, actor, consult, AuditKind.ORDER_RECORD, "R", {})


def _next_number(tx: Tx, consult: Consult) -> int:
    tx.flush()
    ((number,),) = _NUMBER.rows(tx, consult=consult.id, now=tx.now)
    set_committed_value(consult, "last", number)
    set_committed_value(consult, "changed_at", tx.now)
    return int(number)


_NUMBER = Prepared(
    lambda _dialect: (
        update(Consult)
        .where(Consult.id == bindparam("consult"))
        .values(last=Consult.last + 1, changed_at=bindparam("now"))
        .returning(Consult.last)
    )
)


def _audit(
    tx: Tx, actor: Actor, consult: Consult, kind: AuditKind, action: Action, detail: dict[str, Any]
) -> None:
    record(
        tx,
        actor,
        kind,
        action,
        subject_type="consult",
        subject_id=consult.id,
        hospital_id=consult.referring_hospital_id,
        detail=detail | {"state": consult.state},
    )


def _tell(tx: Tx, consult: Consult, number: int) -> None:
    """The room hears that there is an event (each reader fetches what they may see); lists hear that it changed."""
    announce(tx, f"consult:{consult.id}", "consult.event", {"consult_id": consult.id, "number": number})
    news = {"consult_id": consult.id, "number": number, "state": consult.state}
    for topic in _lists(tx, consult):
        announce(tx, topic, "consult.changed", news)


def _lists(tx: Tx, consult: Consult) -> list[str]:
    """Whose lists show it: no topic reaches somebody who may not know of the consult's being asked."""
    if consult.requested_at is None:
        return [f"person:{consult.referrer_id}"]
    addressed = [f"{kind}:{grantee_id}" for kind, grantee_id in sorted(grantees_of(consult))]
    addressed += [f"person:{person_id}" for person_id in sorted(coordinators_of(tx, consult))]
    readers = [f"person:{reader.person_id}" for reader in consult.readers if reader.ended_at is None]
    return [f"hospital:{consult.referring_hospital_id}", *addressed, *readers]
