"""Committed events reach every process's listeners once and in order; rolled back ones never; volatile ones are not stored."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from app.base.db import Database
from app.base.events import LiveEvent, LiveEvents, announce


@pytest.fixture
def ear(db: Database, tmp_path: Path) -> Iterator[LiveEvents]:
    events = LiveEvents(db, tmp_path)
    events.start()
    yield events
    events.stop()


def _wait_for(condition: object, seconds: float = 5) -> None:
    deadline = time.monotonic() + seconds
    while not condition():  # type: ignore[operator] # a callable of the test
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.005)


def test_concurrent_writers_events_arrive_once_and_all(db: Database, ear: LiveEvents) -> None:
    heard: list[LiveEvent] = []
    ear.subscribe("room:", heard.append)

    def write(writer: int) -> None:
        for number in range(10):
            with db.transaction() as tx:
                announce(tx, f"room:{writer}", "said", {"n": number})

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    _wait_for(lambda: len(heard) >= 80)
    time.sleep(0.6)
    for writer in range(8):
        assert [event.payload["n"] for event in heard if event.topic == f"room:{writer}"] == list(range(10))


def test_a_rolled_back_event_is_never_heard(db: Database, ear: LiveEvents) -> None:
    heard: list[LiveEvent] = []
    ear.subscribe("", heard.append)
    with pytest.raises(RuntimeError), db.transaction() as tx:
        announce(tx, "a", "lost", {})
        raise RuntimeError
    with db.transaction() as tx:
        announce(tx, "a", "kept", {})
    _wait_for(lambda: heard)
    assert [event.type for event in heard] == ["kept"]


def test_a_volatile_event_is_heard_and_stored_nowhere(db: Database, ear: LiveEvents) -> None:
    heard: list[LiveEvent] = []
    ear.subscribe("consult:", heard.append)
    ear.publish_volatile("consult:1", "pointer", {"x": 1.5})
    _wait_for(lambda: heard)
    assert heard[0].payload == {"x": 1.5}
    with db.reading() as tx:
        assert tx.session.scalar(text("SELECT count(*) FROM live_event")) == 0


def test_another_process_wakes_us_within_a_tenth_of_a_second(sqlite_db: Database, tmp_path: Path) -> None:
    ear = LiveEvents(sqlite_db, tmp_path)
    ear.start()
    heard: list[tuple[float, LiveEvent]] = []
    ear.subscribe("", lambda event: heard.append((time.time(), event)))
    code = (
        "import sys, time; from pathlib import Path; from app.base.db import Database; "
        "from app.base.events import LiveEvents, announce\n"
        "db = Database(sys.argv[1]); LiveEvents(db, Path(sys.argv[2]))\n"
        "with db.transaction() as tx: announce(tx, 't', 'x', {})\n"
        "print(time.time())"
    )
    url = sqlite_db.url.render_as_string(hide_password=False)
    out = subprocess.run(
        [sys.executable, "-c", code, url, str(tmp_path)], capture_output=True, check=True, text=True
    )
    _wait_for(lambda: heard)
    ear.stop()
    assert heard[0][0] - float(out.stdout) < 0.1


def test_a_burst_of_volatile_events_of_our_own_arrives_whole_and_in_order(ear: LiveEvents) -> None:
    heard: list[int] = []
    ear.subscribe("room:", lambda event: heard.append(event.payload["n"]))
    for number in range(500):
        ear.publish_volatile("room:1", "pointer", {"n": number})
    _wait_for(lambda: len(heard) >= 500)
    assert heard == list(range(500))
