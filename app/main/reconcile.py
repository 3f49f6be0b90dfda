"""Files and rows made to agree after a crash: quickly at each start, wholly now and then by the worker.

An object without a row (its process died between the two) goes; a row without its object is marked damaged and said;
counters that a crash left unequal are set to what the rows say. A hundred thousand objects take under a second:
256 folders are listed and each is compared with the digests the database has under its two digits. Of a larger archive
a start compares what a second allows; the rest is compared while machines are answered.
"""

import logging
import threading
import time
from collections.abc import Collection
from dataclasses import dataclass, field

from app.archive.counters import arriving_studies, studies_after, unequal
from app.archive.integrity import (
    DamagedImage,
    counters_repaired,
    damage_found,
    digests_of_instances,
    referenced,
)
from app.archive.maintenance import MaintenanceKind, MaintenanceOutcome, begin_run, end_run
from app.archive.set_asides import UNWANTED
from app.base.actor import SYSTEM
from app.base.blob_removal import FOLDERS, digests_on_disk, remove_unwanted
from app.base.blobs import Blobs
from app.base.db import Database
from app.base.errors import HoichanError
from app.base.faults import fault_of
from app.base.jobs import subjects_waiting
from app.base.settings import SettingsError
from app.routing.compressing import REMOVE

log = logging.getLogger(__name__)

_STUDIES_AT_ONCE = 500
_SURELY_NOT_MOUNTED = 100
_MARKED_AT_ONCE = 200  # the others write between two transactions
AT_A_START = 1.0
"""Seconds for comparing: a start must not wait for a million files."""


@dataclass
class Findings:
    """What did not agree, and was set right unless one only looked."""

    spooled: int = 0  # half-received files of dead processes
    orphans: int = 0  # objects without a row
    missing: list[str] = field(default_factory=list)  # digests of images without their object
    newly_damaged: list[DamagedImage] = field(default_factory=list)
    miscounted: list[str] = field(default_factory=list)  # ids of studies
    unfinished: bool = False  # the time was over before all was compared

    @property
    def nothing(self) -> bool:
        return not (self.spooled or self.orphans or self.missing or self.miscounted)

    def sentence(self) -> str:
        """For the log: counts only."""
        return (
            f"{self.spooled} half-received files, {self.orphans} objects without a row, "
            f"{len(self.missing)} images without their object, {len(self.miscounted)} studies miscounted"
        )


def reconcile(
    db: Database, blobs: Blobs, *, whole: bool = False, repair: bool = True, seconds: float = float("inf")
) -> Findings:
    """At a start only studies still arriving are counted anew; `whole`: all. Other processes may be at work meanwhile.
    After `seconds` no further files are compared, nor images marked.

    Raises SettingsError when not one of many objects is there: a disk is not mounted.
    """
    findings = Findings(spooled=blobs.clear_spool() if repair else 0)
    _compare_objects(db, blobs, findings, repair=repair, until=time.monotonic() + seconds)
    _compare_counters(db, findings, whole=whole, repair=repair)
    if not findings.nothing:
        log.warning("files and rows did not agree: %s", findings.sentence())
    return findings


def reconcile_at_start(db: Database, blobs: Blobs) -> None:
    """What a second allows now, the rest on a thread. Raises SettingsError as `reconcile` does."""
    if reconcile(db, blobs, seconds=AT_A_START).unfinished:
        threading.Thread(target=_the_rest, args=(db, blobs), daemon=True, name="reconcile").start()


def _the_rest(db: Database, blobs: Blobs) -> None:
    try:
        reconcile(db, blobs)
    except (HoichanError, SettingsError) as error:
        log.error("files and rows were not compared to the end: %s", fault_of(error))  # noqa: TRY400 - no text: T18


def _compare_objects(db: Database, blobs: Blobs, findings: Findings, *, repair: bool, until: float) -> None:
    spare: list[str] = []
    images = 0
    for folder in FOLDERS:
        if time.monotonic() > until:
            findings.unfinished = True
            break
        with db.reading() as tx:  # rows first: an object is there before its row is
            rows = digests_of_instances(tx, folder)
        there = digests_on_disk(blobs, folder)
        images += len(rows)
        findings.missing += sorted(digest for digest in rows - there if not blobs.path(digest).exists())
        spare += sorted(there - rows)
    if images == len(findings.missing) >= _SURELY_NOT_MOUNTED:
        raise SettingsError(
            f"Not one of the {images} stored images is in {blobs.objects}. Mount the disk that holds them, or restore a backup."
        )
    findings.orphans = _without_rows(db, blobs, spare, repair=repair)
    if repair:
        _mark(db, findings, until)


def _mark(db: Database, findings: Findings, until: float) -> None:
    for first in range(0, len(findings.missing), _MARKED_AT_ONCE):
        if time.monotonic() > until:
            findings.unfinished = True
            return
        digests = findings.missing[first : first + _MARKED_AT_ONCE]
        with db.transaction() as tx:
            marked = damage_found(tx, SYSTEM, digests=digests, how="missing")
        findings.newly_damaged += marked
        for one in marked:
            log.error("the file of image %s of study %s is missing", one.instance_id, one.study_id)


def _without_rows(db: Database, blobs: Blobs, digests: Collection[str], *, repair: bool) -> int:
    """Those set aside have rows of another kind, some may have got theirs meanwhile. Who only looks leaves out those
    that a job is about to remove: the same image came once more.
    """

    def wanted(asked: Collection[str]) -> set[str]:
        with db.reading() as tx:
            return referenced(tx, asked)

    left = set(digests) - wanted(digests)
    if repair:
        return remove_unwanted(blobs, left, wanted)
    with db.reading() as tx:
        return len(left - subjects_waiting(tx, (UNWANTED, REMOVE)))


def _compare_counters(db: Database, findings: Findings, *, whole: bool, repair: bool) -> None:
    if not whole:
        with db.reading() as tx:
            findings.miscounted = unequal(tx, arriving_studies(tx))
    else:
        last = ""
        while True:
            with db.reading() as tx:
                batch = studies_after(tx, last, _STUDIES_AT_ONCE)
                findings.miscounted += unequal(tx, batch)
            if not batch:
                break
            last = batch[-1]
    for study_id in findings.miscounted if repair else ():
        with db.transaction() as tx:
            counters_repaired(tx, SYSTEM, study_id=study_id)


def sweep(db: Database, blobs: Blobs) -> None:
    """Periodic: the whole of it, noted for the storage page."""
    with db.transaction() as tx:
        run_id = begin_run(tx, SYSTEM, kind=MaintenanceKind.SWEEP)
    findings = reconcile(db, blobs, whole=True)
    problems = findings.orphans + len(findings.missing) + len(findings.miscounted)
    with db.transaction() as tx:
        end_run(tx, SYSTEM, run_id=run_id, outcome=MaintenanceOutcome.DONE, problems=problems)
