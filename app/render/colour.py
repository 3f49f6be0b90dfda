"""Colour frames as 8-bit RGB (PS3.3, C.7.6.3.1.2 and C.7.6.3.1.5)."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from app.render.lut import Lut
from app.render.stored import Pixels

Rgb: TypeAlias = NDArray[np.uint8]


def to_eight_bits(values: Pixels, bits: int) -> NDArray[np.uint8]:
    """The most significant eight bits; fewer are spread over the range."""
    if bits > 8:
        return (values >> (bits - 8)).astype(np.uint8)
    if bits == 8:
        return values.astype(np.uint8, copy=False)
    return (values * (255 / ((1 << bits) - 1)) + 0.5).astype(np.uint8)


def rgb_of_ybr(ybr: NDArray[np.uint8]) -> Rgb:
    """YBR_FULL to RGB: Y from black to white, CB and CR around 128."""
    y, cb, cr = ybr.transpose(2, 0, 1).astype(np.float32)
    y += 0.5  # so that cutting off rounds
    cb -= 128
    cr -= 128
    rgb = np.empty(ybr.shape, np.uint8)
    for channel, values in enumerate((y + 1.402 * cr, y - 0.344136 * cb - 0.714136 * cr, y + 1.772 * cb)):
        rgb[..., channel] = np.clip(values, 0, 255, out=values)
    return rgb


def rgb_of_palette(indices: Pixels, palette: tuple[Lut, Lut, Lut]) -> Rgb:
    """Colours of indices; those outside the table take its first or last entry."""
    rgb = np.empty((*indices.shape, 3), np.uint8)
    flat = indices.astype(np.int64)
    for channel, lut in enumerate(palette):
        table = to_eight_bits(lut.values, lut.bits)
        rgb[..., channel] = table[np.clip(flat - lut.first, 0, len(table) - 1)]
    return rgb
