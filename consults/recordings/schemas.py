"""Wishes about recordings, and what comes with a piece of one."""

from typing import Annotated, Literal, NamedTuple

from pydantic import Field, StringConstraints

from app.annotations.schemas import OurId
from consults.schemas import ClientId, OfConsult, Wish

MOST_MINUTES = 60
MOST_MS = MOST_MINUTES * 60_000
MOST_PIECES = 2000

Title = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Milliseconds = Annotated[int, Field(ge=0, le=MOST_MS)]


class StartWalkThrough(OfConsult):
    """Somebody shows the case alone."""

    title: Title = ""


class OfRecording(OfConsult):
    """Agree, refuse, stop, withdraw."""

    recording_id: OurId


class Content(NamedTuple):
    """What the bytes of a piece were found to be; `lines`: of a track."""

    media_type: str
    lines: int = 0


class Piece(Wish):
    """What is said beside the bytes. `offset_ms`, `duration_ms`: of a voice, from the beginning of the recording."""

    take: ClientId
    kind: Literal["track", "voice"]
    number: Annotated[int, Field(ge=0, lt=MOST_PIECES)]
    offset_ms: Milliseconds = 0
    duration_ms: Annotated[int, Field(ge=0, le=60_000)] = 0
