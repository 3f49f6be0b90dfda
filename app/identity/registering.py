"""Every write about devices: registering, what they may do, where they are, and who called without being known."""

from collections.abc import Collection

from sqlalchemy import delete, select, update

from app.audit.actions import Action, record
from app.audit.kinds import AuditKind, AuditType
from app.base.actor import Actor, Permission, Right
from app.base.db import Tx, conflict_as, insert_once
from app.base.errors import Invalid
from app.base.ids import new_id, new_secret
from app.base.signing import digest_of
from app.identity import access, fields
from app.identity.devices import USUAL_RIGHTS, DeviceInfo, DeviceKind, device
from app.identity.models import Device, UnknownCaller

MOST_UNKNOWN = 50  # of one hospital: whoever tries a thousand titles does not fill the page


def register_device(
    tx: Tx,
    actor: Actor,
    *,
    hospital_id: str,
    ae_title: str,
    name: str,
    address: str | None = None,
    kind: str = DeviceKind.MODALITY,
    rights: Collection[Right] | None = None,
) -> DeviceInfo:
    """A peer that may call this hospital's AE title, with the rights usual for its kind unless told otherwise."""
    actor.check(Permission.DEVICE_MANAGE)
    home = access.hospital_for(tx, actor, hospital_id)
    row = Device(hospital_id=home.id, created_at=tx.now)
    with conflict_as("device_taken", "This hospital already has a device with this AE title."):
        _fill_device(row, ae_title, name, address, kind)
        row.rights = _words(USUAL_RIGHTS[DeviceKind(row.kind)] if rights is None else rights)
        tx.session.add(row)
        tx.session.flush()
    known = delete(UnknownCaller).where(
        UnknownCaller.hospital_id == home.id, UnknownCaller.ae_title == row.ae_title
    )
    tx.session.execute(known)
    _audit(tx, actor, "C", row, AuditType.NETWORK_CONFIGURATION, rights=row.rights.split())
    return device(tx, actor, row.id)


def update_device(
    tx: Tx,
    actor: Actor,
    *,
    device_id: str,
    ae_title: str,
    name: str,
    address: str | None,
    active: bool,
    kind: str | None = None,
) -> DeviceInfo:
    """Changes how a device is known, or keeps it out."""
    row = access.device_for(tx, actor, device_id)
    with conflict_as("device_taken", "This hospital already has a device with this AE title."):
        _fill_device(row, ae_title, name, address, kind or row.kind)
        row.active = active
        tx.session.flush()
    _audit(tx, actor, "U", row, AuditType.NETWORK_CONFIGURATION, active=active)
    return device(tx, actor, row.id)


def _fill_device(row: Device, ae_title: str, name: str, address: str | None, kind: str) -> None:
    if kind not in set(DeviceKind):
        raise Invalid("bad_device_kind", "Choose whether this is a modality, a workstation or an archive.")
    row.ae_title = fields.check_ae_title(ae_title)
    row.name = fields.check_name(name)
    row.address = fields.check_addresses(address)
    row.kind = kind


def _words(rights: Collection[Right]) -> str:
    return " ".join(sorted(rights))


def set_device_rights(
    tx: Tx,
    actor: Actor,
    *,
    device_id: str,
    rights: Collection[Right],
    max_associations: int,
    max_images_per_minute: int,
) -> DeviceInfo:
    """What a device may do, and how much of it at once. Associations that stand keep what they began with."""
    row = access.device_for(tx, actor, device_id)
    row.rights = _words(rights)
    row.max_associations = fields.check_count(max_associations, least=1, most=100)
    row.max_images_per_minute = fields.check_count(max_images_per_minute, least=0, most=1_000_000)
    _audit(tx, actor, "U", row, AuditType.SECURITY_CONFIGURATION, rights=row.rights.split())
    return device(tx, actor, row.id)


def set_device_reach(
    tx: Tx, actor: Actor, *, device_id: str, host: str, port: int | None, tls: bool
) -> DeviceInfo:
    """Where we call a device: to send, to fetch, to report a commitment. No host: it is not called."""
    row = access.device_for(tx, actor, device_id)
    row.host = fields.check_host(host)
    row.port = None if port is None else fields.check_count(port, least=1, most=65535)
    if row.host and row.port is None:
        raise Invalid("no_port", "Please enter the port the device listens on, for instance 104 or 11112.")
    row.tls = tls
    _audit(tx, actor, "U", row, AuditType.NETWORK_CONFIGURATION, host=row.host, port=row.port, tls=tls)
    return device(tx, actor, row.id)


def set_device_certificate(tx: Tx, actor: Actor, *, device_id: str, certificate_sha256: str) -> DeviceInfo:
    """Which certificate the device must call with, over TLS; an empty digest asks for none."""
    row = access.device_for(tx, actor, device_id)
    row.certificate_sha256 = fields.check_sha256(certificate_sha256)
    _audit(tx, actor, "U", row, AuditType.SECURITY_CONFIGURATION, certificate_sha256=row.certificate_sha256)
    return device(tx, actor, row.id)


def new_device_token(tx: Tx, actor: Actor, *, device_id: str) -> str:
    """A bearer token for DICOMweb, told once; an earlier one stops working."""
    row = access.device_for(tx, actor, device_id)
    token = new_secret()
    row.token_hash = digest_of(token)
    _audit(tx, actor, "U", row, AuditType.SECURITY_CONFIGURATION, token=True)
    return token


def remove_device_token(tx: Tx, actor: Actor, *, device_id: str) -> None:
    """The device's token stops working at once."""
    row = access.device_for(tx, actor, device_id)
    row.token_hash = None
    _audit(tx, actor, "U", row, AuditType.SECURITY_CONFIGURATION, token=False)


def remove_device(tx: Tx, actor: Actor, *, device_id: str) -> None:
    """The device is unknown from now on; what it sent stays."""
    row = access.device_for(tx, actor, device_id)
    _audit(tx, actor, "D", row, AuditType.NETWORK_CONFIGURATION)
    tx.session.delete(row)


def touch_device(tx: Tx, actor: Actor) -> None:
    """The device that is the actor was here now. Not audited: its transfers are."""
    row = tx.session.scalar(select(Device).where(Device.id == actor.id))
    if row is not None:
        row.last_seen_at = tx.now


def note_unknown_caller(
    tx: Tx, actor: Actor, *, hospital_id: str, ae_title: str, address: str, count: int = 1
) -> None:
    """Somebody called this hospital who is not registered: the devices' page offers to register them. Not audited:
    the refusal itself is.
    """
    actor.check(Permission.DEVICE_MANAGE)
    title, where = ae_title.strip(" ")[:16], address[:45]
    if not title.isprintable() or not title:
        return
    caller = (
        UnknownCaller.hospital_id == hospital_id,
        UnknownCaller.ae_title == title,
        UnknownCaller.address == where,
    )
    again = update(UnknownCaller).where(*caller)
    again = again.values(count=UnknownCaller.count + count, last_at=tx.now).returning(UnknownCaller.id)
    if tx.session.scalar(again) is not None:
        return
    insert_once(
        tx,
        UnknownCaller,
        id=new_id(),
        hospital_id=hospital_id,
        ae_title=title,
        address=where,
        count=count,
        first_at=tx.now,
        last_at=tx.now,
    )
    oldest = select(UnknownCaller.id).where(UnknownCaller.hospital_id == hospital_id)
    oldest = oldest.order_by(UnknownCaller.last_at.desc(), UnknownCaller.id.desc()).offset(MOST_UNKNOWN)
    surplus = list(tx.session.scalars(oldest.limit(MOST_UNKNOWN)))
    tx.session.execute(delete(UnknownCaller).where(UnknownCaller.id.in_(surplus)))


def forget_unknown_caller(tx: Tx, actor: Actor, *, caller_id: str) -> None:
    """Takes a caller off the page: it was a mistake. If they call again, they are shown again."""
    actor.check(Permission.DEVICE_MANAGE)
    row = tx.session.get(UnknownCaller, caller_id)
    if row is None:
        return
    access.hospital_for(tx, actor, row.hospital_id)
    record(
        tx,
        actor,
        AuditKind.SECURITY_ALERT,
        "D",
        subject_type="unknown-caller",
        subject_id=row.id,
        hospital_id=row.hospital_id,
        detail={"type": AuditType.NETWORK_CONFIGURATION, "ae_title": row.ae_title},
    )
    tx.session.delete(row)


def _audit(tx: Tx, actor: Actor, action: Action, row: Device, alert: AuditType, **detail: object) -> None:
    record(
        tx,
        actor,
        AuditKind.SECURITY_ALERT,
        action,
        subject_type="device",
        subject_id=row.id,
        hospital_id=row.hospital_id,
        detail={"type": alert, **detail},
    )
