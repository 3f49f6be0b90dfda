"""Success is answered only for what survives: seen from outside by strace (F2), and by killing the server (F1)."""

import re
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from app.archive.queries import files_of
from app.base.actor import SYSTEM
from app.base.blobs import Blobs
from app.base.db import Database
from app.identity.queries import hospitals
from tests import dicomgen
from tests.bench.serving import serving
from tests.doors.dimse.conftest import CALLED, CALLING, free_port
from tests.sender import Outgoing, Sender, outgoing

CALLS = "fsync,fdatasync,link,linkat,rename,sendto"


def can_trace() -> bool:
    """Whether this machine lets a process be traced."""
    strace = shutil.which("strace")
    return (
        strace is not None
        and subprocess.run([strace, "-o", "/dev/null", "true"], check=False).returncode == 0
    )


@pytest.mark.skipif(not can_trace(), reason="strace is not installed, or tracing is not allowed here")
def test_the_order_is_name_file_folder_commit_answer(tmp_path: Path) -> None:
    trace, port = tmp_path / "trace", free_port()
    tracing = ("strace", "-f", "-y", "-e", f"trace={CALLS}", "-o", str(trace))
    with serving(tmp_path / "data", port, CALLED, CALLING, prefix=tracing):
        item = outgoing(dicomgen.ct_slice())
        offers = [(item.sop_class_uid, item.transfer_syntax)]
        with Sender(port, called=CALLED, calling=CALLING, offers=offers) as sender:
            assert sender.store(item).status == 0
        time.sleep(0.1)
    seen = steps(trace.read_text())
    stored = seen[seen.index("named") :]
    assert stored[: stored.index("answer") + 1] == ["named", "file", "folder", "database", "answer"]


@pytest.mark.skipif(not can_trace(), reason="strace is not installed, or tracing is not allowed here")
def test_of_several_committed_together_none_is_answered_before(tmp_path: Path) -> None:
    trace, port = tmp_path / "trace", free_port()
    tracing = ("strace", "-f", "-y", "-e", f"trace={CALLS}", "-o", str(trace))
    with serving(tmp_path / "data", port, CALLED, CALLING, prefix=tracing):
        threads = [threading.Thread(target=send_all, args=(port, items)) for items in in_shares(24, 4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        time.sleep(0.1)
    synced = in_place = named = committed = answered = 0
    for call in calls(trace.read_text()):
        if call == "file":
            synced += 1
        elif call == "named":
            named += 1
        elif call == "folder":
            in_place = min(in_place + 1, named, synced)
        elif call == "database":
            committed = in_place
        else:
            answered += 1
            assert answered <= committed
    assert answered == 24


def in_shares(count: int, of: int) -> list[list[Outgoing]]:
    items = [outgoing(data) for data in dicomgen.series(count)]
    return [items[start::of] for start in range(of)]


def send_all(port: int, items: list[Outgoing]) -> None:
    offers = [(item.sop_class_uid, item.transfer_syntax) for item in items]
    with Sender(port, called=CALLED, calling=CALLING, offers=offers) as sender:
        assert [sender.store(item).status for item in items] == [0] * len(items)


def test_what_was_acknowledged_survives_the_server_being_killed(tmp_path: Path) -> None:
    port, files = free_port(), dicomgen.series(500)
    offers = [(dicomgen.CT, dicomgen.EXPLICIT)]
    with serving(tmp_path / "data", port, CALLED, CALLING) as server:
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
    found: list[str] = []
    for kind in calls(trace):
        if found[-1:] != [kind]:
            found.append(kind)
    return found


def calls(trace: str) -> Iterator[str]:
    """The calls that matter, each at its end; of answers the beginning counts."""
    kinds = [
        (re.compile(r"fsync\(\d+<[^>]*/spool/"), "file"),
        (re.compile(r"(link|linkat|rename)\(.*/blobs/"), "named"),
        (re.compile(r"fsync\(\d+<[^>]*/blobs"), "folder"),
        (re.compile(r"f(data)?sync\(\d+<[^>]*hoichan\.db"), "database"),
        (re.compile(r'sendto\(\d+<[^>]*>, "\\4'), "answer"),
    ]
    unfinished: dict[str, str] = {}
    for line in trace.splitlines():
        process = line.split(maxsplit=1)[0]
        kind = next((kind for pattern, kind in kinds if pattern.search(line)), None)
        if kind is not None and line.endswith("<unfinished ...>") and kind != "answer":
            unfinished[process] = kind
        elif kind is not None:
            yield kind
        elif "resumed>" in line and process in unfinished:
            yield unfinished.pop(process)
