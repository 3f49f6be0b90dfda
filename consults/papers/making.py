"""The job that makes a package; done twice it is made twice, and the last one is kept."""

import time
from collections.abc import Collection
from dataclasses import dataclass

from app.archive.integrity import referenced
from app.base.actor import Actor
from app.base.blob_removal import remove_unwanted
from app.base.blobs import Blobs
from app.base.db import Database
from app.base.errors import HoichanError
from app.evidence.saving import Evidence
from consults.papers.course import (
    Begun,
    begin_package,
    drop_packages,
    fail_package,
    finish_package,
    note_progress,
)
from consults.papers.gathering import Told, gather
from consults.papers.package import Package, Tools, pack, steps_of

EVERY_SECONDS = 600
_NOTED_EACH = 0.5  # seconds


class Cancelled(Exception):
    """The package is wanted no more."""


@dataclass
class Course:
    """Counts steps into the row now and then, and ends the work when the row says so."""

    db: Database
    package_id: str
    total: int
    done: int = 0
    noted_at: float = 0.0

    def step(self) -> None:
        """Before each piece. Raises Cancelled."""
        if time.monotonic() - self.noted_at >= _NOTED_EACH:
            self.note()
        self.done += 1

    def note(self) -> None:
        """Raises Cancelled."""
        with self.db.transaction() as tx:
            goes_on = note_progress(tx, self.package_id, self.done, self.total)
        if not goes_on:
            raise Cancelled
        self.noted_at = time.monotonic()


def make_package(db: Database, tools: Tools, package_id: str) -> None:
    """A refusal (the right has ended, the disk is full) is told to whoever asked; they may ask again."""
    with db.transaction() as tx:
        begun = begin_package(tx, package_id)
    if begun is None:
        return
    try:
        _make(db, tools, package_id, begun)
    except Cancelled:
        return
    except HoichanError as error:
        with db.transaction() as tx:
            fail_package(tx, package_id, error)


def _make(db: Database, tools: Tools, package_id: str, begun: Begun) -> None:
    told = gather(db, begun.actor, begun.consult_id)
    course = Course(db, package_id, steps_of(told))
    with tools.blobs.open_spool() as spool:
        package = pack(told, tools, begun.language, spool, course.step)
        course.note()
        kept = _keep(Evidence(db, tools.blobs), begun.actor, told, package) if begun.keeps else 0
        blob = spool.commit()
        with db.transaction() as tx:
            finish_package(tx, package_id, blob, kept)


def _keep(evidence: Evidence, actor: Actor, told: Told, package: Package) -> int:
    """Into the archive of the actor's hospital, each study's objects as one delivery; how many."""
    for study_id, objects in package.objects.items():
        evidence.store(actor, study_id, told.wishes[study_id].id, [data for _, data in objects])
    return sum(map(len, package.objects.values()))


def forget_packages(db: Database, blobs: Blobs) -> int:
    """Periodic: what is over goes, its file too unless somebody else keeps the same bytes."""

    def wanted(digests: Collection[str]) -> set[str]:
        with db.reading() as tx:
            return referenced(tx, digests)

    with db.transaction() as tx:
        digests = drop_packages(tx)
    return remove_unwanted(blobs, digests, wanted) if digests else 0
