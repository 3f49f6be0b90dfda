"""A part of a frame is the region asked for, each of its values the mean of a square of stored ones."""

import numpy as np
import pytest

from app.base.errors import Invalid
from app.render.parts import Part


@pytest.mark.parametrize("dtype", ["u1", "<u2", "<i2"])
@pytest.mark.parametrize("shrink", [1, 2, 4, 8])
def test_values_are_means_halves_upwards(dtype: str, shrink: int) -> None:
    values = np.random.default_rng(1).integers(0, 200, (50, 61)).astype(dtype)
    values[:10] = -values[:10] if dtype == "<i2" else values[:10]
    part = Part(8, 16, 53, 34, shrink).cut(values)
    assert part.dtype == values.dtype
    assert part.shape == (-(-34 // shrink), -(-53 // shrink))
    for row, column in np.ndindex(part.shape):
        top, left = 16 + row * shrink, 8 + column * shrink
        square = values[top : min(top + shrink, 50), left : min(left + shrink, 61)].astype(float)
        assert part[row, column] == np.floor(square.mean() + 0.5)


@pytest.mark.parametrize(
    ("region", "shrink"),
    [
        ("", "2"),
        ("0,0,10,10", ""),
        ("0,0,10,10", "3"),
        ("0,0,10", "2"),
        ("-1,0,10,10", "2"),
        ("0,0,1e3,1", "2"),
    ],
)
def test_nonsense_is_refused(region: str, shrink: str) -> None:
    with pytest.raises(Invalid):
        Part.from_query(region, shrink)


@pytest.mark.parametrize("part", [Part(0, 0, 62, 10, 1), Part(60, 0, 2, 1, 2), Part(0, 0, 0, 5, 1)])
def test_what_lies_outside_is_refused(part: Part) -> None:
    with pytest.raises(Invalid):
        part.cut(np.zeros((50, 61), "<u2"))


def test_nothing_asked_for_is_the_whole_frame() -> None:
    assert Part.from_query("", "") is None
