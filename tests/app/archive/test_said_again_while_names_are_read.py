"""A set is confirmed, or guessed again, while the job still reads a device's studies in the one before."""

from collections.abc import Callable
from typing import Any

import pytest

from app.archive import rereading
from app.archive.actions import confirm_charset, guess_charset_again
from app.archive.charset import AS_DECLARED
from app.archive.profiles import REREAD, profile_of
from app.base.blobs import Blobs
from app.base.db import Database
from app.base.jobs import JobRunner
from tests.app.archive.test_device_profiles import shown
from tests.app.archive.test_one_device_several_charsets import GUESSED, SETS, SHOWN, send
from tests.cast import Cast

AT_ONCE = 2


def _run(db: Database, blobs: Blobs) -> int:
    """All that is due; says how many jobs read names anew."""
    begun: list[str] = []

    def reread(device_id: str) -> None:
        begun.append(device_id)
        rereading.reread_device(db, blobs, device_id)

    def draw(_study_id: str) -> None:
        """Nothing looks at the pictures here."""

    JobRunner(db, {REREAD: reread, "previews.make": draw}).run_waiting()
    return len(begun)


def _in_between(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], None]) -> None:
    """Once, when the job has read the second study and not yet kept what it says."""
    read, reads = rereading._read, []

    def reading(*asked: Any) -> Any:
        found = read(*asked)
        reads.append(found)
        if len(reads) == AT_ONCE:
            happens()
        return found

    monkeypatch.setattr(rereading, "_AT_ONCE", AT_ONCE)
    monkeypatch.setattr(rereading, "_read", reading)


def _begin(db: Database, blobs: Blobs, cast: Cast) -> None:
    for charset in SETS:
        send(db, blobs, cast, charset)
    _confirm(db, cast, AS_DECLARED)


def _confirm(db: Database, cast: Cast, charset: str) -> None:
    with db.transaction() as tx:
        confirm_charset(tx, cast.tam, device_id=cast.ct_a.id, charset=charset)


def _guess(db: Database, cast: Cast) -> None:
    with db.transaction() as tx:
        guess_charset_again(tx, cast.tam, device_id=cast.ct_a.id)


def _is_done(db: Database, cast: Cast) -> bool:
    with db.reading() as tx:
        return profile_of(tx, cast.ct_a.id).rereading is None


@pytest.mark.parametrize("charset", ["", "VNI"])
def test_every_study_is_read_as_it_was_said_last_and_once(
    db: Database, blobs: Blobs, cast: Cast, charset: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _begin(db, blobs, cast)
    _in_between(monkeypatch, lambda: _confirm(db, cast, charset) if charset else _guess(db, cast))
    assert _run(db, blobs) == 4  # the one that was overtaken, then two, one and none of the three studies
    assert _is_done(db, cast)
    marks = sorted("" if one == charset else one for one in SETS)
    assert sorted(shown(db, cast)) == ([(SHOWN, mark) for mark in marks] if charset else GUESSED)


def test_said_again_and_read_to_the_end_meanwhile_nothing_comes_back(
    db: Database, blobs: Blobs, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def said_and_read() -> None:
        _guess(db, cast)
        _run(db, blobs)

    _begin(db, blobs, cast)
    _in_between(monkeypatch, said_and_read)
    _run(db, blobs)
    assert _is_done(db, cast)
    assert sorted(shown(db, cast)) == GUESSED


def test_a_job_handed_over_twice_goes_on_once(
    db: Database, blobs: Blobs, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    _begin(db, blobs, cast)
    _in_between(monkeypatch, lambda: rereading.reread_device(db, blobs, cast.ct_a.id))
    assert _run(db, blobs) == 3
    assert _is_done(db, cast)
