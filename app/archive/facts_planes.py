"""Overlays and shutters of an image (PS3.3 C.9.2, C.7.6.11) as the viewer's manifest tells them; bits stay in the file."""

import struct
from collections.abc import Sequence
from typing import Any

from app.archive.header import Header
from app.archive.uids import TransferSyntax

GROUPS = range(0x6000, 0x6020, 2)
_DATA = 0x3000
_SIZE = 0x00280010, 0x00280011
_LARGEST = 1 << 15  # rows, columns
_MOST_VERTICES = 1000


def plane_facts(header: Header, syntax: TransferSyntax) -> dict[str, Any]:
    """`overlays` and `shutter`, each only where the image has them."""
    found: dict[str, Any] = {}
    if overlays := [one for group in GROUPS if (one := _overlay(header, group, syntax))]:
        found["overlays"] = overlays
    if shutter := shutter_of(header):
        found["shutter"] = shutter
    return found


def _overlay(header: Header, group: int, syntax: TransferSyntax) -> dict[str, Any] | None:
    """`origin`: row and column, from 1, of its first point. `bit`: of the pixel's word, where it lies in the pixels."""
    at = group << 16
    rows, columns = header.integer(at | 0x10), header.integer(at | 0x11)
    if not rows or not columns or not (0 < rows <= _LARGEST and 0 < columns <= _LARGEST):
        return None
    own = at | _DATA in header
    bit = None if own else _embedded_bit(header, at, syntax)
    if not own and (bit is None or (rows, columns) != tuple(header.integer(tag) for tag in _SIZE)):
        return None
    origin = header.numbers(at | 0x50)
    return {
        "group": group,
        "rows": rows,
        "columns": columns,
        "origin": [int(origin[0]), int(origin[1])] if len(origin) == 2 else [1, 1],
        "frames": max(header.integer(at | 0x15) or 1, 1),
        "first_frame": max(header.integer(at | 0x51) or 1, 1),
        "kind": header.code(at | 0x40),  # G: graphics, R: a region
        "label": header.text(at | 0x1500, 64) or header.text(at | 0x22, 64),
        "bit": bit,
    }


def _embedded_bit(header: Header, at: int, syntax: TransferSyntax) -> int | None:
    """Retired (PS3.3 2004, C.9.2.1.1): a bit of the pixel's word that the image does not use. Only of uncompressed
    images: what a compression leaves of such bits is unsure.
    """
    allocated, stored, high = (header.integer(tag) for tag in (0x00280100, 0x00280101, 0x00280102))
    bit, samples = header.integer(at | 0x102), header.integer(0x00280002)
    if bit is None or stored is None or high is None or samples != 1:
        return None
    if syntax.encapsulated or syntax.deflated or allocated not in {8, 16}:
        return None
    if header.integer(at | 0x100) != allocated:
        return None
    used = range(high - stored + 1, high + 1)
    return bit if 0 <= bit < allocated and bit not in used else None


def shutter_of(header: Header) -> dict[str, Any] | None:
    """In image coordinates: column and row, the outer corner of the first pixel being (0, 0). What is shut out is
    shown as `grey` (0..255). None where there is none, or it would make no sense.
    """
    shapes = header.codes(0x00181600)
    found: dict[str, Any] = {}
    edges = [header.number(tag) for tag in (0x00181602, 0x00181606, 0x00181604, 0x00181608)]
    if "RECTANGULAR" in shapes and None not in edges:
        left, top, right, bottom = (float(edge or 0) for edge in edges)
        if left <= right and top <= bottom:
            found["rectangle"] = [left - 1, top - 1, right, bottom]
    centre, radius = header.numbers(0x00181610), header.number(0x00181612)
    if "CIRCULAR" in shapes and len(centre) == 2 and radius and radius > 0:
        found["circle"] = [centre[1] - 0.5, centre[0] - 0.5, radius]
    vertices = header.numbers(0x00181620)
    if "POLYGONAL" in shapes and len(vertices) >= 6:
        found["polygon"] = _points(vertices)
    if found:
        found["grey"] = round(min(max(header.number(0x00181622) or 0, 0), 65535) / 257)
    return found or None


def _points(vertices: Sequence[float]) -> list[list[float]]:
    pairs = list(zip(vertices[1::2], vertices[::2], strict=False))
    return [[column - 0.5, row - 0.5] for column, row in pairs[:_MOST_VERTICES]]


def overlay_bits(header: Header, group: int, frame: int) -> bytes | None:
    """One frame's points of an overlay that lies beside the pixels, eight in a byte, the lowest bit first; None where
    the overlay has none for this frame.
    """
    at = group << 16
    element = header.elements.get(at | _DATA)
    rows, columns = header.integer(at | 0x10) or 0, header.integer(at | 0x11) or 0
    if element is None or rows * columns <= 0:
        return None
    count, first = max(header.integer(at | 0x15) or 1, 1), max(header.integer(at | 0x51) or 1, 1)
    place = 0 if count == 1 else frame - first
    data = header.raw(at | _DATA)
    if header.big_endian and element.vr == b"OW":
        words = len(data) // 2
        data = struct.pack(f"<{words}H", *struct.unpack(f">{words}H", data[: 2 * words]))
    points = rows * columns
    start, end = place * points, (place + 1) * points
    if not 0 <= place < count or end > len(data) * 8:
        return None
    whole = int.from_bytes(data[start // 8 : (end + 7) // 8], "little") >> start % 8
    return (whole & ((1 << points) - 1)).to_bytes((points + 7) // 8, "little")
