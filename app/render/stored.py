"""Stored values of a frame as an array: from uncompressed bytes, or from what a decoder returned.

PS3.5, 8.1.1: a cell of BitsAllocated holds BitsStored bits ending at HighBit; what lies outside is not image.
"""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from app.base.errors import Unsupported
from app.render.description import ImageDescription

Pixels: TypeAlias = NDArray[Any]

_FLOATS = {"float": "f4", "double": "f8"}


def from_bytes(description: ImageDescription, data: bytes | memoryview, bit_offset: int = 0) -> Pixels:
    """Values of an uncompressed frame: (rows, columns) or (rows, columns, 3)."""
    needed = (bit_offset + description.frame_bits + 7) // 8
    if len(data) < needed:
        raise Unsupported("undecodable", "The image data ends early: the file is incomplete.")
    data = memoryview(data)[:needed]
    if description.bits_allocated == 1:
        return _from_bits(description, data, bit_offset)
    cells = np.frombuffer(data, _cell_type(description))
    if description.big_endian and description.words and description.bits_allocated == 8:
        cells = cells[: len(cells) // 2 * 2].reshape(-1, 2)[:, ::-1].reshape(-1)
    return in_range(description, _shaped(description, cells))


def from_decoder(description: ImageDescription, decoded: Pixels, *, clamp: bool) -> Pixels:
    """The same for an array from a codec, whose cells are aligned at bit 0.

    `clamp`: lossy coding may overshoot the ends of the range; masking would turn white into black.
    """
    values = decoded.reshape(_shape(description))
    if description.bits_allocated > 1 and values.dtype.itemsize * 8 < description.bits_allocated:
        values = values.astype(f"{values.dtype.kind}{description.bits_allocated // 8}")
    if clamp and values.dtype.itemsize * 8 > description.bits_stored:
        values = _clamped(values, description.bits_stored)
    return _signed_and_masked(description, values)


def _clamped(values: Pixels, bits: int) -> Pixels:
    """By the sign of the stream itself: codes without sign end at 2^bits - 1 even where they mean signed values."""
    low, high = (0, (1 << bits) - 1) if values.dtype.kind == "u" else (-(1 << bits - 1), (1 << bits - 1) - 1)
    return np.clip(values, low, high)


def in_range(description: ImageDescription, cells: Pixels) -> Pixels:
    """Cells of BitsAllocated with the bits outside BitsStored removed and the sign extended."""
    if description.pixels != "integer":
        return cells
    shift = description.high_bit + 1 - description.bits_stored
    return _signed_and_masked(description, cells >> shift if shift else cells)


def _signed_and_masked(description: ImageDescription, values: Pixels) -> Pixels:
    size = values.dtype.itemsize
    spare = size * 8 - description.bits_stored
    if not description.signed:
        unsigned = values.view(f"u{size}")
        largest = (1 << description.bits_stored) - 1
        clean = spare <= 0 or int(unsigned.max()) <= largest  # usual, and spares a copy
        return unsigned if clean else unsigned & unsigned.dtype.type(largest)
    signed = values.view(f"i{size}")
    return (signed << spare) >> spare if spare > 0 else signed


def _cell_type(description: ImageDescription) -> np.dtype[np.integer | np.floating]:
    order = ">" if description.big_endian else "<"
    kind = _FLOATS.get(description.pixels) or f"u{description.bits_allocated // 8}"
    return np.dtype(order + kind)


def _shape(description: ImageDescription) -> tuple[int, ...]:
    size = (description.rows, description.columns)
    return size if description.samples == 1 else (*size, description.samples)


def _shaped(description: ImageDescription, cells: Pixels) -> Pixels:
    rows, columns, samples = description.rows, description.columns, description.samples
    cells = cells.astype(cells.dtype.newbyteorder("="), copy=False)
    if description.photometric == "YBR_FULL_422":
        return _from_422(cells[: rows * columns * 2], rows, columns)
    cells = cells[: rows * columns * samples]
    if samples > 1 and description.planar == 1:
        return np.ascontiguousarray(cells.reshape(samples, rows, columns).transpose(1, 2, 0))
    return cells.reshape(_shape(description))


def _from_422(cells: Pixels, rows: int, columns: int) -> Pixels:
    """Y1 Y2 CB CR for two neighbours (C.7.6.3.1.2): each pixel of the pair gets the pair's colour."""
    if columns % 2:
        raise Unsupported("undecodable", "Colour at half resolution needs an even number of columns.")
    pairs = cells.reshape(rows, columns // 2, 4)
    values = np.empty((rows, columns, 3), cells.dtype)
    values[:, 0::2, 0], values[:, 1::2, 0] = pairs[..., 0], pairs[..., 1]
    values[:, 0::2, 1:] = values[:, 1::2, 1:] = pairs[..., 2:]
    return values


def _from_bits(description: ImageDescription, data: memoryview, bit_offset: int) -> Pixels:
    """1 bit for each pixel, least significant bit first (PS3.5, 8.1.1)."""
    count = description.rows * description.columns * description.samples
    bits = np.unpackbits(np.frombuffer(data, np.uint8), bitorder="little")
    return bits[bit_offset : bit_offset + count].reshape(_shape(description))
