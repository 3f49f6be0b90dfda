"""What is known of each device: what it writes wrongly and how that is shown, and how much it sends.

The stored bytes are never changed. What a person confirmed is used while files are read; the other settings are
remarks beside what is shown.
"""

import json
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from app.archive.charset import AS_DECLARED
from app.archive.charset_guess import CHARSETS
from app.archive.models import DeviceProfile
from app.archive.refusals import Refusals, add_traffic
from app.audit.actions import record
from app.audit.kinds import AuditKind, AuditType
from app.base.actor import Actor, ActorKind, Permission
from app.base.db import Database, Tx, insert_once
from app.base.errors import Forbidden, HoichanError, Invalid
from app.base.ids import new_id
from app.base.jobs import enqueue
from app.identity.queries import device_of_own_hospital

log = logging.getLogger(__name__)

CHECK, REREAD = "device.check", "device.reread"
FIRST_IMAGES = 20
_CHECK_AFTER_SECONDS = 5
_WRITTEN_EVERY = 5.0
_MOST_CLOCK_MINUTES = 60 * 24 * 366 * 20


@dataclass(frozen=True)
class Profile:
    """A device as its files are read and shown."""

    device_id: str
    charset: str = ""  # of CHARSETS or AS_DECLARED, as somebody confirmed; "": nobody did
    confirmed_at: datetime | None = None
    confirmed_by: str | None = None
    checked_images: int = 0
    last_image_at: datetime | None = None
    private_classes: bool = False  # objects private to a manufacturer are taken from this device
    clock_minutes: int = 0  # its clock is ahead by so much
    laterality_unreliable: bool = False
    modality_means: Mapping[str, str] = field(default_factory=dict)  # what it says: what is meant
    rereading: Mapping[str, Any] | None = None  # how far the job is: run, done, after


def profile_of(tx: Tx, device_id: str | None) -> Profile:
    """The profile of a device; an empty one for a device of which nothing is known yet."""
    row = None if device_id is None else tx.session.get(DeviceProfile, device_id)
    if row is None:
        return Profile(device_id or "")
    settings = json.loads(row.settings)
    return Profile(
        device_id=row.device_id,
        charset=row.charset,
        confirmed_at=row.charset_confirmed_at,
        confirmed_by=row.charset_confirmed_by,
        checked_images=row.checked_images,
        last_image_at=row.last_image_at,
        private_classes=bool(settings.get("private_classes")),
        clock_minutes=int(settings.get("clock_minutes", 0)),
        laterality_unreliable=bool(settings.get("laterality_unreliable")),
        modality_means=settings.get("modality_means", {}),
        rereading=settings.get("rereading"),
    )


def profile_row(tx: Tx, device_id: str, hospital_id: str) -> DeviceProfile:
    """The row to be changed, made when there is none; for this room."""
    insert_once(
        tx,
        DeviceProfile,
        device_id=device_id,
        hospital_id=hospital_id,
        charset="",
        settings="{}",
        checked_images=0,
    )
    return tx.session.get_one(DeviceProfile, device_id, with_for_update=True)


def confirm_charset(tx: Tx, actor: Actor, *, device_id: str, charset: str) -> None:
    """A person says in which set this device writes (AS_DECLARED: as its label says). A job reads the headers of its
    studies anew: names are found and shown as they are meant, without a mark; those that plainly are in another set
    keep theirs.
    """
    actor.check(Permission.STUDY_CORRECT)
    if charset not in {*CHARSETS, AS_DECLARED}:
        raise Invalid("bad_charset", "Choose one of the character sets.")
    row = profile_row(tx, device_id, device_of_own_hospital(tx, actor, device_id).hospital_id)
    row.charset_confirmed_at, row.charset_confirmed_by = tx.now, actor.id
    _read_anew(tx, actor, row, charset)


def guess_charset_again(tx: Tx, actor: Actor, *, device_id: str) -> None:
    """A person takes back what was said of this device: each name is guessed and marked, also those already read."""
    actor.check(Permission.STUDY_CORRECT)
    row = profile_row(tx, device_id, device_of_own_hospital(tx, actor, device_id).hospital_id)
    row.charset_confirmed_at = row.charset_confirmed_by = None
    _read_anew(tx, actor, row, "")


def _read_anew(tx: Tx, actor: Actor, row: DeviceProfile, charset: str) -> None:
    row.charset = charset
    # The run tells a job that still reads as was said before that it is overtaken.
    begun = {"run": new_id(), "done": 0, "after": ""}
    row.settings = json.dumps(json.loads(row.settings) | {"rereading": begun})
    _audit(tx, actor, row, charset=charset)
    enqueue(tx, REREAD, row.device_id, unique=True)


def set_remarks(
    tx: Tx,
    actor: Actor,
    *,
    device_id: str,
    private_classes: bool,
    clock_minutes: int,
    laterality_unreliable: bool,
    modality_means: Mapping[str, str],
) -> None:
    """What to remember of a device: shown beside what it sends, never written into it."""
    actor.check(Permission.STUDY_CORRECT)
    if abs(clock_minutes) > _MOST_CLOCK_MINUTES:
        raise Invalid(
            "bad_clock", "Please enter by how many minutes the clock is ahead, or behind with a minus."
        )
    for said, meant in modality_means.items():
        if not _is_modality(said) or not _is_modality(meant):
            raise Invalid("bad_modality", "A modality is two or more capital letters, for instance CR or DX.")
    row = profile_row(tx, device_id, device_of_own_hospital(tx, actor, device_id).hospital_id)
    kept = {"rereading": json.loads(row.settings).get("rereading")}
    told = {
        "private_classes": private_classes,
        "clock_minutes": clock_minutes,
        "laterality_unreliable": laterality_unreliable,
        "modality_means": dict(modality_means),
    }
    row.settings = json.dumps({name: value for name, value in (kept | told).items() if value})
    _audit(tx, actor, row, **told)


def _is_modality(code: str) -> bool:
    return 2 <= len(code) <= 16 and code.isascii() and code.isalnum() and code.isupper()


def _audit(tx: Tx, actor: Actor, row: DeviceProfile, **detail: object) -> None:
    record(
        tx,
        actor,
        AuditKind.SECURITY_ALERT,
        "U",
        subject_type="device-profile",
        subject_id=row.device_id,
        hospital_id=row.hospital_id,
        detail={"type": AuditType.NETWORK_CONFIGURATION, **detail},
    )


def count_device_images(tx: Tx, actor: Actor, *, images: int, size: int) -> None:
    """The device that is the actor sent so many images since it was last told. The first ones are looked at by a
    job. Not audited: transfers are.
    """
    if actor.kind is not ActorKind.DEVICE or actor.hospital_id is None:
        raise Forbidden
    add_traffic(tx, actor.id, images=images, size=size)
    seen = update(DeviceProfile).where(DeviceProfile.device_id == actor.id).values(last_image_at=tx.now)
    checked = tx.session.scalar(seen.returning(DeviceProfile.checked_images))
    if checked is None:
        row = profile_row(tx, actor.id, actor.hospital_id)
        row.last_image_at, checked = tx.now, row.checked_images
    if checked < FIRST_IMAGES:
        enqueue(tx, CHECK, actor.id, unique=True, delay_seconds=_CHECK_AFTER_SECONDS)


class DeviceTally:
    """What one association of a device brings, and what it is refused: written every few seconds and at its end,
    never for each image. Never raises.
    """

    def __init__(self, db: Database, actor: Actor, refusals: Refusals) -> None:
        self._db = db
        self._actor = actor
        self._refusals = refusals
        self._images = self._size = 0
        self._written = time.monotonic()

    def stored(self, size: int) -> None:
        """One image more."""
        self._images += 1
        self._size += size
        if time.monotonic() - self._written > _WRITTEN_EVERY:
            self._write()

    def refused(self, code: str, sentence: str) -> None:
        """One data set was not taken."""
        if self._actor.kind is ActorKind.DEVICE:
            self._refusals.count(self._actor.id, code, sentence)

    def close(self) -> None:
        """Writes what is not written yet."""
        self._write()
        if self._actor.kind is ActorKind.DEVICE:
            self._refusals.write_waiting(self._actor.id)

    def _write(self) -> None:
        images, size = self._images, self._size
        self._written = time.monotonic()
        if not images or self._actor.kind is not ActorKind.DEVICE:
            return
        self._images = self._size = 0
        try:
            with self._db.transaction() as tx:
                count_device_images(tx, self._actor, images=images, size=size)
        except HoichanError as error:
            log.warning("%s images of device %s are not counted: %s", images, self._actor.name, error)


def profiles_of(tx: Tx, device_ids: list[str]) -> dict[str, Profile]:
    """Of those devices that have one."""
    found = tx.session.scalars(select(DeviceProfile.device_id).where(DeviceProfile.device_id.in_(device_ids)))
    return {device_id: profile_of(tx, device_id) for device_id in found}
