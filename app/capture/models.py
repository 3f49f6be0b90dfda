from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.base.db import Base, UtcDateTime


class UploadState(StrEnum):
    CANCELLED = "cancelled"
    FINISHED = "finished"
    RECEIVING = "receiving"


class FileState(StrEnum):
    """What became of one file. All but EXPECTED and EXPANDING are final."""

    CANCELLED = "cancelled"
    DUPLICATE = "duplicate"
    EXPANDED = "expanded"
    EXPANDING = "expanding"
    EXPECTED = "expected"
    REFUSED = "refused"
    SKIPPED = "skipped"
    STORED = "stored"


OPEN_STATES = (FileState.EXPANDING, FileState.EXPECTED)


class Upload(Base):
    """One delivery by one person: the files of a folder, a CD, a ZIP."""

    __tablename__ = "upload"
    __table_args__ = (Index("upload_of_person", "person_id", "created_at"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    hospital_id: Mapped[str] = mapped_column(String(26), index=True)
    person_id: Mapped[str] = mapped_column(String(26))
    state: Mapped[UploadState] = mapped_column(String(16), default=UploadState.RECEIVING)
    announced: Mapped[bool] = mapped_column(default=False)  # the browser has named all its files
    study_id: Mapped[str | None] = mapped_column(String(26))  # photos, PDFs and videos become part of it
    title: Mapped[str] = mapped_column(String(64), default="", server_default="")  # of what is made of them
    shown: Mapped[str] = mapped_column(String(10), default="", server_default="")  # to_dicom.Shown
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)


class UploadFile(Base):
    """One announced file, or one member of an announced ZIP (then `archive_id` names the ZIP's row).

    How many bytes of a file have come is the size of its part on disk (app.capture.parts), not a column:
    a chunk then costs no transaction.
    """

    __tablename__ = "upload_file"
    __table_args__ = (
        UniqueConstraint("upload_id", "key_digest", name="upload_file_key"),
        Index("upload_file_state", "upload_id", "state"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    upload_id: Mapped[str] = mapped_column(ForeignKey("upload.id", ondelete="CASCADE"))
    archive_id: Mapped[str | None] = mapped_column(String(26), default=None)
    member: Mapped[int | None] = mapped_column(Integer, default=None)
    key_digest: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(400))
    size: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[FileState] = mapped_column(String(16), default=FileState.EXPECTED)
    study_id: Mapped[str | None] = mapped_column(String(26), default=None)
    reason_code: Mapped[str | None] = mapped_column(String(64), default=None)
    reason: Mapped[str | None] = mapped_column(String(400), default=None)
    reason_params: Mapped[dict[str, Any] | None] = mapped_column(JSON, default=None)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
