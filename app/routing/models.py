"""Rules, and what they (or people) set going: each delivery and each fetch is a row that people see."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.base.db import Base, UtcDateTime
from app.base.ids import new_id


class RoutingRule(Base):
    """What happens to a study of a hospital when it arrives or is complete."""

    __tablename__ = "routing_rule"

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    hospital_id: Mapped[str] = mapped_column(ForeignKey("hospital.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    moment: Mapped[str] = mapped_column(String(10))  # arrival, completion
    device_id: Mapped[str | None] = mapped_column(String(26))  # of this sender only
    modality: Mapped[str] = mapped_column(String(16), default="")
    description: Mapped[str] = mapped_column(String(200), default="")  # words, with wildcards
    action: Mapped[str] = mapped_column(String(20))  # RuleAction
    target_id: Mapped[str | None] = mapped_column(String(26))  # device, hospital or person
    parameters: Mapped[str] = mapped_column(Text, default="{}")  # JSON of the action
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[str] = mapped_column(String(26))


class Delivery(Base):
    """Something on its way to another system, with attempts, next try and last error (house.md, rule 8)."""

    __tablename__ = "delivery"
    __table_args__ = (Index("ix_delivery_due", "state", "next_try_at"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    hospital_id: Mapped[str] = mapped_column(ForeignKey("hospital.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))  # DeliveryKind
    rule_id: Mapped[str | None] = mapped_column(String(26))
    study_id: Mapped[str | None] = mapped_column(String(26), index=True)
    device_id: Mapped[str | None] = mapped_column(String(26), index=True)  # where to
    payload: Mapped[str] = mapped_column(Text, default="{}")  # JSON: what exactly
    unique_key: Mapped[str | None] = mapped_column(String(120), unique=True)  # said twice, delivered once
    state: Mapped[str] = mapped_column(String(20))  # DeliveryState
    try_id: Mapped[str | None] = mapped_column(String(26))  # of the worker's try that holds it
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_error: Mapped[str] = mapped_column(String(400), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[str] = mapped_column(String(26))
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Fetch(Base):
    """A study being fetched from a hospital's existing archive, with progress; can be cancelled."""

    __tablename__ = "fetch"

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    hospital_id: Mapped[str] = mapped_column(ForeignKey("hospital.id"), index=True)
    device_id: Mapped[str] = mapped_column(String(26))
    study_instance_uid: Mapped[str] = mapped_column(String(64))
    description: Mapped[str] = mapped_column(String(400), default="")  # what the list showed
    method: Mapped[str] = mapped_column(String(10), default="", server_default="")  # FetchMethod
    state: Mapped[str] = mapped_column(String(20))  # FetchState
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)  # of the worker that fetches
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(String(400), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[str] = mapped_column(String(26))
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
