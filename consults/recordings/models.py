from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.base.db import Base, UtcDateTime
from app.base.kept_objects import digest_column


class Recording(Base):
    """One recording. `asked`: the people it was asked of; `consents`: who agreed, and when."""

    __tablename__ = "consult_recording"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    consult_id: Mapped[str] = mapped_column(ForeignKey("consult.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(16))  # lifecycle.RecordingKind
    state: Mapped[str] = mapped_column(String(16), index=True)  # lifecycle.RecordingState
    title: Mapped[str] = mapped_column(String(200))
    asked_by: Mapped[dict[str, Any]] = mapped_column(JSON)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    consents: Mapped[dict[str, str]] = mapped_column(JSON)
    began_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    first: Mapped[int | None]  # number of the event that began it
    last: Mapped[int | None]  # and of the one that ended it


class RecordingPiece(Base):
    """What one window sent (`track`, `voice`), until all are joined into one `whole`.

    `take`: one window's stretch of recording, `number` its pieces from 0: sent twice is kept once. `offset_ms` and
    `duration_ms` place a voice in the recording.
    """

    __tablename__ = "consult_recording_piece"
    __table_args__ = (UniqueConstraint("recording_id", "take", "kind", "number"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    recording_id: Mapped[str] = mapped_column(ForeignKey("consult_recording.id", ondelete="CASCADE"))
    person_id: Mapped[str] = mapped_column(String(26))
    take: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(8))
    number: Mapped[int]
    media_type: Mapped[str] = mapped_column(String(60))
    offset_ms: Mapped[int]
    duration_ms: Mapped[int]
    digest: Mapped[str] = digest_column()
    size: Mapped[int]
    lines: Mapped[int] = mapped_column(server_default="0")  # of a track
    at: Mapped[datetime] = mapped_column(UtcDateTime)
