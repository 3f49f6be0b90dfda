"""Work of the worker: the pieces of a recording become one object, and what nobody stopped is stopped."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from operator import itemgetter
from typing import Any

from sqlalchemy import delete, func, or_, select

from app.base.actor import SYSTEM
from app.base.blobs import Blob, Blobs
from app.base.clock import now
from app.base.db import Database, Tx
from app.base.errors import Conflict
from app.base.ids import new_id
from consults.event_base import Person
from consults.history import append
from consults.models import Consult, Participant
from consults.recordings.actions import stop_forgotten
from consults.recordings.container import Voice, write
from consults.recordings.events import RecordingNews
from consults.recordings.lifecycle import GOING, Part, RecordingState, Verb, next_state
from consults.recordings.models import Recording, RecordingPiece
from consults.recordings.queries import WHOLE, recording_data
from consults.recordings.schemas import MOST_MINUTES
from consults.recordings.track import lines_of

EVERY_SECONDS = 60
LONGEST = timedelta(minutes=MOST_MINUTES)
SILENT = timedelta(minutes=5)
_ORDER = (RecordingPiece.take, RecordingPiece.number)


@dataclass(frozen=True)
class _Pieces:
    """Everything that was read in one transaction."""

    people: list[dict[str, Any]]
    study_ids: frozenset[str]
    duration_ms: int
    rows: list[RecordingPiece]


def join_pieces(db: Database, blobs: Blobs, recording_id: str) -> None:
    """Makes the one object; nothing to do when that is done or the recording was taken back. May run twice."""
    with db.reading() as tx:
        found = _gathered(tx, recording_id)
    if found is None:
        return
    with blobs.open_spool() as spool:
        places = {person["id"]: place for place, person in enumerate(found.people)}
        write(
            spool,
            people=found.people,
            duration_ms=found.duration_ms,
            lines=_lines(blobs, found, places),
            voices=(
                (_voice(row, places), blobs.read(row.digest)) for row in found.rows if row.kind == "voice"
            ),
        )
        blob = spool.commit()
        with db.transaction() as tx:
            _keep_whole(tx, recording_id, blob, {row.id for row in found.rows})


def _gathered(tx: Tx, recording_id: str) -> _Pieces | None:
    row = tx.session.get(Recording, recording_id)
    if row is None or row.state != RecordingState.STOPPED:
        return None
    pieces = select(RecordingPiece).where(RecordingPiece.recording_id == row.id).order_by(*_ORDER)
    rows = list(tx.session.scalars(pieces))
    tx.session.expunge_all()
    consult = tx.session.get_one(Consult, row.consult_id)
    return _Pieces(
        people=_people(tx, row, {piece.person_id for piece in rows}),
        study_ids=frozenset(study.study_id for study in consult.studies),
        duration_ms=recording_data(row).duration_ms or 0,
        rows=rows,
    )


def _people(tx: Tx, row: Recording, kept: set[str]) -> list[dict[str, Any]]:
    """Whoever asked first, then the others by name."""
    known = {person["id"]: person for person in [*row.asked, row.asked_by]}
    query = select(Participant).where(Participant.consult_id == row.consult_id)
    for one in tx.session.scalars(query):
        known.setdefault(
            one.person_id, Person(id=one.person_id, name=one.name, hospital=one.hospital).model_dump()
        )
    first = row.asked_by["id"]
    found = [known[person_id] for person_id in kept | {first} if person_id in known]
    return sorted(found, key=lambda person: (person["id"] != first, person["name"], person["id"]))


def _lines(blobs: Blobs, found: _Pieces, places: dict[str, int]) -> Iterator[bytes]:
    """In the order of time; what is of the same moment stays as it was sent. Of all of them only the words are held."""
    merged = [
        (line[1], json.dumps([places[row.person_id], *line]).encode())
        for row in found.rows
        if row.kind == "track"
        for line in lines_of(blobs.read(row.digest), found.study_ids)
    ]
    merged.sort(key=itemgetter(0))
    return (words for _, words in merged)


def _voice(row: RecordingPiece, places: dict[str, int]) -> Voice:
    return Voice(places[row.person_id], row.offset_ms, row.duration_ms, row.media_type)


def _keep_whole(tx: Tx, recording_id: str, blob: Blob, joined: set[str]) -> None:
    consult_id = tx.session.scalar(select(Recording.consult_id).where(Recording.id == recording_id))
    consult = tx.session.get_one(Consult, consult_id, with_for_update=True)
    row = tx.session.get_one(Recording, recording_id, with_for_update=True)
    if row.state != RecordingState.STOPPED:
        return
    mine = RecordingPiece.recording_id == row.id
    if set(tx.session.scalars(select(RecordingPiece.id).where(mine))) != joined:
        raise Conflict("pieces_came", "Further pieces of the recording came meanwhile.")  # the job runs again
    tx.session.execute(delete(RecordingPiece).where(mine))
    tx.session.add(
        RecordingPiece(
            id=new_id(),
            recording_id=row.id,
            person_id=row.asked_by["id"],
            take="",
            kind=WHOLE,
            number=0,
            media_type="application/zip",
            offset_ms=0,
            duration_ms=recording_data(row).duration_ms or 0,
            digest=blob.digest,
            size=blob.size,
            at=tx.now,
        )
    )
    row.state = next_state(RecordingState.STOPPED, Verb.JOIN, Part.SYSTEM)
    tx.session.flush()
    append(tx, SYSTEM, consult, "recording.ready", RecordingNews(recording=recording_data(row)))


def stop_silent(db: Database) -> int:
    """Recordings whose windows were all closed, that are too long, or that not everybody agreed to; how many."""
    newest = func.max(RecordingPiece.at)
    query = (
        select(Recording.consult_id, Recording.id)
        .outerjoin(RecordingPiece, RecordingPiece.recording_id == Recording.id)
        .where(Recording.state.in_(GOING))
        .group_by(Recording.consult_id, Recording.id, Recording.asked_at, Recording.began_at)
        .having(
            or_(
                Recording.began_at < now() - LONGEST,
                func.coalesce(newest, Recording.began_at, Recording.asked_at) < now() - SILENT,
            )
        )
    )
    with db.reading() as tx:
        over = tx.session.execute(query).all()
    for consult_id, recording_id in over:
        with db.transaction() as tx:
            stop_forgotten(tx, consult_id=consult_id, recording_id=recording_id)
    return len(over)
