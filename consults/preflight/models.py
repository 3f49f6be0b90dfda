from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.base.db import Base, UtcDateTime


class ConsultCheck(Base):
    """What stood against a case when it was sent as it is."""

    __tablename__ = "consult_check"

    consult_id: Mapped[str] = mapped_column(ForeignKey("consult.id", ondelete="CASCADE"), primary_key=True)
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    by: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class ConsultProtocol(Base):
    """Which series studies of a kind have to have, as a hospital says."""

    __tablename__ = "consult_protocol"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    hospital_id: Mapped[str] = mapped_column(ForeignKey("hospital.id"), index=True)
    modality: Mapped[str] = mapped_column(String(16))
    words: Mapped[str] = mapped_column(String(200))  # of the study's description or body part; empty: all
    series: Mapped[list[str]] = mapped_column(JSON)  # each: words of which one has to be in a description
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(String(26))
