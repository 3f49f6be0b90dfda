"""C-GET and C-MOVE of a study of 500 CT slices, images a second, against Orthanc in the same run; C-FIND in ms.

    python -m tests.bench.bench_retrieve [count]

Rounds are interleaved, the first is not counted. getscu throws away what it gets; C-MOVE goes into a sink of ours, the
same for both. Read ratios before absolutes: machines are shared.
"""

import json
import multiprocessing
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from app.base.actor import SYSTEM, Right
from app.base.blobs import Blobs
from app.base.db import Base, Database
from app.base.settings import Settings
from app.dimse.server import create_server
from app.identity.actions import create_hospital, register_device, set_device_reach
from app.migrations import models
from tests import dicomgen
from tests.bench.sink import start_sink

assert models.metadata is Base.metadata  # importing it made every table known
OURS, ORTHANC, SINK, CLIENT = "OURS", "ORTHANC", "SINK", "CLIENT"
ROUNDS = 5
_NO_NAGLE = os.environ | {"TCP_NODELAY": "1"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def serve(data_dir: Path, port: int) -> None:
    """A server until its process is ended."""
    settings = Settings.model_validate({"data_dir": data_dir, "dicom": {"port": port}})
    server = create_server(settings, Database(settings.database), Blobs(data_dir))
    server.start()
    time.sleep(3600)  # ended by its parent


def start_ours(data_dir: Path, port: int, sink_port: int) -> multiprocessing.process.BaseProcess:
    """A server of one hospital in a process of its own."""
    data_dir.mkdir()
    db = Database(Settings(data_dir=data_dir).database)
    Base.metadata.create_all(db.engine)
    with db.transaction() as tx:
        home = create_hospital(
            tx, SYSTEM, name="Bench", short_name="Bench", slug="bench", ae_title=OURS, address=""
        )
        register_device(
            tx, SYSTEM, hospital_id=home.id, ae_title=CLIENT, name="Client", rights=frozenset(Right)
        )
        sink = register_device(tx, SYSTEM, hospital_id=home.id, ae_title=SINK, name="Sink")
        set_device_reach(tx, SYSTEM, device_id=sink.id, host="127.0.0.1", port=sink_port, tls=False)
    db.dispose()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(data_dir, port), daemon=True)
    process.start()
    return process


def start_orthanc(folder: Path, port: int, sink_port: int) -> "subprocess.Popen[bytes]":
    """Debian's Orthanc with its defaults, but for who may ask and where to."""
    folder.mkdir()
    settings = {
        "Name": ORTHANC,
        "StorageDirectory": str(folder),
        "DicomAet": ORTHANC,
        "DicomPort": port,
        "HttpServerEnabled": False,
        "RemoteAccessAllowed": False,
        "DicomModalities": {
            "sink": {"AET": SINK, "Host": "127.0.0.1", "Port": sink_port},
            "client": {"AET": CLIENT, "Host": "127.0.0.1", "Port": free_port(), "AllowGet": True},
        },
        "DicomAlwaysAllowGet": True,
        "DicomAlwaysAllowStore": True,
        "Plugins": [],
    }
    file = folder / "orthanc.json"
    file.write_text(json.dumps(settings))
    quiet = subprocess.DEVNULL
    return subprocess.Popen(
        [shutil.which("Orthanc") or "Orthanc", str(file)], stdout=quiet, stderr=quiet, env=_NO_NAGLE
    )


def wait_for(port: int) -> None:
    for _turn in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"nobody listens on {port}")


def fill(port: int, called: str, folder: Path) -> None:
    """Stores the files of a folder."""
    command = ["storescu", "-aet", CLIENT, "-aec", called, "127.0.0.1", str(port), "+sd", str(folder)]
    subprocess.run(command, check=True, env=_NO_NAGLE, capture_output=True)


def write_study(folder: Path, count: int) -> str:
    """A study of CT slices as files; its UID."""
    folder.mkdir()
    for number in range(1, count + 1):
        data = dicomgen.ct_slice(number, rows=512, columns=512, study="bench")
        (folder / f"{number:05}.dcm").write_bytes(data)
    return dicomgen.uid("bench")


def ask(program: str, port: int, called: str, study: str, *arguments: str) -> float:
    """Seconds until the client has its last answer."""
    command = [program, "-aet", CLIENT, "-aec", called, "-S", *arguments]
    command += ["-k", "QueryRetrieveLevel=STUDY", "-k", f"StudyInstanceUID={study}", "127.0.0.1", str(port)]
    begun = time.perf_counter()
    subprocess.run(command, check=True, env=_NO_NAGLE, capture_output=True)
    return time.perf_counter() - begun


def get(port: int, called: str, study: str) -> float:
    return ask("getscu", port, called, study, "--ignore")


def move(port: int, called: str, study: str) -> float:
    return ask("movescu", port, called, study, "-aem", SINK)


def measure(ports: dict[str, int], study: str, count: int) -> None:
    ways: dict[str, Callable[[int, str, str], float]] = {"C-GET (getscu)": get, "C-MOVE (sink)": move}
    for way, asked in ways.items():
        seconds: dict[str, list[float]] = {called: [] for called in ports}
        for turn in range(ROUNDS + 1):
            for called, port in ports.items():
                took = asked(port, called, study)
                if turn:
                    seconds[called].append(took)
        rates = {called: count / statistics.median(found) for called, found in seconds.items()}
        for called, found in seconds.items():
            ratio = rates[called] / rates[ORTHANC] if ORTHANC in rates else 1.0
            spread = f"[{count / max(found):.0f}..{count / min(found):.0f}]"
            print(f"  {way:16} {called:8} {rates[called]:7.0f} images/s  {ratio:5.2f}  {spread}")


def main(count: int = 500) -> None:
    root = Path(tempfile.mkdtemp(prefix="hoichan-bench-"))
    sink_port, ports = free_port(), {OURS: free_port()}
    processes = [start_sink(sink_port), start_ours(root / "ours", ports[OURS], sink_port)]
    orthanc = None
    if shutil.which("Orthanc"):
        ports[ORTHANC] = free_port()
        orthanc = start_orthanc(root / "orthanc", ports[ORTHANC], sink_port)
    try:
        study = write_study(root / "files", count)
        for called, port in ports.items():
            wait_for(port)
            fill(port, called, root / "files")
        print(f"{count} CT slices of 525 kB, median of {ROUNDS} rounds (ratio to Orthanc)")
        measure(ports, study, count)
    finally:
        for process in processes:
            process.terminate()
        if orthanc is not None:
            orthanc.terminate()
            orthanc.wait(20)
        shutil.rmtree(root)


if __name__ == "__main__":
    main(*(int(one) for one in sys.argv[1:2]))
