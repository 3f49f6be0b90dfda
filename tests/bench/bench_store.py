"""C-STORE: images a second, each acknowledged only when file, folder and database entry are on the disk.

    python -m tests.bench.bench_store [count]

The ratio is to what this disk can do at all in the same minutes: the same bytes written to files, each synced with
its folder, by as many threads. Read ratios before absolutes: machines are shared.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TypeAlias

from app.base.actor import SYSTEM
from app.base.blobs import Blobs
from app.base.db import Base, Database
from app.base.settings import Settings
from app.dimse.server import DicomServer, create_server
from app.identity.actions import create_hospital, register_device
from app.migrations import models
from tests import dicomgen
from tests.sender import Outgoing, Sender, outgoing

CALLED, CALLING, PORT = "BENCH", "SENDER", 21_104
ROUNDS = 3
Prepare: TypeAlias = Callable[[Sequence[bytes]], Callable[[], None]]
assert models.metadata is Base.metadata  # importing it made every table known


def slices(count: int, round_name: str) -> list[bytes]:
    """CT slices of 512x512, 525 kB each, of an instance UID of their own."""
    return dicomgen.series(count, rows=512, columns=512, study=f"bench-{round_name}")


def timed(prepare: Prepare, items: Sequence[bytes], workers: int) -> float:
    """Items a second; what `prepare` does for each worker is not counted."""
    works = [prepare(items[start::workers]) for start in range(workers)]
    threads = [threading.Thread(target=work) for work in works]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(items) / (time.perf_counter() - begun)


def plain_files(folder: Path, items: Sequence[bytes]) -> Callable[[], None]:
    """The baseline: write, sync, sync the folder."""
    mine = Path(tempfile.mkdtemp(dir=folder))

    def work() -> None:
        for number, data in enumerate(items):
            with (mine / str(number)).open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            handle = os.open(mine, os.O_RDONLY)
            os.fsync(handle)
            os.close(handle)

    return work


def own_sender(_folder: Path, items: Sequence[bytes]) -> Callable[[], None]:
    """Only the exchange of PDUs."""
    ready: list[Outgoing] = [outgoing(data) for data in items]
    offers = {(item.sop_class_uid, item.transfer_syntax) for item in ready}

    def work() -> None:
        with Sender(PORT, called=CALLED, calling=CALLING, offers=offers) as sender:
            for item in ready:
                if sender.store(item).status:
                    raise AssertionError("an image was not stored")

    return work


def dcmtk(program: str, folder: Path, items: Sequence[bytes]) -> Callable[[], None]:
    """DCMTK as the field has it, with Nagle's algorithm on."""
    mine = Path(tempfile.mkdtemp(dir=folder))
    for number, data in enumerate(items):
        (mine / f"{number:05}.dcm").write_bytes(data)
    command = [program, "-aet", CALLING, "-aec", CALLED, "127.0.0.1", str(PORT), "+sd", str(mine)]
    return partial(_run, command)


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True, capture_output=True)


def serve(
    data_dir: Path, *, port: int = PORT, called: str = CALLED, calling: str = CALLING
) -> tuple[DicomServer, Database]:
    """A DICOM server of one hospital with one device."""
    settings = Settings.model_validate({"data_dir": data_dir, "dicom": {"port": port}})
    data_dir.mkdir()
    db = Database(settings.database)
    Base.metadata.create_all(db.engine)
    with db.transaction() as tx:
        home = create_hospital(
            tx, SYSTEM, name="Bench", short_name="Bench", slug="bench", ae_title=called, address=""
        )
        register_device(tx, SYSTEM, hospital_id=home.id, ae_title=calling, name="Sender")
    server = create_server(settings, db, Blobs(data_dir))
    server.start()
    return server, db


def methods() -> dict[str, Callable[[Path, Sequence[bytes]], Callable[[], None]]]:
    installed = [program for program in ("storescu", "dcmsend") if shutil.which(program)]
    return {
        "synced files": plain_files,
        "own sender": own_sender,
        **{program: partial(dcmtk, program) for program in installed},
    }


def measure(count: int, root: Path) -> None:
    print(f"{count} CT slices of 525 kB, median of {ROUNDS} rounds, images a second (ratio to synced files)")
    for workers in (1, 4):
        found: dict[str, list[float]] = {name: [] for name in methods()}
        for turn in range(ROUNDS):
            for name, method in methods().items():
                items = slices(count, f"{name}-{workers}-{turn}")
                folder = Path(tempfile.mkdtemp(dir=root))
                found[name].append(timed(partial(method, folder), items, workers))
                shutil.rmtree(folder)
        base = statistics.median(found["synced files"])
        for name, rates in found.items():
            rate, spread = statistics.median(rates), f"[{min(rates):.0f}..{max(rates):.0f}]"
            print(f"  {workers} at once  {name:13} {rate:7.0f} /s  {rate / base:5.2f}  {spread}")


def main(count: int = 200) -> None:
    root = Path(tempfile.mkdtemp(prefix="hoichan-bench-"))
    server, db = serve(root / "data")
    try:
        measure(count, root)
    finally:
        server.stop()
        db.dispose()
        shutil.rmtree(root)


if __name__ == "__main__":
    main(*(int(text) for text in sys.argv[1:2]))
