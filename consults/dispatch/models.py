from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.base.db import Base, UtcDateTime


class DutyGroup(Base):
    """Specialists of one hospital who take cases together. `modalities` empty: any."""

    __tablename__ = "duty_group"
    __table_args__ = (UniqueConstraint("hospital_id", "name"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    hospital_id: Mapped[str] = mapped_column(ForeignKey("hospital.id"))
    name: Mapped[str] = mapped_column(String(100))
    specialty: Mapped[str] = mapped_column(String(100))
    modalities: Mapped[list[str]] = mapped_column(JSON)
    emergency: Mapped[int]  # minutes until an offer goes on to the next
    urgent: Mapped[int]
    routine: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    members: Mapped[list["DutyMember"]] = relationship(cascade="all, delete-orphan", lazy="selectin")


class DutyMember(Base):
    __tablename__ = "duty_member"

    group_id: Mapped[str] = mapped_column(ForeignKey("duty_group.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)


class DutyShift(Base):
    """Somebody is on call for a group. Shifts of one person in one group do not overlap."""

    __tablename__ = "duty_shift"
    __table_args__ = (Index("ix_duty_shift_group_begins", "group_id", "begins_at"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    group_id: Mapped[str] = mapped_column(ForeignKey("duty_group.id", ondelete="CASCADE"))
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    begins_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
