"""Hospital A with studies, and a foreign archive that it calls over a real socket."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from app.archive.actions import (
    Source,
    SourceKind,
    association_closed,
    complete_quiet_studies,
    store_instance,
)
from app.archive.part10 import read_part10
from app.base import clock
from app.base.actor import SYSTEM, Actor, Right
from app.base.blobs import Blobs
from app.base.db import Database
from app.base.jobs import JobRunner
from app.base.settings import Settings
from app.dimse.network import DicomNetwork
from app.identity.actions import register_device, set_device_reach
from app.routing.compressing import REMOVE, remove_replaced
from app.routing.firing import ARRIVED, COMPLETED, study_arrived, study_completed
from app.routing.models import Delivery, Fetch
from app.routing.sending import Means, deliver_due
from tests.cast import Cast, make_cast
from tests.foreign_archive import TITLE, ForeignArchive


@dataclass
class Place:
    """Hospital A, its archive in town, and the clock."""

    db: Database
    blobs: Blobs
    cast: Cast
    means: Means
    foreign: ForeignArchive
    device_id: str
    monkeypatch: pytest.MonkeyPatch
    ahead: timedelta = timedelta(0)

    def store(self, files: Iterable[bytes], *, actor: Actor | None = None, end: bool = True) -> str:
        """By hospital A's machine in one association; the study's id. `end`: then it is complete."""
        who, study_id = actor or self.cast.ct_a, ""
        for data in files:
            with self.blobs.open_spool() as spool:
                spool.write(data)
                spool.flush()
                part10 = read_part10(spool.path)
                blob = spool.commit()
                with self.db.transaction() as tx:
                    source = Source(SourceKind.DIMSE, "association-1", who.name, who.id)
                    study_id = (
                        store_instance(tx, who, blob=blob, part10=part10, source=source).study_id or study_id
                    )
        if end:
            self.complete()
        return study_id

    def complete(self) -> None:
        """Nothing came for a while."""
        with self.db.transaction() as tx:
            association_closed(tx, self.cast.ct_a, association_id="association-1")
        with self.db.transaction() as tx:
            complete_quiet_studies(tx, SYSTEM, after_seconds=0)

    def run_jobs(self) -> None:
        """What the worker does with studies that arrived and are complete."""
        jobs = {
            ARRIVED: lambda study_id: study_arrived(self.db, study_id),
            COMPLETED: lambda study_id: study_completed(self.db, study_id),
            REMOVE: lambda digest: remove_replaced(self.db, self.blobs, digest),
        }
        others = ("previews.make", "delivery.send", "outgoing.send", "fetch.run", "device.check")
        JobRunner(self.db, jobs | dict.fromkeys(others, lambda _: None)).run_waiting()

    def deliver(self) -> int:
        """Everything that is due; how many tries it were."""
        return deliver_due(self.means)

    def later(self, **by: float) -> None:
        """Time passes."""
        self.ahead += timedelta(**by)
        real = clock.now

        if self.ahead and not hasattr(real, "shifted"):
            shifted = _Shifted(self)
            self.monkeypatch.setattr("app.base.db.clock.now", shifted)

    def delivery(self, delivery_id: str) -> Delivery:
        with self.db.reading() as tx:
            return tx.session.get_one(Delivery, delivery_id)

    def deliveries(self) -> list[Delivery]:
        with self.db.reading() as tx:
            return list(tx.session.query(Delivery).order_by(Delivery.id))

    def fetch(self, fetch_id: str) -> Fetch:
        with self.db.reading() as tx:
            return tx.session.get_one(Fetch, fetch_id)


class _Shifted:
    """The clock, some time ahead."""

    shifted = True

    def __init__(self, place: Place) -> None:
        self._place = place
        self._real = clock.now

    def __call__(self) -> object:
        return self._real() + self._place.ahead


@pytest.fixture
def foreign() -> Iterator[ForeignArchive]:
    archive = ForeignArchive()
    archive.start()
    yield archive
    archive.stop()


def _place(
    db: Database, blobs: Blobs, foreign: ForeignArchive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Place:
    cast = make_cast(db)
    with db.transaction() as tx:
        device = register_device(
            tx,
            SYSTEM,
            hospital_id=cast.a.id,
            ae_title=TITLE,
            name="PACS cũ",
            kind="archive",
            rights=frozenset(Right),
        )
        set_device_reach(tx, SYSTEM, device_id=device.id, host="127.0.0.1", port=foreign.port, tls=False)
    network = DicomNetwork(Settings(data_dir=tmp_path / "data"), blobs)
    return Place(db, blobs, cast, Means(db, blobs, network), foreign, device.id, monkeypatch)


@pytest.fixture
def place(
    sqlite_db: Database,
    blobs: Blobs,
    foreign: ForeignArchive,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Place:
    """On SQLite."""
    return _place(sqlite_db, blobs, foreign, tmp_path, monkeypatch)


@pytest.fixture
def place_on_both(
    db: Database, blobs: Blobs, foreign: ForeignArchive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Place:
    """On SQLite and on PostgreSQL."""
    return _place(db, blobs, foreign, tmp_path, monkeypatch)
