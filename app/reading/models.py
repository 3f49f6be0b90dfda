from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.base.db import Base, UtcDateTime
from app.reading.schemas import Seen


class Reading(Base):
    """What one opening of a study brought to the screen. The opening's own row ends with its key; this one stays.

    `series`: by the series' id, each level of quality including the better ones. `digest` is told to the audit log
    when the reading is closed, so that a row changed later no longer agrees with it.
    """

    __tablename__ = "reading"

    opening_id: Mapped[str] = mapped_column(String(26), primary_key=True)
    study_id: Mapped[str] = mapped_column(ForeignKey("study.id"), index=True)
    reader_id: Mapped[str] = mapped_column(String(26))
    reader_name: Mapped[str] = mapped_column(String(200))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reported_at: Mapped[datetime] = mapped_column(UtcDateTime)
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    digest: Mapped[str] = mapped_column(String(64), default="")
    series: Mapped[dict[str, Seen]] = mapped_column(JSON)
