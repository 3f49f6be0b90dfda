from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.base.db import Base, UtcDateTime


class ConsultStart(Base):
    """The images a case begins with, in the order chosen: study, SOP Instance UID and frame number of each."""

    __tablename__ = "consult_start"

    consult_id: Mapped[str] = mapped_column(ForeignKey("consult.id", ondelete="CASCADE"), primary_key=True)
    places: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    by: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
