"""Where each frame of an image lies in its file (PS3.5 section 8 and annex A.4), in a form small enough for a row.

Uncompressed frames follow from arithmetic. Compressed ones lie in fragments: one each as a rule, several each where
the offset tables or the marks of the code stream say so.
"""

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TypeAlias

from app.archive.elements import (
    PIXEL_DATA,
    UNDEFINED,
    PixelElement,
    Source,
    cut_short,
    fragments,
    not_as_declared,
    tag_name,
)
from app.archive.header import Header
from app.archive.nameless import Veil
from app.archive.pixels import PixelLayout, check_frame_count
from app.archive.uids import TransferSyntax
from app.base.errors import Invalid, NotFound

Spans: TypeAlias = tuple[tuple[int, int], ...]

_EXTENDED_OFFSETS = 0x7FE00001
_STARTS = (b"\xff\xd8", b"\xff\x4f")  # SOI of the JPEG family, SOC of JPEG 2000
_END = b"\xff\xd9"
_NATIVE = struct.Struct("<QQI")


@dataclass(frozen=True)
class FrameLocation:
    """All that reading one frame needs. Offsets count from the start of the file; for the deflated transfer
    syntax they count in meta group + inflated data set, as `inflate.inflated` gives it, and so does
    `header_length`.
    """

    digest: str
    transfer_syntax_uid: str
    header_length: int
    frame_number: int
    spans: Spans
    bit_offset: int = 0
    damaged: bool = False  # the file was found changed or gone: nothing of it is shown
    veil: Veil | None = None  # for whoever may not know the patient


@dataclass(frozen=True, slots=True)
class FrameIndex:
    """Either arithmetic (`start`, `frame_bits`), or the spans of every frame, or none with the reason's code."""

    count: int = 0
    start: int = 0
    frame_bits: int = 0
    frames: tuple[Spans, ...] = ()
    reason: str = ""

    def location(self, frame_number: int) -> tuple[Spans, int]:
        """Spans of the frame (numbered from 1) and the first bit's place in the first byte."""
        if not 1 <= frame_number <= self.count:
            raise NotFound
        if self.frames:
            return self.frames[frame_number - 1], 0
        first = (frame_number - 1) * self.frame_bits
        bit_offset = first % 8
        return ((self.start + first // 8, (bit_offset + self.frame_bits + 7) // 8),), bit_offset

    def pack(self) -> bytes:
        if self.reason:
            return b"x" + self.reason.encode()
        if not self.frames:
            return b"n" + _NATIVE.pack(self.start, self.frame_bits, self.count)
        return b"e" + bytes(_varints(self._gaps()))

    def _gaps(self) -> Iterable[int]:
        """Counts of spans, then for each span the bytes since the last one (mostly an item's head) and its own."""
        at = 0
        for spans in self.frames:
            yield len(spans)
            for offset, length in spans:
                yield offset - at
                yield length
                at = offset + length


@lru_cache(maxsize=256)
def unpack(packed: bytes) -> FrameIndex:
    """The inverse of `pack`."""
    kind, rest = packed[:1], packed[1:]
    if kind == b"x":
        return FrameIndex(reason=rest.decode())
    if kind == b"n":
        start, frame_bits, count = _NATIVE.unpack(rest)
        return FrameIndex(count, start, frame_bits)
    frames = tuple(_frames(_numbers(rest)))
    return FrameIndex(len(frames), frames=frames)


def _frames(numbers: Sequence[int]) -> Iterable[Spans]:
    place = at = 0
    while place < len(numbers):
        spans = []
        for pair in range(place + 1, place + 1 + 2 * numbers[place], 2):
            offset, length = at + numbers[pair], numbers[pair + 1]
            spans.append((offset, length))
            at = offset + length
        place += 1 + 2 * numbers[place]
        yield tuple(spans)


def _varints(numbers: Iterable[int]) -> Iterable[int]:
    """Seven bits a byte, the lowest first, the high bit set on all but the last; the sign in the lowest bit."""
    for signed in numbers:
        number = signed << 1 if signed >= 0 else (-signed << 1) | 1
        while number > 127:
            yield number & 127 | 128
            number >>= 7
        yield number


def _numbers(packed: bytes) -> list[int]:
    found = []
    number = shift = 0
    for byte in packed:
        number |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            found.append(-(number >> 1) if number & 1 else number >> 1)
            number = shift = 0
    return found


def index_frames(
    source: Source, pixels: PixelElement, layout: PixelLayout, syntax: TransferSyntax, header: Header
) -> FrameIndex:
    """The index of the frames; raises Invalid `truncated` or `too_few_frames` when data are missing."""
    if not syntax.encapsulated:
        return _native(pixels, layout, len(source))
    if pixels.length != UNDEFINED:
        _check_inside(pixels, len(source))
        return FrameIndex(reason="not_encapsulated" if syntax.known else "unknown_transfer_syntax")
    items, _ = fragments(source, pixels.start)
    if syntax.video:
        return FrameIndex(reason="video")
    if not syntax.known:
        return FrameIndex(reason="unknown_transfer_syntax")
    if len(items) - 1 < layout.frames:
        raise Invalid(
            "too_few_frames",
            "NumberOfFrames says {said}, the file holds fewer. Send it again from the source.",
            said=layout.frames,
        )
    check_frame_count(layout.frames)
    return _encapsulated(source, items, layout.frames, syntax, header)


def _check_inside(pixels: PixelElement, size: int) -> None:
    if pixels.start + pixels.length > size:
        raise cut_short(tag_name(PIXEL_DATA))


def _native(pixels: PixelElement, layout: PixelLayout, size: int) -> FrameIndex:
    if pixels.length == UNDEFINED:
        raise not_as_declared(pixels.tag)
    _check_inside(pixels, size)
    if (layout.frames * layout.frame_bits + 7) // 8 > pixels.length:
        raise Invalid(
            "pixel_data_short",
            "The pixel data are shorter than rows, columns and frames demand. Send it again from the source.",
        )
    check_frame_count(layout.frames)
    return FrameIndex(layout.frames, pixels.start, layout.frame_bits)


def _encapsulated(
    source: Source, items: list[tuple[int, int]], count: int, syntax: TransferSyntax, header: Header
) -> FrameIndex:
    table, *parts = items
    if len(parts) == count:
        return FrameIndex(count, frames=tuple((part,) for part in parts))
    if count == 1:
        return FrameIndex(1, frames=(tuple(parts),))
    firsts = (
        _by_extended_table(header, parts, count)
        or _by_basic_table(source, table, parts, count)
        or (_by_marks(source, parts, count) if syntax.marked else None)
    )
    if firsts is None:
        return FrameIndex(reason="frames_unknown")
    ends = [*firsts[1:], len(parts)]
    return FrameIndex(count, frames=tuple(tuple(parts[a:b]) for a, b in zip(firsts, ends, strict=True)))


def _by_extended_table(header: Header, parts: list[tuple[int, int]], count: int) -> list[int] | None:
    """PS3.3 C.7.6.3.1.8. Numbers of the fragments that begin a frame."""
    raw = header.raw(_EXTENDED_OFFSETS)
    return _by_offsets(struct.unpack(f"<{len(raw) // 8}Q", raw[: len(raw) // 8 * 8]), parts, count)


def _by_basic_table(
    source: Source, table: tuple[int, int], parts: list[tuple[int, int]], count: int
) -> list[int] | None:
    offset, length = table
    return _by_offsets(
        struct.unpack(f"<{length // 4}I", source[offset : offset + length // 4 * 4]), parts, count
    )


def _by_offsets(offsets: Sequence[int], parts: list[tuple[int, int]], count: int) -> list[int] | None:
    """Offsets count from the item head of the first fragment. A table that does not fit is as good as none."""
    if len(offsets) != count or not offsets or offsets[0]:
        return None
    origin = parts[0][0]
    number_of = {start - origin: number for number, (start, _) in enumerate(parts)}
    firsts = [number_of.get(offset, -1) for offset in offsets]
    rising = all(a < b for a, b in pairwise(firsts))
    return firsts if rising and -1 not in firsts else None


def _by_marks(source: Source, parts: list[tuple[int, int]], count: int) -> list[int] | None:
    """By the mark a code stream begins with; where that fails, by the one it ends with."""
    starts = [n for n, (offset, _) in enumerate(parts) if source[offset : offset + 2] in _STARTS]
    if len(starts) == count and starts[0] == 0:
        return starts
    ended = [n for n, part in enumerate(parts) if _ends(source, *part)]
    if len(ended) == count and ended[-1] == len(parts) - 1:
        return [0, *(n + 1 for n in ended[:-1])]
    return None


def _ends(source: Source, offset: int, length: int) -> bool:
    tail = bytes(source[max(offset, offset + length - 16) : offset + length])
    return tail.rstrip(b"\0").endswith(_END) or tail.endswith(_END)
