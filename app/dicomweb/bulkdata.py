"""Bulk data that metadata named by an address (PS3.18 section 10.4.1.1.5)."""

import re

from app.archive.elements import Element
from app.archive.header import Header
from app.archive.queries import StoredFile
from app.base.errors import NotFound
from app.dicomweb.dicom_json import little_endian
from app.dicomweb.frames import form_for, frame_part
from app.dicomweb.headers import PIXEL_DATA, header_of
from app.dicomweb.media import OCTET_STREAM, MediaRange
from app.dicomweb.multipart import OutgoingPart
from app.edge.services import Services

_STEP = re.compile(r"([0-9A-F]{8})/(\d{1,6})/")
_LAST = re.compile(r"[0-9A-F]{8}")


def bulk_parts(
    services: Services, file: StoredFile, where: str, ranges: list[MediaRange]
) -> list[OutgoingPart]:
    """The value at the end of the way `where`; pixel data as one part for each frame. Raises NotFound."""
    if where == PIXEL_DATA:
        form = form_for(ranges, file.transfer_syntax_uid)
        return [frame_part(services, file, number, form) for number in range(1, file.frame_count + 1)]
    header, element = _follow(header_of(services.blobs, file), where)
    return [OutgoingPart(OCTET_STREAM, [little_endian(header, element)])]


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
