"""The peers a hospital can call: devices that have a host and a port."""

from sqlalchemy import select

from app.base.actor import Actor, ActorKind, Permission
from app.base.db import Tx
from app.base.errors import Forbidden, Invalid, NotFound
from app.identity.devices import DeviceInfo, DeviceKind, device_info
from app.identity.models import Device
from app.routing.network import Remote


def remote_for(tx: Tx, actor: Actor, device_id: str) -> Remote:
    """A peer of the actor's hospital as we call it. Raises NotFound, or Invalid `no_address`."""
    return remote_of(device_for(tx, actor, device_id))


def device_for(tx: Tx, actor: Actor, device_id: str) -> DeviceInfo:
    """An active device of the actor's hospital, or NotFound; the system reaches all."""
    found = device_info(tx, device_id)
    if not found.active or (actor.kind is not ActorKind.SYSTEM and found.hospital_id != actor.hospital_id):
        raise NotFound
    return found


def hold_device(tx: Tx, device_id: str | None) -> None:
    """Until this transaction ends nobody else begins something with the device: of two who look at once whether it is
    free, one waits for the other.
    """
    if device_id is not None:
        tx.session.execute(select(Device.id).where(Device.id == device_id).with_for_update())


def name_of_device(tx: Tx, device_id: str | None) -> str:
    """What people call it; empty when it was removed."""
    return tx.session.scalar(select(Device.name).where(Device.id == device_id)) or ""


def remote_of(device: DeviceInfo) -> Remote:
    """Raises Invalid when nobody said where to call it."""
    if not device.host or device.port is None:
        raise Invalid(
            "no_address",
            "Nobody has entered where {name} is called. The administrator enters its host and port under Devices.",
            name=device.name,
        )
    return Remote(
        device_id=device.id,
        name=device.name,
        ae_title=device.ae_title,
        host=device.host,
        port=device.port,
        tls=device.tls,
        calling_ae_title=device.called_ae_title,
    )


def check_exchange(actor: Actor) -> str:
    """The hospital of somebody who may send to and fetch from other systems, or keeps the rules of it; Forbidden."""
    actor.check(Permission.DELIVERY_MANAGE)
    if actor.hospital_id is None:
        raise Forbidden("no_hospital_here", "This belongs to a hospital. Sign in as one of its people.")
    return actor.hospital_id


def remotes_of(tx: Tx, actor: Actor, *, archives: bool = False) -> tuple[Remote, ...]:
    """The peers the actor's hospital can call, by name; `archives`: only those that can be searched."""
    query = select(Device.id).where(
        Device.hospital_id == check_exchange(actor),
        Device.active,
        Device.host != "",
        Device.port.is_not(None),
    )
    if archives:
        query = query.where(Device.kind == DeviceKind.ARCHIVE)
    return tuple(
        remote_of(device_info(tx, device_id)) for device_id in tx.session.scalars(query.order_by(Device.name))
    )
