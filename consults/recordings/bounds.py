"""How long pieces may come and how much of them is kept, so that the worker can join them in its memory."""

from datetime import timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute

from app.base.db import Tx
from app.base.errors import Conflict, TooLarge
from consults.recordings.models import Recording, RecordingPiece

LARGEST = 200 << 20
# Of tracks. Windows look 15 times a second, so an hour has 54,000 looks of one to three lines.
LINES_OF_ONE = 200_000
LINES_OF_ALL = 600_000
TRACKS_LARGEST = 64 << 20
# What windows still have to send when a talk's recording ends.
LAST_PIECES_SECONDS = 15


def check_time(tx: Tx, row: Recording) -> None:
    """Raises Conflict when it ended so long ago that it is being joined: every late piece would begin that anew."""
    if row.ended_at is not None and tx.now > row.ended_at + timedelta(seconds=LAST_PIECES_SECONDS):
        raise Conflict("recording_over", "The recording has ended. This piece came too late.")


def check_size(tx: Tx, row: Recording, size: int = 1) -> None:
    """Raises TooLarge unless it may have so many bytes more."""
    if _sum(tx, row, RecordingPiece.size) + size > LARGEST:
        raise TooLarge("recording_too_large", "The recording is as long as it can be. Stop it.")


def check_track(tx: Tx, row: Recording, person_id: str, size: int = 1, lines: int = 1) -> None:
    """Raises TooLarge unless its tracks may have so many bytes, and this person and all of them so many lines, more."""
    of_person = RecordingPiece.person_id == person_id
    is_too_much = (
        _sum(tx, row, RecordingPiece.size, RecordingPiece.kind == "track") + size > TRACKS_LARGEST
        or _sum(tx, row, RecordingPiece.lines, of_person) + lines > LINES_OF_ONE
        or _sum(tx, row, RecordingPiece.lines) + lines > LINES_OF_ALL
    )
    if is_too_much:
        raise TooLarge(
            "track_too_large", "More of the pointer and the view cannot be kept in this recording."
        )


def _sum(tx: Tx, row: Recording, what: InstrumentedAttribute[int], *which: ColumnElement[bool]) -> int:
    query = select(func.coalesce(func.sum(what), 0)).where(RecordingPiece.recording_id == row.id, *which)
    return int(tx.session.scalar(query) or 0)
