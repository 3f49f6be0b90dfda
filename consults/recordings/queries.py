"""Every read of recordings."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.base.actor import Actor
from app.base.db import Tx
from app.base.errors import NotFound
from consults.access import consult_for, seats_of
from consults.event_base import Person
from consults.lifecycle import Seat
from consults.models import Consult
from consults.recordings.events import RecordingData
from consults.recordings.lifecycle import RecordingKind, RecordingState
from consults.recordings.models import Recording, RecordingPiece

WHOLE = "whole"


def recordings_state(tx: Tx, consult: Consult) -> list[dict[str, Any]]:
    """What the room shows, in the order of asking."""
    query = select(Recording).where(Recording.consult_id == consult.id).order_by(Recording.id)
    return [recording_data(row).model_dump(mode="json") for row in tx.session.scalars(query)]


def recording_data(row: Recording) -> RecordingData:
    """As state and events give it."""
    return RecordingData(
        id=row.id,
        kind=RecordingKind(row.kind),
        state=RecordingState(row.state),
        title=row.title,
        by=Person(**row.asked_by),
        asked=[Person(**person) for person in row.asked],
        agreed=sorted(row.consents),
        began_at=row.began_at,
        duration_ms=_milliseconds(row.began_at, row.ended_at),
        first=row.first,
        last=row.last,
    )


def _milliseconds(began: datetime | None, ended: datetime | None) -> int | None:
    return None if began is None or ended is None else round((ended - began).total_seconds() * 1000)


def recording_of(tx: Tx, consult: Consult, recording_id: str, *, lock: bool = False) -> Recording:
    """Raises NotFound for one of another consult."""
    query = select(Recording).where(Recording.id == recording_id, Recording.consult_id == consult.id)
    row = tx.session.scalar(query.with_for_update() if lock else query)
    if row is None:
        raise NotFound
    return row


def playable(tx: Tx, actor: Actor, consult_id: str, recording_id: str) -> tuple[Consult, Recording]:
    """For whoever sees the whole consult: a voice names the patient, and says what others concluded."""
    consult = consult_for(tx, actor, consult_id)
    if not actor.sees_names or Seat.BLIND in seats_of(consult, actor):
        raise NotFound
    row = recording_of(tx, consult, recording_id)
    if row.state != RecordingState.READY:
        raise NotFound
    return consult, row


def whole_of(tx: Tx, row: Recording) -> str:
    """The digest of the joined recording."""
    query = select(RecordingPiece.digest).where(
        RecordingPiece.recording_id == row.id, RecordingPiece.kind == WHOLE
    )
    digest = tx.session.scalar(query)
    if digest is None:
        raise NotFound
    return digest


def has_piece(tx: Tx, row: Recording, take: str, kind: str, number: int) -> bool:
    """Whether this piece has come before."""
    query = select(RecordingPiece.id).where(
        RecordingPiece.recording_id == row.id,
        RecordingPiece.take == take,
        RecordingPiece.kind == kind,
        RecordingPiece.number == number,
    )
    return tx.session.scalar(query) is not None
