from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.base.db import Base, UtcDateTime


class Report(Base):
    """A doctor's conclusion. Names are kept as they were when it was written: they are part of the document."""

    __tablename__ = "report"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    hospital_id: Mapped[str] = mapped_column(ForeignKey("hospital.id"), index=True)
    hospital_name: Mapped[str] = mapped_column(String(200))
    author_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    author_name: Mapped[str] = mapped_column(String(200))
    status: Mapped[str] = mapped_column(String(16))
    version: Mapped[int] = mapped_column(default=1)
    conclusion: Mapped[str] = mapped_column(Text)
    patient_text: Mapped[str] = mapped_column(Text, default="")
    patient_text_by: Mapped[str] = mapped_column(String(200), default="")
    patient_text_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)

    studies: Mapped[list["ReportStudy"]] = relationship(order_by="ReportStudy.study_id", lazy="selectin")


class ReportStudy(Base):
    """Which studies a report speaks of."""

    __tablename__ = "report_study"

    report_id: Mapped[str] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"), primary_key=True)
    study_id: Mapped[str] = mapped_column(ForeignKey("study.id"), primary_key=True, index=True)


class ReportVersion(Base):
    """Every text a report ever had; rows are only added."""

    __tablename__ = "report_version"

    report_id: Mapped[str] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(String(16))
    conclusion: Mapped[str] = mapped_column(Text)
    author_id: Mapped[str] = mapped_column(String(26))
    author_name: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
