"""Orthanc as Debian ships it, on loopback ports, for the ratios of a benchmark's run. Its defaults are kept: files are synced."""

import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PROGRAM = "Orthanc"
_PLUGINS = Path("/usr/share/orthanc/plugins")
_WITHIN = 30.0


@dataclass(frozen=True)
class Orthanc:
    """A running one."""

    dicom_port: int
    http_port: int
    process: "subprocess.Popen[bytes]"


def installed() -> bool:
    return shutil.which(PROGRAM) is not None


@contextmanager
def orthanc(root: Path, *, nodelay: bool, **more: object) -> Iterator[Orthanc]:
    """Ended and its folder removed when the block is left. `more` are settings of its own book. `nodelay`: without
    Nagle's algorithm, which is its best; as Debian ships it it leaves that on.
    """
    folder = Path(tempfile.mkdtemp(prefix="orthanc-", dir=root))
    dicom_port, http_port = _free_ports(2)
    settings = {
        "Name": "bench",
        "StorageDirectory": str(folder / "storage"),
        "IndexDirectory": str(folder / "index"),
        "DicomAet": "ORTHANC",
        "DicomPort": dicom_port,
        "HttpPort": http_port,
        "RemoteAccessAllowed": False,
        "AuthenticationEnabled": False,
        "Plugins": [str(path) for path in _PLUGINS.glob("libOrthancDicomWeb.so")],
        "DicomWeb": {"Enable": True, "Root": "/dicom-web/"},
        **more,
    }
    (folder / "orthanc.json").write_text(json.dumps(settings))
    command = [PROGRAM, str(folder / "orthanc.json")]
    environment = {**os.environ, "TCP_NODELAY": "1"} if nodelay else dict(os.environ)
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, cwd=folder)
    try:
        for port in (dicom_port, http_port):
            _wait_for(port)
        yield Orthanc(dicom_port, http_port, process)
    finally:
        process.terminate()
        process.wait(timeout=30)
        shutil.rmtree(folder)


def _free_ports(count: int) -> list[int]:
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + _WITHIN
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"Orthanc does not listen on {port}")
