from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.base.db import Base, UtcDateTime


class Annotation(Base):
    """One mark on one frame. The id is made by the browser that drew it; the revision is ours.

    The author's name and hospital are kept as they were when the mark was made: they are part of what was said.
    `context` says in whose talk the mark was made (a consult's id); None: on the study itself.
    """

    __tablename__ = "annotation"
    __table_args__ = (Index("ix_annotation_place", "study_id", "context"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    study_id: Mapped[str] = mapped_column(ForeignKey("study.id", ondelete="CASCADE"))
    context: Mapped[str | None] = mapped_column(String(26))
    sop_instance_uid: Mapped[str] = mapped_column(String(64))
    frame_number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(16))
    graphic_type: Mapped[str] = mapped_column(String(16))
    points: Mapped[list[list[float]]] = mapped_column(JSON)
    text: Mapped[str] = mapped_column(String(500))
    values: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    author_id: Mapped[str] = mapped_column(String(26))
    author_name: Mapped[str] = mapped_column(String(200))
    author_hospital: Mapped[str] = mapped_column(String(200))
    revision: Mapped[int]
    deleted: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
