"""Every write of a consult. Each: role, visibility, state, row, event with its number, audit record, news.

An action takes the wish it fulfils and returns what the wisher is told, the same by HTTP and by socket.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, case, update

from app.annotations.actions import delete_annotation as remove_mark
from app.annotations.actions import put_annotation as keep_mark
from app.archive.actions import open_study
from app.archive.queries import study_info
from app.audit.kinds import AuditKind
from app.base.actor import Actor, Permission
from app.base.db import Tx, insert_once
from app.base.errors import Conflict, Forbidden, Invalid, NotFound
from app.base.ids import new_id
from app.base.prepared import Prepared
from app.notify.actions import read_notices_about
from consults.access import consult_for, seats_of, side_of
from consults.agreements.basis import basis_of, check_basis, draft_basis, note_missing
from consults.asking import address_of, next_label, rows_for, studies_of_one_patient
from consults.attachments.labs_of_draft import draft_labs
from consults.dispatch.asked import group_address
from consults.dispatch.chain import offer_again, offer_first, taken
from consults.events import (
    AnnotationDeletedData,
    AnnotationPutData,
    ParticipantJoinedData,
    StudyRef,
    StudySharedData,
)
from consults.history import append, append_change, audit_reading, consulting_party, person_of
from consults.lifecycle import State, Verb
from consults.models import Consult, ConsultStudy, Participant, Question
from consults.notices import subject_of
from consults.preflight.actions import note_as_is
from consults.schemas import (
    CreateConsult,
    DeleteAnnotation,
    EditConsult,
    Plain,
    PutAnnotation,
    Reschedule,
    ShareStudy,
    WithReason,
)
from consults.starts.actions import draft_starts
from consults.steps import Answer, check_study, close_unanswered, grant, moved, step, time_step


def create_consult(tx: Tx, actor: Actor, *, wish: CreateConsult) -> Answer:
    """A draft: nobody else knows of it yet."""
    actor.check(Permission.CONSULT_ASK)
    if actor.hospital_id is None:
        raise NotFound
    consult = Consult(
        id=new_id(),
        number=next_label(tx, actor.hospital_id),
        state=State.DRAFT,
        referring_hospital_id=actor.hospital_id,
        referrer_id=actor.id,
        created_at=tx.now,
    )
    _fill(tx, actor, consult, wish)
    tx.session.add(consult)
    tx.session.flush()
    draft_basis(tx, consult, wish.basis)
    draft_labs(tx, actor, consult, wish.labs)
    draft_starts(tx, actor, consult, wish.starts)
    _drafted(tx, actor, consult)
    time_step(tx, actor, consult)
    return {"id": consult.id, "number": consult.last}


def edit_consult(tx: Tx, actor: Actor, *, wish: EditConsult) -> Answer:
    """Writes a draft anew."""
    consult, _ = step(tx, actor, wish.consult_id, Verb.EDIT, Permission.CONSULT_ASK)
    consult.questions.clear()
    consult.studies.clear()
    tx.session.flush()
    _fill(tx, actor, consult, wish.content)
    draft_basis(tx, consult, wish.content.basis)
    draft_labs(tx, actor, consult, wish.content.labs)
    draft_starts(tx, actor, consult, wish.content.starts)
    _drafted(tx, actor, consult)
    return {"id": consult.id, "number": consult.last}


def _fill(tx: Tx, actor: Actor, consult: Consult, wish: CreateConsult) -> None:
    address = group_address(tx, actor, wish.group_id) if wish.group_id else address_of(tx, actor, wish)
    studies = studies_of_one_patient(tx, actor, wish.study_ids)
    consult.urgency, consult.due_at = wish.urgency, wish.due_at
    assert wish.access_days is not None  # `wishes.fulfil` knows the settings
    consult.history, consult.access_days = wish.history, wish.access_days
    consult.consulting_hospital_id, consult.addressee_id = address.hospital_id, address.person_id
    consult.group_id = wish.group_id
    consult.patient_name, consult.patient_id = studies[0].patient_name, studies[0].patient_id
    consult.patient_birth_date, consult.patient_sex = studies[0].birth_date, studies[0].sex
    consult.changed_at = tx.now
    consult.studies = rows_for(studies)
    consult.questions = [
        Question(id=new_id(), number=number, text=text) for number, text in enumerate(wish.questions, start=1)
    ]


def _drafted(tx: Tx, actor: Actor, consult: Consult) -> None:
    append_change(
        tx,
        actor,
        consult,
        "consult.drafted",
        state=State.DRAFT,
        urgency=consult.urgency,
        due_at=consult.due_at,
    )


def request_consult(tx: Tx, actor: Actor, *, wish: Plain) -> Answer:
    """Sends the draft: the addressed see it, and its studies, from now on. It needs a basis, or to be an emergency."""
    consult, state = step(tx, actor, wish.consult_id, Verb.REQUEST, Permission.CONSULT_ASK)
    promised = check_basis(tx, actor, consult)
    consult.due_at = consult.due_at or promised
    if consult.due_at <= tx.now:
        raise Invalid("due_in_the_past", "The time an answer is due has passed already. Choose a later one.")
    consult.requested_at = tx.now
    offered = offer_first(tx, consult)
    for study in consult.studies:
        grant(tx, actor, consult, study.study_id)
    basis = basis_of(tx, consult)
    changed = {**offered, "due_at": consult.due_at, "basis": basis}
    answer = moved(tx, actor, consult, state, "consult.requested", **changed)
    note_missing(tx, actor, consult)
    note_as_is(tx, actor, consult)
    return answer


def share_study(tx: Tx, actor: Actor, *, wish: ShareStudy) -> Answer:
    """One more study of the same patient."""
    consult, _ = step(tx, actor, wish.consult_id, Verb.SHARE, Permission.CONSULT_ASK)
    known = [study.study_id for study in consult.studies]
    if wish.study_id in known:
        return {"number": consult.last}
    row = rows_for(studies_of_one_patient(tx, actor, [*known, wish.study_id]))[-1]
    consult.studies.append(row)
    grant(tx, actor, consult, wish.study_id)
    shared = StudySharedData(study=StudyRef(id=row.study_id, description=row.description))
    return {"number": append(tx, actor, consult, "study.shared", shared)}


def accept_consult(tx: Tx, actor: Actor, *, wish: Plain) -> Answer:
    """Whoever accepts becomes the consultant."""
    consult, state = step(tx, actor, wish.consult_id, Verb.ACCEPT, Permission.CONSULT_ANSWER)
    consult.consultant_id = actor.id
    changed = taken(tx, consult) | {"consulting": consulting_party(tx, consult)}
    return moved(tx, actor, consult, state, "consult.accepted", **changed)


def reject_consult(tx: Tx, actor: Actor, *, wish: WithReason) -> Answer:
    """Nobody of the addressed will answer; the right to the images ends at once."""
    consult, state = step(tx, actor, wish.consult_id, Verb.REJECT, Permission.CONSULT_ANSWER)
    return close_unanswered(tx, actor, consult, state, "consult.rejected", reason=wish.reason)


def withdraw_consultant(tx: Tx, actor: Actor, *, wish: Plain) -> Answer:
    """The consultant steps back; the consult waits for another specialist."""
    consult, state = step(tx, actor, wish.consult_id, Verb.WITHDRAW, Permission.CONSULT_ANSWER)
    if consult.opinion is not None:
        raise Conflict("opinion_given", "The opinion has been given. Complete the consult instead.")
    # What they waited for goes with them.
    consult.consultant_id = consult.reason = consult.return_reason = None
    changed = offer_again(tx, consult) | {"reason": None, "return_reason": None}
    return moved(tx, actor, consult, state, "consult.withdrawn", **changed)


def start_consult(tx: Tx, actor: Actor, *, wish: Plain) -> Answer:
    """The consultant is at work."""
    consult, state = step(tx, actor, wish.consult_id, Verb.START, Permission.CONSULT_ANSWER)
    return moved(tx, actor, consult, state, "consult.started")


def resume_consult(tx: Tx, actor: Actor, *, wish: Plain) -> Answer:
    """The specialist's side goes on without what it had asked for."""
    consult, state = step(tx, actor, wish.consult_id, Verb.RESUME, Permission.CONSULT_ANSWER)
    consult.reason = consult.return_reason = None
    return moved(tx, actor, consult, state, "consult.resumed", reason=None, return_reason=None)


def reschedule_consult(tx: Tx, actor: Actor, *, wish: Reschedule) -> Answer:
    """Another time by which an answer is needed."""
    consult, state = step(tx, actor, wish.consult_id, Verb.RESCHEDULE, Permission.CONSULT_ASK)
    if wish.due_at <= tx.now:
        raise Invalid("due_in_the_past", "The time an answer is due has passed already. Choose a later one.")
    consult.due_at = wish.due_at
    return moved(tx, actor, consult, state, "consult.rescheduled", due_at=wish.due_at)


def put_annotation(tx: Tx, actor: Actor, *, wish: PutAnnotation) -> Answer:
    """A mark, new or changed, on a frame of a study of this consult."""
    consult, _ = step(tx, actor, wish.consult_id, Verb.ANNOTATE, Permission.ANNOTATION_WRITE)
    check_study(consult, wish.annotation.study_id)
    mark, changed = keep_mark(tx, actor, annotation=wish.annotation, context=consult.id)
    number = consult.last
    if changed:
        number = append(
            tx,
            actor,
            consult,
            "annotation.put",
            AnnotationPutData(annotation=mark),
            kind=AuditKind.PROCEDURE_RECORD,
        )
    return {"annotation": mark, "number": number}


def delete_annotation(tx: Tx, actor: Actor, *, wish: DeleteAnnotation) -> Answer:
    """Removes an own mark."""
    consult, _ = step(tx, actor, wish.consult_id, Verb.ANNOTATE, Permission.ANNOTATION_WRITE)
    mark, changed = remove_mark(tx, actor, annotation_id=wish.id, context=consult.id)
    number = consult.last
    if changed:
        data = AnnotationDeletedData(id=mark["id"], study_id=mark["study_id"], revision=mark["revision"])
        number = append(
            tx, actor, consult, "annotation.deleted", data, kind=AuditKind.PROCEDURE_RECORD, action="D"
        )
    return {"annotation": mark, "number": number}


def reopen_consult(tx: Tx, actor: Actor, *, wish: WithReason) -> Answer:
    """A question came up after all: the consultant sees the images again, and why."""
    consult, state = step(tx, actor, wish.consult_id, Verb.REOPEN, Permission.CONSULT_ASK)
    consult.closed_at = consult.access_ends_at = None
    consult.reason = wish.reason
    for study in consult.studies:
        grant(tx, actor, consult, study.study_id)
    return moved(tx, actor, consult, state, "consult.reopened", reason=wish.reason, access_ends_at=None)


def cancel_consult(tx: Tx, actor: Actor, *, wish: WithReason) -> Answer:
    """The referring side no longer asks; the right to the images ends at once."""
    consult, state = step(tx, actor, wish.consult_id, Verb.CANCEL, Permission.CONSULT_ASK)
    return close_unanswered(tx, actor, consult, state, "consult.cancelled", reason=wish.reason)


def enter_room(
    tx: Tx, actor: Actor, *, consult_id: str, is_open: Collection[str] | None = None
) -> dict[str, str]:
    """Somebody opens the room: noted as participant, and every study opened that they may still see.

    Returns each study's key for its frames. A page that is in the room already names the studies it has open
    (`is_open`): of those the key is empty, and its asking again is no new reading.
    """
    actor.check(Permission.CONSULT_DISCUSS)
    consult = consult_for(tx, actor, consult_id)
    if consult.requested_at is not None:
        _note_participant(tx, actor, consult, consult.last)
    if is_open is None:
        audit_reading(tx, actor, consult)
    keys = {study.study_id: _key(tx, actor, study, is_open or ()) for study in consult.studies}
    return {study_id: key for study_id, key in keys.items() if key is not None}


def note_read(tx: Tx, actor: Actor, *, consult_id: str, number: int) -> None:
    """How far somebody in the room has read: bookkeeping for the lists, neither an event nor an audit record."""
    consult = consult_for(tx, actor, consult_id)
    if consult.requested_at is not None:
        _note_participant(tx, actor, consult, min(number, consult.last))


def leave_room(tx: Tx, actor: Actor, *, consult_id: str, number: int) -> None:
    """The same of somebody who leaves, and when: for the minutes."""
    consult = consult_for(tx, actor, consult_id)
    if consult.requested_at is not None:
        _note_participant(tx, actor, consult, min(number, consult.last), left_at=tx.now)


def _note_participant(
    tx: Tx, actor: Actor, consult: Consult, number: int, *, left_at: datetime | None = None
) -> None:
    who: dict[str, Any] = {"consult": consult.id, "person": actor.id, "left": left_at}
    noted = _NOTE.first(tx, **who, number=number)
    if noted is None:
        _join(tx, actor, consult)
        noted = _NOTE.first(tx, **who, number=consult.last)
    if noted is not None and noted[0] >= consult.last:
        read_notices_about(tx, actor, subject=subject_of(consult.id))


_NOTE = Prepared(
    lambda _dialect: (
        update(Participant)
        .where(Participant.consult_id == bindparam("consult"), Participant.person_id == bindparam("person"))
        .values(
            read=case((Participant.read < bindparam("number"), bindparam("number")), else_=Participant.read),
            left_at=bindparam("left"),
        )
        .returning(Participant.read)
    )
)


def _join(tx: Tx, actor: Actor, consult: Consult) -> None:
    """The first time somebody comes in is part of the record: minutes name who took part and since when."""
    person, side = person_of(tx, actor), side_of(seats_of(consult, actor))
    is_new = insert_once(  # another window of theirs may come in at this moment
        tx,
        Participant,
        consult_id=consult.id,
        person_id=actor.id,
        side=side,
        name=person.name,
        hospital=person.hospital,
        joined_at=tx.now,
        read=0,
    )
    if is_new:
        append(tx, actor, consult, "participant.joined", ParticipantJoinedData(side=side))


def _key(tx: Tx, actor: Actor, study: ConsultStudy, is_open: Collection[str]) -> str | None:
    try:
        if study.study_id in is_open:
            study_info(tx, actor, study.study_id)
            return ""
        return open_study(tx, actor, study_id=study.study_id, session_id=actor.session_id or "").key
    except (Forbidden, NotFound):
        return None  # a coordinator has no right to images; of others it has ended
