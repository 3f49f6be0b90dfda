"""Every read of devices: who calls, with what rights, and how its administrator knows it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import bindparam, select

from app.base.actor import Actor, ActorKind, Permission, Right
from app.base.db import Tx
from app.base.errors import NotFound, Unauthenticated
from app.base.prepared import Prepared
from app.base.signing import digest_of
from app.identity import access
from app.identity.fields import address_allowed
from app.identity.models import Device, Hospital, UnknownCaller


class DeviceKind(StrEnum):
    """What a peer is; it decides what it may do unless somebody says otherwise."""

    ARCHIVE = "archive"
    MODALITY = "modality"
    WORKSTATION = "workstation"


USUAL_RIGHTS: dict[DeviceKind, frozenset[Right]] = {
    DeviceKind.ARCHIVE: frozenset(Right),
    DeviceKind.MODALITY: frozenset({Right.COMMIT, Right.STORE}),
    DeviceKind.WORKSTATION: frozenset({Right.COMMIT, Right.QUERY, Right.RETRIEVE, Right.STORE}),
}


class CallerRefused(NotFound):
    """Somebody called who is not let in. What the caller is told is the same whatever `reason` is: `device_id` and
    `hospital_id` are for those who look after the device.
    """

    def __init__(
        self, code: str, message: str, *, reason: str, hospital_id: str | None, device_id: str | None = None
    ) -> None:
        super().__init__(code, message)
        self.reason = reason
        self.hospital_id = hospital_id
        self.device_id = device_id


@dataclass(frozen=True)
class DeviceInfo:
    """A device as its administrator knows it, and as our own side calls it."""

    id: str
    hospital_id: str
    hospital_name: str
    called_ae_title: str
    ae_title: str
    name: str
    kind: str  # DeviceKind
    address: str | None  # addresses and networks it calls from, separated by spaces; None: any
    certificate_sha256: str  # it calls with; "": none is asked for
    rights: frozenset[Right]
    max_associations: int
    max_images_per_minute: int  # 0: no limit
    host: str  # where we call it; "": nobody said
    port: int | None
    tls: bool
    active: bool
    has_token: bool
    created_at: datetime
    last_seen_at: datetime | None


@dataclass(frozen=True)
class UnknownCallerInfo:
    """Somebody who called a hospital and is not registered there."""

    id: str
    hospital_id: str
    ae_title: str
    address: str
    count: int
    last_at: datetime


def actor_for_device(
    tx: Tx, *, called_ae_title: str, calling_ae_title: str, address: str | None, certificate_sha256: str = ""
) -> Actor:
    """The device that calls, with the rights it is registered for. Raises CallerRefused: `unknown_called_ae`, or
    `unknown_calling_ae` when no active device of that hospital has this title, address and certificate.
    """
    home = tx.session.scalar(select(Hospital).where(Hospital.ae_title == called_ae_title.strip(" ")))
    if home is None:
        raise CallerRefused(
            "unknown_called_ae",
            "No hospital here has this AE title.",
            reason="unknown_called_ae",
            hospital_id=None,
        )
    device = tx.session.scalar(
        select(Device).where(Device.hospital_id == home.id, Device.ae_title == calling_ae_title.strip(" "))
    )
    reason = _why_not(device, address, certificate_sha256)
    if device is None or reason:
        raise CallerRefused(
            "unknown_calling_ae",
            "This device is not registered at the hospital it calls.",
            reason=reason,
            hospital_id=home.id,
            device_id=None if device is None else device.id,
        )
    return _device_actor(device, address)


def _why_not(device: Device | None, address: str | None, certificate_sha256: str) -> str:
    if device is None:
        return "unknown_calling_ae"
    if not device.active:
        return "kept_out"
    if not address_allowed(device.address, address):
        return "wrong_address"
    if device.certificate_sha256 and device.certificate_sha256 != certificate_sha256:
        return "wrong_certificate" if certificate_sha256 else "no_certificate"
    return ""


def actor_for_device_token(tx: Tx, token: str, address: str | None = None) -> Actor:
    """The device that holds this bearer token (DICOMweb). Raises Unauthenticated."""
    row = _WITH_TOKEN.first(tx, token_hash_=digest_of(token))
    if row is None or not address_allowed(row[4], address):
        raise Unauthenticated("bad_token", "This access token is not valid here.")
    return Actor(
        kind=ActorKind.DEVICE,
        id=row[0],
        name=row[1],
        hospital_id=row[2],
        address=address,
        rights=frozenset(Right(right) for right in row[3].split()),
    )


# Every request of a device asks this.
_WITH_TOKEN = Prepared(
    lambda _: select(Device.id, Device.ae_title, Device.hospital_id, Device.rights, Device.address).where(
        Device.token_hash == bindparam("token_hash_"), Device.active
    )
)


def _device_actor(device: Device, address: str | None) -> Actor:
    return Actor(
        kind=ActorKind.DEVICE,
        id=device.id,
        name=device.ae_title,
        hospital_id=device.hospital_id,
        address=address,
        rights=rights_of(device),
    )


def rights_of(device: Device) -> frozenset[Right]:
    """What stands in the device's row; for this room."""
    return frozenset(Right(right) for right in device.rights.split())


def devices_of(tx: Tx, actor: Actor, hospital_id: str | None = None) -> tuple[DeviceInfo, ...]:
    """Devices of a hospital one manages; for a platform administrator None means all."""
    actor.check(Permission.DEVICE_MANAGE)
    query = select(Device).join(Hospital, Hospital.id == Device.hospital_id)
    query = query.order_by(Hospital.name, Device.ae_title)
    wanted = _wanted_hospital(tx, actor, hospital_id)
    if wanted is not None:
        query = query.where(Device.hospital_id == wanted)
    return tuple(info_of_device(row) for row in tx.session.scalars(query))


def _wanted_hospital(tx: Tx, actor: Actor, hospital_id: str | None) -> str | None:
    wanted = hospital_id or actor.hospital_id
    if wanted is not None:
        return access.hospital_for(tx, actor, wanted).id
    if not actor.allows(Permission.HOSPITAL_MANAGE):
        raise NotFound
    return None


def device(tx: Tx, actor: Actor, device_id: str) -> DeviceInfo:
    """One device. Raises NotFound."""
    return info_of_device(access.device_for(tx, actor, device_id))


def device_of_own_hospital(tx: Tx, actor: Actor, device_id: str) -> DeviceInfo:
    """A device of the actor's own hospital, for those who look after what it sends. Raises NotFound."""
    found = tx.session.get(Device, device_id)
    if found is None or actor.hospital_id is None or found.hospital_id != actor.hospital_id:
        raise NotFound
    return info_of_device(found)


def device_info(tx: Tx, device_id: str) -> DeviceInfo:
    """One device, for the system's own use: jobs and deliveries. Raises NotFound."""
    found = tx.session.get(Device, device_id)
    if found is None:
        raise NotFound
    return info_of_device(found)


def device_titled(tx: Tx, *, hospital_id: str, ae_title: str) -> DeviceInfo:
    """The active device of this AE title at a hospital, for C-MOVE: a device may name another one of its hospital.
    Raises NotFound.
    """
    query = select(Device).where(
        Device.hospital_id == hospital_id, Device.ae_title == ae_title, Device.active
    )
    found = tx.session.scalar(query)
    if found is None:
        raise NotFound
    return info_of_device(found)


def info_of_device(row: Device) -> DeviceInfo:
    """The facts of a row; for this room."""
    return DeviceInfo(
        id=row.id,
        hospital_id=row.hospital_id,
        hospital_name=row.hospital.name,
        called_ae_title=row.hospital.ae_title,
        ae_title=row.ae_title,
        name=row.name,
        kind=row.kind,
        address=row.address,
        certificate_sha256=row.certificate_sha256,
        rights=rights_of(row),
        max_associations=row.max_associations,
        max_images_per_minute=row.max_images_per_minute,
        host=row.host,
        port=row.port,
        tls=row.tls,
        active=row.active,
        has_token=row.token_hash is not None,
        created_at=row.created_at,
        last_seen_at=row.last_seen_at,
    )


def unknown_callers(tx: Tx, actor: Actor, hospital_id: str | None = None) -> tuple[UnknownCallerInfo, ...]:
    """Who called lately without being registered, newest first."""
    actor.check(Permission.DEVICE_MANAGE)
    query = select(UnknownCaller).order_by(UnknownCaller.last_at.desc()).limit(50)
    wanted = _wanted_hospital(tx, actor, hospital_id)
    if wanted is not None:
        query = query.where(UnknownCaller.hospital_id == wanted)
    return tuple(
        UnknownCallerInfo(row.id, row.hospital_id, row.ae_title, row.address, row.count, row.last_at)
        for row in tx.session.scalars(query)
    )
