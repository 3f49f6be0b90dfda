"""Walks over the encoded elements of a data set without copying values (PS3.5 section 7).

Every declared length is checked against the bytes that are there: pydicom reads a file cut short without a word.
The result is a tree of offsets. Values stay in the file and are read from there when asked for.
"""

import struct
from functools import lru_cache
from mmap import mmap
from typing import NamedTuple, TypeAlias

from pydicom._dicom_dict import DicomDictionary
from pydicom.datadict import dictionary_VR

from app.base.errors import HoichanError, Invalid, TooLarge

Source: TypeAlias = bytes | bytearray | memoryview | mmap
Dataset: TypeAlias = "dict[int, Element]"

MAX_DEPTH = 64
MAX_ELEMENTS = 20_000  # in one data set or item; a real header has a few hundred
MAX_ELEMENTS_IN_ALL = 400_000  # functional groups of some thousand frames are legitimate
MAX_META_ELEMENTS = 200  # PS3.10 7.1 knows about twenty
MAX_FRAGMENTS = 1_000_000  # of encapsulated pixel data, held in memory while frames are looked for

UNDEFINED = 0xFFFFFFFF
FLOAT_PIXEL_DATA = 0x7FE00008
DOUBLE_FLOAT_PIXEL_DATA = 0x7FE00009
PIXEL_DATA = 0x7FE00010
PIXEL_TAGS = frozenset({FLOAT_PIXEL_DATA, DOUBLE_FLOAT_PIXEL_DATA, PIXEL_DATA})
_ITEM = 0xFFFEE000
_ITEM_END = 0xFFFEE00D
_SEQUENCE_END = 0xFFFEE0DD

_SHORT = frozenset(b"AE AS AT CS DA DS DT FL FD IS LO LT PN SH SL SS ST TM UI UL US".split())
_LONG = frozenset(b"OB OD OF OL OV OW SQ SV UC UN UR UT UV".split())


class Element(NamedTuple):
    tag: int
    vr: bytes
    start: int  # of the value in the source
    length: int
    items: "list[Dataset] | None"  # of a sequence


class PixelElement(NamedTuple):
    """Where the walk stopped: the element that holds pixels, its value not looked into."""

    tag: int
    vr: bytes
    offset: int  # of the element itself
    start: int  # of its value
    length: int  # UNDEFINED when encapsulated


def tag_name(tag: int) -> str:
    return f"({tag >> 16:04X},{tag & 0xFFFF:04X})"


def cut_short(where: str) -> HoichanError:
    return Invalid(
        "truncated", "The file ends too early (at {where}). Send it again from the source.", where=where
    )


def not_as_declared(tag: int) -> HoichanError:
    return Invalid(
        "wrong_encoding",
        "The bytes do not follow the transfer syntax that the file names (at {tag}). Export it again from the source.",
        tag=tag_name(tag),
    )


class Walker:
    """One walk over one source. `implicit` and `big_endian` are those of the transfer syntax."""

    def __init__(self, source: Source, *, implicit: bool, big_endian: bool = False) -> None:
        self._source = source
        self._size = len(source)
        self._count = 0
        self._implicit = implicit
        order = ">" if big_endian else "<"
        self._tag_length = struct.Struct(order + "HHI")
        self._explicit_head = struct.Struct(order + "HH2sH")
        self._long = struct.Struct(order + "I")
        self.pixels: PixelElement | None = None

    def top_level(self, start: int) -> tuple[Dataset, int]:
        """Elements from `start` to the end or up to the pixels (then in `self.pixels`), and where the walk ended."""
        return self._dataset(start, self._size, 0)

    def meta_group(self, start: int) -> tuple[Dataset, int]:
        """Elements of group 0002, whatever the group length claims (PS3.10 7.1), and where they end."""
        found: Dataset = {}
        position = start
        count = 0  # repeated ones too
        while bytes(self._source[position : position + 2]) == b"\x02\x00":
            count += 1
            if count > MAX_META_ELEMENTS:
                raise _too_many(MAX_META_ELEMENTS)
            tag, vr, length, value = self._head(position)
            position = value + length
            if position > self._size:
                raise self._too_long(tag, length)
            found[tag] = Element(tag, vr, value, length, None)
        return found, position

    def _head(self, position: int) -> tuple[int, bytes, int, int]:
        """(tag, VR, length, start of value) of the element at `position`."""
        source = self._source
        if position + 8 > self._size:
            raise cut_short(str(position))
        if self._implicit:
            group, element, length = self._tag_length.unpack_from(source, position)
            tag = group << 16 | element
            return tag, dictionary_vr(tag), length, position + 8
        group, element, vr, length = self._explicit_head.unpack_from(source, position)
        tag = group << 16 | element
        if vr in _SHORT:
            return tag, vr, length, position + 8
        if vr in _LONG or (
            vr.isalpha() and vr.isupper()
        ):  # a VR of a later edition has the long form, PS3.5 6.2
            if position + 12 > self._size:
                raise cut_short(tag_name(tag))
            return tag, vr, self._long.unpack_from(source, position + 8)[0], position + 12
        if group == 0xFFFE:  # item tags have no VR
            return tag, b"", self._long.unpack_from(source, position + 4)[0], position + 8
        raise not_as_declared(tag)

    def _dataset(self, position: int, end: int, depth: int) -> tuple[Dataset, int]:
        if depth > MAX_DEPTH:
            raise Invalid(
                "too_deep",
                "Sequences are nested more than {limit} deep. Export it again without private data.",
                limit=MAX_DEPTH,
            )
        found: Dataset = {}
        head = self._head
        count = self._count
        while position < end:
            tag, vr, length, start = head(position)
            if depth == 0 and tag in PIXEL_TAGS:
                self.pixels = PixelElement(tag, vr, position, start, length)
                break
            if tag == _ITEM_END and depth:
                position = start
                break
            if vr == b"SQ" or length == UNDEFINED:
                self._count = count
                items, position = self._nested(tag, vr, length, start, end, depth)
                count = self._count
                found[tag] = Element(tag, vr if items is None else b"SQ", start, position - start, items)
            else:
                position = start + length
                if position > end:
                    raise self._too_long(tag, length)
                found[tag] = Element(tag, vr, start, length, None)
            count += 1
            if count > MAX_ELEMENTS_IN_ALL:
                raise _too_many(MAX_ELEMENTS_IN_ALL)
        self._count = count
        if len(found) > MAX_ELEMENTS:
            raise _too_many(MAX_ELEMENTS)
        return found, position

    def _too_long(self, tag: int, length: int) -> HoichanError:
        if length > self._size:
            return Invalid(
                "element_too_long",
                "The element {tag} claims to be longer than the whole file. Export it again from the source.",
                tag=tag_name(tag),
            )
        return cut_short(tag_name(tag))

    def _nested(
        self, tag: int, vr: bytes, length: int, start: int, end: int, depth: int
    ) -> "tuple[list[Dataset] | None, int]":
        """The items of a sequence and the offset behind it; None for fragments of an encapsulated icon."""
        if length != UNDEFINED:
            stop = start + length
            if stop > end:
                raise self._too_long(tag, length)
            return self._items(start, stop, depth, defined=True)
        if vr in {b"OB", b"OW"}:
            return None, self._skip_fragments(start, end)
        if vr == b"UN" and not self._implicit:  # PS3.5 6.2.2: an unknown sequence is encoded implicitly
            return self._as_implicit(start, depth)
        return self._items(start, end, depth, defined=False)

    def _as_implicit(self, start: int, depth: int) -> "tuple[list[Dataset], int]":
        inner = Walker(self._source, implicit=True)
        inner._count = self._count
        items, position = inner._items(start, self._size, depth, defined=False)
        self._count = inner._count
        return items, position

    def _items(self, position: int, end: int, depth: int, *, defined: bool) -> "tuple[list[Dataset], int]":
        items: list[Dataset] = []
        while position < end:
            tag, length = self._item_head(position, end)
            position += 8
            if tag == _SEQUENCE_END:
                return items, position
            if tag != _ITEM:
                raise not_as_declared(tag)
            stop = end if length == UNDEFINED else position + length
            if stop > end:
                raise self._too_long(tag, length)
            item, position = self._dataset(position, stop, depth + 1)
            self._count += 1
            items.append(item)
        if not defined:
            raise cut_short(str(position))
        return items, position

    def _item_head(self, position: int, end: int) -> tuple[int, int]:
        if position + 8 > end:
            raise cut_short(str(position))
        group, element, length = self._tag_length.unpack_from(self._source, position)
        return group << 16 | element, length

    def _skip_fragments(self, position: int, end: int) -> int:
        while True:
            tag, length = self._item_head(position, end)
            position += 8
            if tag == _SEQUENCE_END:
                return position
            if tag != _ITEM:
                raise not_as_declared(tag)
            position += length
            if position > end:
                raise self._too_long(tag, length)


def fragments(source: Source, start: int) -> "tuple[list[tuple[int, int]], int]":
    """(offset, length) of every item of encapsulated pixel data, the offset table first (PS3.5 A.4), and the
    offset behind them. A missing sequence delimiter at the very end is forgiven: all data are there.
    """
    found: list[tuple[int, int]] = []
    size = len(source)
    head = struct.Struct("<HHI")
    position = start
    while position < size:
        if position + 8 > size:
            raise cut_short(tag_name(PIXEL_DATA))
        group, element, length = head.unpack_from(source, position)
        position += 8
        if (group, element) == (0xFFFE, 0xE0DD):
            return found, position
        if (group, element) != (0xFFFE, 0xE000):
            raise not_as_declared(group << 16 | element)
        if position + length > size:
            raise cut_short(tag_name(PIXEL_DATA))
        if len(found) == MAX_FRAGMENTS:
            raise TooLarge(
                "too_many_fragments",
                "The image data are cut into more than {limit} pieces. Export it again from the source.",
                limit=MAX_FRAGMENTS,
            )
        found.append((position, length))
        position += length
    return found, position


def dictionary_vr(tag: int) -> bytes:
    """The VR of a standard element by PS3.6; UN for private and unknown ones, the first where several may be."""
    entry = DicomDictionary.get(tag)
    if entry is not None:
        return entry[0][:2].encode()
    if tag & 0xFFFF == 0:
        return b"UL"
    if tag >> 16 & 1:
        return b"LO" if 0x10 <= tag & 0xFFFF <= 0xFF else b"UN"
    return _repeating_vr(tag)


@lru_cache(maxsize=4096)
def _repeating_vr(tag: int) -> bytes:
    """Overlay groups 60xx, curve groups 50xx and the like repeat every second group (PS3.5 7.6)."""
    try:
        return dictionary_VR(tag)[:2].encode()
    except KeyError:
        return b"UN"


def _too_many(limit: int) -> HoichanError:
    return TooLarge(
        "too_many_elements",
        "The header has more than {limit} elements. Export it again without private data.",
        limit=limit,
    )


def slice_of(source: Source, start: int, length: int) -> bytes:
    return bytes(source[start : start + length])
