from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Float, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.base.db import Base, UtcDateTime
from app.base.kept_objects import digest_column


class Attachment(Base):
    """A file of a case. The bytes are an object; a withdrawn one is kept, and shown to nobody.

    `client_id` was made by the browser, so that sending twice is sending once; `recipients` are the only people who
    are shown it, its sender among them.
    """

    __tablename__ = "consult_attachment"
    __table_args__ = (Index("ix_consult_attachment_client", "consult_id", "client_id", unique=True),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    consult_id: Mapped[str] = mapped_column(ForeignKey("consult.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(10))  # kinds.Kind
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(40))
    digest: Mapped[str] = digest_column()
    size: Mapped[int]
    description: Mapped[str] = mapped_column(Text)
    client_id: Mapped[str | None] = mapped_column(String(64))
    recipients: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    by: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class LabValue(Base):
    """One laboratory value as it was typed; `number` and `flag` are what could be read from it."""

    __tablename__ = "consult_lab_value"
    __table_args__ = (Index("ix_consult_lab_value_order", "consult_id", "place"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    consult_id: Mapped[str] = mapped_column(ForeignKey("consult.id", ondelete="CASCADE"))
    place: Mapped[int]
    name: Mapped[str] = mapped_column(String(120))
    value: Mapped[str] = mapped_column(String(60))
    number: Mapped[float | None] = mapped_column(Float)
    unit: Mapped[str] = mapped_column(String(40))
    reference: Mapped[str] = mapped_column(String(60))
    flag: Mapped[str] = mapped_column(String(4))  # H, L, A (said to be abnormal) or ""
    taken_at: Mapped[str] = mapped_column(String(40))  # as it was typed
    by: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
