"""Success is answered only for what survives: seen from outside by strace (F2), and by killing the server (F1)."""

import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from app.archive.queries import files_of
from app.base.actor import SYSTEM
from app.base.blobs import Blobs
from app.base.db import Database
from app.identity.queries import hospitals
from tests import dicomgen
from tests.doors.dimse.conftest import CALLED, CALLING, free_port
from tests.sender import Outgoing, Sender, outgoing

ROOT = Path(__file__).parents[3]
SERVE = """
import sys
from pathlib import Path
from tests.bench.bench_store import serve
serve(Path(sys.argv[1]), port=int(sys.argv[2]), called=sys.argv[3], calling=sys.argv[4])
print("ready", flush=True)
sys.stdin.read()
"""
CALLS = "fsync,fdatasync,rename,sendto"


@contextmanager
def serving(data_dir: Path, port: int, *prefix: str) -> Iterator["subprocess.Popen[str]"]:
    """A server in a process of its own; ends with its standard input."""
    command = [*prefix, sys.executable, "-c", SERVE, str(data_dir), str(port), CALLED, CALLING]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        assert server.stdout.readline() == "ready\n"
        yield server


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_the_order_is_file_folder_commit_answer(tmp_path: Path) -> None:
    trace, port = tmp_path / "trace", free_port()
    with serving(tmp_path / "data", port, "strace", "-f", "-y", "-e", f"trace={CALLS}", "-o", str(trace)):
        item = outgoing(dicomgen.ct_slice())
        offers = [(item.sop_class_uid, item.transfer_syntax)]
        with Sender(port, called=CALLED, calling=CALLING, offers=offers) as sender:
            assert sender.store(item).status == 0
        time.sleep(0.1)
    seen = steps(trace.read_text())
    stored = seen[seen.index("file") :]
    assert stored[: stored.index("answer") + 1] == ["file", "renamed", "folder", "database", "answer"]


def test_what_was_acknowledged_survives_the_server_being_killed(tmp_path: Path) -> None:
    port, files = free_port(), dicomgen.series(500)
    offers = [(dicomgen.CT, dicomgen.EXPLICIT)]
    with serving(tmp_path / "data", port) as server:
        acknowledged = send_until_it_dies(port, offers, files, threading.Timer(0.02, server.kill))
    assert 20 <= len(acknowledged) < len(files)
    db = Database(f"sqlite:///{tmp_path / 'data' / 'hoichan.db'}")
    with db.reading() as tx:
        found = files_of(
            tx,
            SYSTEM,
            hospital_id=hospitals(tx)[0].id,
            study_instance_uid=dicomgen.uid("study-1"),
        )
    db.dispose()
    blobs = Blobs(tmp_path / "data")
    kept = {file.sop_instance_uid: outgoing(blobs.read(file.digest)) for file in found}
    assert all(kept[item.sop_instance_uid] == item for item in acknowledged)
    assert len(kept) <= len(acknowledged) + 1  # the one whose answer was cut off


def send_until_it_dies(
    port: int, offers: list[tuple[str, str]], files: list[bytes], death: threading.Timer
) -> list[Outgoing]:
    """Those that were answered with Success; `death` begins to tick at the twentieth."""
    acknowledged = []
    sender = Sender(port, called=CALLED, calling=CALLING, offers=offers)
    with suppress(ConnectionError), closing(sender.socket):
        for data in files:
            item = outgoing(data)
            assert sender.store(item).status == 0
            acknowledged.append(item)
            if len(acknowledged) == 20:
                death.start()
    return acknowledged


def steps(trace: str) -> list[str]:
    """The calls that matter, in their order; the folders above count as folder, each kind once."""
    kinds = [
        (re.compile(r"fsync\(\d+<[^>]*/spool/"), "file"),
        (re.compile(r"rename\(.*/blobs/"), "renamed"),
        (re.compile(r"fsync\(\d+<[^>]*/blobs"), "folder"),
        (re.compile(r"f(data)?sync\(\d+<[^>]*hoichan\.db"), "database"),
        (re.compile(r'sendto\(\d+<[^>]*>, "\\4'), "answer"),
    ]
    found: list[str] = []
    for line in trace.splitlines():
        for pattern, kind in kinds:
            if pattern.search(line) and found[-1:] != [kind]:
                found.append(kind)
    return found
