"""The browser gets back every stored value from the packed form, by the steps the contract names."""

import gzip
from typing import Any

import imagecodecs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

from app.base.errors import Unsupported
from app.render.packing import differences, pack, split, wire_values
from tests import dicomgen
from tests.decoding import Darkroom, description

SHAPES = st.tuples(st.integers(1, 9), st.integers(1, 9))
VALUES = st.sampled_from(["u1", "i1", "u2", "i2"]).flatmap(lambda kind: arrays.arrays(kind, SHAPES))


def unpacked(data: bytes, shape: tuple[int, ...], dtype: str) -> NDArray[Any]:
    """What the viewer does: bytes joined, then each row added up from the left, modulo the width."""
    count = shape[0] * shape[1]
    if dtype[-1] == "2":
        low, high = np.frombuffer(data, np.uint8).reshape(2, count).astype(np.uint16)
        found = low | high << 8
    else:
        found = np.frombuffer(data, np.uint8)
    width = found.dtype
    return np.add.accumulate(found.reshape(shape), axis=1, dtype=width).view(dtype)


@given(VALUES)
def test_every_value_comes_back(values: NDArray[Any]) -> None:
    data = split(differences(values))
    assert len(data) == values.nbytes
    np.testing.assert_array_equal(unpacked(data, values.shape, values.dtype.str[1:]), values)


def test_each_encoding_holds_the_same(darkroom: Darkroom) -> None:
    location = darkroom.keep(dicomgen.ct_slice())[0]
    plain = darkroom.renderer.packed_stored(location, "identity")
    assert gzip.decompress(darkroom.renderer.packed_stored(location, "gzip")) == plain
    assert imagecodecs.zstd_decode(darkroom.renderer.packed_stored(location, "zstd")) == plain
    np.testing.assert_array_equal(unpacked(plain, (64, 64), "u2"), darkroom.renderer.values(location))


def test_the_width_follows_the_bits_stored_and_not_those_allocated() -> None:
    stored = np.array([[1, 255]], np.uint16)
    assert wire_values(description(bits_stored=8), stored).dtype == np.uint8
    assert wire_values(description(bits_stored=9), stored).dtype == np.uint16
    negative = np.array([[-1, 100]], np.int16)
    narrow = wire_values(description(bits_stored=8, signed=True), negative)
    assert narrow.dtype == np.int8
    assert narrow.tolist() == [[-1, 100]]
    bits = wire_values(description(bits_stored=1, bits_allocated=1), np.array([[0, 1]], np.uint8))
    assert bits.dtype == np.uint8


@pytest.mark.parametrize(
    "facts",
    [
        {"photometric": "RGB", "samples": 3},
        {"photometric": "PALETTE COLOR"},
        {"bits_allocated": 32, "bits_stored": 32},
    ],
)
def test_what_the_browser_could_not_window_is_refused(facts: dict[str, Any]) -> None:
    with pytest.raises(Unsupported) as caught:
        wire_values(description(**facts), np.zeros((2, 2), np.uint32))
    assert caught.value.code == "not_stored"


def test_identity_is_the_plain_form() -> None:
    values = np.array([[5, 3], [300, 2]], np.uint16)
    assert pack(values, "identity") == bytes([5, 254, 44, 214, 0, 255, 1, 254])
