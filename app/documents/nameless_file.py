"""One image as a file without whose it is. Its header is written anew; its pixels pass through in pieces, whatever their size."""

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.uid import UID

from app.archive.frames_index import unpack
from app.archive.inflate import inflated
from app.archive.outgoing import OutgoingFile, file_head, open_dataset
from app.archive.uids import EXPLICIT_LITTLE, TransferSyntax, transfer_syntax
from app.archive.whole import check_before
from app.base.blobs import Blobs
from app.documents.basic_profile import Disguise, disguise

CHUNK = 1 << 20
_OVERLAYS = range(0x6000, 0x6020, 2)
_WORDS = {8: "u1", 16: "u2", 32: "u4"}
_LAYOUT = ("BitsAllocated", "BitsStored", "HighBit")
_END_OF_FRAGMENTS = struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)
_META_OF_SENDERS = ("SourceApplicationEntityTitle", "SendingApplicationEntityTitle", "PrivateInformation")


@dataclass(frozen=True)
class Image:
    """A stored image with its header as a data set; nothing of its pixels is held."""

    blobs: Blobs
    file: OutgoingFile
    ds: Dataset

    @property
    def syntax(self) -> TransferSyntax:
        return transfer_syntax(self.file.transfer_syntax_uid)

    @property
    def hides_overlay(self) -> bool:
        """Whether an overlay lies in bits of the pixels' words (retired: PS3.3 2004, C.9.2.1.1)."""
        return any((group, 0x0010) in self.ds and (group, 0x3000) not in self.ds for group in _OVERLAYS)


def opened_image(blobs: Blobs, file: OutgoingFile) -> Image:
    """Raises Unavailable when its bytes are not those that came."""
    check_before(blobs, file)
    header = io.BytesIO(_plain_meta(blobs, file) + open_dataset(blobs, file).header())
    return Image(blobs, file, dcmread(header, force=True))


def _plain_meta(blobs: Blobs, file: OutgoingFile) -> bytes:
    """Preamble and meta group; the header of a deflated file comes inflated, and is read and written as such."""
    head = file_head(blobs, file)
    if not transfer_syntax(file.transfer_syntax_uid).deflated:
        return head
    meta = dcmread(io.BytesIO(head), force=True, stop_before_pixels=True).file_meta
    meta.TransferSyntaxUID = UID(EXPLICIT_LITTLE)
    out = io.BytesIO()
    plain = Dataset()
    plain.file_meta, plain.preamble = meta, b"\0" * 128
    plain.save_as(out, enforce_file_format=True)
    return out.getvalue()


def nameless_pieces(image: Image, how: Disguise) -> Iterator[bytes]:
    """The file in pieces of a megabyte at most, but for the header. The data set is changed."""
    words = _Words.of(image)
    disguise(image.ds, how)
    yield _encoded(image.ds)
    if image.syntax.encapsulated:
        yield from _fragments(image)
        return
    head, pixels = _native(image)
    yield head
    yield from pixels if words is None else map(words.cleared, pixels)


def _encoded(ds: Dataset) -> bytes:
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
    for keyword in _META_OF_SENDERS:
        if keyword in ds.file_meta:
            delattr(ds.file_meta, keyword)
    ds.preamble = b"\0" * 128
    out = io.BytesIO()
    ds.save_as(out, enforce_file_format=True)
    return out.getvalue()


def _read(image: Image, offset: int, length: int) -> bytes:
    """A part of the stored file; of a deflated one in its inflated form, which has its cap."""
    if image.syntax.deflated:
        return inflated(image.blobs.read(image.file.digest), image.file.dataset_start)[
            offset : offset + length
        ]
    return image.blobs.read_range(image.file.digest, offset, length)


def _range(image: Image, start: int, end: int) -> Iterator[bytes]:
    if image.syntax.deflated:
        yield _read(image, start, end - start)
        return
    for offset in range(start, end, CHUNK):
        yield _read(image, offset, min(CHUNK, end - offset))


def _head_length(image: Image) -> int:
    """Of the pixel element: its tag, mostly its VR, and its length."""
    return 8 if image.syntax.implicit else 12


def _native(image: Image) -> tuple[bytes, Iterator[bytes]]:
    """The pixel element's head, and its value; nothing of what stands behind it."""
    start = image.file.header_length + _head_length(image)
    head = _read(image, image.file.header_length, _head_length(image))
    (length,) = struct.unpack(">I" if image.syntax.big_endian else "<I", head[-4:])
    return head, _range(image, start, start + length)


def _fragments(image: Image) -> Iterator[bytes]:
    """The pixel element up to its last frame's end, and the mark of its own end."""
    index = unpack(image.file.frame_index)
    end = max(offset + length for spans in index.frames for offset, length in spans)
    yield from _range(image, image.file.header_length, end)
    yield _END_OF_FRAGMENTS


@dataclass(frozen=True)
class _Words:
    """The words of uncompressed pixels, and which of their bits the image uses."""

    kind: np.dtype[Any]
    used: int
    sign: int  # 0: none
    above: int  # the bits that repeat the sign

    @classmethod
    def of(cls, image: Image) -> "_Words | None":
        """None where nothing is to be cleared."""
        allocated, stored, high = (int(image.ds.get(name) or 0) for name in _LAYOUT)
        if not image.hides_overlay or image.syntax.encapsulated or allocated not in _WORDS:
            return None
        if not 0 < stored <= high + 1 <= allocated:
            return None
        signed = int(image.ds.get("PixelRepresentation") or 0) == 1
        order = ">" if image.syntax.big_endian else "<"
        return cls(
            np.dtype(order + _WORDS[allocated]),
            ((1 << stored) - 1) << (high - stored + 1),
            1 << high if signed else 0,
            (1 << allocated) - (1 << (high + 1)),
        )

    def cleared(self, piece: bytes) -> bytes:
        """Unused bits are 0, or what the sign is."""
        whole = len(piece) // self.kind.itemsize * self.kind.itemsize
        words = np.frombuffer(piece[:whole], self.kind)
        found = words & self.kind.type(self.used)
        if self.sign:
            found = np.where(words & self.kind.type(self.sign), found | self.kind.type(self.above), found)
        return bytes(found.astype(self.kind)) + b"\0" * (len(piece) - whole)
