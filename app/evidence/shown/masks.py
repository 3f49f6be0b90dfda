"""Points that lie on an image, a byte each row-wise or eight in a byte, ready to be drawn."""

import numpy as np
from numpy.typing import NDArray

from app.base.errors import Unsupported


def packed_mask(values: NDArray[np.generic]) -> bytes:
    """Of a segmentation's frame: a byte for each pixel, 0 is outside. What 1 or 255 means, the segmentation says."""
    if values.ndim != 2 or int(values.max(initial=0)) > 255:
        raise Unsupported("mask_values", "A segmentation with more than 255 segments is not shown.")
    return values.astype(np.uint8).tobytes()


def unpacked(bits: bytes, points: int) -> bytes:
    """A byte (0 or 1) for each bit, the lowest first."""
    return np.unpackbits(np.frombuffer(bits, np.uint8), count=points, bitorder="little").tobytes()


def bits_of_words(data: bytes, *, wide: bool, big_endian: bool, bit: int) -> bytes:
    """One bit of every pixel's word, a byte (0 or 1) each."""
    words = np.frombuffer(data, (">u2" if big_endian else "<u2") if wide else "u1")
    return ((words >> bit) & 1).astype(np.uint8).tobytes()
