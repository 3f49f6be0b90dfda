"""What somebody said of the pictures of a series before people see them who may not know the patient."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.base.db import Base, UtcDateTime


class SeriesCover(Base):
    """Parts of a series' pictures of one size that name the patient, found by somebody who has looked through them."""

    __tablename__ = "series_cover"

    series_id: Mapped[str] = mapped_column(ForeignKey("series.id", ondelete="CASCADE"), primary_key=True)
    columns: Mapped[int] = mapped_column(primary_key=True)
    rows: Mapped[int] = mapped_column(primary_key=True)
    rectangles: Mapped[str] = mapped_column(
        Text
    )  # JSON: [[left, top, right, bottom], ...]; []: nothing is written
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)  # what arrived until then was looked through
    made_by: Mapped[str] = mapped_column(String(26))
