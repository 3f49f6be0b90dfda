"""Reads every stored object now and then and compares it with its digest: bytes change on disks, silently.

The steady one (in the worker) keeps below a rate and reaches every object within `storage.verify_days`;
`hoichan verify` reads all now. What is found changed or gone is marked, recorded, told to the administrators of its
hospital, and not shown any more until a good copy comes.
"""

import hashlib
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from app.archive.integrity import DamagedImage, damage_found, to_verify, verified
from app.archive.maintenance import add_to_verification
from app.base import clock
from app.base.actor import SYSTEM, Permission
from app.base.blobs import Blobs
from app.base.db import Database, Tx
from app.edge.services import Services
from app.identity.notices import notify_people

CHUNK = 1 << 20
_BATCH = 50
_STEP_SECONDS = 40.0


@dataclass
class Verification:
    """What was read."""

    objects: int = 0
    bytes: int = 0
    damaged: list[DamagedImage] = field(default_factory=list)  # newly found
    healed: list[DamagedImage] = field(default_factory=list)


class Pace:
    """Not more than so many bytes a second; 0: as fast as the disk."""

    def __init__(self, bytes_per_second: int) -> None:
        self._rate = bytes_per_second
        self._began = time.monotonic()
        self._read = 0

    def spent(self, count: int) -> None:
        """Waits as long as it takes for `count` bytes more."""
        self._read += count
        if self._rate:
            time.sleep(max(0.0, self._began + self._read / self._rate - time.monotonic()))


def state_of(path: Path, digest: str, spent: Callable[[int], None]) -> str:
    """`whole`, `changed` or `missing`. What it read does not stay in the system's cache."""
    try:
        with path.open("rb", buffering=0) as file:
            found = hashlib.sha256()
            while chunk := file.read(CHUNK):
                found.update(chunk)
                spent(len(chunk))
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    except FileNotFoundError:
        return "missing"
    except OSError:
        return "changed"  # the disk cannot read it
    return "whole" if found.hexdigest() == digest else "changed"


def verify_objects(
    db: Database,
    blobs: Blobs,
    *,
    unread_for: timedelta,
    bytes_per_second: int = 0,
    seconds: float | None = None,
    told: Callable[[Verification], None] = lambda _: None,
) -> Verification:
    """Reads what was not read for so long, the longest unread first, until done or the time is over."""
    result, pace, began = Verification(), Pace(bytes_per_second), time.monotonic()
    before = clock.now() - unread_for
    while seconds is None or time.monotonic() - began < seconds:
        with db.reading() as tx:
            batch = to_verify(tx, before=before, limit=_BATCH)
        if not batch:
            break
        states: dict[str, list[str]] = {"whole": [], "changed": [], "missing": []}
        for digest, size in batch:
            states[_surely(blobs, digest, pace)].append(digest)
            result.objects += 1
            result.bytes += size
            if seconds is not None and time.monotonic() - began >= seconds:
                break
        _note(db, states, result)
        told(result)
    return result


def verify_doubted(services: Services) -> Verification:
    """Periodic: what was met changed on its way out is read now, not when its turn comes."""
    result = Verification()
    for digest in services.blobs.doubted():
        states: dict[str, list[str]] = {"whole": [], "changed": [], "missing": []}
        states[_surely(services.blobs, digest, Pace(0))].append(digest)
        _note(services.db, states, result)
        services.blobs.settle_doubt(digest)
    return result


def _surely(blobs: Blobs, digest: str, pace: Pace) -> str:
    """Read twice when it does not agree: it may just have been replaced by a good copy."""
    state = state_of(blobs.path(digest), digest, pace.spent)
    return state if state == "whole" else state_of(blobs.path(digest), digest, pace.spent)


def _note(db: Database, states: dict[str, list[str]], result: Verification) -> None:
    with db.transaction() as tx:
        result.healed += verified(tx, SYSTEM, digests=states["whole"])
        found = [
            one
            for how in ("changed", "missing")
            for one in damage_found(tx, SYSTEM, digests=states[how], how=how)
        ]
        tell_administrators(tx, found)
    result.damaged += found


def tell_administrators(tx: Tx, found: list[DamagedImage]) -> None:
    """One notice for each hospital."""
    for hospital_id in sorted({one.hospital_id for one in found}):
        notify_people(
            tx,
            SYSTEM,
            hospital_id=hospital_id,
            permission=Permission.STORAGE_MANAGE,
            message="Stored images were found damaged and are not shown: {count}. Send them again, or restore a backup.",
            params={"count": str(sum(one.hospital_id == hospital_id for one in found))},
            path="/storage",
        )


def verify_some(services: Services) -> None:
    """Periodic: a step of the steady verification."""
    storage = services.settings.storage
    result = verify_objects(
        services.db,
        services.blobs,
        unread_for=timedelta(days=storage.verify_days),
        bytes_per_second=storage.verify_mb_per_second << 20,
        seconds=_STEP_SECONDS,
    )
    if result.objects:
        with services.db.transaction() as tx:
            add_to_verification(
                tx, SYSTEM, objects=result.objects, size=result.bytes, problems=len(result.damaged)
            )
