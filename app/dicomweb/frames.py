"""Frames as bytes (PS3.18 section 8.7.3): as they are stored, or decoded into Explicit VR Little Endian."""

from collections.abc import Iterator, Sequence

import numpy as np

from app.archive.frames_index import FrameLocation
from app.archive.queries import StoredFile
from app.archive.uids import transfer_syntax
from app.dicomweb.headers import stored_range
from app.dicomweb.media import (
    ANY_SYNTAX,
    EXPLICIT_LITTLE,
    OCTET_STREAM,
    MediaRange,
    matches,
    not_acceptable,
)
from app.dicomweb.multipart import OutgoingPart
from app.edge.services import Services

_PREFIX = "1.2.840.10008.1.2."
_MEDIA_TYPES = {  # PS3.18 tables 8.7.3-2 to 8.7.3-5
    "image/dicom-rle": ("5",),
    "image/jls": ("4.80", "4.81"),
    "image/jp2": ("4.90", "4.91"),
    "image/jpeg": ("4.50", "4.51", "4.57", "4.70"),
    "image/jphc": ("4.201", "4.202", "4.203"),
    "image/jpx": ("4.92", "4.93"),
    "image/jxl": ("4.110", "4.111", "4.112"),
}
_MEDIA_TYPE_OF = {_PREFIX + end: name for name, ends in _MEDIA_TYPES.items() for end in ends}


class FrameForm:
    """In which form frames go out: the media type of a part, and whether they are decoded for it."""

    def __init__(self, media_type: str, syntax: str, *, decoded: bool, multipart: bool) -> None:
        self.media_type = media_type
        self.syntax = syntax
        self.decoded = decoded
        self.multipart = multipart

    @property
    def content_type(self) -> str:
        """Of a part; readers find out from it how to decode."""
        return f"{self.media_type}; transfer-syntax={self.syntax}"


def form_for(ranges: Sequence[MediaRange], stored: str) -> FrameForm:
    """The best form for frames stored in the transfer syntax `stored`. Raises Unsupported, not acceptable."""
    for wanted in ranges:
        form = _form(wanted, stored)
        if form is not None:
            return form
    raise not_acceptable()


def _form(wanted: MediaRange, stored: str) -> FrameForm | None:
    """Uncompressed frames of whatever encoding are Explicit VR Little Endian on the web (PS3.18 8.7.3.4)."""
    as_stored = stored if transfer_syntax(stored).encapsulated else EXPLICIT_LITTLE
    anything = wanted.media_type == "*/*" and not wanted.transfer_syntax
    multipart = wanted.multipart or wanted.media_type == "*/*"
    if matches(wanted.media_type, OCTET_STREAM):
        if anything or wanted.transfer_syntax in {ANY_SYNTAX, as_stored}:
            return FrameForm(OCTET_STREAM, as_stored, decoded=False, multipart=multipart)
        if wanted.transfer_syntax in {"", EXPLICIT_LITTLE}:
            decoded = as_stored != EXPLICIT_LITTLE
            return FrameForm(OCTET_STREAM, EXPLICIT_LITTLE, decoded=decoded, multipart=multipart)
    named = _MEDIA_TYPE_OF.get(stored)
    if named and matches(wanted.media_type, named) and wanted.transfer_syntax in {"", ANY_SYNTAX, stored}:
        return FrameForm(named, stored, decoded=False, multipart=multipart)
    return None


def frame_parts(
    services: Services, file: StoredFile, numbers: Sequence[int], form: FrameForm
) -> list[OutgoingPart]:
    """Frames, which are all there. The first is made now, so that its error is told; the others when it is their
    turn to be sent: together they may be gigabytes.
    """
    made = _is_made(file, form)
    first, *others = [
        OutgoingPart(form.content_type, _body(services, file, number, form)) for number in numbers
    ]
    return [OutgoingPart(form.content_type, tuple(first.body)) if made else first, *others]


def _is_made(file: StoredFile, form: FrameForm) -> bool:
    """Whether the bytes that go out are others than those stored."""
    return form.decoded or transfer_syntax(file.transfer_syntax_uid).big_endian


def _body(services: Services, file: StoredFile, number: int, form: FrameForm) -> Iterator[bytes]:
    location = file.location(number)  # or NotFound, now
    if _is_made(file, form):
        return _decoded(services, location)
    if location.bit_offset:
        return _from_the_first_bit(services, file, location)
    return (stored_range(services.blobs, file, *span) for span in location.spans)


def _decoded(services: Services, location: FrameLocation) -> Iterator[bytes]:
    """Cells of BitsAllocated in little endian order, colours as PlanarConfiguration says."""
    description = services.renderer.description(location)
    values = services.renderer.values(location)
    if values.dtype.kind != "f":
        values = values.astype(f"<{values.dtype.kind}{description.bits_allocated // 8}", copy=False)
    if description.samples > 1 and description.planar:
        values = np.moveaxis(values, -1, 0)
    yield bytes(np.ascontiguousarray(values).tobytes())


def _from_the_first_bit(services: Services, file: StoredFile, location: FrameLocation) -> Iterator[bytes]:
    """A frame of 1-bit pixels that begins inside a byte, moved to the beginning of one (PS3.5 8.1.1)."""
    data = b"".join(stored_range(services.blobs, file, *span) for span in location.spans)
    moved = int.from_bytes(data, "little") >> location.bit_offset
    yield moved.to_bytes(len(data), "little")
