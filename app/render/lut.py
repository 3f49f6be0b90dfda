"""Lookup tables as a header carries them (PS3.3, C.11.1.1, C.11.2.1.1, C.7.6.3.1.5, C.7.9.2)."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from app.archive.header import Header

_DESCRIPTOR, _DATA = 0x00283002, 0x00283006
_LARGEST = 65536


@dataclass(frozen=True)
class Lut:
    """The first entry belongs to the input `first` and to all below it, the last one to all above the end."""

    entries: bytes
    """Unsigned 16-bit words, little endian: bytes, so that a table can be a key of a cache."""
    first: int
    bits: int

    @property
    def values(self) -> NDArray[np.uint16]:
        """The entries."""
        return np.frombuffer(self.entries, "<u2")

    def look_up(self, inputs: NDArray[np.integer | np.floating]) -> NDArray[np.uint16]:
        """Entries for inputs of any range; those outside the table are clamped."""
        values = self.values
        places = np.clip(inputs - float(self.first), 0, len(values) - 1)
        found: NDArray[np.uint16] = values[places.astype(np.intp)]
        return found


def read_lut(item: Header, *, signed: bool) -> Lut | None:
    """A Modality or VOI LUT; None when it cannot be understood."""
    descriptor = _descriptor(item, _DESCRIPTOR, signed=signed)
    data = item.raw(_DATA)
    return _lut(data, *descriptor, little=not item.big_endian) if descriptor and data else None


def read_palette(header: Header) -> tuple[Lut, Lut, Lut] | None:
    """Red, green and blue; segmented data is expanded."""
    signed = header.integer(0x00280103) == 1
    red, green, blue = (_channel(header, channel, signed=signed) for channel in range(3))
    return None if red is None or green is None or blue is None else (red, green, blue)


def _channel(header: Header, channel: int, *, signed: bool) -> Lut | None:
    descriptor = _descriptor(header, 0x00281101 + channel, signed=signed)
    if descriptor is None:
        return None
    entries, first, bits = descriptor
    little = not header.big_endian
    data = header.raw(0x00281201 + channel)
    if data:
        lut = _lut(data, entries, first, bits, little=little)
        # Some writers announce 16 bits and fill only the lower byte.
        return replace(lut, bits=8) if lut and lut.values.max() < 256 else lut
    data = header.raw(0x00281221 + channel)
    wide = bits > 8
    values = expand_segments(_words(data, little=little).tolist() if wide else data, wide=wide)[:entries]
    return Lut(np.array(values, "<u2").tobytes(), first, bits) if values else None


def _descriptor(header: Header, tag: int, *, signed: bool) -> tuple[int, int, int] | None:
    """Number of entries (0 means 65536), first input mapped, bits of an entry."""
    raw = header.raw(tag)
    if len(raw) != 6:
        return None
    entries, first, bits = struct.unpack(">HHH" if header.big_endian else "<HHH", raw)
    if signed and first >= 32768:
        first -= 65536
    return (entries or _LARGEST, first, bits) if 1 <= bits <= 16 else None


def _words(data: bytes, *, little: bool) -> NDArray[np.uint16]:
    return np.frombuffer(data[: len(data) // 2 * 2], "<u2" if little else ">u2")


def _lut(data: bytes, entries: int, first: int, bits: int, *, little: bool) -> Lut | None:
    """Entries of 8 bits may come packed two to a word, or one to a word; short tables end early."""
    packed = bits <= 8 and len(data) <= entries + 1
    values = (np.frombuffer(data, np.uint8) if packed else _words(data, little=little))[:entries]
    if not len(values):
        return None
    fits = int(values.max()) < 1 << bits
    return Lut(values.astype("<u2").tobytes(), first, bits if fits else 16)


def expand_segments(words: Sequence[int], *, wide: bool) -> list[int]:
    """Discrete, linear and indirect segments (C.7.9.2) of words or bytes; empty when they make no sense."""
    values: list[int] = []
    try:
        _expand(words, 0, len(words), values, 2 if wide else 1)
    except IndexError:
        return []
    return values


def _expand(words: Sequence[int], at: int, segments: int, values: list[int], size: int) -> None:
    """Appends so many segments; `size` is a word's bytes, 0 where indirect segments are not allowed."""
    while at + 1 < len(words) and segments > 0 and len(values) < _LARGEST:
        kind, length = words[at], words[at + 1]
        segments -= 1
        if kind == 0:
            values.extend(words[at + 2 : at + 2 + length])
            at += 2 + length
        elif kind == 1:
            begin, target = values[-1], words[at + 2]
            values.extend(begin + round((target - begin) * step / length) for step in range(1, length + 1))
            at += 3
        else:
            at = _copy(words, at, values, size)


def _copy(words: Sequence[int], at: int, values: list[int], size: int) -> int:
    """An indirect segment: so many segments once more, from a byte offset given in four bytes."""
    if size == 0:
        raise IndexError(at)
    parts = 4 // size
    offset = sum(words[at + 2 + part] << (8 * size * part) for part in range(parts)) // size
    _expand(words, offset, words[at + 1], values, 0)
    return at + 2 + parts
