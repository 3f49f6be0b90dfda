"""Bulk data that metadata named by an address (PS3.18 section 10.4.1.1.5)."""

import mmap
import re
from collections.abc import Iterator

from app.archive.elements import Element, Walker, fragments
from app.archive.header import Header
from app.archive.queries import StoredFile
from app.base.errors import NotFound
from app.dicomweb.dicom_json import little_endian
from app.dicomweb.frames import form_for, frame_parts
from app.dicomweb.headers import PIXEL_DATA, has_pixels, header_of
from app.dicomweb.media import OCTET_STREAM, MediaRange
from app.dicomweb.multipart import OutgoingPart
from app.edge.services import Services

_CHUNK = 1 << 20
_STEP = re.compile(r"([0-9A-F]{8})/(\d{1,6})/")
_LAST = re.compile(r"[0-9A-F]{8}")


def bulk_parts(
    services: Services, file: StoredFile, where: str, ranges: list[MediaRange]
) -> list[OutgoingPart]:
    """The value at the end of the way `where`; pixel data as one part for each frame. Raises NotFound."""
    if where == PIXEL_DATA and file.frame_count:
        form = form_for(ranges, file.transfer_syntax_uid)
        return frame_parts(services, file, range(1, file.frame_count + 1), form)
    if where == PIXEL_DATA and has_pixels(file):
        return [OutgoingPart(OCTET_STREAM, _undivided(services, file))]
    header, element = _follow(header_of(services.blobs, file), where)
    return [OutgoingPart(OCTET_STREAM, [little_endian(header, element)])]


def _undivided(services: Services, file: StoredFile) -> Iterator[bytes]:
    """Pixel data that are not cut into frames: a video's stream, its fragments one after the other."""
    path = services.blobs.path(file.digest)
    with path.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as data:
        walker = Walker(data, implicit=False)
        walker.top_level(file.dataset_start)
        assert walker.pixels is not None  # `has_pixels` said so
        for offset, length in fragments(data, walker.pixels.start)[0][1:]:
            for start in range(offset, offset + length, _CHUNK):
                yield data[start : min(start + _CHUNK, offset + length)]


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
