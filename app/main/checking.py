"""`hoichan check` and `hoichan verify`: whether what is stored is whole. Both may run beside the servers."""

import argparse
import sys
import time
from datetime import timedelta

from app.archive.maintenance import MaintenanceKind, MaintenanceOutcome, begin_run, end_run
from app.base.actor import SYSTEM
from app.base.blobs import Blobs
from app.base.db import Database
from app.base.errors import Unavailable
from app.base.settings import Settings
from app.main.prepare import opened
from app.main.reconcile import reconcile
from app.main.scrub import Verification, verify_objects


def execute(settings: Settings, options: argparse.Namespace) -> None:
    """Says what it finds. Raises Unavailable, which the console tells, when something is not whole."""
    blobs = Blobs(settings.data_dir)
    with opened(settings) as db:
        if options.command == "check":
            _check(db, blobs, repair=options.repair)
        else:
            _verify(db, blobs)


def _check(db: Database, blobs: Blobs, *, repair: bool) -> None:
    findings = reconcile(db, blobs, whole=True, repair=repair)
    for digest in findings.missing:
        print(f"missing: {digest}")
    for study_id in findings.miscounted:
        print(f"miscounted: study {study_id}")
    print(f"{findings.sentence()}{' - set right' if repair else ''}")
    if findings.missing or not (repair or findings.nothing):
        raise Unavailable(
            "not_whole",
            "Files and rows do not agree. `hoichan check --repair` sets right what can be; missing files come from a backup.",
        )


def _verify(db: Database, blobs: Blobs) -> None:
    with db.transaction() as tx:
        run_id = begin_run(tx, SYSTEM, kind=MaintenanceKind.VERIFICATION)
    began, result, outcome = time.monotonic(), Verification(), MaintenanceOutcome.CANCELLED

    def told(so_far: Verification) -> None:
        nonlocal result
        result = so_far
        if sys.stderr.isatty():
            print(f"\r{so_far.objects} files, {so_far.bytes >> 20} MB", end="", file=sys.stderr)

    try:
        verify_objects(db, blobs, unread_for=timedelta(0), told=told)
        outcome = MaintenanceOutcome.DONE
    finally:
        with db.transaction() as tx:
            end_run(
                tx,
                SYSTEM,
                run_id=run_id,
                outcome=outcome,
                objects=result.objects,
                size=result.bytes,
                problems=len(result.damaged),
            )
    for one in result.damaged:
        print(f"damaged: study {one.study_id}, image {one.sop_instance_uid}, file {one.digest}")
    seconds = max(time.monotonic() - began, 0.001)
    print(
        f"{result.objects} files, {result.bytes >> 20} MB read in {seconds:.1f} s; "
        f"{len(result.damaged)} newly found damaged, {len(result.healed)} whole again"
    )
    if result.damaged:
        raise Unavailable(
            "not_whole", "Stored files are damaged. Send the images again, or restore them from a backup."
        )
