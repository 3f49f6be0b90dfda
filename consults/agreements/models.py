from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Date, ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.base.db import Base, UtcDateTime


class Agreement(Base):
    """A version of a contract between two hospitals. `author_hospital_id` None: the platform wrote it."""

    __tablename__ = "agreement"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    number: Mapped[str] = mapped_column(String(80))
    version: Mapped[int]
    replaces_id: Mapped[str | None] = mapped_column(ForeignKey("agreement.id"))
    referring_hospital_id: Mapped[str] = mapped_column(ForeignKey("hospital.id"), index=True)
    consulting_hospital_id: Mapped[str] = mapped_column(ForeignKey("hospital.id"), index=True)
    author_hospital_id: Mapped[str | None] = mapped_column(ForeignKey("hospital.id"))
    state: Mapped[str] = mapped_column(String(16), index=True)
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date] = mapped_column(Date)
    responsibilities: Mapped[str] = mapped_column(Text)
    infrastructure: Mapped[str] = mapped_column(Text)
    storage: Mapped[str] = mapped_column(Text)
    cost: Mapped[str] = mapped_column(Text)
    paper_id: Mapped[str | None] = mapped_column(ForeignKey("consult_paper.id"))
    referring_agreed_by: Mapped[str | None] = mapped_column(String(200))
    referring_agreed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    consulting_agreed_by: Mapped[str | None] = mapped_column(String(200))
    consulting_agreed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    active_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(Text, default="")

    terms: Mapped[list["AgreementTerm"]] = relationship(
        order_by="AgreementTerm.place", cascade="all, delete-orphan"
    )


class AgreementTerm(Base):
    """What is promised for a mode and a modality ("": any): service, price in VND, minutes for each urgency."""

    __tablename__ = "agreement_term"

    agreement_id: Mapped[str] = mapped_column(
        ForeignKey("agreement.id", ondelete="CASCADE"), primary_key=True
    )
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    mode: Mapped[str] = mapped_column(String(16))
    modality: Mapped[str] = mapped_column(String(16))
    service: Mapped[str] = mapped_column(String(200))
    price: Mapped[int] = mapped_column(BigInteger)
    routine: Mapped[int]
    urgent: Mapped[int]
    emergency: Mapped[int]

    __table_args__ = (UniqueConstraint("agreement_id", "mode", "modality"),)


class Paper(Base):
    """A scan: of a contract, or of what a patient signed. In the database, so that backups hold it."""

    __tablename__ = "consult_paper"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(40))
    size: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class ConsultBasis(Base):
    """The basis of one case. The terms it was sent under are copied, so that a later change alters no record."""

    __tablename__ = "consult_basis"

    consult_id: Mapped[str] = mapped_column(ForeignKey("consult.id", ondelete="CASCADE"), primary_key=True)
    mode: Mapped[str] = mapped_column(String(16))
    agreement_id: Mapped[str | None] = mapped_column(ForeignKey("agreement.id"), index=True)
    agreement: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    terms: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    ground: Mapped[str | None] = mapped_column(String(32))
    ground_note: Mapped[str] = mapped_column(Text)
    informed_by: Mapped[str | None] = mapped_column(String(200))
    informed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    informed_how: Mapped[str | None] = mapped_column(String(16))
    paper_id: Mapped[str | None] = mapped_column(ForeignKey("consult_paper.id"))
    missing: Mapped[list[str]] = mapped_column(JSON)
    missing_when_sent: Mapped[list[str]] = mapped_column(JSON)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reminders: Mapped[int] = mapped_column(default=0)
    remind_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
