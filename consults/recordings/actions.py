"""Every write of recordings; made as those of consults.actions are."""

from collections.abc import Sequence

from sqlalchemy import delete, select

from app.audit.actions import Action, record
from app.audit.kinds import AuditKind
from app.base.actor import SYSTEM, Actor, Permission
from app.base.blobs import Blob
from app.base.db import Tx
from app.base.errors import Conflict, Forbidden
from app.base.ids import new_id
from app.base.jobs import enqueue
from app.base.limits import hit
from app.identity.queries import actor_of_person
from consults.access import consult_for, led_to, seats_of, verbs_for
from consults.event_base import Person, moment_json
from consults.events import MessagePostedData
from consults.history import append, keep_line, person_of
from consults.lifecycle import Seat
from consults.lifecycle import Verb as ConsultVerb
from consults.models import Consult
from consults.recordings.bounds import LAST_PIECES_SECONDS, check_size, check_time, check_track
from consults.recordings.events import RecordingNews
from consults.recordings.lifecycle import GOING, Part, RecordingKind, RecordingState, Verb, next_state
from consults.recordings.models import Recording, RecordingPiece
from consults.recordings.queries import has_piece, playable, recording_data, recording_of, whole_of
from consults.recordings.schemas import MOST_MS, Content, OfRecording, Piece, StartWalkThrough
from consults.schemas import Plain
from consults.steps import Answer

JOIN = "consults.recording.join"
PIECES_A_MINUTE = 120
_WALKERS = frozenset({Seat.COAUTHOR, Seat.CONSULTANT, Seat.READER})


def start_walk_through(tx: Tx, actor: Actor, *, wish: StartWalkThrough) -> Answer:
    """A specialist shows the case alone, as an answer: nobody else is kept, so nobody else is asked."""
    actor.check(Permission.CONSULT_ANSWER)
    consult = _talked_about(tx, actor, wish.consult_id)
    if not seats_of(consult, actor) & _WALKERS:
        raise Forbidden("wrong_side", "In this consult another doctor has to do this.")
    for row in _going(tx, consult):
        if row.kind == RecordingKind.CONFERENCE:
            raise _one_at_a_time()
        if row.asked_by["id"] == actor.id:  # left behind by a window that was closed
            _stop(tx, actor, consult, row)
    row = _asked(tx, actor, consult, RecordingKind.WALK_THROUGH, [], wish.title)
    return {"id": row.id, "number": _begin(tx, actor, consult, row)}


def ask_recording(tx: Tx, actor: Actor, *, wish: Plain, present: Sequence[Person]) -> Answer:
    """Of everybody else who is in the room now and may speak there; with nobody to ask it begins at once."""
    actor.check(Permission.CONSULT_DISCUSS)
    consult = _talked_about(tx, actor, wish.consult_id)
    if actor.is_guest:
        raise Forbidden("wrong_side", "In this consult another doctor has to do this.")
    if _going(tx, consult):
        raise _one_at_a_time()
    others = [person for person in present if person.id != actor.id and _may_speak(tx, consult, person.id)]
    row = _asked(tx, actor, consult, RecordingKind.CONFERENCE, others, "")
    number = _tell(tx, actor, consult, row, "recording.asked")
    return {"id": row.id, "number": number if others else _begin(tx, actor, consult, row)}


def _may_speak(tx: Tx, consult: Consult, person_id: str) -> bool:
    """Who reads blind is asked nothing and is not kept."""
    return ConsultVerb.DISCUSS in verbs_for(consult, actor_of_person(tx, person_id))


def agree_to_recording(tx: Tx, actor: Actor, *, wish: OfRecording) -> Answer:
    """The actor's voice and pointer may be kept. It begins when the last one asked has agreed."""
    consult, row = _held(tx, actor, wish)
    led_to(consult, actor, ConsultVerb.DISCUSS)
    next_state(RecordingState(row.state), Verb.AGREE, _part_of(row, actor))
    if row.kind != RecordingKind.CONFERENCE:
        raise Forbidden("not_asked", "This recording is made by one person alone.")
    if actor.id in row.consents:
        return {"number": consult.last}
    row.consents = {**row.consents, actor.id: moment_json(tx.now)}
    number = _tell(tx, actor, consult, row, "recording.agreed")
    if row.state == RecordingState.ASKED and all(person["id"] in row.consents for person in row.asked):
        number = _begin(tx, actor, consult, row)
    return {"number": number}


def refuse_recording(tx: Tx, actor: Actor, *, wish: OfRecording) -> Answer:
    """One who does not want it is enough: nothing is recorded."""
    consult, row = _held(tx, actor, wish)
    row.state = next_state(RecordingState(row.state), Verb.REFUSE, _part_of(row, actor))
    return {"number": _tell(tx, actor, consult, row, "recording.refused")}


def stop_recording(tx: Tx, actor: Actor, *, wish: OfRecording) -> Answer:
    """Whoever is kept may end it for everybody. A walk-through becomes a line of the talk."""
    consult, row = _held(tx, actor, wish)
    next_state(RecordingState(row.state), Verb.STOP, _part_of(row, actor))
    return {"number": _stop(tx, actor, consult, row)}


def stop_forgotten(tx: Tx, *, consult_id: str, recording_id: str) -> None:
    """Nobody ended it, and nothing comes any more or it is too long; or somebody who was asked never answered."""
    consult = tx.session.get_one(Consult, consult_id, with_for_update=True)
    row = recording_of(tx, consult, recording_id, lock=True)
    if row.state == RecordingState.RUNNING:
        _stop(tx, SYSTEM, consult, row)
    elif row.state == RecordingState.ASKED:
        row.state = next_state(RecordingState.ASKED, Verb.REFUSE, Part.SYSTEM)
        _tell(tx, SYSTEM, consult, row, "recording.refused")


def withdraw_recording(tx: Tx, actor: Actor, *, wish: OfRecording) -> Answer:
    """Whoever is in it may take it back: its bytes go with the next sweep, nobody plays it again."""
    consult, row = _held(tx, actor, wish)
    row.state = next_state(RecordingState(row.state), Verb.WITHDRAW, _part_of(row, actor))
    row.ended_at = row.ended_at or tx.now
    tx.session.execute(delete(RecordingPiece).where(RecordingPiece.recording_id == row.id))
    return {"number": _tell(tx, actor, consult, row, "recording.withdrawn", action="D")}


def piece_wanted(tx: Tx, actor: Actor, *, consult_id: str, recording_id: str, piece: Piece) -> Consult | None:
    """Whether the bytes are to be received: None when they are here already. Raises for whoever has not agreed."""
    actor.check(Permission.CONSULT_DISCUSS)
    consult = consult_for(tx, actor, consult_id)
    row = recording_of(tx, consult, recording_id)
    next_state(RecordingState(row.state), Verb.SEND, _part_of(row, actor))
    hit(tx, "consult.recording", actor.id, limit=PIECES_A_MINUTE, seconds=60)
    if has_piece(tx, row, piece.take, piece.kind, piece.number):
        return None
    check_time(tx, row)
    check_size(tx, row)
    if piece.kind == "track":
        check_track(tx, row, actor.id)
    return consult


def keep_piece(
    tx: Tx, actor: Actor, *, consult_id: str, recording_id: str, piece: Piece, blob: Blob, content: Content
) -> None:
    """Once, however often it is sent. One row of many of a recording: no event and no record of its own.

    Whether there is room is asked again: others came while the bytes did.
    """
    actor.check(Permission.CONSULT_DISCUSS)
    consult = consult_for(tx, actor, consult_id)
    row = recording_of(tx, consult, recording_id, lock=True)
    next_state(RecordingState(row.state), Verb.SEND, _part_of(row, actor))
    if has_piece(tx, row, piece.take, piece.kind, piece.number):
        return
    check_time(tx, row)
    check_size(tx, row, blob.size)
    if piece.kind == "track":
        check_track(tx, row, actor.id, blob.size, content.lines)
    tx.session.add(
        RecordingPiece(
            id=new_id(),
            recording_id=row.id,
            person_id=actor.id,
            **piece.model_dump(),
            media_type=content.media_type,
            lines=content.lines,
            digest=blob.digest,
            size=blob.size,
            at=tx.now,
        )
    )
    tx.session.flush()


def open_recording(tx: Tx, actor: Actor, *, consult_id: str, recording_id: str) -> str:
    """The digest of what is played; who did is recorded."""
    actor.check(Permission.CONSULT_DISCUSS)
    consult, row = playable(tx, actor, consult_id, recording_id)
    record(
        tx,
        actor,
        AuditKind.ORDER_RECORD,
        "R",
        subject_type="consult",
        subject_id=consult.id,
        hospital_id=consult.referring_hospital_id,
        detail={"recording": row.id},
    )
    return whole_of(tx, row)


def _talked_about(tx: Tx, actor: Actor, consult_id: str) -> Consult:
    consult = consult_for(tx, actor, consult_id, lock=True)
    led_to(consult, actor, ConsultVerb.DISCUSS)
    return consult


def _held(tx: Tx, actor: Actor, wish: OfRecording) -> tuple[Consult, Recording]:
    actor.check(Permission.CONSULT_DISCUSS)
    consult = consult_for(tx, actor, wish.consult_id, lock=True)
    return consult, recording_of(tx, consult, wish.recording_id, lock=True)


def _going(tx: Tx, consult: Consult) -> list[Recording]:
    query = select(Recording).where(Recording.consult_id == consult.id, Recording.state.in_(GOING))
    return list(tx.session.scalars(query))


def _one_at_a_time() -> Conflict:
    return Conflict("recording_on", "A recording is going on or being asked for already.")


def _part_of(row: Recording, actor: Actor) -> Part:
    if actor.id in row.consents:
        return Part.AGREED
    return Part.ASKED if any(person["id"] == actor.id for person in row.asked) else Part.OTHER


def _asked(
    tx: Tx, actor: Actor, consult: Consult, kind: RecordingKind, people: Sequence[Person], title: str
) -> Recording:
    row = Recording(
        id=new_id(),
        consult_id=consult.id,
        kind=kind,
        state=RecordingState.ASKED,
        title=title,
        asked_by=person_of(tx, actor).model_dump(),
        asked_at=tx.now,
        asked=[person.model_dump() for person in people],
        consents={actor.id: moment_json(tx.now)},
    )
    tx.session.add(row)
    tx.session.flush()
    return row


def _begin(tx: Tx, actor: Actor, consult: Consult, row: Recording) -> int:
    row.state, row.began_at = RecordingState.RUNNING, tx.now
    row.first = consult.last + 1
    return _tell(tx, actor, consult, row, "recording.started", action="C")


def _stop(tx: Tx, actor: Actor, consult: Consult, row: Recording) -> int:
    assert row.began_at is not None  # it ran
    long = (tx.now - row.began_at).total_seconds() * 1000
    row.state = RecordingState.STOPPED
    row.ended_at = tx.now if long <= MOST_MS else row.began_at + (tx.now - row.began_at) * (MOST_MS / long)
    row.last = consult.last + 1
    number = _tell(tx, actor, consult, row, "recording.stopped")
    by_its_maker = row.kind == RecordingKind.WALK_THROUGH and row.asked_by["id"] == actor.id
    if by_its_maker:
        number = _say(tx, actor, consult, row)
    enqueue(tx, JOIN, row.id, delay_seconds=0 if by_its_maker else LAST_PIECES_SECONDS)
    return number


def _say(tx: Tx, actor: Actor, consult: Consult, row: Recording) -> int:
    """The line of the talk that answers with it."""
    line = {"id": new_id(), "client_id": row.id, "text": row.title, "view": None}
    number = append(
        tx, actor, consult, "message.posted", MessagePostedData(**line, recording=row.id), action="C"
    )
    keep_line(tx, actor, consult, number, line | {"more": {"recording": row.id}})
    return number


def _tell(tx: Tx, actor: Actor, consult: Consult, row: Recording, type_: str, *, action: Action = "U") -> int:
    tx.session.flush()
    return append(tx, actor, consult, type_, RecordingNews(recording=recording_data(row)), action=action)
