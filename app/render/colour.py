"""Colour frames as 8-bit RGB (PS3.3, C.7.6.3.1.2 and C.7.6.3.1.5)."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from app.render.lut import Lut
from app.render.stored import Pixels

Rgb: TypeAlias = NDArray[np.uint8]

_FULL_TO_RGB = np.array([[1, 1, 1], [0, -0.344136, 1.772], [1.402, -0.714136, 0]], np.float32)


def to_eight_bits(values: Pixels, bits: int) -> NDArray[np.uint8]:
    """The most significant eight bits; fewer are spread over the range."""
    if bits > 8:
        return (values >> (bits - 8)).astype(np.uint8)
    if bits == 8:
        return values.astype(np.uint8, copy=False)
    return (values * (255 / ((1 << bits) - 1)) + 0.5).astype(np.uint8)


def rgb_of_ybr(ybr: NDArray[np.uint8]) -> Rgb:
    """YBR_FULL to RGB: Y from black to white, CB and CR around 128."""
    shifted = ybr.astype(np.float32)
    shifted[..., 1:] -= 128
    rgb = shifted @ _FULL_TO_RGB
    rgb += 0.5
    return np.clip(rgb, 0, 255, out=rgb).astype(np.uint8)


def rgb_of_palette(indices: Pixels, palette: tuple[Lut, Lut, Lut]) -> Rgb:
    """Colours of indices; those outside the table take its first or last entry."""
    rgb = np.empty((*indices.shape, 3), np.uint8)
    flat = indices.astype(np.int64)
    for channel, lut in enumerate(palette):
        table = to_eight_bits(lut.values, lut.bits)
        rgb[..., channel] = table[np.clip(flat - lut.first, 0, len(table) - 1)]
    return rgb
