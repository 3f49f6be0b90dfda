"""Signs of life of our processes: each writes a small file in the folder of sockets every few seconds, and whoever
is asked for health or metrics reads them all. No patient data, no secrets.
"""

import json
import os
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from app.base.db import Database, Tx
from app.base.jobs import Job

BEAT_SECONDS = 5.0
ALIVE_SECONDS = 30.0
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class ProcessSigns:
    """What one process told last."""

    name: str
    pid: int
    age: float  # seconds since
    resident_bytes: int
    threads: int
    open_files: int
    children: int

    @property
    def alive(self) -> bool:
        return self.age < ALIVE_SECONDS


def start_beating(run_dir: Path, name: str) -> None:
    """From now on until the process ends."""
    threading.Thread(target=_beat_for_ever, args=(run_dir, name), daemon=True).start()


def _beat_for_ever(run_dir: Path, name: str) -> None:
    while True:
        beat(run_dir, name)
        time.sleep(BEAT_SECONDS)


def beat(run_dir: Path, name: str) -> None:
    """Tells once. A full disk only costs the news."""
    pid = os.getpid()
    signs = {
        "pid": pid,
        "resident_bytes": int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * _PAGE,
        "threads": _entries("/proc/self/task"),
        "open_files": _entries("/proc/self/fd"),
        "children": len(Path(f"/proc/self/task/{pid}/children").read_text(encoding="ascii").split()),
    }
    spare = run_dir / f"{name}.signs.part"
    try:
        spare.write_text(json.dumps(signs), encoding="ascii")
        spare.replace(run_dir / f"{name}.signs")
    except OSError:
        return


def _entries(folder: str) -> int:
    return sum(1 for _ in Path(folder).iterdir())


def signs_of_all(run_dir: Path) -> list[ProcessSigns]:
    """In order of name; a file that is just vanishing is left out."""
    found = []
    for path in sorted(run_dir.glob("*.signs")):
        try:
            told = json.loads(path.read_bytes())
            found.append(ProcessSigns(path.stem, age=time.time() - path.stat().st_mtime, **told))
        except (OSError, ValueError, TypeError):
            continue
    return found


@dataclass(frozen=True)
class QueueState:
    """Jobs that are not done."""

    waiting: int
    oldest_seconds: float
    failed: int


def queue_state(tx: Tx) -> QueueState:
    """Of the queue; what failed is counted for the week it stays."""
    due = Job.done_at.is_(None) & (Job.due_at <= tx.now)
    count, oldest = tx.session.execute(select(func.count(), func.min(Job.due_at)).where(due)).one()
    failed = tx.session.scalar(select(func.count()).select_from(Job).where(Job.failed_at.is_not(None)))
    return QueueState(count, (tx.now - oldest).total_seconds() if oldest else 0.0, failed or 0)


def database_seconds(db: Database) -> float:
    """How long the smallest read takes. Raises Unavailable when the database is away."""
    began = time.perf_counter()
    with db.reading() as tx:
        tx.session.scalar(select(1))
    return time.perf_counter() - began
