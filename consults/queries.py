"""Every read of consults: lists, the room's state, events after a number."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, select

from app.annotations.queries import annotations_of
from app.archive.nameless import Scrubber
from app.base.actor import Actor
from app.base.db import Tx
from app.identity.queries import hospital, person_info
from consults.access import (
    asked_by,
    asked_of,
    consult_for,
    seats_of,
    side_of,
    state_of,
    verbs_for,
    visible_consults,
)
from consults.agreements.basis import basis_of
from consults.attachments.queries import attachments_state, files_kept_from
from consults.dispatch.chain import offer_data
from consults.event_base import moment_json
from consults.events import HIDDEN_FROM_CONSULTING, HiddenEvent, Party
from consults.guests.nameless import is_open_to_nameless, nameless_data, nameless_state, scrubber_of
from consults.guests.queries import guests_state
from consults.history import consulting_party, person_of
from consults.lifecycle import OPEN_STATES, Seat, Side, State, Verb
from consults.minutes.queries import minutes_state
from consults.models import Consult, ConsultEvent, Participant, Question
from consults.offers import OfferData
from consults.opinions.blind import concealed, is_open_to_blind, reticent
from consults.opinions.queries import opinions_state, outcomes_among
from consults.preflight.queries import preflight_state
from consults.recordings.queries import recordings_state
from consults.starts.queries import starts_state
from consults.talk.queries import lines_state
from consults.talk.readers import hidden_numbers, mentions_among, readable_by
from consults.urgency import Urgency

PAGE = 50
MOST_EVENTS = 500


class Box(StrEnum):
    """Which consults a list shows."""

    ALL = "all"
    INBOX = "inbox"
    SENT = "sent"


@dataclass(frozen=True)
class ConsultInfo:
    """One line of a list."""

    id: str
    number: str
    state: State
    urgency: Urgency
    due_at: datetime | None
    side: Side
    patient_name: str
    patient_id: str
    patient_birth_date: str
    patient_sex: str
    question: str
    question_count: int
    other_hospital: str
    other_person: str | None
    offer: OfferData | None  # before whom the case lies, for those who asked
    unread: int
    asked_at: datetime | None
    changed_at: datetime
    is_open: bool
    mentions: int = 0  # unread lines that name the actor
    outcome: str | None = None  # whether the outcome agreed with the opinion; "wanted": it was asked for


@dataclass(frozen=True)
class ConsultPage:
    consults: tuple[ConsultInfo, ...]
    is_last: bool


def list_consults(
    tx: Tx, actor: Actor, box: Box = Box.ALL, *, closed: bool = False, page: int = 0
) -> ConsultPage:
    """Open consults, the most pressing first; or closed ones, the newest first."""
    query = select(Consult).where(_in_box(actor, box))
    if closed:
        query = query.where(Consult.state.not_in(OPEN_STATES)).order_by(
            Consult.changed_at.desc(), Consult.id.desc()
        )
    else:
        first = case((Consult.due_at.is_(None), 1), else_=0)
        query = query.where(Consult.state.in_(OPEN_STATES)).order_by(first, Consult.due_at, Consult.id)
    rows = tx.session.scalars(query.offset(page * PAGE).limit(PAGE + 1)).all()
    unread = unread_counts(tx, actor, [row.id for row in rows])
    told = outcomes_among(tx, [row.id for row in rows])
    infos = (_info(tx, actor, row, unread.get(row.id, 0)) for row in rows[:PAGE])
    named = mentions_among(tx, actor, [row.id for row in rows])
    shown = tuple(replace(info, outcome=told.get(info.id), mentions=named.get(info.id, 0)) for info in infos)
    return ConsultPage(shown, is_last=len(rows) <= PAGE)


def unread_counts(tx: Tx, actor: Actor, consult_ids: Collection[str]) -> dict[str, int]:
    """What others did since the actor last looked, for each consult."""
    read = and_(Participant.consult_id == ConsultEvent.consult_id, Participant.person_id == actor.id)
    query = (
        select(ConsultEvent.consult_id, func.count())
        .outerjoin(Participant, read)
        .where(
            ConsultEvent.consult_id.in_(consult_ids),
            ConsultEvent.actor_id != actor.id,
            ConsultEvent.type.not_in(HIDDEN_FROM_CONSULTING),
            ConsultEvent.number > func.coalesce(Participant.read, 0),
            readable_by(actor),
        )
        .group_by(ConsultEvent.consult_id)
    )
    return dict(tx.session.execute(query).all())


def _in_box(actor: Actor, box: Box) -> ColumnElement[bool]:
    if box is Box.INBOX:
        return asked_of(actor)
    return asked_by(actor) if box is Box.SENT else visible_consults(actor)


def _info(tx: Tx, actor: Actor, row: Consult, unread: int) -> ConsultInfo:
    side = side_of(seats_of(row, actor))
    other = consulting_party(tx, row) if side is Side.REFERRING else _referring(tx, row)
    return ConsultInfo(
        id=row.id,
        number=row.number,
        state=state_of(row),
        urgency=Urgency(row.urgency),
        due_at=row.due_at,
        side=side,
        patient_name=row.patient_name,
        patient_id=row.patient_id,
        patient_birth_date=row.patient_birth_date,
        patient_sex=row.patient_sex,
        question=row.questions[0].text if row.questions else "",
        question_count=len(row.questions),
        other_hospital=other.hospital,
        other_person=other.person,
        offer=offer_data(tx, row) if side is Side.REFERRING and row.state == State.REQUESTED else None,
        unread=unread,
        asked_at=row.requested_at,
        changed_at=row.changed_at,
        is_open=row.state in OPEN_STATES,
    )


def _referring(tx: Tx, row: Consult) -> Party:
    home = hospital(tx, row.referring_hospital_id)
    return Party(hospital=home.name, person=person_info(tx, row.referrer_id).name)


def room_state(tx: Tx, actor: Actor, consult_id: str) -> dict[str, Any]:
    """Everything the room shows, as of event number `head`."""
    consult = consult_for(tx, actor, consult_id)
    seats = seats_of(consult, actor)
    state: dict[str, Any] = {
        "consult": _consult_json(tx, consult) | {"allowed": verbs_for(consult, actor)},
        "messages": lines_state(tx, actor, consult),
        "annotations": annotations_of(tx, consult.id),
        "guests": guests_state(consult),
        "attachments": attachments_state(tx, actor, consult),
        "opinions": opinions_state(tx, consult),
        "minutes": minutes_state(tx, consult),
        "recordings": recordings_state(tx, consult),
        "preflight": preflight_state(tx, consult),
        "starts": starts_state(tx, consult),
        "head": consult.last,
        "me": person_of(tx, actor).model_dump() | {"side": side_of(seats)},
    }
    if not actor.sees_names:
        return nameless_state(state, consult, scrubber_of(tx, consult))
    return concealed(state) if Seat.BLIND in seats else state


def addressed(tx: Tx, actor: Actor, consult_id: str) -> str:
    """Whom a consult asks, as the form names it: `group:<id>`, `hospital:<id>` or `person:<id>`."""
    consult = consult_for(tx, actor, consult_id)
    if consult.group_id:
        return f"group:{consult.group_id}"
    return (
        f"person:{consult.addressee_id}"
        if consult.addressee_id
        else f"hospital:{consult.consulting_hospital_id}"
    )


def _consult_json(tx: Tx, consult: Consult) -> dict[str, Any]:
    basis = basis_of(tx, consult)
    return {
        "id": consult.id,
        "number": consult.number,
        "state": consult.state,
        "basis": basis.model_dump(mode="json") if basis else None,
        "urgency": consult.urgency,
        "due_at": _moment(consult.due_at),
        "offer": _offer_json(tx, consult),
        "history": consult.history,
        "reason": consult.reason,
        "return_reason": consult.return_reason,
        "resubmission": consult.resubmission,
        "questions": [_question_json(question) for question in consult.questions],
        "opinion": consult.opinion,
        "report_id": consult.report_id,
        "access_days": consult.access_days,
        "access_ends_at": _moment(consult.access_ends_at),
        "patient": _patient_json(consult),
        "referring": _referring(tx, consult).model_dump(),
        "consulting": consulting_party(tx, consult).model_dump(),
        "studies": [{"id": study.study_id, "description": study.description} for study in consult.studies],
        "participants": _participants(tx, consult),
    }


def _offer_json(tx: Tx, consult: Consult) -> dict[str, Any] | None:
    offer = offer_data(tx, consult)
    return offer.model_dump(mode="json") if offer else None


def _patient_json(consult: Consult) -> dict[str, Any]:
    return {
        "name": consult.patient_name,
        "id": consult.patient_id,
        "birth_date": consult.patient_birth_date,
        "sex": consult.patient_sex,
    }


def _question_json(question: Question) -> dict[str, Any]:
    return {
        "id": question.id,
        "number": question.number,
        "text": question.text,
        "answer": question.answer,
        "answered_by": question.answered_by,
    }


def _participants(tx: Tx, consult: Consult) -> list[dict[str, Any]]:
    query = select(Participant).where(Participant.consult_id == consult.id).order_by(Participant.joined_at)
    return [
        {"id": row.person_id, "name": row.name, "hospital": row.hospital, "side": row.side}
        for row in tx.session.scalars(query)
    ]


def _moment(at: datetime | None) -> str | None:
    return moment_json(at) if at else None


def events_after(
    tx: Tx, actor: Actor, consult_id: str, after: int, *, limit: int = MOST_EVENTS
) -> tuple[list[dict[str, Any]], int]:
    """Up to `limit` events after a number, as this actor may see them, and the newest number there is."""
    consult = consult_for(tx, actor, consult_id)
    hidden, kept = hidden_numbers(tx, actor, consult.id, after), files_kept_from(tx, actor, consult)
    scrub = None if actor.sees_names else scrubber_of(tx, consult)
    seen = [
        event_json(row, consult, actor, scrub, is_hidden=row.number in hidden or _is_of_file(row, kept))
        for row in _events(tx, consult.id, after, limit)
    ]
    return seen, consult.last


def _events(tx: Tx, consult_id: str, after: int, limit: int) -> Sequence[ConsultEvent]:
    """One transaction that only reads does so once for everybody in a room: most have been given the same."""
    key = ("events", consult_id, after, limit)
    found: Sequence[ConsultEvent] | None = None if tx.writable else tx.session.info.get(key)
    if found is None:
        query = (
            select(ConsultEvent)
            .where(ConsultEvent.consult_id == consult_id, ConsultEvent.number > after)
            .order_by(ConsultEvent.number)
            .limit(limit)
        )
        found = tx.session.info[key] = tx.session.scalars(query).all()
    return found


def _is_of_file(row: ConsultEvent, files: Collection[str]) -> bool:
    return row.type.startswith("attachment.") and row.data["id"] in files


def event_json(
    row: ConsultEvent, consult: Consult, actor: Actor, scrub: Scrubber | None, *, is_hidden: bool
) -> dict[str, Any]:
    """The event as this actor may see it; `scrub`: for whoever may not know the patient. A change of the consult also
    says what the actor may do now.
    """
    seats = seats_of(consult, actor)
    if is_hidden or (row.type in HIDDEN_FROM_CONSULTING and side_of(seats) is Side.CONSULTING):
        return HiddenEvent(consult_id=row.consult_id, number=row.number).model_dump()
    if Seat.BLIND in seats and not is_open_to_blind(row.type):
        return HiddenEvent(consult_id=row.consult_id, number=row.number).model_dump()
    if scrub is not None and not is_open_to_nameless(row.type):
        return HiddenEvent(consult_id=row.consult_id, number=row.number).model_dump()
    data = reticent(row.data) if Seat.BLIND in seats else row.data
    data = data if scrub is None else nameless_data(data, consult, scrub)
    if "consult" in data:
        allowed = [str(verb) for verb in verbs_for(consult, actor)]
        data = data | {"consult": data["consult"] | {"allowed": allowed}}
    return {
        "consult_id": row.consult_id,
        "number": row.number,
        "type": row.type,
        "at": _moment(row.at),
        "actor": row.actor,
        "data": data,
    }


def allowed_in(tx: Tx, actor: Actor, consult_id: str) -> frozenset[Verb]:
    """What the actor may do with the consult now."""
    return frozenset(verbs_for(consult_for(tx, actor, consult_id), actor))


def heads(tx: Tx, consult_ids: Collection[str]) -> dict[str, int]:
    """The newest number of each, for rooms whose people have been let in."""
    query = select(Consult.id, Consult.last).where(Consult.id.in_(consult_ids))
    return dict(tx.session.execute(query).all())
