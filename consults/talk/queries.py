"""Every read of the talk."""

from typing import Any

from sqlalchemy import select

from app.base.actor import Actor
from app.base.db import Tx
from app.identity.queries import actor_of_person, person_info
from consults.access import consult_for, seats_of
from consults.event_base import moment_json
from consults.lifecycle import Seat
from consults.models import Consult, Message, Participant
from consults.talk.models import GlossaryPins, Note, Seen
from consults.talk.readers import hidden_numbers


def lines_state(tx: Tx, actor: Actor, consult: Consult) -> list[dict[str, Any]]:
    """The lines the actor may read, in order; each as its event gives it."""
    hidden = hidden_numbers(tx, actor, consult.id)
    messages = select(Message).where(Message.consult_id == consult.id).order_by(Message.number)
    return [_line_json(row) for row in tx.session.scalars(messages) if row.number not in hidden]


def lines_for_everybody(tx: Tx, consult_id: str) -> list[dict[str, Any]]:
    """For papers that both sides are given: nothing that was written to chosen people. The caller has guarded it."""
    messages = select(Message).where(Message.consult_id == consult_id).order_by(Message.number)
    lines = (_line_json(row) for row in tx.session.scalars(messages))
    return [line for line in lines if "recipients" not in line]


def _line_json(row: Message) -> dict[str, Any]:
    return {
        "id": row.id,
        "number": row.number,
        "client_id": row.client_id,
        "text": row.text,
        "view": row.view,
        "author": row.author,
        "at": moment_json(row.at),
        **(row.more or {}),
    }


def note_for(tx: Tx, actor: Actor, consult_id: str) -> str:
    """The actor's own note on the case."""
    consult = consult_for(tx, actor, consult_id)
    note = tx.session.get(Note, (consult.id, actor.id))
    return note.text if note else ""


def pins_for(tx: Tx, actor: Actor) -> list[str]:
    """The actor's pinned phrases."""
    pins = tx.session.get(GlossaryPins, actor.id)
    return pins.terms if pins else []


def addressees(tx: Tx, actor: Actor, consult_id: str) -> list[str]:
    """Ids of those who have been in the room and would be shown a line now, in the order of coming."""
    consult = consult_for(tx, actor, consult_id)
    been = select(Participant.person_id).where(Participant.consult_id == consult.id)
    people = tx.session.scalars(been.order_by(Participant.joined_at))
    return [person_id for person_id in people if _is_shown_lines(tx, consult, person_id)]


def _is_shown_lines(tx: Tx, consult: Consult, person_id: str) -> bool:
    """Not to whose account or invitation has ended, whom the case has left, or who still reads blind."""
    seats = seats_of(consult, actor_of_person(tx, person_id))
    return person_info(tx, person_id).active and bool(seats - {Seat.BLIND})


def seen_in(tx: Tx, actor: Actor, consult_id: str) -> dict[str, int]:
    """How far each person had the talk in sight when they last left."""
    consult = consult_for(tx, actor, consult_id)
    rows = tx.session.execute(select(Seen.person_id, Seen.number).where(Seen.consult_id == consult.id))
    return dict(rows.all())
