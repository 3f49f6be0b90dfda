"""DICOM's RLE (PS3.5, annex G), with the output bounded by what the header announces."""

import struct

import imagecodecs
import numpy as np
from numpy.typing import NDArray

_HEADER = struct.Struct("<16I")


def decode_rle(data: bytes, pixels: int, samples: int, bits_allocated: int) -> NDArray[np.uint8]:
    """Bytes of the frame as (samples, pixels, bytes of a cell, lowest first); 1-bit frames stay packed.

    Raises ValueError when segments are missing, overlap the end, or do not fill the frame exactly.
    """
    width = max(1, bits_allocated // 8)
    length = pixels if bits_allocated > 1 else (pixels + 7) // 8
    planes = np.empty((samples, length, width), np.uint8)
    parts = _segments(data, samples * width)
    for number, part in enumerate(parts):
        sample, byte = divmod(number, width)
        planes[sample, :, width - 1 - byte] = _unpack(part, length)
    return planes


def _segments(data: bytes, expected: int) -> list[bytes]:
    if len(data) < _HEADER.size:
        raise ValueError("no header")
    count, *offsets = _HEADER.unpack_from(data)
    if count != expected:
        raise ValueError(f"{count} segments instead of {expected}")
    ends = [*offsets[1:count], len(data)]
    pairs = list(zip(offsets[:count], ends, strict=True))
    if offsets[0] < _HEADER.size or any(not start < end <= len(data) for start, end in pairs):
        raise ValueError("segments outside the frame")
    return [data[start:end] for start, end in pairs]


def _unpack(part: bytes, length: int) -> NDArray[np.uint8]:
    """One segment; a padding byte may follow, so what would not fit is left out."""
    out = bytearray(length)
    try:
        found = imagecodecs.packbits_decode(part, out=out)
    except imagecodecs.ImcdError:
        found = imagecodecs.packbits_decode(_without_padding(part, length), out=out)
    if len(found) != length:
        raise ValueError("a segment ends early")
    return np.frombuffer(found, np.uint8)


def _without_padding(part: bytes, length: int) -> bytes:
    """The runs that make up `length` bytes; what follows must be no more than padding."""
    at = made = 0
    while at < len(part) and made < length:
        control = part[at]
        if control < 128:
            made += control + 1
            at += control + 2
        elif control > 128:
            made += 257 - control
            at += 2
        else:
            at += 1
    if made != length or len(part) - at > 1:
        raise ValueError("a segment does not fit the frame")
    return part[:at]
