"""Frames as bytes (PS3.18 section 8.7.3): as they are stored, decoded into Explicit VR Little Endian, or compressed in
another way on request.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from app.archive.frames_index import FrameLocation
from app.archive.outgoing import OutgoingFile
from app.archive.uids import IMPLICIT_LITTLE, transfer_syntax
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
from app.dicomweb.ranges import CHUNK
from app.edge.services import Services
from app.render.frames import Values
from app.render.transcode import FrameReader, can_transcode, cells

_PREFIX = "1.2.840.10008.1.2."
_MEDIA_TYPES = {  # PS3.18 tables 8.7.3-2 to 8.7.3-5; what each means when no transfer syntax is named stands first
    "image/dicom-rle": ("5",),
    "image/jls": ("4.80", "4.81"),
    "image/jp2": ("4.90", "4.91"),
    "image/jpeg": ("4.70", "4.57", "4.50", "4.51"),
    "image/jphc": ("4.201", "4.202", "4.203"),
    "image/jpx": ("4.92", "4.93"),
    "image/jxl": ("4.110", "4.111", "4.112"),
}
_MEDIA_TYPE_OF = {_PREFIX + end: name for name, ends in _MEDIA_TYPES.items() for end in ends}
USUAL_SYNTAX = {name: _PREFIX + ends[0] for name, ends in _MEDIA_TYPES.items()}


@dataclass(frozen=True)
class FrameForm:
    """In which form frames go out: the media type of a part, and whether they are `made` of others than are stored."""

    media_type: str
    syntax: str
    made: bool
    multipart: bool

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
    named = {name for name, syntax in USUAL_SYNTAX.items() if can_transcode(stored, syntax)}
    raise not_acceptable(sorted({OCTET_STREAM, *named, _MEDIA_TYPE_OF.get(stored, OCTET_STREAM)}))


def _form(wanted: MediaRange, stored: str) -> FrameForm | None:
    """Uncompressed frames of whatever encoding are Explicit VR Little Endian on the web (PS3.18 8.7.3.4)."""
    as_stored = stored if transfer_syntax(stored).encapsulated else EXPLICIT_LITTLE
    anything = wanted.media_type == "*/*" and not wanted.transfer_syntax
    multipart = wanted.multipart or wanted.media_type == "*/*"
    if matches(wanted.media_type, OCTET_STREAM):
        if anything or wanted.transfer_syntax in {ANY_SYNTAX, as_stored}:
            return FrameForm(OCTET_STREAM, as_stored, made=False, multipart=multipart)
        syntax = wanted.transfer_syntax or EXPLICIT_LITTLE
        if can_transcode(stored, syntax) and syntax != IMPLICIT_LITTLE:
            return FrameForm(OCTET_STREAM, syntax, made=as_stored != syntax, multipart=multipart)
    return _named_form(wanted, stored, multipart=multipart)


def _named_form(wanted: MediaRange, stored: str, *, multipart: bool) -> FrameForm | None:
    """By the media type of a compression: as it is stored, else compressed for this answer."""
    named = _MEDIA_TYPE_OF.get(stored)
    if named and matches(wanted.media_type, named) and wanted.transfer_syntax in {"", ANY_SYNTAX, stored}:
        return FrameForm(named, stored, made=False, multipart=multipart)
    syntax = wanted.transfer_syntax or USUAL_SYNTAX.get(wanted.media_type, "")
    if _MEDIA_TYPE_OF.get(syntax) == wanted.media_type and can_transcode(stored, syntax):
        return FrameForm(wanted.media_type, syntax, made=True, multipart=multipart)
    return None


def frame_parts(
    services: Services, file: OutgoingFile, numbers: Sequence[int], form: FrameForm
) -> list[OutgoingPart]:
    """Frames, which are all there. The first is made now, so that its error is told; the others when it is their
    turn to be sent: together they may be gigabytes.
    """
    made = form.made or transfer_syntax(file.transfer_syntax_uid).big_endian
    reader = FrameReader(services.renderer.decoder, services.blobs, file) if _compresses(form) else None
    bodies = [_body(services, file, number, reader, form.syntax, made=made) for number in numbers]
    first, *others = [OutgoingPart(form.content_type, body) for body in bodies]
    return [OutgoingPart(form.content_type, tuple(first.body)) if made else first, *others]


def _compresses(form: FrameForm) -> bool:
    return form.made and form.syntax != EXPLICIT_LITTLE


def _body(
    services: Services,
    file: OutgoingFile,
    number: int,
    reader: FrameReader | None,
    syntax: str,
    *,
    made: bool,
) -> Iterator[bytes]:
    location = file.location(number)  # or NotFound, now
    if reader is not None:
        return _compressed(reader, number, syntax)
    if made:
        return _decoded(services, location)
    if location.bit_offset:
        return _from_the_first_bit(services, file, location)
    return _stored(services, file, location)


def _stored(services: Services, file: OutgoingFile, location: FrameLocation) -> Iterator[bytes]:
    """As they lie there, in pieces: a frame may have hundreds of megabytes. A deflated file is in memory anyway."""
    chunk = None if transfer_syntax(file.transfer_syntax_uid).deflated else CHUNK
    for offset, length in location.spans:
        for start in range(0, length, chunk or max(length, 1)):
            yield stored_range(services.blobs, file, offset + start, min(chunk or length, length - start))


def _compressed(reader: FrameReader, number: int, syntax: str) -> Iterator[bytes]:
    yield reader.compressed(number, syntax).data


def _decoded(services: Services, location: FrameLocation) -> Iterator[bytes]:
    """Cells of BitsAllocated in little endian order, colours as PlanarConfiguration says."""
    description = services.renderer.description(location)
    stored = services.renderer.values(location)
    if description.samples > 1 and description.planar:
        stored = np.ascontiguousarray(np.moveaxis(stored, -1, 0))
    yield cells(description, Values(stored, ybr=False))


def _from_the_first_bit(services: Services, file: OutgoingFile, location: FrameLocation) -> Iterator[bytes]:
    """A frame of 1-bit pixels that begins inside a byte, moved to the beginning of one (PS3.5 8.1.1)."""
    data = b"".join(stored_range(services.blobs, file, *span) for span in location.spans)
    moved = int.from_bytes(data, "little") >> location.bit_offset
    yield moved.to_bytes(len(data), "little")
