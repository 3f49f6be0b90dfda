"""Volumes are made in the background, kept within a number of bytes, and given up when nobody asks any more."""

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from app.base.errors import TooLarge, Unavailable, Unsupported
from app.render.volume_sampling import Surface, sampled
from app.render.volumes import Images, Volumes, places_of
from tests.decoding import Darkroom
from tests.volumes import COLUMNS, ROWS, images, positions, slices_of, volume_of

COUNT = 12
BYTES = 2 * COUNT * ROWS * COLUMNS


class Clock:
    """Stands still unless it is told to leap with each look at it."""

    def __init__(self) -> None:
        self.now, self.leap = 0.0, 0.0

    def __call__(self) -> float:
        self.now += self.leap
        return self.now


def series(darkroom: Darkroom, name: str, version: str = "1") -> Images:
    slices = slices_of(darkroom, images(positions(range(COUNT)), series=name))
    return Images(name, version, [location for location, _ in slices], places_of(slices))


def until(found: Callable[[], object], wanted: object) -> None:
    deadline = time.monotonic() + 10
    while found() != wanted:
        assert time.monotonic() < deadline, found()
        time.sleep(0.005)


def made(volumes: Volumes, wanted: Images) -> None:
    volumes.start(wanted)
    until(lambda: volumes.progress(wanted.series_id, wanted.version), 1.0)


def test_a_volume_is_there_for_every_thread_once_it_is_made(darkroom: Darkroom) -> None:
    volumes = Volumes(darkroom.renderer, 4 * BYTES)
    first = series(darkroom, "first")
    assert volumes.progress("first", "1") is None
    with pytest.raises(Unavailable):
        volumes.ready("first", "1")
    made(volumes, first)
    seen = []
    threads = [threading.Thread(target=lambda: seen.append(volumes.ready("first", "1"))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(map(id, seen))) == 1


def test_another_version_of_the_series_is_another_volume(darkroom: Darkroom) -> None:
    volumes = Volumes(darkroom.renderer, 4 * BYTES)
    made(volumes, series(darkroom, "first"))
    assert volumes.progress("first", "2") is None
    with pytest.raises(Unavailable):
        volumes.ready("first", "2")


def test_what_was_not_looked_at_for_longest_makes_room(darkroom: Darkroom) -> None:
    volumes = Volumes(darkroom.renderer, 2 * BYTES)
    for name in ("first", "second"):
        made(volumes, series(darkroom, name))
    volumes.ready("first", "1")
    made(volumes, series(darkroom, "third"))
    assert [volumes.progress(name, "1") for name in ("first", "second", "third")] == [1.0, None, 1.0]


def test_what_nobody_asks_for_any_more_is_given_up(darkroom: Darkroom) -> None:
    clock = Clock()
    volumes = Volumes(darkroom.renderer, 4 * BYTES, clock)
    clock.leap = 40.0
    volumes.start(series(darkroom, "first"))
    until(lambda: volumes.progress("first", "1"), None)
    clock.leap = 0.0
    made(volumes, series(darkroom, "first"))


def test_a_reason_is_told_again_and_after_a_minute_it_is_tried_anew(darkroom: Darkroom) -> None:
    clock = Clock()
    volumes = Volumes(darkroom.renderer, 4 * BYTES, clock)
    slices = slices_of(darkroom, images(positions([0, 1])))
    volumes.start(Images("short", "1", [location for location, _ in slices], places_of(slices)))

    def reason() -> str:
        try:
            return str(volumes.progress("short", "1"))
        except Unsupported as error:
            return error.code

    until(reason, "no_volume")
    until(reason, "no_volume")
    clock.now += 61
    assert reason() == "None"


def test_a_series_larger_than_the_memory_is_made_of_fewer_pixels_or_refused(darkroom: Darkroom) -> None:
    volumes = Volumes(darkroom.renderer, BYTES // 3)
    made(volumes, series(darkroom, "first"))
    volume = volumes.ready("first", "1")
    assert volume.values.shape == (COUNT, ROWS // 2, COLUMNS // 2)
    assert [note.params for note in volume.notes] == [{"count": 2}]
    tiny = Volumes(darkroom.renderer, 100)
    tiny.start(series(darkroom, "first"))
    with pytest.raises(TooLarge):
        until(lambda: tiny.progress("first", "1"), 1.0)


def test_a_real_tilted_ct_shows_its_own_images(darkroom: Darkroom, corpus: Path) -> None:
    """A head phantom, JPEG-LS, with the gantry at 18.5 degrees: every image again, and what lies between is between."""
    files = [path.read_bytes() for path in sorted((corpus / "series_ct_phantom_54_jls").rglob("*.dcm"))]
    volume = volume_of(darkroom, files)
    assert [note.params for note in volume.notes] == [{"angle": 18.5}]
    slices = slices_of(darkroom, files)
    stored = [darkroom.renderer.values(location).astype(int) - 1024 for location, _ in slices]
    for number in (0, 20, 53):
        shown = _image(volume.values.shape, volume.origin + number * volume.matrix[:, 2], volume.matrix)
        found = sampled(volume, shown)
        assert any((found == values).all() for values in stored)


def _image(shape: Sequence[int], corner: np.ndarray, matrix: np.ndarray) -> Surface:
    _, rows, columns = shape
    across, down = matrix[:, 0], matrix[:, 1]
    spacing = float(np.linalg.norm(down))
    middle = corner + down * (rows - 1) / 2
    downs = np.tile(down / spacing, (columns, 1))
    normals = np.tile(np.cross(across, down) / spacing**2, (columns, 1))
    return Surface(middle + np.arange(columns)[:, None] * across, downs, normals, rows, spacing)
