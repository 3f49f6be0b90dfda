"""Every write of the minutes; made as those of consults.actions are."""

from typing import Any

from app.audit.actions import record
from app.audit.kinds import AuditKind
from app.base.actor import Actor
from app.base.db import Tx
from app.base.errors import Conflict, Invalid, NotFound
from app.identity.queries import actor_of_person, person_info
from consults.access import seats_of
from consults.event_base import Person, moment_json
from consults.history import append, person_of
from consults.minutes.access import (
    CALLED_OFF_UNWRITTEN,
    check_version,
    consult_with_minutes,
    may_take,
    minutes_for,
)
from consults.minutes.events import MinutesData
from consults.minutes.facts import facts_of, first_content
from consults.minutes.lifecycle import Deed, Standing
from consults.minutes.models import ConsultMinutes
from consults.minutes.queries import news_of
from consults.minutes.schemas import MinutesContent, check_times
from consults.models import Consult

MOST_REMARKS = 200


def take_minutes(tx: Tx, actor: Actor, *, consult_id: str) -> None:
    """The actor gets the pen, when nobody has it or its holder has left."""
    consult, row = consult_with_minutes(tx, actor, consult_id, lock=True)
    if row is not None and row.secretary_id == actor.id:
        return
    if not may_take(tx, consult, row):
        if row is None:
            raise Conflict("called_off", CALLED_OFF_UNWRITTEN)
        raise Conflict("pen_taken", "Somebody else has the pen already. Ask them to hand it over.")
    me = person_of(tx, actor).model_dump()
    if row is None:
        facts = facts_of(tx, actor, consult)
        content = first_content(tx, actor, consult, facts).model_dump(mode="json")
        row = ConsultMinutes(
            consult_id=consult.id, version=1, state=Standing.DRAFT, content=content, facts=facts
        )
        row.read_by, row.remarks = [], []
        row.saved_by, row.saved_at = me, tx.now
        tx.session.add(row)
    row.secretary_id, row.secretary, row.changed_at = actor.id, me, tx.now
    _announce(tx, actor, consult, row, "minutes.taken")


def hand_minutes(tx: Tx, actor: Actor, *, consult_id: str, person_id: str) -> None:
    """The pen goes to somebody else who may see the consult."""
    consult, row, _ = minutes_for(tx, actor, consult_id, Deed.HAND)
    try:
        successor = person_info(tx, person_id)
        heir = actor_of_person(tx, person_id) if successor.active else None
    except NotFound:
        heir = None
    if heir is None or not seats_of(consult, heir):
        raise Invalid("not_a_member", "The pen can only be given to somebody who takes part in this consult.")
    row.secretary_id, row.secretary, row.changed_at = heir.id, person_of(tx, heir).model_dump(), tx.now
    _announce(tx, actor, consult, row, "minutes.handed")


def save_minutes(tx: Tx, actor: Actor, *, consult_id: str, version: int, content: MinutesContent) -> int:
    """The secretary's words, and what the consult says now; the new version. Who has read the old one reads again."""
    consult, row, led = minutes_for(tx, actor, consult_id, Deed.SAVE)
    check_times(content)
    check_version(row, version)
    before, row.state = row.state, led
    row.version += 1
    row.content = content.model_dump(mode="json")
    row.facts = facts_of(tx, actor, consult, row.facts)
    row.saved_by, row.saved_at = person_of(tx, actor).model_dump(), tx.now
    row.read_by, row.circulated_at, row.changed_at = [], None, tx.now
    if before != row.state:
        _announce(tx, actor, consult, row, "minutes.rewritten")
    else:
        _record_saving(tx, actor, consult, row)
    return row.version


def _record_saving(tx: Tx, actor: Actor, consult: Consult, row: ConsultMinutes) -> None:
    """No event: nobody but the secretary sees a draft."""
    record(
        tx,
        actor,
        AuditKind.ORDER_RECORD,
        "U",
        subject_type="consult",
        subject_id=consult.id,
        hospital_id=consult.referring_hospital_id,
        detail={"minutes": row.version, "state": consult.state},
    )


def circulate_minutes(tx: Tx, actor: Actor, *, consult_id: str, version: int) -> None:
    """Everybody who takes part gets them to read; the secretary has read what they wrote."""
    consult, row, led = minutes_for(tx, actor, consult_id, Deed.CIRCULATE)
    check_version(row, version)
    content = MinutesContent.model_validate(row.content)
    if content.chair is None or content.held_from is None or not content.conclusion:
        raise Invalid(
            "minutes_unfinished",
            "Before the minutes go round they need a chair, when it was, and a conclusion.",
        )
    row.state, row.circulated_at, row.changed_at = led, tx.now, tx.now
    row.read_by = [_reading(tx, actor)]
    _announce(tx, actor, consult, row, "minutes.circulated")


def read_minutes(tx: Tx, actor: Actor, *, consult_id: str, version: int) -> None:
    """The actor has read this version; saying it twice is saying it once."""
    consult, row, _ = minutes_for(tx, actor, consult_id, Deed.READ)
    check_version(row, version)
    if any(one["id"] == actor.id for one in row.read_by):
        return
    row.read_by = [*row.read_by, _reading(tx, actor)]
    _announce(tx, actor, consult, row, "minutes.read")


def remark_minutes(tx: Tx, actor: Actor, *, consult_id: str, text: str) -> None:
    """What a reader wants changed goes to the secretary, and stays."""
    consult, row, _ = minutes_for(tx, actor, consult_id, Deed.REMARK)
    if len(row.remarks) >= MOST_REMARKS:
        raise Conflict(
            "too_many_remarks", "There are very many remarks on these minutes. Talk with the secretary."
        )
    row.remarks = [*row.remarks, {**_reading(tx, actor), "version": row.version, "text": text}]
    _announce(tx, actor, consult, row, "minutes.remarked")


def close_minutes(tx: Tx, actor: Actor, *, consult_id: str, version: int) -> None:
    """From now on nothing changes; who has not read them by now is named on the paper as such."""
    consult, row, led = minutes_for(tx, actor, consult_id, Deed.CLOSE)
    check_version(row, version)
    row.state, row.closed_at, row.changed_at = led, tx.now, tx.now
    _announce(tx, actor, consult, row, "minutes.closed")


def _reading(tx: Tx, actor: Actor) -> dict[str, Any]:
    return {**Person.model_dump(person_of(tx, actor)), "at": moment_json(tx.now)}


def _announce(tx: Tx, actor: Actor, consult: Consult, row: ConsultMinutes, type_: str) -> None:
    tx.session.flush()
    append(tx, actor, consult, type_, MinutesData(minutes=news_of(row)))
