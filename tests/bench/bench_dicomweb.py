"""DICOMweb under load, on loopback: STOW-RS against Orthanc in the same run, searches over 100,000 studies at the door,
metadata of a series of 1,000 images, and a file of 3.9 GB going out.

    python -m tests.bench.bench_dicomweb [stow|search|metadata|large ...]
"""

import http.client
import os
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.archive.actions import store_instance
from app.archive.part10 import read_part10
from app.archive.states import Source, SourceKind
from app.base.actor import SYSTEM, Right
from app.base.blobs import Blobs
from app.base.db import Database
from app.base.settings import Settings
from app.identity.actions import create_access_token
from tests import dicomgen
from tests.bench.orthanc import installed, orthanc
from tests.bench.search_data import fill
from tests.cast import Cast, make_cast
from tests.running import ROOT, free_port

SEARCHES = {
    "part of a name": "/studies?PatientName=*nguyen+van*&fuzzymatching=true&limit=20",
    "given name": "/studies?PatientName=huong&fuzzymatching=true&limit=20",
    "a week": "/studies?StudyDate=20250301-20250307&limit=20",
    "a day and a modality": "/studies?StudyDate=20250301&ModalitiesInStudy=CT&limit=20",
    "modality": "/studies?ModalitiesInStudy=MG&limit=20",
    "accession number": "/studies?AccessionNumber=ACC00050000",
    "patient number": "/studies?PatientID=BN00050000",
    "newest": "/studies?limit=20",
    "series of a study": "/studies/2.25.100050000/series",
}
_ROUNDS, _BATCH = 5, 100
_LARGE_ROWS, _LARGE_FRAMES = 8192, 29


@dataclass(frozen=True)
class Door:
    """A web process with its decoder."""

    port: int
    token: str
    web: "subprocess.Popen[bytes]"
    db: Database
    blobs: Blobs
    cast: Cast

    @property
    def root(self) -> str:
        return f"/dicomweb/{self.cast.a.slug}"

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)

    def headers(self, **more: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", **more}

    def keep(self, data: bytes) -> None:
        """Puts a file into the archive as a door does."""
        with self.blobs.open_spool() as spool:
            spool.write(data)
            spool.settle()
            part10 = read_part10(spool.source())
            blob = spool.commit()
            with self.db.transaction() as tx:
                store_instance(
                    tx, self.cast.ct_a, blob=blob, part10=part10, source=Source(SourceKind.DIMSE, "bench")
                ).check()


@contextmanager
def door(folder: Path) -> Iterator[Door]:
    """Started on an empty archive of three hospitals."""
    port = free_port()
    environment = {
        **os.environ,
        "HOICHAN_DATA_DIR": str(folder / "data"),
        "HOICHAN_WEB__PORT": str(port),
        "HOICHAN_STORAGE__RESERVE_MB": "0",
        "XDG_RUNTIME_DIR": str(folder),
    }
    command = [sys.executable, "-m", "app.main"]
    subprocess.run([*command, "migrate"], env=environment, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    settings = Settings.model_validate({"data_dir": folder / "data"})
    db = Database(settings.database)
    cast = make_cast(db)
    with db.transaction() as tx:
        rights = (Right.QUERY, Right.RETRIEVE, Right.STORE)
        made = create_access_token(tx, SYSTEM, hospital_id=cast.a.id, name="bench", rights=rights, days=1)
    started = [
        subprocess.Popen([*command, name], env=environment, cwd=ROOT, stdout=subprocess.DEVNULL)
        for name in ("decode", "web")
    ]
    try:
        found = Door(port, made.token, started[1], db, Blobs(settings.data_dir), cast)
        _wait(found)
        yield found
    finally:
        for process in started:
            process.terminate()
            process.wait(20)
        db.dispose()


def _wait(found: Door) -> None:
    for _ in range(300):
        try:
            connection = found.connect()
            connection.request("GET", f"{found.root}/studies", headers=found.headers())
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the web process does not answer")


def _body(files: list[bytes]) -> bytes:
    head = b"--frontier\r\nContent-Type: application/dicom\r\n\r\n"
    return b"".join(head + data + b"\r\n" for data in files) + b"--frontier--\r\n"


def _stow(
    connect: Callable[[], http.client.HTTPConnection], path: str, headers: dict[str, str], name: str
) -> float:
    """Images a second, in requests of a hundred, over one connection."""
    files = dicomgen.series(_BATCH, rows=512, columns=512, study=f"stow-{name}")
    kind = {"Content-Type": 'multipart/related; type="application/dicom"; boundary=frontier'}
    body = _body(files)
    connection = connect()
    begun = time.perf_counter()
    connection.request("POST", path, body, {**headers, **kind, "Accept": "application/dicom+json"})
    answer = connection.getresponse()
    answer.read()
    took = time.perf_counter() - begun
    assert answer.status == 200, answer.status
    return len(files) / took


def stow(folder: Path) -> None:
    if not installed():
        print("Orthanc is not installed")
        return
    with door(folder) as ours, orthanc(folder, nodelay=True) as theirs:
        rates: dict[str, list[float]] = {"Hoichan": [], "Orthanc": []}
        for number in range(_ROUNDS):
            there = lambda: http.client.HTTPConnection("127.0.0.1", theirs.http_port, timeout=600)  # noqa: E731 - as short as it is
            rates["Orthanc"].append(_stow(there, "/dicom-web/studies", {}, f"o{number}"))
            path = f"{ours.root}/studies"
            rates["Hoichan"].append(_stow(ours.connect, path, ours.headers(), f"h{number}"))
    for name, found in rates.items():
        print(
            f"STOW-RS {name}: {statistics.median(found):.0f} images/s ({', '.join(f'{one:.0f}' for one in found)})"
        )
    ratio = statistics.median(rates["Hoichan"]) / statistics.median(rates["Orthanc"])
    print(f"STOW-RS: {ratio:.2f} times Orthanc, goal 1.5")


def search(folder: Path) -> None:
    with door(folder) as ours:
        fill(ours.db, ours.cast)
        connection = ours.connect()
        for name, path in SEARCHES.items():
            took = []
            for _ in range(120):
                begun = time.perf_counter()
                connection.request("GET", ours.root + path, headers=ours.headers())
                answer = connection.getresponse()
                size = len(answer.read())
                took.append((time.perf_counter() - begun) * 1000)
                assert answer.status == 200, answer.status
            took.sort()
            print(f"QIDO-RS {name}: median {took[60]:.1f} ms, p95 {took[114]:.1f} ms, {size} bytes")


def metadata(folder: Path) -> None:
    with door(folder) as ours:
        for number in range(1, 1001):
            ours.keep(dicomgen.ct_slice(number, rows=16, columns=16))
        study, series = dicomgen.uid("study-1"), dicomgen.uid("study-1", "series-1")
        path = f"{ours.root}/studies/{study}/series/{series}/metadata"
        for name in ("first", "second", "third"):
            connection = ours.connect()
            begun = time.perf_counter()
            connection.request("GET", path, headers=ours.headers())
            size = len(connection.getresponse().read())
            print(
                f"metadata of 1,000 images, {name}: {(time.perf_counter() - begun) * 1000:.0f} ms, {size} bytes"
            )


def large(folder: Path) -> None:
    """Made on the disk, entered, and fetched whole and in part; the web process is weighed."""
    with door(folder) as ours:
        _keep_large(ours)
        study, series = dicomgen.uid("study-1"), dicomgen.uid("study-1", "series-1")
        instance = (
            f"{ours.root}/studies/{study}/series/{series}/instances/{dicomgen.uid('study-1', 'series-1', 1)}"
        )
        for path, headers in (
            (instance, {"Accept": "application/dicom"}),
            (instance, {"Accept": "application/dicom", "Range": "bytes=3000000000-3000999999"}),
            (instance, {"Accept": 'multipart/related; type="application/dicom"'}),
            (f"{instance}/bulkdata/7FE00010", {"Accept": "application/octet-stream"}),
            (f"{instance}/frames/{_LARGE_FRAMES}", {"Accept": "application/octet-stream"}),
        ):
            begun = time.perf_counter()
            connection = ours.connect()
            connection.request("GET", path, headers=ours.headers(**headers))
            answer = connection.getresponse()
            size = 0
            while piece := answer.read(1 << 20):
                size += len(piece)
            print(f"{answer.status} {size / 1e6:.0f} MB in {time.perf_counter() - begun:.1f} s")
        print(f"most resident of the web process: {_most_resident(ours.web.pid) >> 20} MB, goal 300")


def _keep_large(ours: Door) -> None:
    """29 frames of 8192x8192 of 16 bits: 3.9 GB, near the limit of 32 bits; nearly all of it a hole in the file."""
    small = dicomgen.ct_slice()
    ds_rows = struct.pack("<HH", _LARGE_ROWS, _LARGE_ROWS)
    at = small.index(b"\xe0\x7f\x10\x00OW")
    head = bytearray(small[:at])
    for tag, value in (
        (b"\x28\x00\x10\x00US\x02\x00", ds_rows[:2]),
        (b"\x28\x00\x11\x00US\x02\x00", ds_rows[2:]),
    ):
        place = head.index(tag) + len(tag)
        head[place : place + 2] = value
    frames = str(_LARGE_FRAMES).encode()
    rows = head.index(b"\x28\x00\x10\x00US")
    head[rows:rows] = b"\x28\x00\x08\x00IS" + struct.pack("<H", len(frames)) + frames
    length = _LARGE_ROWS * _LARGE_ROWS * 2 * _LARGE_FRAMES
    with ours.blobs.open_spool() as spool:
        spool.write(bytes(head) + b"\xe0\x7f\x10\x00OW\0\0" + struct.pack("<I", length))
        piece = bytes(1 << 20)
        for _ in range(length >> 20):
            spool.write(piece)
        spool.settle()
        part10 = read_part10(spool.source())
        blob = spool.commit()
        with ours.db.transaction() as tx:
            store_instance(
                tx, ours.cast.ct_a, blob=blob, part10=part10, source=Source(SourceKind.DIMSE, "bench")
            ).check()
    print(f"kept {blob.size / 1e9:.2f} GB")


def _most_resident(pid: int) -> int:
    """Of the process and its children, in bytes."""
    found = [pid, *map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]
    lines = (Path(f"/proc/{one}/status").read_text().splitlines() for one in found)
    most = [int(line.split()[1]) for status in lines for line in status if line.startswith("VmHWM")]
    return max(most) << 10


PARTS = {"stow": stow, "search": search, "metadata": metadata, "large": large}


def main(wanted: list[str]) -> None:
    for name in wanted or PARTS:
        folder = Path(tempfile.mkdtemp(prefix="hoichan-bench-"))
        try:
            PARTS[name](folder)
        finally:
            shutil.rmtree(folder)


if __name__ == "__main__":
    main(sys.argv[1:])
