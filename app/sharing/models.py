from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.base.db import Base, UtcDateTime
from app.sharing.states import Factor, Outcome


class PatientLink(Base):
    """One study shown to its patient. Only digests of the secret and of the answer are kept.

    `answer_digest` is taken over token and answer together, so the table alone does not reveal a birth date
    or a six-digit code to somebody who tries them all.
    """

    __tablename__ = "patient_link"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    study_id: Mapped[str] = mapped_column(String(26), index=True)
    hospital_id: Mapped[str] = mapped_column(String(26), index=True)
    made_by_id: Mapped[str] = mapped_column(String(26))
    made_by_name: Mapped[str] = mapped_column(String(200))
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    factor: Mapped[Factor] = mapped_column(String(16))
    answer_digest: Mapped[str] = mapped_column(String(64))
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    locked_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    wrong_tries: Mapped[int] = mapped_column(default=0)


class LinkOpening(Base):
    """Every attempt that gave an answer, right or wrong; looking at the question is not one."""

    __tablename__ = "link_opening"
    __table_args__ = (Index("ix_link_opening_of_link", "link_id", "at"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    link_id: Mapped[str] = mapped_column(ForeignKey("patient_link.id", ondelete="CASCADE"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    outcome: Mapped[Outcome] = mapped_column(String(16))
    address: Mapped[str] = mapped_column(String(64))
    agent: Mapped[str] = mapped_column(String(200))


class LinkSession(Base):
    """A browser that answered rightly, for a few hours."""

    __tablename__ = "link_session"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    link_id: Mapped[str] = mapped_column(ForeignKey("patient_link.id", ondelete="CASCADE"), index=True)
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
