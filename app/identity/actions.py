"""Every write about hospitals and people. Devices: registering.py; sessions and signing in: sign_in.py; one-time links: invitations.py."""

from contextlib import AbstractContextManager

from app.audit.actions import Action, record
from app.audit.kinds import AuditKind, AuditType
from app.base.actor import GUESTS, Actor, Permission, Role
from app.base.db import Tx, conflict_as
from app.base.errors import Conflict, Forbidden, Invalid
from app.identity import access, fields
from app.identity.invitations import accept_invitation, invite_person, issue_reset
from app.identity.models import Hospital, Person, PersonRole
from app.identity.queries import HospitalInfo, PersonInfo, hospital, person_info
from app.identity.registering import (
    forget_unknown_caller,
    new_device_token,
    note_unknown_caller,
    register_device,
    remove_device,
    remove_device_token,
    set_device_certificate,
    set_device_reach,
    set_device_rights,
    touch_device,
    update_device,
)
from app.identity.sign_in import (
    begin_sign_in,
    count_link_try,
    count_password_try,
    end_session,
    finish_oidc_sign_in,
    record_oidc_refusal,
    revoke_sessions,
    sign_in,
    sign_out,
    start_oidc_flow,
    take_oidc_flow,
    touch_session,
)
from app.identity.tokens import (
    create_access_token,
    record_wrong_token,
    revoke_access_token,
    touch_access_token,
)
from app.notify.actions import drop_outgoing_of, readdress_outgoing

__all__ = [
    "accept_invitation",
    "begin_sign_in",
    "count_link_try",
    "count_password_try",
    "create_access_token",
    "create_hospital",
    "create_person",
    "deactivate_person",
    "end_session",
    "end_sessions_of",
    "finish_oidc_sign_in",
    "forget_unknown_caller",
    "invite_person",
    "issue_reset",
    "new_device_token",
    "note_unknown_caller",
    "reactivate_person",
    "record_oidc_refusal",
    "record_wrong_token",
    "register_device",
    "remove_device",
    "remove_device_token",
    "revoke_access_token",
    "revoke_sessions",
    "set_device_certificate",
    "set_device_reach",
    "set_device_rights",
    "set_language",
    "set_oidc_subject",
    "set_password",
    "set_roles",
    "sign_in",
    "sign_out",
    "start_oidc_flow",
    "take_oidc_flow",
    "touch_access_token",
    "touch_device",
    "touch_session",
    "update_device",
    "update_hospital",
    "update_person",
]


def create_hospital(
    tx: Tx, actor: Actor, *, name: str, short_name: str, slug: str, ae_title: str, address: str = ""
) -> HospitalInfo:
    """A new tenant. Conflict when name, slug or AE title is taken."""
    actor.check(Permission.HOSPITAL_MANAGE)
    row = Hospital(created_at=tx.now)
    _fill_hospital(row, name, short_name, slug, ae_title, address)
    with _hospital_conflict():
        tx.session.add(row)
        tx.session.flush()
    _audit(tx, actor, "C", AuditType.SECURITY_CONFIGURATION, "hospital", row.id, row.id)
    return hospital(tx, row.id)


def update_hospital(
    tx: Tx,
    actor: Actor,
    *,
    hospital_id: str,
    name: str,
    short_name: str,
    slug: str,
    ae_title: str,
    address: str,
) -> HospitalInfo:
    """Changes what a hospital is called. Modalities that call its AE title must be told."""
    actor.check(Permission.HOSPITAL_MANAGE)
    row = access.hospital_for(tx, actor, hospital_id)
    with _hospital_conflict():
        _fill_hospital(row, name, short_name, slug, ae_title, address)
        tx.session.flush()
    _audit(tx, actor, "U", AuditType.SECURITY_CONFIGURATION, "hospital", row.id, row.id)
    return hospital(tx, row.id)


def _fill_hospital(row: Hospital, name: str, short_name: str, slug: str, ae_title: str, address: str) -> None:
    row.name = fields.check_name(name)
    row.short_name = fields.check_name(short_name, longest=40)
    row.slug = fields.check_slug(slug)
    row.ae_title = fields.check_ae_title(ae_title)
    row.address = fields.check_name(address, longest=300) if address.strip() else ""


def _hospital_conflict() -> AbstractContextManager[None]:
    return conflict_as(
        "hospital_taken", "Another hospital already has this name, this word for addresses or this AE title."
    )


def create_person(
    tx: Tx,
    actor: Actor,
    *,
    hospital_id: str | None,
    name: str,
    login: str,
    roles: frozenset[Role],
    email: str | None = None,
    language: str | None = None,
    password_hash: str | None = None,
    demonstration: bool = False,
) -> PersonInfo:
    """A new person. Without a password they need an invitation, or the identity provider of their hospital."""
    actor.check(Permission.PERSON_MANAGE)
    if hospital_id is None:
        actor.check(Permission.HOSPITAL_MANAGE)
    else:
        access.hospital_for(tx, actor, hospital_id)
    _check_roles(actor, roles, hospital_id)
    row = Person(
        hospital_id=hospital_id,
        name=fields.check_name(name),
        login=fields.check_login(login),
        email=fields.check_email(email),
        language=language,
        password_hash=password_hash,
        demonstration=demonstration,
        created_at=tx.now,
        role_rows=[PersonRole(role=role.value) for role in sorted(roles)],
    )
    with conflict_as("login_taken", "This sign-in name is already in use. Choose another."):
        tx.session.add(row)
        tx.session.flush()
    _audit(tx, actor, "C", AuditType.USER_CHANGED, "person", row.id, hospital_id, roles=sorted(roles))
    return person_info(tx, row.id)


def _check_roles(actor: Actor, roles: frozenset[Role], hospital_id: str | None) -> None:
    if not roles:
        raise Invalid("no_role", "Choose at least one role.")
    if roles & GUESTS:  # they come with an invitation, whoever asks
        raise Forbidden
    if Role.PLATFORM_ADMINISTRATOR in roles and not actor.allows(Permission.HOSPITAL_MANAGE):
        raise Forbidden
    if hospital_id is None and roles != {Role.PLATFORM_ADMINISTRATOR}:
        raise Invalid("needs_hospital", "These roles belong to a hospital. Choose one.")


def update_person(
    tx: Tx, actor: Actor, *, person_id: str, name: str, email: str | None, licence_number: str = ""
) -> PersonInfo:
    """Name, e-mail address and the number of the licence to practise, as it stands on minutes and results."""
    row = access.person_for(tx, actor, person_id)
    row.name, row.email = fields.check_name(name), fields.check_email(email)
    row.licence_number = fields.check_licence_number(licence_number)
    readdress_outgoing(tx, actor, person_id=row.id, email=row.email or "")
    _audit(tx, actor, "U", AuditType.USER_CHANGED, "person", row.id, row.hospital_id)
    return person_info(tx, row.id)


def set_roles(tx: Tx, actor: Actor, *, person_id: str, roles: frozenset[Role]) -> PersonInfo:
    """Replaces the roles; the person's sessions end, so that the new ones hold everywhere."""
    row = access.person_for(tx, actor, person_id)
    _check_roles(actor, roles, row.hospital_id)
    if row.id == actor.id and not roles & {Role.HOSPITAL_ADMINISTRATOR, Role.PLATFORM_ADMINISTRATOR}:
        raise Conflict("own_role", "You cannot take the administrator's role from yourself. Ask a colleague.")
    if roles == row.roles:
        return person_info(tx, row.id)
    row.role_rows = [PersonRole(person_id=row.id, role=role.value) for role in sorted(roles)]
    tx.session.flush()
    _audit(tx, actor, "U", AuditType.ROLES_CHANGED, "person", row.id, row.hospital_id, roles=sorted(roles))
    revoke_sessions(tx, actor, person_id=row.id, reason="roles")
    return person_info(tx, row.id)


def deactivate_person(tx: Tx, actor: Actor, *, person_id: str) -> PersonInfo:
    """The person can no longer sign in; what they wrote stays under their name."""
    row = access.person_for(tx, actor, person_id)
    if row.id == actor.id:
        raise Conflict("own_account", "You cannot close your own account. Ask a colleague.")
    row.active = False
    drop_outgoing_of(tx, actor, person_id=row.id)
    _audit(tx, actor, "U", AuditType.USER_CHANGED, "person", row.id, row.hospital_id, active=False)
    revoke_sessions(tx, actor, person_id=row.id, reason="deactivated")
    return person_info(tx, row.id)


def end_sessions_of(tx: Tx, actor: Actor, *, person_id: str) -> None:
    """Signs a person out everywhere, for instance after a phone was lost."""
    row = access.person_for(tx, actor, person_id)
    revoke_sessions(tx, actor, person_id=row.id, reason="administrator", keep=actor.session_id)


def reactivate_person(tx: Tx, actor: Actor, *, person_id: str) -> PersonInfo:
    """The account opens again, with the password it had. The demonstration's, once closed, stay closed: whether
    others than this machine may reach us was decided at the start, when none was open.
    """
    row = access.person_for(tx, actor, person_id)
    if row.demonstration:
        raise Conflict(
            "demonstration_account",
            "This account belongs to the demonstration and stays closed. Create a new one.",
        )
    row.active = True
    _audit(tx, actor, "U", AuditType.USER_CHANGED, "person", row.id, row.hospital_id, active=True)
    return person_info(tx, row.id)


def set_password(tx: Tx, actor: Actor, *, password_hash: str) -> None:
    """One's own password, after the old one was verified. All other sessions end."""
    row = tx.session.get_one(Person, actor.id)
    row.password_hash = password_hash
    _audit(tx, actor, "U", AuditType.USER_CHANGED, "person", row.id, row.hospital_id, password=True)
    revoke_sessions(tx, actor, person_id=row.id, reason="password", keep=actor.session_id)


def set_language(tx: Tx, actor: Actor, *, language: str) -> None:
    """The language of one's own pages."""
    if language not in {"vi", "en"}:
        raise Invalid("bad_language", "Choose Vietnamese or English.")
    row = tx.session.get_one(Person, actor.id)
    if row.language != language:
        row.language = language
        _audit(tx, actor, "U", AuditType.USER_CHANGED, "person", row.id, row.hospital_id, language=language)


def set_oidc_subject(
    tx: Tx, actor: Actor, *, person_id: str, issuer: str | None, subject: str | None
) -> PersonInfo:
    """Which account at the hospital's identity provider is this person; nothing unlinks."""
    row = access.person_for(tx, actor, person_id)
    if subject is not None and (not subject or len(subject) > 255 or not subject.isprintable()):
        raise Invalid("bad_subject", "Please enter the account's subject as the identity provider shows it.")
    with conflict_as("subject_taken", "This account of the identity provider already belongs to somebody."):
        row.oidc_issuer, row.oidc_subject = (issuer, subject) if issuer and subject else (None, None)
        tx.session.flush()
    _audit(
        tx,
        actor,
        "U",
        AuditType.USER_CHANGED,
        "person",
        row.id,
        row.hospital_id,
        oidc=row.oidc_subject is not None,
    )
    revoke_sessions(tx, actor, person_id=row.id, reason="provider", method="oidc")
    return person_info(tx, row.id)


def _audit(
    tx: Tx,
    actor: Actor,
    action: Action,
    alert: AuditType,
    subject_type: str,
    subject_id: str,
    hospital_id: str | None,
    **detail: object,
) -> None:
    record(
        tx,
        actor,
        AuditKind.SECURITY_ALERT,
        action,
        subject_type=subject_type,
        subject_id=subject_id,
        hospital_id=hospital_id,
        detail={"type": alert, **detail},
    )
