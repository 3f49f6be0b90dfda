"""A committed object is whole, under its digest, once; a half-written one leaves nothing."""

import hashlib
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from app.base.blobs import Blobs
from app.base.errors import NotFound, Unavailable
from app.base.writer import BUFFER


def test_what_was_written_is_read_back_under_its_sha256(blobs: Blobs) -> None:
    with blobs.open_spool() as spool:
        spool.write(b"hello ")
        spool.write(memoryview(b"world"))
        blob = spool.commit()
    assert blob.digest == hashlib.sha256(b"hello world").hexdigest()
    assert blobs.read(blob.digest) == b"hello world"
    assert blobs.read_range(blob.digest, 6, 3) == b"wor"
    assert blobs.read_range(blob.digest, 6, 100) == b"world"
    assert blob.size == 11


def test_an_abandoned_spool_leaves_nothing(blobs: Blobs, tmp_path: Path) -> None:
    with blobs.open_spool() as spool:
        spool.write(b"half")
    assert [path for path in (tmp_path / "data").rglob("*") if path.is_file()] == []


def test_equal_bytes_are_kept_once(blobs: Blobs, tmp_path: Path) -> None:
    for _ in range(2):
        with blobs.open_spool() as spool:
            spool.write(b"same")
            spool.commit()
    assert len([path for path in (tmp_path / "data" / "blobs").rglob("*") if path.is_file()]) == 1


def test_a_missing_object_is_named_not_guessed(blobs: Blobs) -> None:
    with pytest.raises(NotFound):
        blobs.read("ab" * 32)
    with pytest.raises(NotFound):
        blobs.read_range("ab" * 32, 0, 10)


def test_a_disk_below_its_reserve_refuses_before_writing(tmp_path: Path) -> None:
    full = Blobs(tmp_path, reserve_bytes=1 << 60)
    with pytest.raises(Unavailable) as told:
        full.open_spool()
    assert told.value.code == "disk_full"


def test_a_disk_that_fills_in_the_middle_is_told_and_nothing_stays(blobs: Blobs, tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (3 << 20, hard))  # as a full disk: the system refuses to write
    try:
        with pytest.raises(Unavailable) as told, blobs.open_spool() as spool:
            for _ in range(8):
                spool.write(bytes(1 << 20))
            spool.commit()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert told.value.code == "disk_full"
    assert list((tmp_path / "data" / "spool").iterdir()) == []


def test_one_endless_sender_does_not_use_up_the_reserve(blobs: Blobs) -> None:
    with pytest.raises(Unavailable), blobs.open_spool() as spool:
        blobs._reserve = 1 << 60  # somebody else has filled the disk meanwhile
        for _ in range(70):
            spool.write(bytes(1 << 20))


def test_start_clears_what_a_crash_left(blobs: Blobs) -> None:
    spool = blobs.open_spool()
    spool.write(b"half")
    spool.flush()
    assert blobs.clear_spool(older_than_seconds=-1) == 0  # somebody is still receiving it
    os.close(spool._handle)  # as the end of its process does
    assert blobs.clear_spool() == 0  # a receiver that only just began
    assert blobs.clear_spool(older_than_seconds=-1) == 1


def test_equal_bytes_that_come_again_replace_what_lay_there(blobs: Blobs) -> None:
    for _ in range(2):
        with blobs.open_spool() as spool:
            spool.write(b"same")
            blob = spool.commit()
        assert blobs.read(blob.digest) == b"same"
        blobs.path(blob.digest).write_bytes(b"rot!")


def test_a_large_one_can_be_read_while_it_is_being_synced(blobs: Blobs) -> None:
    content = os.urandom((5 << 20) + 17)
    with blobs.open_spool() as spool:
        spool.write(content)
        spool.settle()
        source = spool.source()
        assert isinstance(source, Path)
        assert source.read_bytes() == content
        assert blobs.read(spool.commit().digest) == content


def test_what_was_looked_at_in_the_middle_goes_on(blobs: Blobs) -> None:
    parts = [os.urandom(5000), os.urandom(500_000), os.urandom(2_000_000), os.urandom(3)]
    with blobs.open_spool() as spool:
        for part in parts:
            spool.write(part)
            spool.flush()
        blob = spool.commit()
    assert blob.digest == hashlib.sha256(b"".join(parts)).hexdigest()
    assert blobs.read(blob.digest) == b"".join(parts)


def test_a_writer_of_its_own_that_dies_costs_the_object_it_had_and_no_other(tmp_path: Path) -> None:
    apart = Blobs(tmp_path, writes_apart=True)
    others = children()
    with apart.open_spool() as spool:
        spool.write(b"before")
        assert apart.read(spool.commit().digest) == b"before"
        (writer,) = children() - others
    with pytest.raises(Unavailable) as told, apart.open_spool() as spool:
        spool.write(bytes(1 << 20))
        os.kill(writer, signal.SIGKILL)
        spool.commit()
    assert told.value.code == "storage_away"
    assert list((tmp_path / "spool").iterdir()) == []
    with apart.open_spool() as spool:
        spool.write(b"after")
        assert apart.read(spool.commit().digest) == b"after"
    assert len(children() - others) == 1


def stop(process: int) -> None:
    """Returns when every thread of it stands still."""
    os.kill(process, signal.SIGSTOP)
    tasks = Path(f"/proc/{process}/task")
    while any(
        one.read_text(encoding="ascii").rpartition(")")[2].split()[0] != "T" for one in tasks.glob("*/stat")
    ):
        time.sleep(0.01)


def test_who_asks_whether_it_is_durable_is_told_and_never_kept_waiting_by_a_dead_writer(
    tmp_path: Path,
) -> None:
    apart = Blobs(tmp_path, writes_apart=True)
    others = children()
    with apart.open_spool() as spool:
        spool.write(b"before")
        assert spool.is_durable(10)
        path = apart.path(spool.commit().digest)
        assert spool.is_durable(0)
        assert path.read_bytes() == b"before"
        (writer,) = children() - others
    with pytest.raises(Unavailable), apart.open_spool() as spool:
        spool.write(b"another")
        spool.digest()  # it is still there
        stop(writer)
        waited_in_vain = not spool.is_durable(0.05)
        os.kill(writer, signal.SIGKILL)
        assert waited_in_vain
        assert spool.is_durable(10)  # nothing more is to be waited for: `commit` says what happened
        spool.commit()


def test_a_writer_that_died_between_two_objects_is_not_noticed(tmp_path: Path) -> None:
    apart = Blobs(tmp_path, writes_apart=True)
    others = children()
    for content in (b"one", b"two"):
        with apart.open_spool() as spool:
            spool.write(content)
            assert apart.read(spool.commit().digest) == content
        (writer,) = children() - others
        os.kill(writer, signal.SIGKILL)
        os.waitid(os.P_PID, writer, os.WEXITED | os.WNOWAIT)


def test_memory_is_given_back_when_it_is_digested_and_not_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Slow:
        def __init__(self) -> None:
            self._digest = hashlib.sha256()
            self.hexdigest = self._digest.hexdigest

        def update(self, piece: memoryview) -> None:
            time.sleep(0.05)
            self._digest.update(piece)

    parts = [bytes([number]) * BUFFER for number in range(5)]
    expected = hashlib.sha256(b"".join(parts)).hexdigest()
    blobs = Blobs(tmp_path)
    monkeypatch.setattr("app.base.writer.hashlib", SimpleNamespace(sha256=Slow))
    with blobs.open_spool() as spool:
        for part in parts:
            spool.write(part)
        assert spool.commit().digest == expected


def test_the_writer_ends_with_whoever_started_it(tmp_path: Path) -> None:
    program = (
        "import sys, pathlib, app.base.blobs as b; s = b.Blobs(pathlib.Path(sys.argv[1]), writes_apart=True).open_spool();"
        "s.write(b'x'); s.flush(); print('ready', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", program, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as receiver:
        assert receiver.stdout is not None
        assert receiver.stdout.readline() == b"ready\n"
        (writer,) = children(receiver.pid)
        receiver.kill()
    deadline = time.monotonic() + 5
    while Path(f"/proc/{writer}").exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not Path(f"/proc/{writer}/exe").exists()


def children(of: int | None = None) -> set[int]:
    """Processes started by this one."""
    found = Path(f"/proc/{of or os.getpid()}/task").glob("*/children")
    return {int(text) for path in found for text in path.read_text().split()}
