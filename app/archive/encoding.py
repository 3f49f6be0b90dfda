"""A walked data set written anew in Explicit or Implicit VR Little Endian (PS3.5 section 7): the values stay as they
are, byte for byte, but for the order of bytes; whatever a value says, it can be written.
"""

import struct
from collections.abc import Iterable

from app.archive.elements import PIXEL_DATA, UNDEFINED, Element
from app.archive.header import Header

PIXEL_REPRESENTATION = 0x00280103
SIGN_OF_PIXELS = frozenset(
    {0x00280106, 0x00280107, 0x00280108, 0x00280109, 0x00280110, 0x00280111, 0x00280120, 0x00280121}
)
"""Elements of VR `US or SS` that follow Pixel Representation (PS3.5 annex A.1)."""
_WORDS = {
    b"AT": 2, b"FD": 8, b"FL": 4, b"OD": 8, b"OF": 4, b"OL": 4, b"OV": 8, b"OW": 2, b"SL": 4, b"SS": 2, b"SV": 8,
    b"UL": 4, b"US": 2, b"UV": 8,
}  # fmt: skip
_LONG = frozenset(b"OB OD OF OL OV OW SQ SV UC UN UR UT UV".split())
_ZERO_PADDED = frozenset({b"OB", b"UI", b"UN"})
_MOST_SHORT = 0xFFFE


def encoded_elements(header: Header, *, implicit: bool = False) -> dict[int, bytes]:
    """Every element by its tag, without group lengths, which would be wrong now."""
    signed = header.integer(PIXEL_REPRESENTATION) == 1
    return {
        tag: _encoded(header, element, implicit=implicit, signed=signed)
        for tag, element in header.elements.items()
        if tag & 0xFFFF
    }


def element(tag: int, vr: bytes, value: bytes, *, implicit: bool = False) -> bytes:
    """One element; an odd value is padded."""
    if len(value) % 2:
        value += b"\0" if vr in _ZERO_PADDED else b" "
    return element_head(tag, vr, len(value), implicit=implicit) + value


def element_head(tag: int, vr: bytes, length: int, *, implicit: bool = False) -> bytes:
    """All of an element that stands before its value; `length` may be undefined."""
    if implicit:
        return struct.pack("<HHI", tag >> 16, tag & 0xFFFF, length)
    if vr in _LONG:
        return struct.pack("<HH2sxxI", tag >> 16, tag & 0xFFFF, vr, length)
    return struct.pack("<HH2sH", tag >> 16, tag & 0xFFFF, vr, length)


def joined(elements: dict[int, bytes]) -> bytes:
    """The data set in ascending order of tags."""
    return b"".join(elements[tag] for tag in sorted(elements))


def little_endian(header: Header, found: Element) -> bytes:
    """A value with its words in little endian order."""
    return swapped(header.value(found), _WORDS.get(found.vr, 1)) if header.big_endian else header.value(found)


def swapped(value: bytes, size: int) -> bytes:
    """Words of so many bytes turned round; what is no whole word at the end is left out."""
    if size == 1:
        return value
    turned = bytearray(len(value) // size * size)
    for byte in range(size):
        turned[byte::size] = value[size - 1 - byte : len(turned) : size]
    return bytes(turned)


def _encoded(header: Header, found: Element, *, implicit: bool, signed: bool) -> bytes:
    if found.items is not None:
        return element(
            found.tag, b"SQ", _items(header.items(found.tag), implicit=implicit), implicit=implicit
        )
    if found.tag == PIXEL_DATA:  # an icon's fragments, copied with their delimiter
        return _icon(header, found, implicit=implicit)
    value = little_endian(header, found)
    vr = _vr(found, len(value), signed=signed)
    return element(found.tag, vr, value, implicit=implicit)


def _icon(header: Header, found: Element, *, implicit: bool) -> bytes:
    value = header.value(found)
    if found.vr == b"OB" and value[:4] == b"\xfe\xff\x00\xe0":
        return element_head(found.tag, b"OB", UNDEFINED, implicit=implicit) + value
    return element(found.tag, found.vr, little_endian(header, found), implicit=implicit)


def _vr(found: Element, length: int, *, signed: bool) -> bytes:
    """A value too long for the short form can only be said to be words or unknown (PS3.5 6.2.2)."""
    if found.vr == b"US" and signed and found.tag in SIGN_OF_PIXELS:
        return b"SS"
    if found.vr in _LONG or length <= _MOST_SHORT:
        return found.vr
    return b"OW" if found.vr in {b"SS", b"US"} else b"UN"


def _items(items: Iterable[Header], *, implicit: bool) -> bytes:
    parts = []
    for item in items:
        data = joined(encoded_elements(item, implicit=implicit))
        parts.append(struct.pack("<HHI", 0xFFFE, 0xE000, len(data)) + data)
    return b"".join(parts)
