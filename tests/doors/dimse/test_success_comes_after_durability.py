"""Seen from outside (strace): file, its folder and the database's log are synced before the response leaves (F2)."""

import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests import dicomgen
from tests.doors.dimse.conftest import CALLED, CALLING, free_port
from tests.sender import Sender, outgoing

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


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_the_order_is_file_folder_commit_answer(tmp_path: Path) -> None:
    trace, port = tmp_path / "trace", free_port()
    command = ["strace", "-f", "-y", "-e", f"trace={CALLS}", "-o", str(trace)]
    command += [sys.executable, "-c", SERVE, str(tmp_path / "data"), str(port), CALLED, CALLING]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        assert server.stdin is not None
        assert server.stdout.readline() == "ready\n"
        item = outgoing(dicomgen.ct_slice())
        offers = [(item.sop_class_uid, item.transfer_syntax)]
        with Sender(port, called=CALLED, calling=CALLING, offers=offers) as sender:
            assert sender.store(item).status == 0
        time.sleep(0.1)
        server.stdin.close()
    seen = steps(trace.read_text())
    stored = seen[seen.index("file") :]
    assert stored[: stored.index("answer") + 1] == ["file", "renamed", "folder", "database", "answer"]


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
