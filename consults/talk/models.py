from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.base.db import Base, UtcDateTime


class LineReader(Base):
    """Somebody whom a line names: mentioned in it, or (`only`) one of the few who may read it, its author included.

    A number with a row that says `only` is hidden from everybody who has no such row.
    """

    __tablename__ = "consult_line_reader"
    __table_args__ = (Index("ix_consult_line_reader_person", "person_id", "consult_id", "number"),)

    consult_id: Mapped[str] = mapped_column(ForeignKey("consult.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    only: Mapped[bool]
    mentioned: Mapped[bool]


class Note(Base):
    """What somebody wrote for themselves on a case; nobody else is ever shown it."""

    __tablename__ = "consult_note"

    consult_id: Mapped[str] = mapped_column(ForeignKey("consult.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class GlossaryPins(Base):
    """Phrases that stand on top of the glossary for one person."""

    __tablename__ = "consult_glossary_pins"

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    terms: Mapped[list[str]] = mapped_column(JSON)


class KeepingKey(Base):
    """With it a person's browsers encipher what they have not sent yet: on a shared disk nobody else can read it."""

    __tablename__ = "consult_keeping_key"

    person_id: Mapped[str] = mapped_column(String(26), ForeignKey("person.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(64))


class Seen(Base):
    """How far somebody had the talk in sight: said by their screen, kept when they leave."""

    __tablename__ = "consult_seen"

    consult_id: Mapped[str] = mapped_column(ForeignKey("consult.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[str] = mapped_column(String(26), ForeignKey("person.id"), primary_key=True)
    number: Mapped[int]
