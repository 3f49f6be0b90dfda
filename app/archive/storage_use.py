"""How much is kept, by whom, how it grows and how long it will last; and the check that keeps a hospital below its
quota, which costs a statement now and then and nothing for each image.
"""

import hashlib
import json
import threading
import time
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import func, or_, select

from app.archive.models import (
    Association,
    Deletion,
    DeviceFinding,
    DeviceTraffic,
    Instance,
    Patient,
    StorageSample,
    Study,
)
from app.archive.states import DESTROYED, DeletionState
from app.archive.waiting import name_of
from app.audit.actions import record
from app.audit.kinds import AuditKind
from app.base.actor import Actor, Permission
from app.base.db import Database, Tx, insert_once
from app.base.errors import Unavailable
from app.identity.models import Device, Hospital

KNOWN_FOR = 10.0  # seconds
WARN_AT = 0.80
ALARM_AT = 0.95
_DAYS = 30


@dataclass(frozen=True)
class HospitalUse:
    """What one hospital keeps."""

    hospital_id: str
    name: str
    studies: int
    instances: int
    bytes: int
    quota_bytes: int  # 0: none
    retention_class: str
    bytes_a_day: int  # over the last thirty days

    @property
    def part(self) -> float:
        """Of its quota, 0 without one."""
        return self.bytes / self.quota_bytes if self.quota_bytes else 0.0

    @property
    def days_left(self) -> int | None:
        """Till the quota is full at this pace; None when it never is."""
        if not self.quota_bytes or self.bytes_a_day <= 0:
            return None
        return max(0, (self.quota_bytes - self.bytes) // self.bytes_a_day)


@dataclass(frozen=True)
class Share:
    """A part of what is kept."""

    name: str
    studies: int
    bytes: int


@dataclass(frozen=True)
class BigStudy:
    id: str
    study_date: str
    description: str
    modalities: str
    bytes: int
    legal_hold: str
    retention_class: str
    retain_until: str


@dataclass(frozen=True)
class Use:
    """All that the storage page shows of the archive."""

    hospitals: list[HospitalUse]
    modalities: list[Share]
    devices: list[Share]
    biggest: list[BigStudy]
    held: list[BigStudy]
    due: int  # proposals that wait for a person
    damaged: int
    unverified: int  # never read again since they came


def _here(actor: Actor) -> tuple[Any, ...]:
    own = () if actor.hospital_id is None else (Study.hospital_id == actor.hospital_id,)
    return (Study.rejected != DESTROYED, *own)


def storage_use(tx: Tx, actor: Actor) -> Use:
    """Of the actor's hospital; of all for the platform's administrators."""
    actor.check(Permission.STORAGE_MANAGE)
    own = () if actor.hospital_id is None else (Instance.hospital_id == actor.hospital_id,)
    waiting = select(func.count()).select_from(Deletion).where(Deletion.state == DeletionState.REQUESTED)
    if actor.hospital_id is not None:
        waiting = waiting.where(Deletion.hospital_id == actor.hospital_id)
    damaged = select(func.count()).select_from(Instance).where(Instance.damaged, *own)
    unread = select(func.count()).select_from(Instance).where(Instance.verified_at.is_(None), *own)
    return Use(
        hospitals=hospital_uses(tx, actor),
        modalities=_shares(tx, actor, Study.modalities),
        devices=_named(tx, _shares(tx, actor, Study.device_id)),
        biggest=_studies(tx, actor, ()),
        held=_studies(tx, actor, (Study.legal_hold != "",)),
        due=tx.session.scalar(waiting) or 0,
        damaged=tx.session.scalar(damaged) or 0,
        unverified=tx.session.scalar(unread) or 0,
    )


def hospital_uses(tx: Tx, actor: Actor) -> list[HospitalUse]:
    """The actor's hospital, or all; the fullest first."""
    total = func.coalesce(func.sum(Study.size), 0)
    images = func.coalesce(func.sum(Study.instance_count), 0)
    here = (Study.hospital_id == Hospital.id) & (Study.rejected != DESTROYED)
    query = (
        select(Hospital, func.count(Study.id), images, total)
        .outerjoin(Study, here)
        .group_by(Hospital.id)
        .order_by(total.desc(), Hospital.name)
    )
    if actor.hospital_id is not None:
        query = query.where(Hospital.id == actor.hospital_id)
    return [
        HospitalUse(
            row.id,
            row.name,
            studies,
            int(instances),
            int(size),
            row.quota_bytes,
            row.retention_class,
            _pace(tx, row.id, int(size)),
        )
        for row, studies, instances, size in tx.session.execute(query)
    ]


def _pace(tx: Tx, hospital_id: str, now: int) -> int:
    """Bytes a day since the oldest sample of the last thirty."""
    query = (
        select(StorageSample.day, StorageSample.bytes)
        .where(StorageSample.hospital_id == hospital_id, StorageSample.day < f"{tx.now:%Y%m%d}")
        .order_by(StorageSample.day.desc())
        .limit(_DAYS)
    )
    samples = tx.session.execute(query).all()
    return (now - samples[-1].bytes) // len(samples) if samples else 0


def _shares(tx: Tx, actor: Actor, column: Any) -> list[Share]:
    total = func.coalesce(func.sum(Study.size), 0)
    query = select(column, func.count(), total).where(*_here(actor)).group_by(column).order_by(total.desc())
    return [Share(row[0] or "", row[1], int(row[2])) for row in tx.session.execute(query.limit(20))]


def _named(tx: Tx, shares: list[Share]) -> list[Share]:
    wanted = select(Device.id, Device.ae_title).where(Device.id.in_([share.name for share in shares]))
    titles = {row.id: row.ae_title for row in tx.session.execute(wanted)}
    return [Share(titles.get(share.name, ""), share.studies, share.bytes) for share in shares]


def _studies(tx: Tx, actor: Actor, conditions: tuple[Any, ...]) -> list[BigStudy]:
    columns = (
        Study.id,
        Study.study_date,
        Study.description,
        Study.modalities,
        Study.size,
        Study.legal_hold,
        Study.retention_class,
        Study.retain_until,
    )
    query = select(*columns).where(*_here(actor), *conditions).order_by(Study.size.desc()).limit(20)
    return [BigStudy(*row) for row in tx.session.execute(query)]


def sample_storage(tx: Tx, actor: Actor) -> int:
    """Periodic, the first time of each day counts: how much every hospital keeps."""
    actor.check(Permission.STORAGE_MANAGE)
    added = sum(
        insert_once(
            tx,
            StorageSample,
            hospital_id=use.hospital_id,
            day=f"{tx.now:%Y%m%d}",
            studies=use.studies,
            instances=use.instances,
            bytes=use.bytes,
        )
        for use in hospital_uses(tx, actor)
    )
    if added:
        record(
            tx,
            actor,
            AuditKind.APPLICATION_ACTIVITY,
            "C",
            subject_type="storage",
            subject_id=f"{tx.now:%Y%m%d}",
            hospital_id=None,
            detail={"hospitals": added},
        )
    return added


class Quotas:
    """Whether a hospital may keep more: asked for each image, looked up every ten seconds."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._lock = threading.Lock()
        self._full: dict[str, tuple[bool, float]] = {}

    def check(self, hospital_id: str | None) -> None:
        """Raises Unavailable (A700, 507) when the hospital's quota is used up."""
        if hospital_id is None:
            return
        full, until = self._full.get(hospital_id, (False, 0.0))
        if time.monotonic() >= until:
            with self._lock, self._db.reading() as tx:
                full = _is_full(tx, hospital_id)
                self._full[hospital_id] = full, time.monotonic() + KNOWN_FOR
        if full:
            raise Unavailable(
                "quota_full",
                "The storage agreed for this hospital is full. The administrator can free some, or ask for more.",
            )


_QUOTAS: WeakKeyDictionary[Database, Quotas] = WeakKeyDictionary()


def check_quota(db: Database, hospital_id: str | None) -> None:
    """What doors ask before they receive; nothing in the process remembers longer than ten seconds."""
    quotas = _QUOTAS.get(db)
    if quotas is None:
        quotas = _QUOTAS.setdefault(db, Quotas(db))
    quotas.check(hospital_id)


def _is_full(tx: Tx, hospital_id: str) -> bool:
    quota = tx.session.scalar(select(Hospital.quota_bytes).where(Hospital.id == hospital_id)) or 0
    if not quota:
        return False
    used = select(func.coalesce(func.sum(Study.size), 0)).where(Study.hospital_id == hospital_id)
    return int(tx.session.scalar(used) or 0) >= quota


def find_studies(tx: Tx, actor: Actor, text: str) -> list[BigStudy]:
    """Of the actor's hospital by UID, accession number or patient number, for who keeps the archive."""
    actor.check(Permission.STORAGE_MANAGE)
    wanted = text.strip()[:64]
    by_number = Study.patient_id.in_(select(Patient.id).where(Patient.patient_id == wanted))
    named = or_(
        Study.study_instance_uid == wanted, Study.accession_number == wanted, by_number, Study.id == wanted
    )
    return _studies(tx, actor, (named,)) if wanted else []


@dataclass(frozen=True)
class Destroyed:
    """One line of the destruction record. `digest` is over the sorted digests of its files: the list, in one word."""

    study_instance_uid: str
    patient_id: str
    accession_number: str
    study_date: str
    modalities: str
    ground: str
    reason: str
    images: int
    requested_at: str
    requested_by: str
    requested_by_name: str
    decided_at: str
    decided_by: str
    decided_by_name: str
    digest: str


def destruction_record(tx: Tx, actor: Actor) -> list[Destroyed]:
    """What was destroyed at the actor's hospital (of all, for the platform's administrators), the newest first."""
    actor.check(Permission.STORAGE_MANAGE)
    query = select(Deletion).where(Deletion.state == DeletionState.DONE).order_by(Deletion.id.desc())
    if actor.hospital_id is not None:
        query = query.where(Deletion.hospital_id == actor.hospital_id)
    return [_destroyed(tx, row) for row in tx.session.scalars(query)]


def _destroyed(tx: Tx, row: Deletion) -> Destroyed:
    summary = json.loads(row.summary)
    digests = summary.get("digests", [])
    listed = hashlib.sha256("\n".join(sorted(digests)).encode()).hexdigest()
    return Destroyed(
        row.study_instance_uid,
        summary.get("patient_id", ""),
        summary.get("accession_number", ""),
        summary.get("study_date", ""),
        summary.get("modalities", ""),
        row.ground,
        row.reason,
        len(digests),
        row.requested_at.isoformat(timespec="seconds"),
        row.requested_by,
        name_of(tx, row.requested_by),
        row.decided_at.isoformat(timespec="seconds") if row.decided_at else "",
        row.decided_by or "",
        name_of(tx, row.decided_by),
        listed,
    )


@dataclass(frozen=True)
class HospitalTotals:
    """For the metrics: what a hospital keeps, what its devices ever sent, and what they were refused."""

    slug: str
    instances: int
    bytes: int
    refused: int
    received: int
    received_bytes: int


def totals(tx: Tx) -> list[HospitalTotals]:
    """Of every hospital."""
    refused = (
        select(Device.hospital_id, func.sum(DeviceFinding.count).label("count"))
        .join(Device, Device.id == DeviceFinding.device_id)
        .where(DeviceFinding.kind == "refusal")
        .group_by(Device.hospital_id)
    )
    refusals = {row[0]: int(row[1]) for row in tx.session.execute(refused)}
    came = (
        select(Device.hospital_id, func.sum(DeviceTraffic.images), func.sum(DeviceTraffic.bytes))
        .join(Device, Device.id == DeviceTraffic.device_id)
        .group_by(Device.hospital_id)
    )
    received = {row[0]: (int(row[1]), int(row[2])) for row in tx.session.execute(came)}
    kept = select(
        Hospital.id,
        Hospital.slug,
        func.coalesce(func.sum(Study.instance_count), 0),
        func.coalesce(func.sum(Study.size), 0),
    ).outerjoin(Study, Study.hospital_id == Hospital.id)
    rows = tx.session.execute(kept.group_by(Hospital.id, Hospital.slug).order_by(Hospital.slug))
    return [
        HospitalTotals(
            row[1], int(row[2]), int(row[3]), refusals.get(row[0], 0), *received.get(row[0], (0, 0))
        )
        for row in rows
    ]


def open_associations(tx: Tx) -> dict[str, int]:
    """Senders at work, by their door."""
    query = select(Association.kind, func.count()).where(
        Association.closed_at.is_(None), Association.lease_until > tx.now
    )
    return {row[0]: row[1] for row in tx.session.execute(query.group_by(Association.kind))}
