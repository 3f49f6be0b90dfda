"""Hospitals (tenants), people with roles, their sessions, invitations and sign-ins under way, and devices."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.base.actor import Role
from app.base.db import Base, UtcDateTime
from app.base.ids import new_id


class Hospital(Base):
    """A tenant. Its AE title is what modalities call; its slug stands in addresses."""

    __tablename__ = "hospital"

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    short_name: Mapped[str] = mapped_column(String(40))
    slug: Mapped[str] = mapped_column(String(40), unique=True)
    ae_title: Mapped[str] = mapped_column(String(16), unique=True)
    address: Mapped[str] = mapped_column(String(300), default="")
    quota_bytes: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")  # 0: no limit
    retention_class: Mapped[str] = mapped_column(
        String(20), default="", server_default=""
    )  # of its new studies: RetentionClass; "": ten years
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Person(Base):
    """Somebody who signs in. The platform's administrators may belong to no hospital."""

    __tablename__ = "person"
    __table_args__ = (UniqueConstraint("oidc_issuer", "oidc_subject"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    hospital_id: Mapped[str | None] = mapped_column(ForeignKey("hospital.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    login: Mapped[str] = mapped_column(String(80), unique=True)  # lower case
    email: Mapped[str | None] = mapped_column(String(200))
    licence_number: Mapped[str] = mapped_column(String(40), default="", server_default="")  # to practise
    password_hash: Mapped[str | None] = mapped_column(String(200))
    language: Mapped[str | None] = mapped_column(String(2))
    active: Mapped[bool] = mapped_column(default=True)
    demonstration: Mapped[bool] = mapped_column(default=False)  # while one is active, loopback only
    oidc_issuer: Mapped[str | None] = mapped_column(String(300))
    oidc_subject: Mapped[str | None] = mapped_column(String(255))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    hospital: Mapped[Hospital | None] = relationship(lazy="joined")
    role_rows: Mapped[list["PersonRole"]] = relationship(lazy="selectin", cascade="all, delete-orphan")

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(Role(row.role) for row in self.role_rows)


class PersonRole(Base):
    """One role of one person."""

    __tablename__ = "person_role"

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(30), primary_key=True)


class WebSession(Base):
    """A signed-in browser. Of its token only the digest is kept."""

    __tablename__ = "web_session"

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    csrf_token: Mapped[str] = mapped_column(String(64))
    method: Mapped[str] = mapped_column(String(10))  # password or oidc
    address: Mapped[str | None] = mapped_column(String(45))
    browser: Mapped[str] = mapped_column(String(60), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)  # slides with use
    latest_at: Mapped[datetime] = mapped_column(UtcDateTime)  # never slides beyond
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    person: Mapped[Person] = relationship(lazy="joined")


class Invitation(Base):
    """A one-time link with which a person sets a password (first, or anew)."""

    __tablename__ = "invitation"

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    purpose: Mapped[str] = mapped_column(String(10))  # join or reset
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[str] = mapped_column(String(26))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    person: Mapped[Person] = relationship(lazy="joined")


class OidcFlow(Base):
    """A sign-in that is at the hospital's identity provider just now. Taken once."""

    __tablename__ = "oidc_flow"

    state_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    browser_hash: Mapped[str] = mapped_column(String(64))
    issuer: Mapped[str] = mapped_column(String(300))
    hospital_slug: Mapped[str] = mapped_column(String(40))  # two hospitals may share a provider
    nonce: Mapped[str] = mapped_column(String(64))
    code_verifier: Mapped[str] = mapped_column(String(128))
    invitation_id: Mapped[str | None] = mapped_column(ForeignKey("invitation.id"))
    next: Mapped[str] = mapped_column(String(500), default="/")
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class Device(Base):
    """A peer of a hospital: modality, workstation or archive. Every hospital may have its own CT01."""

    __tablename__ = "device"
    __table_args__ = (UniqueConstraint("hospital_id", "ae_title"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    hospital_id: Mapped[str] = mapped_column(ForeignKey("hospital.id"))
    ae_title: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(20), default="modality", server_default="modality")  # DeviceKind
    address: Mapped[str | None] = mapped_column(String(400))  # it calls from these; None: from any
    certificate_sha256: Mapped[str] = mapped_column(
        String(64), default="", server_default=""
    )  # it calls with
    rights: Mapped[str] = mapped_column(
        String(60), default="commit query retrieve store", server_default="commit query retrieve store"
    )  # of Right, separated by spaces
    max_associations: Mapped[int] = mapped_column(default=10, server_default="10")
    max_images_per_minute: Mapped[int] = mapped_column(default=0, server_default="0")  # 0: no limit
    host: Mapped[str] = mapped_column(String(255), default="", server_default="")  # where we call it
    port: Mapped[int | None]
    tls: Mapped[bool] = mapped_column(default=False, server_default=false())  # whether we call it over TLS
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    hospital: Mapped[Hospital] = relationship(lazy="joined")


class UnknownCaller(Base):
    """Somebody who calls a hospital and is registered there as no device: perhaps a new machine."""

    __tablename__ = "unknown_caller"
    __table_args__ = (UniqueConstraint("hospital_id", "ae_title", "address"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    hospital_id: Mapped[str] = mapped_column(ForeignKey("hospital.id"))
    ae_title: Mapped[str] = mapped_column(String(16))
    address: Mapped[str] = mapped_column(String(45))
    count: Mapped[int] = mapped_column(default=0)
    first_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AccessToken(Base):
    """A program's bearer token for DICOMweb: of one hospital, for some rights, until a day. Only its digest is kept."""

    __tablename__ = "access_token"

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    hospital_id: Mapped[str] = mapped_column(ForeignKey("hospital.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    rights: Mapped[str] = mapped_column(String(60))  # of Right, separated by spaces
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[str] = mapped_column(String(26))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    hospital: Mapped[Hospital] = relationship(lazy="joined")
