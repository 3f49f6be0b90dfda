"""Patients, studies, series and instances; who may see a study; what arrived and what was set aside.

Dates and times are kept as DICOM writes them (YYYYMMDD, HHMMSS), so that matching compares what was sent.
"""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, MappedColumn, mapped_column, relationship

from app.base.db import Base, UtcDateTime
from app.base.ids import new_id

UID = String(64)
# What is searched by its beginning is compared by the codes of letters, whatever language the database sorts in.
CODED = String(64).with_variant(String(64, collation="C"), "postgresql")
FOLDED = String(400).with_variant(String(400, collation="C"), "postgresql")


def _empty(length: int) -> MappedColumn[str]:
    """Empty on rows of earlier versions too."""
    return mapped_column(String(length), default="", server_default="")


class Patient(Base):
    """One person at one hospital. Two people under one number stay two rows (`identity_key`)."""

    __tablename__ = "patient"
    __table_args__ = (
        UniqueConstraint("hospital_id", "identity_key"),
        Index("ix_patient_of_hospital_by_number", "hospital_id", "patient_id", "id"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    hospital_id: Mapped[str] = mapped_column(ForeignKey("hospital.id"))
    identity_key: Mapped[str] = mapped_column(String(64))
    patient_id: Mapped[str] = mapped_column(CODED, index=True)
    issuer_of_patient_id: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(324))
    folded_name: Mapped[str] = mapped_column(FOLDED)  # words without accents, separated by spaces
    birth_date: Mapped[str] = mapped_column(String(8))
    sex: Mapped[str] = mapped_column(String(16))
    guessed_charset: Mapped[str] = _empty(20)  # "": as declared
    merged_into_id: Mapped[str | None] = mapped_column(String(26))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PatientNameWord(Base):
    """The words of a name, folded: any order, found by their beginning; the whole name beside each."""

    __tablename__ = "patient_name_word"
    __table_args__ = (Index("ix_patient_name_word_with_name", "word", "folded_name", "patient_id"),)

    word: Mapped[str] = mapped_column(CODED, primary_key=True)
    patient_id: Mapped[str] = mapped_column(ForeignKey("patient.id"), primary_key=True, index=True)
    folded_name: Mapped[str] = mapped_column(FOLDED, default="", server_default="")


class NameWord(Base):
    """Every word of all names once: a few thousand, in which parts of words are looked for."""

    __tablename__ = "name_word"

    word: Mapped[str] = mapped_column(CODED, primary_key=True)


_NEWEST = ("study_date", "study_time", "id")
_SHOWN = ("rejected", "merged_into_id")  # in the indices, because rows are wide


class Study(Base):
    """Counters are kept here so that a list never counts."""

    __tablename__ = "study"
    __table_args__ = (
        UniqueConstraint("hospital_id", "study_instance_uid"),
        Index("ix_study_by_date", "study_date", "study_time", "id"),
        Index("ix_study_of_hospital_by_day", "hospital_id", *_NEWEST, "patient_id", *_SHOWN),
        Index(
            "ix_study_of_hospital_by_modalities", "hospital_id", "modalities", *_NEWEST, "patient_id", *_SHOWN
        ),
        Index("ix_study_of_patient", "patient_id", "hospital_id", *_SHOWN, *_NEWEST),
        Index("ix_study_by_state", "state", "last_received_at"),
        Index("ix_study_by_unannounced", "unannounced", "announced_at"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    hospital_id: Mapped[str] = mapped_column(ForeignKey("hospital.id"))
    patient_id: Mapped[str] = mapped_column(ForeignKey("patient.id"))
    study_instance_uid: Mapped[str] = mapped_column(UID, index=True)
    study_date: Mapped[str] = mapped_column(String(8))
    study_time: Mapped[str] = mapped_column(String(16))
    accession_number: Mapped[str] = mapped_column(CODED, index=True)
    study_id: Mapped[str] = mapped_column(String(64))  # (0020,0010), the modality's own short name
    description: Mapped[str] = mapped_column(String(255))
    referring_physician_name: Mapped[str] = mapped_column(String(324))
    folded_referring_name: Mapped[str] = mapped_column(FOLDED, default="", server_default="")
    patient_age: Mapped[str] = mapped_column(String(4))
    procedure_code: Mapped[str] = _empty(64)  # (0008,1032) Procedure Code Sequence, first item
    procedure_code_scheme: Mapped[str] = _empty(64)
    procedure_code_meaning: Mapped[str] = _empty(64)
    modalities: Mapped[str] = mapped_column(String(255), default="")  # alphabetical, "\CT\SR\"
    series_count: Mapped[int] = mapped_column(default=0)
    instance_count: Mapped[int] = mapped_column(default=0)
    size: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    device_id: Mapped[str | None] = mapped_column(String(26), index=True)  # which brought its first image
    guessed_charset: Mapped[str] = _empty(20)
    corrected: Mapped[bool] = mapped_column(default=False, server_default=false())  # rows differ from files
    rejected: Mapped[str] = _empty(40)  # RejectionReason; "": not
    merged_into_id: Mapped[str | None] = mapped_column(String(26))  # what still arrives goes there
    retention_class: Mapped[str] = _empty(20)  # RetentionClass
    retain_until: Mapped[str] = _empty(8)  # "": not to be destroyed
    legal_hold: Mapped[str] = _empty(200)  # its reason; "": none
    state: Mapped[str] = mapped_column(String(10))  # StudyState
    first_received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    announced_at: Mapped[datetime] = mapped_column(UtcDateTime)
    unannounced: Mapped[bool] = mapped_column(default=False)

    patient: Mapped[Patient] = relationship(lazy="joined")

    @property
    def birth_date(self) -> str:
        """YYYYMMDD, YYYY where only the year is known, or empty."""
        return self.patient.birth_date

    @property
    def patient_name(self) -> str:
        """As DICOM writes it."""
        return self.patient.name


class Series(Base):
    __tablename__ = "series"
    __table_args__ = (UniqueConstraint("study_id", "series_instance_uid"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    study_id: Mapped[str] = mapped_column(ForeignKey("study.id"))
    series_instance_uid: Mapped[str] = mapped_column(UID, index=True)
    number: Mapped[int | None]
    modality: Mapped[str] = mapped_column(String(16))
    description: Mapped[str] = mapped_column(String(255))
    body_part: Mapped[str] = mapped_column(String(64))
    laterality: Mapped[str] = mapped_column(String(16))
    series_date: Mapped[str] = mapped_column(String(8))
    series_time: Mapped[str] = mapped_column(String(16))
    performed_date: Mapped[str] = _empty(8)  # (0040,0244)
    performed_time: Mapped[str] = _empty(16)
    institution_name: Mapped[str] = _empty(64)
    station_name: Mapped[str] = _empty(64)
    manufacturer: Mapped[str] = _empty(64)
    requested_procedure_id: Mapped[str] = _empty(64)  # (0040,0275) Request Attributes Sequence, first item
    scheduled_procedure_step_id: Mapped[str] = _empty(64)
    instance_count: Mapped[int] = mapped_column(default=0)
    frame_count: Mapped[int] = mapped_column(default=0)
    rejected: Mapped[str] = _empty(40)
    original_study_instance_uid: Mapped[str] = _empty(64)  # in its files

    study: Mapped[Study] = relationship()


class Instance(Base):
    """One stored file. `frame_index` and `facts` are read from its header when it arrives."""

    __tablename__ = "instance"
    __table_args__ = (UniqueConstraint("hospital_id", "sop_instance_uid"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    hospital_id: Mapped[str] = mapped_column(ForeignKey("hospital.id"))
    series_id: Mapped[str] = mapped_column(ForeignKey("series.id"), index=True)
    sop_instance_uid: Mapped[str] = mapped_column(UID, index=True)
    sop_class_uid: Mapped[str] = mapped_column(UID)
    number: Mapped[int | None]
    digest: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int] = mapped_column(BigInteger)
    content_key: Mapped[str] = mapped_column(String(80))
    transfer_syntax_uid: Mapped[str] = mapped_column(UID)
    dataset_start: Mapped[int]
    header_length: Mapped[int] = mapped_column(BigInteger)
    frame_count: Mapped[int]
    frame_index: Mapped[bytes] = mapped_column(LargeBinary)
    facts: Mapped[str] = mapped_column(Text)  # JSON, one instance of the viewer's manifest
    notes: Mapped[str] = mapped_column(String(200))  # codes of part10, separated by spaces
    rejected: Mapped[str] = _empty(40)
    original_sop_instance_uid: Mapped[str] = mapped_column(UID, default="", server_default="")  # in its file
    damaged: Mapped[bool] = mapped_column(default=False, server_default=false())  # bytes are not the digest's
    verified_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)  # digest checked
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)

    series: Mapped[Series] = relationship()


class StudyGrant(Base):
    """Who may see a study, until when and why: own hospital, consult, patient's link (house.md, rule 5)."""

    __tablename__ = "study_grant"
    __table_args__ = (
        UniqueConstraint("study_id", "grantee_type", "grantee_id", "reason", "reason_ref"),
        Index("ix_study_grant_of_grantee", "grantee_id", "reason", "study_id"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    study_id: Mapped[str] = mapped_column(ForeignKey("study.id"))
    grantee_type: Mapped[str] = mapped_column(String(10))  # GranteeType
    grantee_id: Mapped[str] = mapped_column(String(26))
    permission: Mapped[str | None] = mapped_column(String(30))
    scope: Mapped[str] = mapped_column(String(20))
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(String(40))
    reason_ref: Mapped[str] = mapped_column(String(64), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[str] = mapped_column(String(26))


class StudyOpening(Base):
    """A study on somebody's screen. Of the key in frame addresses only the digest is kept."""

    __tablename__ = "study_opening"

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    study_id: Mapped[str] = mapped_column(ForeignKey("study.id"), index=True)
    session_id: Mapped[str] = mapped_column(String(26), index=True)
    actor_id: Mapped[str] = mapped_column(String(26))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Association(Base):
    """A sender at work: a DIMSE association, an upload, a STOW request. Its lease ends it if a crash left it open."""

    __tablename__ = "association"
    __table_args__ = (Index("ix_association_open", "closed_at", "lease_until"),)

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    hospital_id: Mapped[str] = mapped_column(ForeignKey("hospital.id"))
    kind: Mapped[str] = mapped_column(String(10))  # SourceKind
    peer: Mapped[str] = mapped_column(String(80))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lease_until: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AssociationStudy(Base):
    """What one association brought to one study since it was last told to the audit log."""

    __tablename__ = "association_study"

    association_id: Mapped[str] = mapped_column(ForeignKey("association.id"), primary_key=True)
    study_id: Mapped[str] = mapped_column(ForeignKey("study.id"), primary_key=True, index=True)
    stored: Mapped[int] = mapped_column(default=0)
    repeated: Mapped[int] = mapped_column(default=0)
    size: Mapped[int] = mapped_column(BigInteger, default=0)


class SetAside(Base):
    """A file kept but not entered, waiting for a person: its identifiers contradict what is here."""

    __tablename__ = "set_aside"

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    hospital_id: Mapped[str] = mapped_column(ForeignKey("hospital.id"), index=True)
    reason_code: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(String(400))
    digest: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(BigInteger)
    study_instance_uid: Mapped[str] = mapped_column(UID)
    sop_instance_uid: Mapped[str] = mapped_column(UID)
    source_kind: Mapped[str] = mapped_column(String(10))
    source_peer: Mapped[str] = mapped_column(String(80))
    device_id: Mapped[str | None] = mapped_column(String(26))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    damaged: Mapped[bool] = mapped_column(
        default=False, server_default=false()
    )  # found when it was read again
    verified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decision: Mapped[str] = _empty(20)  # SetAsideDecision; "": open
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[str | None] = mapped_column(String(26))


class Correction(Base):
    """What a person changed: the rows as they were and as they are, so that it can be taken back. Files stay."""

    __tablename__ = "correction"

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    hospital_id: Mapped[str] = mapped_column(ForeignKey("hospital.id"), index=True)
    study_id: Mapped[str] = mapped_column(String(26), index=True)  # outlives the study; "": of a patient
    other_study_id: Mapped[str | None] = mapped_column(String(26), index=True)
    patient_id: Mapped[str | None] = mapped_column(String(26), index=True)  # whose own data were changed
    kind: Mapped[str] = mapped_column(String(20))  # CorrectionKind
    reason: Mapped[str] = mapped_column(String(400))
    before: Mapped[str] = mapped_column(Text)  # JSON
    after: Mapped[str] = mapped_column(Text)  # JSON
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[str] = mapped_column(String(26))
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_by: Mapped[str | None] = mapped_column(String(26))


class PatientCollision(Base):
    """Two people under one patient number of one hospital, until a person says whether they are one."""

    __tablename__ = "patient_collision"
    __table_args__ = (UniqueConstraint("patient_id", "other_patient_id"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    hospital_id: Mapped[str] = mapped_column(ForeignKey("hospital.id"), index=True)
    patient_id: Mapped[str] = mapped_column(ForeignKey("patient.id"))
    other_patient_id: Mapped[str] = mapped_column(ForeignKey("patient.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decision: Mapped[str] = _empty(20)  # same, different; "": open
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[str | None] = mapped_column(String(26))


class Deletion(Base):
    """A study to be destroyed: asked by one person (or retention), done by a second. The record stays for ever."""

    __tablename__ = "deletion"

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    hospital_id: Mapped[str] = mapped_column(ForeignKey("hospital.id"), index=True)
    study_id: Mapped[str] = mapped_column(String(26), index=True)
    study_instance_uid: Mapped[str] = mapped_column(UID)
    ground: Mapped[str] = mapped_column(String(20))  # request, retention
    reason: Mapped[str] = mapped_column(String(400))
    state: Mapped[str] = mapped_column(String(20))  # DeletionState
    summary: Mapped[str] = mapped_column(Text)  # JSON: what it was, how many images, which digests
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    requested_by: Mapped[str] = mapped_column(String(26))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[str | None] = mapped_column(String(26))


class DeviceProfile(Base):
    """What a device sends wrongly and how it is shown; its first images are checked."""

    __tablename__ = "device_profile"

    device_id: Mapped[str] = mapped_column(String(26), primary_key=True)
    hospital_id: Mapped[str] = mapped_column(ForeignKey("hospital.id"), index=True)
    charset: Mapped[str] = mapped_column(String(20), default="")  # what it really sends; "": as declared
    charset_confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    charset_confirmed_by: Mapped[str | None] = mapped_column(String(26))
    settings: Mapped[str] = mapped_column(Text, default="{}")  # JSON: the other repairs
    checked_images: Mapped[int] = mapped_column(default=0)
    last_image_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class DeviceFinding(Base):
    """Something found in a device's images (missing spacing, clock off), or the reason it was refused for."""

    __tablename__ = "device_finding"
    __table_args__ = (UniqueConstraint("device_id", "kind", "code"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    device_id: Mapped[str] = mapped_column(String(26), index=True)
    kind: Mapped[str] = mapped_column(String(10))  # finding, refusal
    code: Mapped[str] = mapped_column(String(40))
    detail: Mapped[str] = mapped_column(String(400), default="")  # the last one, in words
    count: Mapped[int] = mapped_column(default=0)
    first_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DeviceTraffic(Base):
    """How much a device sent in an hour."""

    __tablename__ = "device_traffic"

    device_id: Mapped[str] = mapped_column(String(26), primary_key=True)
    hour: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    images: Mapped[int] = mapped_column(default=0)
    bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    refused: Mapped[int] = mapped_column(default=0)


class StorageSample(Base):
    """How much a hospital kept at the end of a day; growth and days left are reckoned from these."""

    __tablename__ = "storage_sample"

    hospital_id: Mapped[str] = mapped_column(ForeignKey("hospital.id"), primary_key=True)
    day: Mapped[str] = mapped_column(String(8), primary_key=True)
    studies: Mapped[int]
    instances: Mapped[int]
    bytes: Mapped[int] = mapped_column(BigInteger)
