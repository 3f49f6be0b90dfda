"""One table, only ever added to."""

from datetime import datetime

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.base.db import Base, UtcDateTime
from app.base.ids import new_id


class AuditRecord(Base):
    """Event identification, active participant, source and object of PS3.15 A.5, flattened."""

    __tablename__ = "audit_record"
    __table_args__ = (
        Index("ix_audit_record_hospital_id_id", "hospital_id", "id"),
        Index("ix_audit_record_actor_hospital_id_id", "actor_hospital_id", "id"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    kind: Mapped[str] = mapped_column(String(6))
    action: Mapped[str] = mapped_column(String(1))  # C R U D E: EventActionCode
    outcome: Mapped[int]  # 0 success, 4 minor, 8 serious, 12 major failure: EventOutcomeIndicator
    actor_kind: Mapped[str] = mapped_column(String(10))
    actor_id: Mapped[str] = mapped_column(String(64))
    actor_name: Mapped[str] = mapped_column(String(200))
    actor_hospital_id: Mapped[str | None] = mapped_column(String(26))
    session_id: Mapped[str | None] = mapped_column(String(26))
    address: Mapped[str | None] = mapped_column(String(45))
    hospital_id: Mapped[str | None] = mapped_column(String(26))  # whose thing it was
    subject_type: Mapped[str] = mapped_column(String(30))
    subject_id: Mapped[str] = mapped_column(String(128))
    detail: Mapped[str] = mapped_column(Text)  # JSON of ids, codes and counts
