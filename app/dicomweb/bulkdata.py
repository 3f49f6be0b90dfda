"""Bulk data that metadata named by an address (PS3.18 section 10.4.1.1.5)."""

import mmap
import re
from functools import partial

from app.archive.elements import Element, Walker, fragments
from app.archive.frames_index import unpack
from app.archive.header import Header
from app.archive.outgoing import OutgoingFile
from app.archive.outgoing_headers import header_of
from app.archive.uids import transfer_syntax
from app.base.blobs import Blobs
from app.base.errors import NotFound
from app.dicomweb.dicom_json import little_endian
from app.dicomweb.frames import form_for, frame_parts
from app.dicomweb.headers import PIXEL_DATA, has_pixels
from app.dicomweb.media import OCTET_STREAM, MediaRange
from app.dicomweb.multipart import OutgoingPart
from app.dicomweb.ranges import Ranged, joined, of_bytes
from app.edge.services import Services

_STEP = re.compile(r"([0-9A-F]{8})/(\d{1,6})/")
_LAST = re.compile(r"[0-9A-F]{8}")
_VIDEO = {
    **dict.fromkeys(("4.100", "4.101"), "video/mpeg"),
    **dict.fromkeys(("4.102", "4.103", "4.104", "4.105", "4.106"), "video/mp4"),
    **dict.fromkeys(("4.107", "4.108"), "video/H265"),
}
_PREFIX = "1.2.840.10008.1.2."


def bulk_value(services: Services, file: OutgoingFile, where: str) -> Ranged | None:
    """The value at the end of the way `where`, of which any part may be asked; None for pixel data that go out frame by
    frame. Raises NotFound.
    """
    if where != PIXEL_DATA or not has_pixels(file):
        header, element = _follow(header_of(services.blobs, file), where)
        return of_bytes(little_endian(header, element))
    if not file.frame_count:
        return _undivided(services.blobs, file)
    syntax = transfer_syntax(file.transfer_syntax_uid)
    index = unpack(file.frame_index)
    if syntax.encapsulated or syntax.big_endian or syntax.deflated:
        return None
    read = partial(_read, services.blobs, file.digest, index.start)
    return Ranged((index.count * index.frame_bits + 7) // 8, read)


def bulk_parts(services: Services, file: OutgoingFile, ranges: list[MediaRange]) -> list[OutgoingPart]:
    """Pixel data as one part for each frame."""
    form = form_for(ranges, file.transfer_syntax_uid)
    return frame_parts(services, file, range(1, file.frame_count + 1), form)


def media_type_of(file: OutgoingFile, where: str) -> str:
    """What a player is told (PS3.18 table 8.7.3-5); all else is octets."""
    if where == PIXEL_DATA and not file.frame_count:
        kind = file.transfer_syntax_uid.removeprefix(_PREFIX).removesuffix(".1")
        return _VIDEO.get(kind, OCTET_STREAM)
    return OCTET_STREAM


def _read(blobs: Blobs, digest: str, start: int, offset: int, length: int) -> bytes:
    return blobs.read_range(digest, start + offset, length)


def _undivided(blobs: Blobs, file: OutgoingFile) -> Ranged:
    """Pixel data that are not cut into frames: a video's stream, its fragments one after the other."""
    try:
        with (
            blobs.path(file.digest).open("rb") as opened,
            mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as data,
        ):
            walker = Walker(data, implicit=False)
            walker.top_level(file.dataset_start)
            if walker.pixels is None:
                raise NotFound
            spans = fragments(data, walker.pixels.start)[0][1:]
    except FileNotFoundError as error:
        raise NotFound("blob_missing", "The stored file is missing. Tell your administrator.") from error
    return joined([Ranged(length, partial(_read, blobs, file.digest, start)) for start, length in spans])


def _follow(header: Header, where: str) -> tuple[Header, Element]:
    while step := _STEP.match(where):
        items = header.items(int(step[1], 16))
        if int(step[2]) >= len(items):
            raise NotFound
        header, where = items[int(step[2])], where[step.end() :]
    element = header.elements.get(int(where, 16)) if _LAST.fullmatch(where) else None
    if element is None or element.items is not None:
        raise NotFound
    return header, element
