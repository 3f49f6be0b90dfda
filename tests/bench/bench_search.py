"""Searches over 100,000 studies, 200,000 series and 1,000,000 instances, on SQLite and on PostgreSQL.

    python -m tests.bench.bench_search [--keep folder] [engine ...]

Milliseconds, p50 and p95: in the rooms (one transaction each), at the QIDO-RS door (a web process, one kept
connection, a token), by C-FIND on an open association; and the metadata of a series of 1,000 images in one answer, made
for the first time and again. It takes about three minutes and 2 GB.
"""

import argparse
import http.client
import os
import pickle
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from app.archive.actions import Source, SourceKind, store_instance
from app.archive.part10 import read_part10
from app.archive.queries import (
    Search,
    StudyQuery,
    list_studies,
    search_patients,
    search_series,
    search_studies,
)
from app.base.actor import SYSTEM, Actor
from app.base.blobs import Blobs
from app.base.db import Database
from app.base.settings import Settings
from app.dimse import asking
from app.dimse.contexts import EXPLICIT_LITTLE, STUDY_ROOT_FIND
from app.dimse.scu import Client
from app.identity.actions import new_device_token
from app.main.migrate import migrate
from app.routing.network import Remote
from tests import dicomgen
from tests.bench import search_data
from tests.cast import Cast, make_cast
from tests.postgresql import start_server
from tests.running import ROOT, free_port

IMAGES = 1000
TURNS = 40
QIDO_GOAL, ONE_GOAL, FIFTY_GOAL, METADATA_GOAL = 5.0, 10.0, 25.0, 300.0
QIDO: list[dict[str, str]] = [
    {"PatientID": "BN00050001"},
    {"AccessionNumber": "ACC00050003"},
    {"StudyInstanceUID": "2.25.100050007"},
    {"limit": "50"},
    {"limit": "50", "offset": "5000"},
    {"limit": "50", "StudyDate": "20240601"},
    {"limit": "50", "StudyDate": "20240101-20241231", "ModalitiesInStudy": "CT"},
    {"limit": "50", "ModalitiesInStudy": "MG"},
    {"limit": "50", "PatientName": "NGUYEN*"},
    {"limit": "50", "PatientName": "*huong*"},
    {"limit": "50", "PatientName": "*uong*"},
    {"limit": "50", "PatientName": "*xyz*"},
    {"limit": "50", "PatientName": "van an", "fuzzymatching": "true"},
    {"limit": "50", "PatientName": "nguyen thi huong", "fuzzymatching": "true"},
    {"limit": "50", "PatientName": "huong", "StudyDate": "20240101-20240331", "fuzzymatching": "true"},
    {"limit": "50", "PatientName": "lan", "ModalitiesInStudy": "MR", "fuzzymatching": "true"},
]
FIND: list[tuple[int, dict[str, str]]] = [
    (1, {"PatientID": "BN00050001"}),
    (1, {"AccessionNumber": "ACC00050003"}),
    (1, {"StudyInstanceUID": "2.25.100050007"}),
    (50, {"StudyDate": "20240601-20240601", "ModalitiesInStudy": "CT"}),
    (50, {"StudyDate": "20240601-20240614", "PatientName": "*HUONG*"}),
    (50, {"StudyDate": "20240601-20240607", "PatientName": "NGUYEN*", "ModalitiesInStudy": "CT"}),
]
RETURNED = ("StudyDate", "StudyTime", "AccessionNumber", "ModalitiesInStudy", "PatientName", "PatientID", "PatientBirthDate",
            "PatientSex", "StudyDescription", "NumberOfStudyRelatedInstances")  # fmt: skip


def timed(
    name: str, act: Callable[[], Any], goal: float | None = None, worked: Callable[[], float] | None = None
) -> list[float]:
    """Milliseconds of each turn but the first, which meets cold pages; the goal is one of the 95th percentile. `worked`:
    seconds a server has worked, told for each turn because it does not grow when others keep the machine busy.
    """
    found = []
    before = 0.0
    for turn in range(TURNS + 1):
        begun = time.perf_counter()
        answers = act()
        if turn:
            found.append((time.perf_counter() - begun) * 1000)
        elif worked is not None:
            before = worked()
    work = "" if worked is None else f"cpu {(worked() - before) * 1000 / TURNS:5.1f}"
    found.sort()
    judged = "" if goal is None else f"goal of {goal:.0f} {'met' if _p95(found) < goal else 'MISSED'}"
    print(
        f"  {name:78} {statistics.median(found):7.1f} {_p95(found):7.1f} {answers:8} {work:10} {judged}",
        flush=True,
    )
    return found


def _p95(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.95)]


def _sum_up(name: str, found: list[list[float]]) -> None:
    every = [one for values in found for one in values]
    print(f"  {name:78} {statistics.median(every):7.1f} {_p95(every):7.1f}", flush=True)


def rooms(db: Database, cast: Cast) -> None:
    """The lists of the pages, and searches at the other levels."""
    own: dict[str, Any] = {"hospital_id": cast.a.id, "limit": 50}

    def listing(actor: Actor, **asked: Any) -> Callable[[], int]:
        def act() -> int:
            with db.reading() as tx:
                return len(list_studies(tx, actor, StudyQuery(**asked)).studies)

        return act

    def searching(search_: Any, actor: Actor, search: Search) -> Callable[[], int]:
        def act() -> int:
            with db.reading() as tx:
                return len(search_(tx, actor, search).items)

        return act

    pages: list[dict[str, Any]] = [{}, {"offset": 5000}, {"text": "huong"}, {"text": "nguyen"}, {"text": "nguyen thi anh"},
        {"text": "uyen quach"}, {"text": "BN0005"}, {"modality": "MG"}, {"modality": "MG", "text": "huong"},
        {"study_date_from": "20251225"}]  # fmt: skip
    found = [timed(f"page of 90,000: {asked}", listing(cast.alice, **asked)) for asked in pages]
    found += [timed(f"page of 100 and 450 shared: {asked}", listing(cast.chi, **asked)) for asked in pages]
    _sum_up("all pages", found)
    study = {"StudyInstanceUID": "2.25.100050007"}
    timed("series of a study", searching(search_series, cast.ct_a, Search(study, **own)))
    timed(
        "patients: *huong*", searching(search_patients, cast.ct_a, Search({"PatientName": "*huong*"}, **own))
    )
    small = Search({"PatientName": "*huong*"}, hospital_id=cast.c.id)
    timed("studies of the small hospital: *huong*", searching(search_studies, cast.ct_c, small))


@contextmanager
def server(name: str, data_dir: Path, database: str, port: int) -> Iterator[Callable[[], float]]:
    """One of Hoichan's processes; how many seconds it and its children have worked."""
    settings = {
        "HOICHAN_DATA_DIR": str(data_dir),
        "HOICHAN_DATABASE_URL": database,
        "HOICHAN_PARTS": "",
        f"HOICHAN_{name.upper()}__PORT": str(port),
    }
    command = [sys.executable, "-m", "app.main", name, "--supervised"]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, env={**os.environ, **settings})
    assert process.stdin is not None  # asked for above
    process.stdin.write(b"!")  # the supervisor's word: the database is ready
    process.stdin.flush()
    try:
        _wait(process, port)
        yield lambda: _worked(process.pid)
    finally:
        process.terminate()
        process.wait(timeout=30)


def _worked(process_id: int) -> float:
    children = Path(f"/proc/{process_id}/task/{process_id}/children").read_text(encoding="ascii").split()
    fields = Path(f"/proc/{process_id}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    own = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return own + sum(_worked(int(child)) for child in children)


def _wait(process: "subprocess.Popen[bytes]", port: int) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            http.client.HTTPConnection("127.0.0.1", port, timeout=5).connect()
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.2)
        else:
            return


def doors(data_dir: Path, db: Database, cast: Cast, database: str) -> None:
    """QIDO-RS, metadata and C-FIND."""
    with db.transaction() as tx:
        token = new_device_token(tx, SYSTEM, device_id=cast.ct_a.id)
    web, dicom = free_port(), free_port()
    with server("web", data_dir, database, web) as worked:
        asked = _Asking(web, token)
        _sum_up(
            "all QIDO-RS",
            [timed(f"QIDO-RS {urlencode(keys)}", asked.qido(keys), QIDO_GOAL, worked) for keys in QIDO],
        )
        series = f"/studies/{dicomgen.uid('bench')}/series/{dicomgen.uid('bench', 'series-1')}/metadata"
        begun = time.perf_counter()
        size = asked.get(series)
        print(
            f"  metadata of {IMAGES} images, made: {(time.perf_counter() - begun) * 1000:.0f} ms, {size} bytes"
        )
        timed(f"metadata of {IMAGES} images, kept", lambda: asked.get(series), METADATA_GOAL, worked)
    with server("dicom", data_dir, database, dicom) as worked:
        remote = Remote("", "bench", "ANBINH", "127.0.0.1", dicom, tls=False, calling_ae_title="CT01")
        with Client(remote, [(STUDY_ROOT_FIND, [EXPLICIT_LITTLE])], settings=Settings().dicom) as client:
            for most, keys in FIND:
                matches = {**dict.fromkeys(RETURNED, ""), **keys}
                goal = ONE_GOAL if most == 1 else FIFTY_GOAL
                timed(f"C-FIND up to {most}: {keys}", _finding(client, matches), goal, worked)


def _finding(client: Client, matches: dict[str, str]) -> Callable[[], int]:
    return lambda: len(asking.find(client, "STUDY", matches, most=100))


class _Asking:
    """One kept connection to the DICOMweb root of the large hospital."""

    def __init__(self, port: int, token: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._headers = {"Authorization": f"Bearer {token}", "Accept": "application/dicom+json"}

    def get(self, path: str) -> int:
        self._connection.request("GET", f"/dicomweb/an-binh{path}", headers=self._headers)
        answer = self._connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise AssertionError(f"{path}: {answer.status} {body[:200]!r}")
        return len(body)

    def qido(self, keys: dict[str, str]) -> Callable[[], int]:
        return lambda: self.get("/studies?" + urlencode(keys))


def store_series(data_dir: Path, db: Database, cast: Cast) -> None:
    """A real series, for its metadata."""
    blobs = Blobs(data_dir)
    source = Source(SourceKind.DIMSE, "bench", "CT01")
    for number in range(1, IMAGES + 1):
        with blobs.open_spool() as spool:
            spool.write(dicomgen.ct_slice(number, study="bench", rows=16, columns=16, StudyDate="20200101"))
            spool.flush()
            part10 = read_part10(spool.path)
            blob = spool.commit()
            with db.transaction() as tx:
                store_instance(tx, cast.ct_a, blob=blob, part10=part10, source=source)


def measure(data_dir: Path, database: str) -> None:
    """Fills the database when it is new."""
    data_dir.mkdir(parents=True, exist_ok=True)
    db = Database(database)
    known = data_dir / "cast"
    if known.exists():
        cast: Cast = pickle.loads(known.read_bytes())
    else:
        begun = time.perf_counter()
        migrate(db, [])
        cast = make_cast(db)
        search_data.fill(db, cast)
        store_series(data_dir, db, cast)
        known.write_bytes(pickle.dumps(cast))
        print(f"  filled in {time.perf_counter() - begun:.0f} s", flush=True)
    if not db.is_sqlite:
        # A settled server's own vacuum has passed; that of `fill` may meet one at work and leave most of a table to it.
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM")
    print("  milliseconds p50, p95 and what came")
    print(f"  load of the machine {os.getloadavg()[0]:.1f}")
    rooms(db, cast)
    doors(data_dir, db, cast, database)
    db.dispose()


def main() -> None:
    """SQLite, then PostgreSQL."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keep", type=Path, help="a folder that is filled once and used again the next time")
    parser.add_argument("engines", nargs="*", help="sqlite, postgresql; both unless named")
    options = parser.parse_args()
    engines = options.engines or ["sqlite", "postgresql"]
    with tempfile.TemporaryDirectory() as temporary:
        folder = (options.keep or Path(temporary)).absolute()
        folder.mkdir(parents=True, exist_ok=True)
        if "sqlite" in engines:
            print("SQLite")
            measure(folder / "sqlite", f"sqlite:///{folder / 'sqlite'}/hoichan.db")
        if "postgresql" in engines:
            _measure_postgresql(folder, kept=options.keep is not None)


def _measure_postgresql(folder: Path, *, kept: bool) -> None:
    postgresql = start_server(folder, folder / "server" if kept else None)
    if postgresql is None:
        print("PostgreSQL is not installed")
        return
    try:
        print("PostgreSQL")
        known = folder / "postgresql-name"
        if not known.exists():
            known.write_text(postgresql.new_database(), encoding="ascii")
        measure(folder / "postgresql", postgresql.url(known.read_text(encoding="ascii")))
    finally:
        postgresql.stop()


if __name__ == "__main__":
    main()
