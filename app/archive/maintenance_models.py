"""How what is kept is looked after."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.base.db import Base, UtcDateTime
from app.base.ids import new_id


class MaintenanceRun(Base):
    """A backup, a verification of every object, a sweep: what the storage page tells of the last of each."""

    __tablename__ = "maintenance_run"
    __table_args__ = (Index("ix_maintenance_run_by_kind", "kind", "started_at"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(20))  # MaintenanceKind
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[str] = mapped_column(String(20), default="")  # MaintenanceOutcome; "": under way
    objects: Mapped[int] = mapped_column(default=0)
    bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    problems: Mapped[int] = mapped_column(default=0)
