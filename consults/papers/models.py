from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.base.db import Base, UtcDateTime
from app.base.kept_objects import digest_column


class ConsultPackage(Base):
    """A consult that somebody carries away: made for them alone, with their rights. `keeps`: its objects also go into
    the archive of their hospital; `problem` is JSON: a sentence of the catalogue and what fills it.
    """

    __tablename__ = "consult_package"
    __table_args__ = (Index("ix_consult_package_of", "consult_id", "person_id"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    consult_id: Mapped[str] = mapped_column(ForeignKey("consult.id", ondelete="CASCADE"))
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    language: Mapped[str] = mapped_column(String(2))
    keeps: Mapped[bool]
    phase: Mapped[str] = mapped_column(String(12))
    done: Mapped[int]
    total: Mapped[int]
    kept: Mapped[int]  # objects that the archive took
    problem: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class PackageFile(Base):
    """The ZIP of a package that is ready."""

    __tablename__ = "consult_package_file"

    package_id: Mapped[str] = mapped_column(
        ForeignKey("consult_package.id", ondelete="CASCADE"), primary_key=True
    )
    digest: Mapped[str] = digest_column()
    size: Mapped[int]
