"""Marks on many series make many objects: all are entered, and few of their files are open together."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from app.archive.queries import manifest
from app.audit.kinds import AuditKind
from app.audit.models import AuditRecord
from app.base.blobs import Blobs
from app.base.db import Database
from app.base.spool import Spool
from app.evidence.saving import AT_ONCE, Evidence
from app.evidence.schemas import Form
from tests import dicomgen
from tests.app.evidence.conftest import Draw
from tests.app.storing import store
from tests.cast import Cast


class Counted(Blobs):
    """Counts the spools that are open."""

    now = most = 0

    def open_spool(self) -> Spool:
        spool = super().open_spool()
        self.now += 1
        self.most = max(self.most, self.now)
        discard: Callable[[], None] = spool.discard

        def left() -> None:
            self.now -= 1
            discard()

        spool.discard = left  # type: ignore[method-assign]  # what `with` calls on leaving
        return spool


def test_all_are_saved_with_few_files_open_at_once(
    db: Database, blobs: Blobs, cast: Cast, study_id: str, draw: Draw, monkeypatch: pytest.MonkeyPatch
) -> None:
    several = 2 * AT_ONCE + 1
    for number in range(several):
        series = f"more-{number}"
        store(db, blobs, cast.ct_a, dicomgen.ct_slice(1, series=series))
        place: dict[str, Any] = {"sop_instance_uid": dicomgen.uid("study-1", series, 1)}
        draw(cast.alice, "length", [[1, 1], [9, 9]], values={"length": 5.0, "unit": "mm"}, **place)
    counted = Counted(blobs.objects.parent)
    saved = Evidence(db, counted).save_marks(cast.alice, study_id, Form.GSPS)
    assert len(saved.sop_instance_uids) == several
    assert (counted.most, counted.now) == (AT_ONCE, 0)
    with db.reading() as tx:
        told = manifest(tx, cast.alice, study_id)["series"]
    states = [one for series in told if series["modality"] == "PR" for one in series["instances"]]
    assert {one["sop_instance_uid"] for one in states} == set(saved.sop_instance_uids)
    with db.reading() as tx:
        by_alice = AuditRecord.actor_id == cast.alice.id, AuditRecord.kind == AuditKind.INSTANCES_TRANSFERRED
        (record,) = tx.session.scalars(select(AuditRecord).where(*by_alice))
    assert json.loads(record.detail)["stored"] == several
