"""Grey levels follow the standard's formulae (PS3.3, C.11.2.1.2 and C.11.2.1.3), each written out here once more."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataset import Dataset
from pydicom.pixels.processing import apply_windowing

from app.render.description import Grey
from app.render.luts import GreyScale, apply_window, default_voi, grey_levels, look_up, window_of_values
from app.render.params import WINDOW_FUNCTIONS, Window
from tests.decoding import description

CENTERS = st.integers(-500_000, 500_000).map(lambda number: number / 100)  # as a decimal string holds them
WIDTHS = st.integers(100, 800_000).map(lambda number: number / 100)


def by_the_book(window: Window, x: float) -> float:
    c, w = window.center, window.width
    if window.function == "SIGMOID":
        return 1 / (1 + math.exp(-4 * (x - c) / w))
    if window.function == "LINEAR_EXACT":
        if x <= c - w / 2:
            return 0
        return 1 if x > c + w / 2 else (x - c) / w + 0.5
    if x <= c - 0.5 - (w - 1) / 2:
        return 0
    return 1 if x > c - 0.5 + (w - 1) / 2 else (x - (c - 0.5)) / (w - 1) + 0.5


@given(CENTERS, WIDTHS, st.sampled_from(WINDOW_FUNCTIONS), st.floats(-6000, 6000))
def test_each_function_is_the_books(center: float, width: float, function: str, x: float) -> None:
    window = Window(center, width, function)
    if abs((x - center) / width) < 100:
        assert apply_window(window, np.array([x]))[0] == pytest.approx(by_the_book(window, x), abs=1e-9)


@given(CENTERS, WIDTHS, st.sampled_from(WINDOW_FUNCTIONS))
def test_pydicom_finds_the_same(center: float, width: float, function: str) -> None:
    ds = Dataset()
    ds.PhotometricInterpretation, ds.BitsStored, ds.PixelRepresentation = "MONOCHROME2", 8, 0
    ds.RescaleSlope, ds.RescaleIntercept = 1, 0
    ds.WindowCenter, ds.WindowWidth = center, width
    ds.VOILUTFunction = function
    window = Window(center, width, function)
    values = np.linspace(-4000, 4000, 300)
    with np.errstate(over="ignore"):
        expected = apply_windowing(values, ds) / 255
    np.testing.assert_allclose(apply_window(window, values), expected, atol=1e-6)


def test_a_window_of_one_is_a_threshold() -> None:
    assert apply_window(Window(10, 1), np.array([9.0, 9.5, 9.6, 10.0])).tolist() == [0, 0, 1, 1]


@pytest.mark.parametrize("dtype", ["u1", "i1", "u2", "i2"])
@pytest.mark.parametrize("function", WINDOW_FUNCTIONS)
def test_the_table_says_what_the_formula_says_for_every_value(dtype: str, function: str) -> None:
    bits = 8 * np.dtype(dtype).itemsize
    stored = np.arange(1 << bits).astype(f"u{dtype[1:]}").view(dtype).reshape(16, -1)
    scale = GreyScale(Grey(slope=0.5, intercept=-3), Window(20, 900, function), inverse=True, padding=(3, 5))
    np.testing.assert_array_equal(look_up(scale, stored), grey_levels(scale, stored))


def test_grey_levels_are_rounded_to_the_nearest() -> None:
    scale = GreyScale(Grey(), Window(127.5, 255, "LINEAR_EXACT"), inverse=False, padding=None)
    assert grey_levels(scale, np.arange(256)).tolist() == list(range(256))


def test_inversion_mirrors_and_padding_stays_black() -> None:
    scale = GreyScale(Grey(), Window(127.5, 255, "LINEAR_EXACT"), inverse=True, padding=(0, 0))
    assert look_up(scale, np.array([[0, 1, 255]], np.uint8)).tolist() == [[0, 254, 0]]


def test_values_that_are_no_numbers_are_black() -> None:
    scale = GreyScale(Grey(), Window(0.5, 1, "LINEAR_EXACT"), inverse=False, padding=None)
    values = np.array([[np.nan, np.inf, -np.inf, 0.5]])
    assert look_up(scale, values).tolist() == [[0, 255, 0, 128]]


def test_without_a_window_a_few_extreme_values_do_not_decide() -> None:
    values = np.concatenate([np.linspace(0, 1000, 10_000), [60_000] * 20])
    window = window_of_values(values)
    assert 950 < window.center + window.width / 2 < 1010


def test_without_a_window_an_even_image_still_has_one() -> None:
    assert window_of_values(np.full(100, 7.0)).width > 0
    assert window_of_values(np.array([np.nan])).width > 0


def test_without_a_window_eight_bits_are_shown_as_they_are() -> None:
    plain = description(bits_stored=8, bits_allocated=8)
    stored = np.arange(256, dtype=np.uint8).reshape(16, 16)
    voi = default_voi(plain, plain.grey, stored)
    scale = GreyScale(plain.grey, voi, inverse=False, padding=None)
    np.testing.assert_array_equal(look_up(scale, stored), stored)


def test_padding_does_not_take_part_in_choosing_a_window() -> None:
    stored = np.full((100, 100), -2000, np.int16)
    stored[40:60, 40:60] = np.arange(400).reshape(20, 20)
    padded = description(padding=(-2000, -2000), signed=True)
    voi = default_voi(padded, padded.grey, stored)
    assert isinstance(voi, Window)
    assert voi.center - voi.width / 2 > -10


def test_the_images_first_window_goes_before_its_table() -> None:
    grey = Grey(windows=(Window(1, 2), Window(3, 4)))
    assert default_voi(replace(description(), grey=grey), grey, np.zeros((2, 2))) == Window(1, 2)
