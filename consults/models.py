from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.base.db import Base, UtcDateTime


class Consult(Base):
    """One case. `last` is the number of its newest event: events are numbered by adding one here.

    The patient's name is kept as the referrer saw it when asking: the record has to be readable after the right
    to the images has ended.
    """

    __tablename__ = "consult"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    number: Mapped[str] = mapped_column(String(60), unique=True)
    state: Mapped[str] = mapped_column(String(16), index=True)
    urgency: Mapped[str] = mapped_column(String(16))
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    history: Mapped[str] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    return_reason: Mapped[str | None] = mapped_column(String(20))  # a ReturnReason while it is sent back
    resubmission: Mapped[str | None] = mapped_column(Text)  # what the referrer mended when sending it again
    opinion: Mapped[str | None] = mapped_column(Text)
    report_id: Mapped[str | None] = mapped_column(ForeignKey("report.id"))
    access_days: Mapped[int]
    access_ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    patient_name: Mapped[str] = mapped_column(String(400))
    patient_id: Mapped[str] = mapped_column(String(64))
    patient_birth_date: Mapped[str] = mapped_column(String(8))  # as DICOM writes it, the year alone at times
    patient_sex: Mapped[str] = mapped_column(String(16))
    referring_hospital_id: Mapped[str] = mapped_column(ForeignKey("hospital.id"), index=True)
    referrer_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    consulting_hospital_id: Mapped[str] = mapped_column(ForeignKey("hospital.id"), index=True)
    addressee_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"), index=True)
    consultant_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"), index=True)
    group_id: Mapped[str | None] = mapped_column(ForeignKey("duty_group.id"))  # the duty group that was asked
    last: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    requested_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    at_risk_told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # that the promise is at risk
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)

    questions: Mapped[list["Question"]] = relationship(
        order_by="Question.number", cascade="all, delete-orphan"
    )
    studies: Mapped[list["ConsultStudy"]] = relationship(
        order_by="ConsultStudy.place", cascade="all, delete-orphan"
    )
    offers: Mapped[list["Offer"]] = relationship(
        order_by="Offer.step", cascade="all, delete-orphan", lazy="selectin"
    )
    guests: Mapped[list["ConsultGuest"]] = relationship(order_by="ConsultGuest.invited_at, ConsultGuest.id")
    readers: Mapped[list["Reader"]] = relationship(order_by="Reader.invited_at, Reader.id", lazy="selectin")


class Question(Base):
    """One of the referrer's numbered questions, and the consultant's answer to it."""

    __tablename__ = "consult_question"
    __table_args__ = (UniqueConstraint("consult_id", "number"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    consult_id: Mapped[str] = mapped_column(ForeignKey("consult.id", ondelete="CASCADE"))
    number: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    answer: Mapped[str | None] = mapped_column(Text)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_by: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


class ConsultStudy(Base):
    """A study the consult is about. What it is called is kept for the time after the right has ended."""

    __tablename__ = "consult_study"

    consult_id: Mapped[str] = mapped_column(ForeignKey("consult.id", ondelete="CASCADE"), primary_key=True)
    study_id: Mapped[str] = mapped_column(ForeignKey("study.id"), primary_key=True, index=True)
    place: Mapped[int]
    description: Mapped[str] = mapped_column(String(400))


class Reader(Base):
    """A further specialist who was asked to read: their kind, and whether they still are one.

    `consented_at` falls when the words change that a joint reader signed; `given_at` is that of the newest reading.
    """

    __tablename__ = "consult_reader"
    __table_args__ = (UniqueConstraint("consult_id", "person_id"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    consult_id: Mapped[str] = mapped_column(ForeignKey("consult.id", ondelete="CASCADE"))
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    person: Mapped[dict[str, Any]] = mapped_column(JSON)
    hospital_id: Mapped[str] = mapped_column(ForeignKey("hospital.id"))
    kind: Mapped[str] = mapped_column(String(16))  # a ReaderKind
    inviter_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    invited_by: Mapped[dict[str, Any]] = mapped_column(JSON)
    invited_at: Mapped[datetime] = mapped_column(UtcDateTime)
    consented_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    given_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Offer(Base):
    """The case before somebody who has not accepted it yet; the one without an end stands.

    `is_open`: every specialist of the hospital has it before them, as where there are no duty groups.
    """

    __tablename__ = "consult_offer"
    __table_args__ = (UniqueConstraint("consult_id", "step"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    consult_id: Mapped[str] = mapped_column(ForeignKey("consult.id", ondelete="CASCADE"))
    step: Mapped[int]
    kind: Mapped[str] = mapped_column(String(16))
    is_open: Mapped[bool]
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    group_id: Mapped[str | None] = mapped_column(ForeignKey("duty_group.id"))
    offered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[str | None] = mapped_column(String(16))

    people: Mapped[list["Offered"]] = relationship(cascade="all, delete-orphan", lazy="selectin")


class Offered(Base):
    """One of those who have an offer before them, until they pass it on."""

    __tablename__ = "consult_offered"

    offer_id: Mapped[str] = mapped_column(
        ForeignKey("consult_offer.id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    passed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(Text, default="")


class Participant(Base):
    """Somebody who has been in the room, how far they have read, and since when no window of theirs is there."""

    __tablename__ = "consult_participant"

    consult_id: Mapped[str] = mapped_column(ForeignKey("consult.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    side: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(200))
    hospital: Mapped[str] = mapped_column(String(200))
    joined_at: Mapped[datetime] = mapped_column(UtcDateTime)
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    read: Mapped[int] = mapped_column(default=0)


class Message(Base):
    """A line of the talk; `client_id` was made by the browser, so that sending twice is saying once."""

    __tablename__ = "consult_message"
    __table_args__ = (
        UniqueConstraint("consult_id", "author_id", "client_id"),
        Index("ix_consult_message_order", "consult_id", "number"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    consult_id: Mapped[str] = mapped_column(ForeignKey("consult.id", ondelete="CASCADE"))
    number: Mapped[int]
    author_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    author: Mapped[dict[str, Any]] = mapped_column(JSON)
    client_id: Mapped[str] = mapped_column(String(64))
    text: Mapped[str] = mapped_column(Text)
    view: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    more: Mapped[dict[str, Any] | None] = mapped_column(
        JSON(none_as_null=True)
    )  # of consults.lines, what was given
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class ConsultEvent(Base):
    """What happened, in the consult's own numbering without gaps; rows are only added."""

    __tablename__ = "consult_event"

    consult_id: Mapped[str] = mapped_column(ForeignKey("consult.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    type: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[str] = mapped_column(String(26))
    actor: Mapped[dict[str, Any]] = mapped_column(JSON)
    data: Mapped[dict[str, Any]] = mapped_column(JSON)


class ConsultStep(Base):
    """How long the consult stood in a state; `number` is that of the event that brought it there."""

    __tablename__ = "consult_step"

    consult_id: Mapped[str] = mapped_column(ForeignKey("consult.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(String(16))
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    entered_by: Mapped[str] = mapped_column(String(26))


class ConsultCounter(Base):
    """How many consults a hospital has asked for this year: the number people say on the telephone."""

    __tablename__ = "consult_counter"

    hospital_id: Mapped[str] = mapped_column(ForeignKey("hospital.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class ConsultGuest(Base):
    """Somebody invited to one consult without an account. Of link and code only digests are kept; `name`, licence and
    hospital are what the inviter wrote, and stay when the invitation has ended.
    """

    __tablename__ = "consult_guest"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    consult_id: Mapped[str] = mapped_column(ForeignKey("consult.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), unique=True)
    name: Mapped[str] = mapped_column(String(150))
    licence_number: Mapped[str] = mapped_column(String(40))
    hospital: Mapped[str] = mapped_column(String(200))
    contact: Mapped[str] = mapped_column(String(200))  # how the inviter reaches them; never written to by us
    hides_identity: Mapped[bool]
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    code_digest: Mapped[str] = mapped_column(String(64))
    tries: Mapped[int] = mapped_column(default=0)
    until: Mapped[datetime] = mapped_column(UtcDateTime)
    invited_by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    invited_at: Mapped[datetime] = mapped_column(UtcDateTime)
    code_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
