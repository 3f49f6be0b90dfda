"""Instances that come as metadata and bulk data apart (PS3.18 10.5.1.1): put together as files of PS3.10."""

import io
import json
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from pydicom import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset

from app.archive.elements import PIXEL_DATA, UNDEFINED
from app.archive.encoding import element_head
from app.archive.file_header import file_header
from app.archive.uids import EXPLICIT_LITTLE, is_uid, transfer_syntax
from app.base.errors import HoichanError, Invalid, Unsupported
from app.dicomweb.frames import USUAL_SYNTAX
from app.dicomweb.media import ANY_SYNTAX, OCTET_STREAM, MediaRange, accepted

MAX_METADATA = 64 << 20
MOST_HELD = 64 << 20
"""Bytes of bulk data within one data set that are no pixels: they are held while it is written."""
_IN_MEMORY = 1 << 20
_CHUNK = 1 << 20
_PIXELS, _META_SYNTAX, _AVAILABLE_SYNTAX = "7FE00010", "00020010", "00083002"
_LONGEST = 0xFFFFFFFE


@dataclass
class Bulk:
    """One value that came as a part of its own."""

    media: MediaRange
    file: IO[bytes]
    size: int = 0

    def pieces(self) -> Iterator[bytes]:
        self.file.seek(0)
        while piece := self.file.read(_CHUNK):
            yield piece

    def whole(self) -> bytes:
        return b"".join(self.pieces())


def new_bulk(content_type: str) -> Bulk:
    """An empty one; its bytes are written to `file`."""
    (media, *_) = accepted(content_type or OCTET_STREAM)
    return Bulk(media, SpooledTemporaryFile(_IN_MEMORY))


def data_sets(body: bytes) -> list[dict[str, Any]]:
    """The data sets of a metadata part. Raises Invalid."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise _bad_metadata() from None
    found = [found] if isinstance(found, dict) else found
    if not isinstance(found, list) or not found or not all(isinstance(one, dict) for one in found):
        raise _bad_metadata()
    return found


def _bad_metadata() -> Invalid:
    return Invalid(
        "bad_metadata", "The metadata cannot be read as DICOM JSON. Send it again from the source."
    )


def write_file(item: dict[str, Any], bulk: dict[str, Bulk], write: Callable[[bytes], None]) -> None:
    """Writes the instance piece by piece; pixel data are never held. Raises Invalid or Unsupported."""
    try:
        before, pixels, behind = _assembled(item, bulk)
    except HoichanError:
        raise
    except Exception as error:  # pydicom raises all kinds where a value is not what its VR says
        raise _bad_metadata() from error
    write(before)
    if pixels is not None:
        for piece in pixels.pieces():
            write(piece)
    write(behind)


def _assembled(item: dict[str, Any], bulk: dict[str, Bulk]) -> tuple[bytes, Bulk | None, bytes]:
    """What stands before the pixel data, these, and what stands behind them."""
    pixels = _pixels(item, bulk)
    syntax = _syntax(item, pixels)
    ds = _data_set(item, bulk)
    head = file_header(
        sop_class_uid=str(ds.get("SOPClassUID", "")),
        sop_instance_uid=str(ds.get("SOPInstanceUID", "")),
        transfer_syntax_uid=syntax,
    )
    before, behind = (b"", b"") if pixels is None else _around(pixels, ds, syntax)
    return head + _encoded(ds) + before, pixels, behind


def _pixels(item: dict[str, Any], bulk: dict[str, Bulk]) -> Bulk | None:
    named = item.pop(_PIXELS, None)
    if named is None:
        return None
    if isinstance(named, dict) and "InlineBinary" in named:
        value = Dataset.from_json({_PIXELS: named}).PixelData
        return Bulk(accepted(OCTET_STREAM)[0], io.BytesIO(value), len(value))
    return _named(bulk, named.get("BulkDataURI", "") if isinstance(named, dict) else "")


def _named(bulk: dict[str, Bulk], address: str) -> Bulk:
    if address not in bulk:
        raise Invalid(
            "missing_bulk_data",
            "The metadata names bulk data that did not come. Give each part its Content-Location.",
        )
    return bulk[address]


def _syntax(item: dict[str, Any], pixels: Bulk | None) -> str:
    """Of the pixel data's part, else what the metadata say, else what the media type means (PS3.18 8.7.3)."""
    said = [item.pop(tag, {}) for tag in (_META_SYNTAX, _AVAILABLE_SYNTAX)]
    if pixels is None:
        return EXPLICIT_LITTLE
    named = pixels.media.transfer_syntax
    if named in {"", ANY_SYNTAX}:
        values = [one["Value"][0] for one in said if isinstance(one, dict) and one.get("Value")]
        usual = USUAL_SYNTAX.get(pixels.media.media_type, EXPLICIT_LITTLE)
        named = str(values[0]) if values and pixels.media.media_type != OCTET_STREAM else usual
    if not is_uid(named) or (not transfer_syntax(named).encapsulated and named != EXPLICIT_LITTLE):
        raise Unsupported("unknown_transfer_syntax", "Pixel data apart must be little endian or compressed.")
    return named


def _data_set(item: dict[str, Any], bulk: dict[str, Bulk]) -> Dataset:
    held = 0

    def value(_tag: str, _vr: str, address: str) -> bytes:
        nonlocal held
        found = _named(bulk, address)
        held += found.size
        if held > MOST_HELD:
            raise _too_large()
        return found.whole()

    ds = Dataset.from_json({tag: said for tag, said in item.items() if not tag.startswith("0002")}, value)
    ds.SpecificCharacterSet = "ISO_IR 192"
    return ds


def _too_large() -> Unsupported:
    return Unsupported("too_large_apart", "This is too large to be sent with metadata apart. Send the file.")


def _encoded(ds: Dataset) -> bytes:
    out = DicomBytesIO()
    out.is_little_endian, out.is_implicit_VR = True, False
    write_dataset(out, ds)
    return bytes(out.getvalue())


def _around(pixels: Bulk, ds: Dataset, syntax: str) -> tuple[bytes, bytes]:
    """What stands before and behind the bytes of the pixel data."""
    padding = b"\0" * (pixels.size % 2)
    length = pixels.size + len(padding)
    if length > _LONGEST:
        raise _too_large()
    if not transfer_syntax(syntax).encapsulated:
        wide = int(ds.get("BitsAllocated", 8) or 8) > 8
        return element_head(PIXEL_DATA, b"OW" if wide else b"OB", length), padding
    if int(ds.get("NumberOfFrames", 1) or 1) > 1 and not transfer_syntax(syntax).video:
        raise Unsupported("frames_apart", "Several compressed frames cannot come apart. Send the file.")
    items = struct.pack("<HHIHHI", 0xFFFE, 0xE000, 0, 0xFFFE, 0xE000, length)
    end = struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)
    return element_head(PIXEL_DATA, b"OB", UNDEFINED) + items, padding + end
