from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.base.db import Base, UtcDateTime


class ConsultDecision(Base):
    """What the referrer decided after the opinion; said again, the newer words stand."""

    __tablename__ = "consult_decision"

    consult_id: Mapped[str] = mapped_column(ForeignKey("consult.id", ondelete="CASCADE"), primary_key=True)
    follows: Mapped[str] = mapped_column(String(16))
    text: Mapped[str] = mapped_column(Text)
    by: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class ConsultOutcome(Base):
    """What the case turned out to be, some days later, and whether the opinion was right."""

    __tablename__ = "consult_outcome"

    consult_id: Mapped[str] = mapped_column(ForeignKey("consult.id", ondelete="CASCADE"), primary_key=True)
    agreement: Mapped[str] = mapped_column(String(16))
    diagnosis: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    by: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class ConsultReading(Base):
    """A separate opinion: a conclusion for each question, and the whole in words. The newest version counts."""

    __tablename__ = "consult_reading"
    __table_args__ = (UniqueConstraint("reader_id", "version"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    reader_id: Mapped[str] = mapped_column(ForeignKey("consult_reader.id", ondelete="CASCADE"))
    version: Mapped[int]
    conclusions: Mapped[list[dict[str, Any]]] = mapped_column(JSON)  # question_id and text, in their order
    text: Mapped[str] = mapped_column(Text)
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)
    superseded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ConsultGrade(Base):
    """How far a reading lies from the first one, for quality meetings; given anew, the newer one stands."""

    __tablename__ = "consult_grade"

    reader_id: Mapped[str] = mapped_column(
        ForeignKey("consult_reader.id", ondelete="CASCADE"), primary_key=True
    )
    grade: Mapped[int]
    note: Mapped[str] = mapped_column(Text)
    by_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
