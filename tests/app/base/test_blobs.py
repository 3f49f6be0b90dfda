"""A committed object is whole, under its digest, once; a half-written one leaves nothing."""

import hashlib
import os
import resource
from pathlib import Path

import pytest

from app.base.blobs import Blobs
from app.base.errors import NotFound, Unavailable


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
