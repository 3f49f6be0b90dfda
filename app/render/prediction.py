"""Stored values as what a good guess leaves of them: the coding `predicted` of /stored, for thin lines.

The image is cut into bands of rows. In a band each value is guessed from its six neighbours that come before it, by
weights made for the band; for smooth, rough and edged places each their own. What is left is sorted by place, and
zstd or gzip around it finds long runs of like bytes. Lossless; fewer bytes than HTJ2K for a CT, measured by
tests/bench/bench_coding.py. The viewer undoes it in viewer_js/src/stream/prediction.ts.

A band on the wire, all little-endian: for each kind of place its number of pixels (u32) and weights of W, NW, NE, WW,
NN in 1/256 (i16; N has what is left to 1), then the low bytes of what is left by kind of place, then the high bytes
when values have 16 bits. What is left is folded: 0, -1, 1, -2, ... become 0, 1, 2, 3, ...
"""

import struct
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.render.stored import Pixels

Ints = NDArray[np.int32]

KINDS = (8, 40, 200)
"""Where the differences among the neighbours are below 8: smooth; and so on. Fixed in the viewer, too."""
_BAND = 1 << 18
_LEAST_ROWS = 16
_ONE = 256
_SAMPLES = 4096
_HEAD = struct.Struct("<I5h")
_LARGEST_WEIGHT = 4


class _Neighbours(NamedTuple):
    """Of every pixel of a band, in the order of the weights; `north` has what they leave."""

    north: Ints
    west: Ints
    north_west: Ints
    north_east: Ints
    west_west: Ints
    north_north: Ints


def rows_of_band(columns: int) -> int:
    """How many rows a band has; the last may have fewer."""
    return max(_LEAST_ROWS, _BAND // columns)


def predicted(values: Pixels) -> bytes:
    """`values` (rows, columns) of 8 or 16 bits in this coding, before zstd or gzip."""
    return b"".join(_bands(values))


def _bands(values: Pixels) -> Iterator[bytes]:
    step = rows_of_band(values.shape[1])
    for top in range(0, values.shape[0], step):
        yield _band(values, top, min(top + step, values.shape[0]))


def _band(values: Pixels, top: int, end: int) -> bytes:
    around = _neighbours(values, top, end)
    wanted = values[top:end].astype(np.int32).reshape(-1)
    kind = _kinds(around)
    heads, parts = [], []
    for number in range(len(KINDS) + 1):
        places = np.flatnonzero(kind == number)
        near = [one.reshape(-1).take(places) for one in around]
        target = wanted.take(places)
        weights = _weights(near, target)
        heads.append(_HEAD.pack(len(places), *weights))
        parts.append(_folded(target - _guess(near, weights), values.dtype))
    left = np.concatenate(parts)
    return b"".join(heads) + _split(left)


def _neighbours(values: Pixels, top: int, end: int) -> _Neighbours:
    """Outside the image: above it 0; at the left the first value of the row above, at the right its last."""
    rows, columns = end - top, values.shape[1]
    field = np.zeros((rows + 2, columns + 3), np.int32)
    above = max(0, top - 2)
    field[2 - (top - above) :, 2:-1] = values[above:end]
    field[:, -1] = field[:, -2]
    for row, number in enumerate(range(top, end), 2):
        field[row, :2] = values[number - 1, 0] if number else 0
    for row, number in ((0, top - 2), (1, top - 1)):
        field[row, :2] = values[number - 1, 0] if number > 0 else 0
    return _Neighbours(
        north=field[1:-1, 2:-1],
        west=field[2:, 1:-2],
        north_west=field[1:-1, 1:-2],
        north_east=field[1:-1, 3:],
        west_west=field[2:, :-3],
        north_north=field[:-2, 2:-1],
    )


def _kinds(around: _Neighbours) -> NDArray[np.uint8]:
    unrest = np.abs(around.north_east - around.north)
    unrest += np.abs(around.north - around.north_west)
    unrest += np.abs(around.north_west - around.west)
    kind = np.zeros(unrest.shape, np.uint8)
    for bound in KINDS:
        kind += unrest >= bound
    return kind.reshape(-1)


def _weights(near: list[Ints], target: Ints) -> list[int]:
    """By least squares over some of the pixels, relative to the northern neighbour."""
    step = max(1, len(target) // _SAMPLES)
    if len(target) < 2 * len(near):
        return [_ONE // 2, 0, 0, 0, 0]
    north = near[0][::step].astype(np.float64)
    others = np.stack([one[::step] - north for one in near[1:]])
    square = others @ others.T + np.eye(len(others))
    found = np.linalg.solve(square, others @ (target[::step] - north))
    return [round(float(one) * _ONE) for one in np.clip(found, -_LARGEST_WEIGHT, _LARGEST_WEIGHT)]


def _guess(near: list[Ints], weights: list[int]) -> Ints:
    """In whole numbers, as the viewer does it."""
    guess = near[0] * (_ONE - sum(weights))
    for one, weight in zip(near[1:], weights, strict=True):
        if weight:
            guess += one * weight
    guess += _ONE // 2
    guess >>= 8
    return guess


def _folded(left: Ints, dtype: np.dtype[Any]) -> NDArray[np.unsignedinteger]:
    bits = dtype.itemsize * 8
    signed = left.astype(f"<i{dtype.itemsize}")
    return ((signed << 1) ^ (signed >> (bits - 1))).view(f"<u{dtype.itemsize}")


def _split(values: NDArray[np.unsignedinteger]) -> bytes:
    if values.dtype.itemsize == 1:
        return values.tobytes()
    return values.view(np.uint8).reshape(-1, 2).T.tobytes()
