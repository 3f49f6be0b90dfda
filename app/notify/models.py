"""Notices, what leaves because of them, how people wish it, and the programs that are called."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from app.base.db import Base, UtcDateTime
from app.base.ids import new_id


class Notice(Base):
    """A sentence for one person, shown by the bell until it is read. `subject`: what it is about, as `consult:<id>`."""

    __tablename__ = "notice"

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(String(26), index=True)
    hospital_id: Mapped[str] = mapped_column(ForeignKey("hospital.id"))
    kind: Mapped[str] = mapped_column(String(20), default="archive", server_default="archive")
    subject: Mapped[str] = mapped_column(String(60), default="", server_default="", index=True)
    message: Mapped[str] = mapped_column(String(200))  # of the catalogue
    params: Mapped[str] = mapped_column(Text, default="{}")  # JSON
    path: Mapped[str] = mapped_column(String(300))
    urgent: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Webhook(Base):
    """A program of a hospital that is called when something happens. `gateway`: it passes on messages to people."""

    __tablename__ = "webhook"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    hospital_id: Mapped[str] = mapped_column(ForeignKey("hospital.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    url: Mapped[str] = mapped_column(String(500))
    secret: Mapped[str] = mapped_column(String(80))  # it signs with it, so a digest would not do
    kinds: Mapped[str] = mapped_column(Text)  # JSON
    gateway: Mapped[bool]
    active: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[str] = mapped_column(String(26))


class Outgoing(Base):
    """One mail, message or call on its way. `content`: JSON, of people's the notices in it, of a webhook's the payload."""

    __tablename__ = "outgoing"
    __table_args__ = (Index("ix_outgoing_due", "state", "next_try_at"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    hospital_id: Mapped[str] = mapped_column(ForeignKey("hospital.id"), index=True)
    person_id: Mapped[str | None] = mapped_column(String(26), index=True)
    webhook_id: Mapped[str | None] = mapped_column(String(26))
    channel: Mapped[str] = mapped_column(String(12))
    address: Mapped[str] = mapped_column(String(500))
    kind: Mapped[str] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(2))
    content: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(12))
    attempts: Mapped[int] = mapped_column(default=0)
    since: Mapped[datetime] = mapped_column(UtcDateTime)  # of its tries: 24 hours later it has failed
    next_try_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_error: Mapped[str] = mapped_column(Text)  # JSON: code and sentence
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class NotifyPreference(Base):
    """What somebody wants sent to them and when; without a row, what lifecycle.py says."""

    __tablename__ = "notify_preference"

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    mail_kinds: Mapped[str] = mapped_column(Text)  # JSON
    messenger_kinds: Mapped[str] = mapped_column(Text)  # JSON
    messenger: Mapped[str] = mapped_column(String(80))  # what the gateway knows them by: a telephone number
    quiet_from: Mapped[str] = mapped_column(String(5))  # HH:MM in Vietnam's time
    quiet_to: Mapped[str] = mapped_column(String(5))
    digest: Mapped[str] = mapped_column(String(8))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
