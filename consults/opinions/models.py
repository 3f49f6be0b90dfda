from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text
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
