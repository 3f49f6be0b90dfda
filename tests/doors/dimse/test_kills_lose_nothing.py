"""Two kills amid four senders; `python -m tests.bench.kills` does twenty amid 10,000 images."""

from pathlib import Path

from tests.bench.kills import kill_and_compare
from tests.doors.dimse.conftest import free_port


def test_what_was_acknowledged_is_there_and_nothing_else_is(tmp_path: Path) -> None:
    found = kill_and_compare(tmp_path, free_port(), kills=2, images=120, senders=4)
    assert len(found.acknowledged) == 120
    assert (found.lost, found.changed, found.orphans, found.miscounted) == ([], [], 0, 0)
    assert max(found.restarts) < 30  # how fast is for the bench to say: this machine may be busy
