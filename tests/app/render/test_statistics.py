"""Figures of a region agree with numpy on the pixels whose centres lie inside."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.base.errors import Invalid
from app.render.description import Grey
from app.render.statistics import Region, area_of, mask_of, region_statistics
from tests.decoding import description

ROWS, COLUMNS = 40, 60
STORED = np.random.default_rng(5).integers(0, 4096, (ROWS, COLUMNS)).astype(np.uint16)
GREY = Grey(slope=2.0, intercept=-1024.0, unit="HU", spacing=(0.5, 0.25))
COORDINATE = st.floats(-20, 80)


def whole_mask(region: Region) -> np.ndarray:
    rows, columns, mask = mask_of(region, ROWS, COLUMNS)
    found = np.zeros((ROWS, COLUMNS), bool)
    found[rows, columns] = mask
    return found


def inside_ellipse(x: float, y: float) -> bool:
    """Centre (30, 20), half axes 12.3 along 30 degrees and 5.1 across."""
    cosine, sine = math.cos(math.pi / 6), math.sin(math.pi / 6)
    along, across = (x - 30) * cosine + (y - 20) * sine, -(x - 30) * sine + (y - 20) * cosine
    return (along / 12.3) ** 2 + (across / 5.1) ** 2 <= 1


def ellipse() -> Region:
    cosine, sine = math.cos(math.pi / 6), math.sin(math.pi / 6)
    along, across = (12.3 * cosine, 12.3 * sine), (-5.1 * sine, 5.1 * cosine)
    ends = [(30 + s * x, 20 + s * y) for x, y in (along, across) for s in (-1, 1)]
    return Region("ELLIPSE", tuple(ends))


def test_an_ellipse_holds_the_centres_inside_it() -> None:
    expected = [[inside_ellipse(x + 0.5, y + 0.5) for x in range(COLUMNS)] for y in range(ROWS)]
    np.testing.assert_array_equal(whole_mask(ellipse()), expected)
    assert area_of(ellipse()) == pytest.approx(math.pi * 12.3 * 5.1)


def test_figures_are_those_of_numpy_in_real_world_values() -> None:
    found = region_statistics(description(rows=ROWS, columns=COLUMNS), GREY, STORED, ellipse())
    values = STORED[whole_mask(ellipse())] * 2.0 - 1024
    assert (found.count, found.unit) == (values.size, "HU")
    assert found.mean == pytest.approx(values.mean())
    assert found.sd == pytest.approx(values.std())
    assert (found.min, found.max) == (values.min(), values.max())
    assert found.area_mm2 == pytest.approx(math.pi * 12.3 * 5.1 * 0.5 * 0.25)


def test_a_rectangle_on_pixel_edges_holds_exactly_those_pixels() -> None:
    region = Region("POLYLINE", ((10, 5), (20, 5), (20, 8), (10, 8), (10, 5)))
    expected = np.zeros((ROWS, COLUMNS), bool)
    expected[5:8, 10:20] = True
    np.testing.assert_array_equal(whole_mask(region), expected)
    assert area_of(region) == 30


def test_a_concave_outline_leaves_its_notch_out() -> None:
    region = Region("POLYLINE", ((5, 5), (25, 5), (25, 25), (15, 10), (5, 25)))
    mask = whole_mask(region)
    assert mask[6, 15]
    assert not mask[20, 15]
    assert mask[20, 6]


def test_a_circle_is_given_by_its_centre_and_a_point_of_it() -> None:
    mask = whole_mask(Region("CIRCLE", ((30, 20), (30, 26))))
    y, x = np.mgrid[:ROWS, :COLUMNS] + 0.5
    np.testing.assert_array_equal(mask, np.hypot(x - 30, y - 20) <= 6)


@given(st.lists(st.tuples(COORDINATE, COORDINATE), min_size=3, max_size=12))
def test_any_outline_is_answered_and_stays_inside_the_image(points: list[tuple[float, float]]) -> None:
    region = Region("POLYLINE", tuple(points))
    found = region_statistics(description(rows=ROWS, columns=COLUMNS), GREY, STORED, region)
    assert found.count == whole_mask(region).sum()


@given(st.lists(st.tuples(COORDINATE, COORDINATE), min_size=4, max_size=4))
def test_any_four_points_of_an_ellipse_are_answered(points: list[tuple[float, float]]) -> None:
    region = Region("ELLIPSE", tuple(points))
    assert whole_mask(region).sum() <= ROWS * COLUMNS


def test_a_histogram_is_numpy_s_and_counts_every_pixel() -> None:
    found = region_statistics(description(rows=ROWS, columns=COLUMNS), GREY, STORED, ellipse())
    values = STORED[whole_mask(ellipse())] * 2.0 - 1024
    assert list(found.histogram) == np.histogram(values, bins=64)[0].tolist()
    assert sum(found.histogram) == found.count


def test_a_point_has_the_value_of_the_pixel_it_lies_in() -> None:
    shape = description(rows=ROWS, columns=COLUMNS)
    for x, y, row, column in ((0.0, 0.0, 0, 0), (59.99, 39.99, 39, 59), (12.5, 7.0, 7, 12)):
        found = region_statistics(shape, GREY, STORED, Region("POINT", ((x, y),)))
        assert (found.count, found.mean, found.sd) == (1, STORED[row, column] * 2.0 - 1024, 0)
    assert region_statistics(shape, GREY, STORED, Region("POINT", ((60.0, 3.0),))).count == 0


def test_a_region_beside_the_image_has_no_figures() -> None:
    region = Region("POLYLINE", ((100, 100), (120, 100), (120, 120)))
    found = region_statistics(description(rows=ROWS, columns=COLUMNS), GREY, STORED, region)
    assert (found.count, found.mean, found.sd, found.min, found.max) == (0, None, None, None, None)


def test_without_spacing_there_is_no_area() -> None:
    bare = replace(GREY, spacing=None)
    assert (
        region_statistics(description(rows=ROWS, columns=COLUMNS), bare, STORED, ellipse()).area_mm2 is None
    )


@pytest.mark.parametrize(
    ("graphic_type", "points"),
    [
        ("POINT", [[1, 2], [3, 4]]),
        ("HEART", [[1, 2]]),
        ("ELLIPSE", [[1, 2]]),
        ("POLYLINE", [[1, 2], [3, 4]]),
        ("POLYLINE", [[0, 0]] * 3000),
        ("POLYLINE", [[0, 0], [1, float("nan")], [2, 2]]),
        ("POLYLINE", [[0, 0], [1, 1e300], [2, 2]]),
        ("POLYLINE", [[0, 0], [1], [2, 2]]),
        ("POLYLINE", "abc"),
        (None, []),
        ("CIRCLE", [["x", "y"], [1, 2]]),
    ],
)
def test_what_is_no_region_is_refused(graphic_type: object, points: object) -> None:
    with pytest.raises(Invalid) as caught:
        Region.from_json(graphic_type, points)
    assert caught.value.code == "bad_region"


def test_colour_has_the_means_of_red_green_and_blue() -> None:
    colour = description(photometric="RGB", samples=3, bits_stored=8, rows=ROWS, columns=COLUMNS)
    stored = np.random.default_rng(6).integers(0, 256, (ROWS, COLUMNS, 3)).astype(np.uint8)
    found = region_statistics(colour, GREY, stored, ellipse())
    inside = stored[whole_mask(ellipse())]
    assert found.colour == pytest.approx(tuple(inside.mean(axis=0)))
    assert found.count == len(inside)
    assert found.unit == ""
    at_point = region_statistics(colour, GREY, stored, Region("POINT", ((7.5, 3.5),)))
    assert at_point.colour == tuple(stored[3, 7])


def test_grey_stored_as_colour_has_the_figures_of_grey() -> None:
    colour = description(photometric="RGB", samples=3, bits_stored=8, rows=ROWS, columns=COLUMNS)
    stored = np.full((ROWS, COLUMNS, 3), 77, np.uint8)
    found = region_statistics(colour, GREY, stored, ellipse())
    assert (found.colour, found.mean, found.sd) == (None, 77, 0)
    at_point = region_statistics(colour, GREY, stored, Region("POINT", ((7.5, 3.5),)))
    assert at_point.colour == (77, 77, 77)


def test_a_point_of_a_palette_has_its_stored_value() -> None:
    colour = description(photometric="PALETTE COLOR", rows=ROWS, columns=COLUMNS)
    found = region_statistics(colour, GREY, STORED, Region("POINT", ((7.5, 3.5),)))
    assert (found.colour, found.mean) == (None, STORED[3, 7])
