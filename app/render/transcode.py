"""An instance in another transfer syntax: its data set written anew, its frames decoded and, where asked, compressed.

What is lossless is decoded again and compared before it leaves. Frames are worked on one by one; compressed ones wait in
a file without a name until the table of their offsets can stand before them (PS3.5 A.4).
"""

import struct
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import IO

import numpy as np

from app.archive.elements import DOUBLE_FLOAT_PIXEL_DATA, FLOAT_PIXEL_DATA, PIXEL_DATA, UNDEFINED, Walker
from app.archive.encoding import element, element_head, encoded_elements, joined, swapped
from app.archive.frames_index import FrameLocation
from app.archive.header import Header
from app.archive.inflate import inflated
from app.archive.outgoing import OutgoingFile, open_dataset
from app.archive.uids import EXPLICIT_LITTLE, IMPLICIT_LITTLE, transfer_syntax
from app.base.blobs import Blobs
from app.base.errors import HoichanError, NotFound, Unsupported
from app.render import codestreams
from app.render.description import ImageDescription
from app.render.encoders import ENCODERS, JPEG_BASELINE, Encoded, encode_frame, not_compressible
from app.render.frames import Decoder, Values, task_of, values_of
from app.render.stored import from_decoder, in_range

NATIVE = (EXPLICIT_LITTLE, IMPLICIT_LITTLE)
TARGETS = frozenset({*NATIVE, *ENCODERS})
_LOSSLESS = frozenset(ENCODERS) - {JPEG_BASELINE}
_WAVELETS = codestreams.JPEG_2000 | codestreams.HTJ2K
_CHUNK = 1 << 20
_IN_MEMORY = 32 << 20
_PIXEL_HEAD = 6
_BASIC_LIMIT = 1 << 32
_TAGS = {"float": FLOAT_PIXEL_DATA, "double": DOUBLE_FLOAT_PIXEL_DATA}
_TABLES = (0x7FE00001, 0x7FE00002)


def can_transcode(source_uid: str, target_uid: str) -> bool:
    """Whether images of one transfer syntax can be had in another: a lossless one is made of lossless ones only, or of
    its own family. Whether a particular image's pixels fit is known when they are read.
    """
    if source_uid == target_uid:
        return True
    source = transfer_syntax(source_uid)
    readable = not source.encapsulated or source_uid in codestreams.COMPRESSED
    if not readable or target_uid not in TARGETS:
        return False
    if target_uid in NATIVE or source_uid not in codestreams.LOSSY:
        return True
    return target_uid not in _LOSSLESS or (source_uid in _WAVELETS and target_uid in _WAVELETS)


def cannot_transcode() -> HoichanError:
    """Told as 406."""
    return Unsupported("not_acceptable", "This image cannot be had in that encoding.")


@dataclass(frozen=True)
class Transcoded:
    """A data set without preamble and meta group, in pieces that are made while they are read. To be read once."""

    transfer_syntax_uid: str
    length: int
    _parts: Iterator[bytes]

    def pieces(self) -> Iterator[bytes]:
        """In order. An error after the first piece means that the image cannot be decoded whole."""
        return self._parts


def transcode(decoder: Decoder, blobs: Blobs, file: OutgoingFile, target_uid: str) -> Transcoded:
    """The instance in another transfer syntax. Raises Unsupported: `not_acceptable` when it cannot be had in it,
    `undecodable` when its pixels are damaged.
    """
    if not can_transcode(file.transfer_syntax_uid, target_uid):
        raise cannot_transcode()
    return _Work(decoder, blobs, file, target_uid).done()


class _Work:
    """One instance being written anew."""

    def __init__(self, decoder: Decoder, blobs: Blobs, file: OutgoingFile, target: str) -> None:
        self._target = target
        self._implicit = target == IMPLICIT_LITTLE
        self._file = file
        self._blobs = blobs
        self._source = transfer_syntax(file.transfer_syntax_uid)
        self._elements = encoded_elements(self._header(), implicit=self._implicit)
        for tag in _TABLES:
            self._elements.pop(tag, None)
        if file.frame_count:
            self._frames = FrameReader(decoder, blobs, file)

    def _header(self) -> Header:
        data = open_dataset(self._blobs, self._file).header()
        walker = Walker(data, implicit=self._source.implicit, big_endian=self._source.big_endian)
        elements, _ = walker.top_level(0)
        return Header(data, elements, big_endian=self._source.big_endian)

    def done(self) -> Transcoded:
        if not self._file.frame_count:
            return self._without_pixels()
        if self._target not in NATIVE:
            return self._compressed()
        return self._decoded() if self._source.encapsulated else self._reordered()

    def _without_pixels(self) -> Transcoded:
        has_pixels = bool(self._file.frame_index) and self._file.header_length < self._file.size
        if self._target not in NATIVE or (has_pixels and self._source.encapsulated):
            raise cannot_transcode()
        return self._answer([joined(self._elements)])

    def _answer(self, first: list[bytes], rest: Iterable[bytes] = (), more: int = 0) -> Transcoded:
        def parts() -> Iterator[bytes]:
            yield from first
            yield from rest

        return Transcoded(self._target, sum(map(len, first)) + more, parts())

    def _set(self, tag: int, vr: bytes, value: bytes) -> None:
        self._elements[tag] = element(tag, vr, value, implicit=self._implicit)

    def _reordered(self) -> Transcoded:
        """Uncompressed to uncompressed: the pixels as they are, in little endian order."""
        description = self._frames.description
        bits = self._file.frame_count * description.frame_bits
        length = (bits + 7) // 8
        padding = b"\0" * (length % 2)
        head = self._pixel_head(description, length + len(padding))
        rest = self._frames.native(length)

        def parts() -> Iterator[bytes]:
            yield from rest
            yield padding

        return self._answer([joined(self._elements), head], parts(), length + len(padding))

    def _pixel_head(self, description: ImageDescription, length: int) -> bytes:
        if length >= UNDEFINED:
            raise not_compressible()
        tag = _TAGS.get(description.pixels, PIXEL_DATA)
        vr = {"float": b"OF", "double": b"OD"}.get(description.pixels, b"OW")
        return element_head(tag, vr, length, implicit=self._implicit)

    def _decoded(self) -> Transcoded:
        description, count = self._frames.description, self._file.frame_count
        values = self._frames.values(1)
        first = cells(description, values)
        self._describe("YBR_FULL" if values.ybr else "RGB")
        length = len(first) * count
        padding = b"\0" * (length % 2)

        def rest() -> Iterator[bytes]:
            for number in range(2, count + 1):
                yield cells(description, self._frames.values(number))
            yield padding

        head = self._pixel_head(description, length + len(padding))
        return self._answer([joined(self._elements), head, first], rest(), length - len(first) + len(padding))

    def _describe(self, colour: str) -> None:
        """What changes in the header when the cells are ours (PS3.5 section 8.2, PS3.3 C.7.6.3)."""
        description = self._frames.description
        if description.samples == 3:
            self._set(0x00280004, b"CS", colour.encode())
            self._set(0x00280006, b"US", b"\0\0")
        if description.pixels == "integer":
            self._set(0x00280102, b"US", struct.pack("<H", description.bits_stored - 1))

    def _compressed(self) -> Transcoded:
        spool: IO[bytes] = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - closed when it was sent
        try:
            lengths, photometric = self._compress_into(spool)
        except BaseException:
            spool.close()
            raise
        self._describe(photometric)
        if self._target != codestreams.RLE and self._frames.description.bits_stored <= 8:
            self._set(
                0x00280100, b"US", b"\x08\0"
            )  # as wide as the samples of the code stream are (PS3.5 8.2)
        if self._target == JPEG_BASELINE:
            self._mark_lossy(sum(lengths))
        table = self._table(lengths)
        head = element_head(PIXEL_DATA, b"OB", UNDEFINED) + table
        end = struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)
        more = sum(lengths) + 8 * len(lengths) + len(end)
        return self._answer([joined(self._elements), head], _items(spool, lengths, end), more)

    def _compress_into(self, spool: IO[bytes]) -> tuple[list[int], str]:
        lengths, photometric = [], ""
        for number in range(1, self._file.frame_count + 1):
            made = self._frames.compressed(number, self._target)
            data = made.data + b"\0" * (len(made.data) % 2)
            spool.write(data)
            lengths.append(len(data))
            photometric = made.photometric
        return lengths, photometric

    def _table(self, lengths: list[int]) -> bytes:
        """The basic offset table; what is too long for it has the extended one in the header (PS3.3 C.7.6.3.1.8)."""
        offsets = np.cumsum([0, *(length + 8 for length in lengths[:-1])])
        if int(offsets[-1]) < _BASIC_LIMIT:
            entries = offsets.astype("<u4").tobytes()
            return struct.pack("<HHI", 0xFFFE, 0xE000, len(entries)) + entries
        self._set(0x7FE00001, b"OV", offsets.astype("<u8").tobytes())
        self._set(0x7FE00002, b"OV", np.array(lengths, "<u8").tobytes())
        return struct.pack("<HHI", 0xFFFE, 0xE000, 0)

    def _mark_lossy(self, size: int) -> None:
        """PS3.3 C.7.6.1.1.5; ratios and methods of earlier compressions stay before this one."""
        header = self._header()
        frame = (self._frames.description.frame_bits + 7) // 8
        ratio = f"{frame * self._file.frame_count / max(size, 1):.2f}"
        self._set(0x00282110, b"CS", b"01")
        self._set(0x00282112, b"DS", "\\".join([*header.codes(0x00282112), ratio]).encode())
        self._set(0x00282114, b"CS", "\\".join([*header.codes(0x00282114), "ISO_10918_1"]).encode())
        kind = header.codes(0x00080008)
        if kind:
            self._set(0x00080008, b"CS", "\\".join(["DERIVED", *kind[1:]]).encode())


def _items(spool: IO[bytes], lengths: list[int], end: bytes) -> Iterator[bytes]:
    """One fragment for each frame."""
    with spool:
        spool.seek(0)
        for length in lengths:
            yield struct.pack("<HHI", 0xFFFE, 0xE000, length)
            left = length
            while left:
                piece = spool.read(min(left, _CHUNK))
                left -= len(piece)
                yield piece
        yield end


class FrameReader:
    """The frames of one file, decoded or compressed anew, one at a time."""

    def __init__(self, decoder: Decoder, blobs: Blobs, file: OutgoingFile) -> None:
        self._decoder = decoder
        self._blobs = blobs
        self._file = file
        syntax = transfer_syntax(file.transfer_syntax_uid)
        self._plain = inflated(blobs.read(file.digest), file.dataset_start) if syntax.deflated else None
        head = self._read(0, file.header_length + _PIXEL_HEAD)
        self.description = ImageDescription.from_header(head, file.header_length, syntax.uid)

    def _read(self, offset: int, length: int) -> bytes:
        if self._plain is not None:
            return self._plain[offset : offset + length]
        return self._blobs.read_range(self._file.digest, offset, length)

    def values(self, number: int) -> Values:
        """Stored values. Raises NotFound for a frame that is not there, Unsupported for one that cannot be decoded."""
        location: FrameLocation = self._file.location(number)
        data = b"".join(self._read(*span) for span in location.spans)
        return values_of(
            self._decoder, self.description, self._file.transfer_syntax_uid, data, location.bit_offset
        )

    def compressed(self, number: int, target: str) -> Encoded:
        """A frame in another compression; a lossless one was decoded again and is the same."""
        values = self.values(number)
        made = encode_frame(self.description, values.stored, ybr=values.ybr, target=target)
        if target in _LOSSLESS:
            self._check(values, made, target)
        return made

    def _check(self, values: Values, made: Encoded, target: str) -> None:
        again = self._decoder.decode(task_of(self.description, target), made.data).values
        plain = replace(self.description, high_bit=self.description.bits_stored - 1)
        stored = (
            in_range(plain, again) if target == codestreams.RLE else from_decoder(plain, again, clamp=False)
        )
        if not np.array_equal(stored, values.stored):
            raise not_compressible()

    def native(self, length: int) -> Iterator[bytes]:
        """All frames of an uncompressed file as they lie there, in little endian order."""
        ((start, _),) = self._file.location(1).spans
        word = self._word()
        for offset in range(0, length, _CHUNK):
            size = min(_CHUNK, length - offset)
            data = self._read(start + offset, size + -size % word)
            if len(data) < size:
                raise NotFound("blob_missing", "The stored file is missing. Tell your administrator.")
            yield swapped(data, word)[:size]

    def _word(self) -> int:
        """How many bytes of a big endian file change places (PS3.5 section 7.3)."""
        if not self.description.big_endian:
            return 1
        return max(self.description.bits_allocated // 8, 2 if self.description.words else 1)


def cells(description: ImageDescription, values: Values) -> bytes:
    """A decoded frame as it lies in an uncompressed file: little endian, colours by pixel, bits packed."""
    stored = values.stored
    if description.bits_allocated == 1:
        if stored.size % 8 and description.frames > 1:
            raise not_compressible()
        return np.packbits(stored.reshape(-1), bitorder="little").tobytes()
    if stored.dtype.kind != "f":
        stored = stored.astype(f"<{stored.dtype.kind}{description.bits_allocated // 8}", copy=False)
    return np.ascontiguousarray(stored).tobytes()
