from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.base.db import Base, UtcDateTime


class ConsultMinutes(Base):
    """The minutes of one consult. `content` is what the secretary wrote (schemas.MinutesContent), `facts` what the
    consult itself said when it was written (facts.py): both stay as they were read.
    """

    __tablename__ = "consult_minutes"

    consult_id: Mapped[str] = mapped_column(ForeignKey("consult.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int]
    state: Mapped[str] = mapped_column(String(16))
    secretary_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    secretary: Mapped[dict[str, Any]] = mapped_column(JSON)
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    read_by: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    remarks: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    saved_by: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))  # whose words these are
    saved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    circulated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
