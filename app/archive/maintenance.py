"""Backups, verifications and sweeps: when each last ran and what it found, for the storage page."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select, update

from app.archive.maintenance_models import MaintenanceRun
from app.audit.actions import record
from app.audit.kinds import AuditKind
from app.base.actor import Actor, Permission
from app.base.db import Tx
from app.base.ids import new_id


class MaintenanceKind(StrEnum):
    BACKUP = "backup"
    SWEEP = "sweep"
    VERIFICATION = "verification"


class MaintenanceOutcome(StrEnum):
    CANCELLED = "cancelled"
    DONE = "done"
    FAILED = "failed"


SAME_ROUND = timedelta(hours=24)


@dataclass(frozen=True)
class RunInfo:
    kind: MaintenanceKind
    started_at: datetime
    finished_at: datetime | None
    outcome: str
    objects: int
    bytes: int
    problems: int


def begin_run(tx: Tx, actor: Actor, *, kind: MaintenanceKind) -> str:
    """Notes that it begins; its id."""
    actor.check(Permission.STORAGE_MANAGE)
    row = MaintenanceRun(id=new_id(), kind=kind, started_at=tx.now)
    tx.session.add(row)
    _record(tx, actor, row.id, {"kind": kind, "outcome": "begun"})
    return row.id


def end_run(
    tx: Tx,
    actor: Actor,
    *,
    run_id: str,
    outcome: MaintenanceOutcome,
    objects: int = 0,
    size: int = 0,
    problems: int = 0,
) -> None:
    """Notes how it ended."""
    actor.check(Permission.STORAGE_MANAGE)
    ended = update(MaintenanceRun).where(MaintenanceRun.id == run_id)
    tx.session.execute(
        ended.values(finished_at=tx.now, outcome=outcome, objects=objects, bytes=size, problems=problems)
    )
    _record(tx, actor, run_id, {"outcome": outcome, "objects": objects, "bytes": size, "problems": problems})


def add_to_verification(tx: Tx, actor: Actor, *, objects: int, size: int, problems: int) -> None:
    """The steady verification works in small steps: those of one day are one run."""
    actor.check(Permission.STORAGE_MANAGE)
    query = (
        select(MaintenanceRun)
        .where(
            MaintenanceRun.kind == MaintenanceKind.VERIFICATION,
            MaintenanceRun.started_at > tx.now - SAME_ROUND,
        )
        .order_by(MaintenanceRun.started_at.desc())
        .limit(1)
    )
    row = tx.session.scalar(query)
    if row is None:
        run_id = begin_run(tx, actor, kind=MaintenanceKind.VERIFICATION)
        row = tx.session.get_one(MaintenanceRun, run_id)
        row.objects = row.bytes = row.problems = 0
    row.finished_at = tx.now
    row.outcome = MaintenanceOutcome.DONE
    row.objects += objects
    row.bytes += size
    row.problems += problems


def last_runs(tx: Tx) -> dict[str, RunInfo]:
    """The last of each kind."""
    found: dict[str, RunInfo] = {}
    for kind in MaintenanceKind:
        query = select(MaintenanceRun).where(MaintenanceRun.kind == kind)
        row = tx.session.scalar(query.order_by(MaintenanceRun.started_at.desc()).limit(1))
        if row is not None:
            found[kind] = RunInfo(
                kind, row.started_at, row.finished_at, row.outcome, row.objects, row.bytes, row.problems
            )
    return found


def _record(tx: Tx, actor: Actor, run_id: str, detail: dict[str, object]) -> None:
    record(
        tx,
        actor,
        AuditKind.APPLICATION_ACTIVITY,
        "E",
        subject_type="maintenance",
        subject_id=run_id,
        hospital_id=None,
        detail=detail,
    )
