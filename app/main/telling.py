"""What the administrators of a hospital are told by the bell without anybody asking: space that runs out, and what was
found in the first images of a new device. Each thing once, and again after a month while it lasts.
"""

import shutil
from datetime import timedelta

from app.archive.checking import check_device
from app.archive.connectivity import findings_count
from app.archive.storage_use import ALARM_AT, WARN_AT, hospital_uses
from app.base import limits
from app.base.actor import SYSTEM, Permission
from app.base.db import Database, Tx
from app.base.errors import TooMany
from app.edge.services import Services
from app.identity.notices import notify_people
from app.identity.queries import device_info

AGAIN = int(timedelta(days=30).total_seconds())
QUOTA = "The storage agreed for this hospital is {percent} % full."
DISK = "The disk of the archive is {percent} % full."
FINDINGS = "{device}: remarks on its first images: {count}."
_MARKS = (WARN_AT, ALARM_AT)


def tell_of_space(services: Services) -> None:
    """Periodic: at 80 % and at 95 % of a hospital's quota, and of the disk."""
    disk = shutil.disk_usage(services.settings.data_dir)
    used = 1 - disk.free / disk.total
    with services.db.reading() as tx:
        parts = {one.hospital_id: one.part for one in hospital_uses(tx, SYSTEM)}
    for hospital_id, part in parts.items():
        _tell_of_part(services.db, hospital_id, QUOTA, part)
        _tell_of_part(services.db, hospital_id, DISK, used)


def _tell_of_part(db: Database, hospital_id: str, message: str, part: float) -> None:
    """The highest mark that is passed; below a mark it is told anew when it is passed again."""
    passed = [mark for mark in _MARKS if part >= mark]
    with db.transaction() as tx:
        for mark in set(_MARKS) - set(passed):
            limits.forget(tx, message, f"{hospital_id} {mark}")
    if passed and _first(db, message, f"{hospital_id} {passed[-1]}"):
        with db.transaction() as tx:
            params = {"percent": str(round(part * 100))}
            _tell(tx, hospital_id, Permission.STORAGE_MANAGE, message, "/storage", params)


def _first(db: Database, message: str, key: str) -> bool:
    """Whether this was not told within the month."""
    try:
        with db.transaction() as tx:
            limits.hit(tx, message, key, limit=1, seconds=AGAIN)
    except TooMany:
        return False
    return True


def check_and_tell(services: Services, device_id: str) -> None:
    """The job that looks at a device's first images; what it newly found is told."""
    with services.db.reading() as tx:
        before = findings_count(tx, device_id)
    check_device(services.db, services.blobs, device_id)
    with services.db.transaction() as tx:
        found = findings_count(tx, device_id)
        if found > before:
            device = device_info(tx, device_id)
            params = {"device": device.ae_title, "count": str(found)}
            _tell(tx, device.hospital_id, Permission.DEVICE_MANAGE, FINDINGS, f"/devices/{device_id}", params)


def _tell(
    tx: Tx, hospital_id: str, permission: Permission, message: str, path: str, params: dict[str, str]
) -> None:
    notify_people(
        tx, SYSTEM, hospital_id=hospital_id, permission=permission, message=message, path=path, params=params
    )
