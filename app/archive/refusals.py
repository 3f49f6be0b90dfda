"""What a device was refused for: its page says so, because nobody at the machine reads its log.

Doors keep a `Refusals`: it writes at most once in a few seconds for a device and code, and what is left when the
association ends, so that a machine which tries all night costs nothing and every refused image counts.
"""

import logging
import threading
import time
from collections.abc import Mapping

from sqlalchemy import update

from app.archive.models import DeviceFinding, DeviceTraffic
from app.base.actor import SYSTEM, Actor, ActorKind
from app.base.db import Database, Tx, insert_once
from app.base.errors import Forbidden, HoichanError
from app.base.ids import new_id

log = logging.getLogger(__name__)
_EVERY_SECONDS = 5.0
_REMEMBERED = 2000
REFUSAL, FINDING = "refusal", "finding"


def count_refusal(
    tx: Tx, actor: Actor, *, device_id: str, code: str, detail: str, kind: str = REFUSAL, count: int = 1
) -> None:
    """One more refusal (or finding) of a device; `detail` is the last one in plain words. The actor is the device
    itself or the system. Not audited: refused associations and set-aside files are.
    """
    if actor.kind is not ActorKind.SYSTEM and actor.id != device_id:
        raise Forbidden
    this = (
        DeviceFinding.device_id == device_id,
        DeviceFinding.kind == kind,
        DeviceFinding.code == code[:40],
    )
    again = update(DeviceFinding).where(*this)
    again = again.values(count=DeviceFinding.count + count, detail=detail[:400], last_at=tx.now)
    if tx.session.scalar(again.returning(DeviceFinding.id)) is None:
        insert_once(
            tx,
            DeviceFinding,
            id=new_id(),
            device_id=device_id,
            kind=kind,
            code=code[:40],
            detail=detail[:400],
            count=count,
            first_at=tx.now,
            last_at=tx.now,
        )
    if kind == REFUSAL:
        add_traffic(tx, device_id, refused=count)


def add_traffic(tx: Tx, device_id: str, *, images: int = 0, size: int = 0, refused: int = 0) -> None:
    """Adds to what a device sent in this hour; for this room."""
    hour = tx.now.replace(minute=0, second=0, microsecond=0)
    more = update(DeviceTraffic).where(DeviceTraffic.device_id == device_id, DeviceTraffic.hour == hour)
    more = more.values(
        images=DeviceTraffic.images + images,
        bytes=DeviceTraffic.bytes + size,
        refused=DeviceTraffic.refused + refused,
    )
    if tx.session.scalar(more.returning(DeviceTraffic.device_id)) is None:
        insert_once(
            tx, DeviceTraffic, device_id=device_id, hour=hour, images=images, bytes=size, refused=refused
        )


class Refusals:
    """A door's book of refusals. Never raises: a refusal that cannot be written must not become a second one."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._lock = threading.Lock()
        self._book: dict[
            tuple[str, str], tuple[float, int, str]
        ] = {}  # written when, waiting, the last detail

    def count(self, device_id: str, code: str, detail: str) -> None:
        """One refusal more."""
        moment = time.monotonic()
        with self._lock:
            if len(self._book) >= _REMEMBERED:
                self._book.clear()
            written, waiting, _ = self._book.get((device_id, code), (moment - _EVERY_SECONDS, 0, ""))
            due = moment - written >= _EVERY_SECONDS
            self._book[device_id, code] = (moment, 0, "") if due else (written, waiting + 1, detail)
        if due:
            self._write(device_id, {code: (waiting + 1, detail)})

    def write_waiting(self, device_id: str) -> None:
        """Nothing more is refused for now: what is not written yet."""
        moment = time.monotonic()
        left: dict[str, tuple[int, str]] = {}
        with self._lock:
            for (whose, code), (_, waiting, detail) in self._book.items():
                if whose == device_id and waiting:
                    left[code] = (waiting, detail)
            for code in left:
                self._book[device_id, code] = (moment, 0, "")
        if left:
            self._write(device_id, left)

    def _write(self, device_id: str, counted: Mapping[str, tuple[int, str]]) -> None:
        try:
            with self._db.transaction() as tx:
                for code, (count, detail) in counted.items():
                    count_refusal(tx, SYSTEM, device_id=device_id, code=code, detail=detail, count=count)
        except HoichanError as error:
            log.warning("a refusal of device %s is not noted: %s", device_id, error)
