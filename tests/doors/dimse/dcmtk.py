"""DCMTK's clients, which nobody here wrote: run against the server of a test, their answers read from files."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from pydicom import Dataset, dcmread

from tests.doors.dimse.conftest import CALLED, CALLING, Dicom
from tests.sender import Outgoing, outgoing


def program(name: str) -> str:
    """Where one of DCMTK's programs lies; skips the test without it."""
    found = shutil.which(name)
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail(f"{name} is missing: install Debian's package dcmtk")
        pytest.skip("DCMTK is not installed: its tests are not run")
    return found


def run(
    name: str, dicom: Dicom, *arguments: str, cwd: Path | None = None
) -> "subprocess.CompletedProcess[str]":
    """Runs a client; what it says stands in `stdout`."""
    command = [program(name), "-aet", CALLING, "-aec", CALLED, *arguments, "127.0.0.1", str(dicom.port)]
    return subprocess.run(
        command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=30, check=False,
        encoding="utf-8", errors="replace",
    )  # fmt: skip


def findscu(dicom: Dicom, folder: Path, *arguments: str) -> list[Dataset]:
    """The answers in the order they came."""
    folder.mkdir(parents=True, exist_ok=True)
    done = run("findscu", dicom, "-X", "-od", str(folder), *arguments)
    assert done.returncode == 0, done.stdout
    return [dcmread(path, force=True) for path in sorted(folder.glob("rsp*.dcm"))]


def store(dicom: Dicom, *files: bytes) -> list[Outgoing]:
    """Stores files by our own sender."""
    items = [outgoing(data) for data in files]
    with dicom.connect(*items) as sender:
        assert {sender.store(item).status for item in items} <= {0}
    return items


def received(folder: Path) -> dict[str, bytes]:
    """The data sets of the files a client wrote, by SOP Instance UID."""
    files = [outgoing(path.read_bytes()) for path in folder.iterdir() if path.is_file()]
    return {item.sop_instance_uid: item.data for item in files}
