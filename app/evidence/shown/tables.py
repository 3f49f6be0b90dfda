"""Tables and bit planes that a presentation state holds itself (PS3.3 C.11.6, C.11.8, C.9.2, C.11.7, C.7.6.15)."""

from base64 import b64encode
from typing import Any

from app.archive.facts_planes import GROUPS, overlay_bits
from app.archive.header import Header
from app.evidence.shown.references import MOST, references
from app.render.lut import Lut, read_lut

_VOI, _PRESENTATION, _DESCRIPTOR = 0x00283010, 0x20500010, 0x00283002
_SHUTTER_SHAPE, _SHUTTER_GROUP, _SHUTTER_GREY = 0x00181600, 0x00181623, 0x00181622
_LARGEST = 1 << 15
_MOST_POINTS = 64_000_000  # of all planes of a state


def voi_tables(header: Header) -> list[dict[str, Any]]:
    """For the images named, or all; only where no window stands beside a table: that one is used."""
    items = [
        item for item in header.items(0x00283110)[:MOST] if _VOI in item and item.number(0x00281050) is None
    ]
    found = [(references(item), _table(item.items(_VOI)[0])) for item in items if item.items(_VOI)]
    return [{"images": images} | _told(table) for images, table in found if table is not None]


def presentation_table(header: Header) -> dict[str, Any] | None:
    item = header.item(_PRESENTATION)
    table = _table(item) if item is not None else None
    return _told(table) if table is not None else None


def _table(item: Header) -> Lut | None:
    """Its first input is signed where the modality transformation makes signed values; the VR says so."""
    descriptor = item.elements.get(_DESCRIPTOR)
    return read_lut(item, signed=descriptor is not None and descriptor.vr == b"SS")


def _told(table: Lut) -> dict[str, Any]:
    """`entries` of 0 to `highest`; the first one belongs to the input `first`."""
    return {"first": table.first, "highest": (1 << table.bits) - 1, "entries": table.values.tolist()}


def bitmap_shutter(header: Header) -> dict[str, Any] | None:
    """What is shut out, bit by bit, and the grey shown in its place."""
    if "BITMAP" not in header.codes(_SHUTTER_SHAPE):
        return None
    plane = _plane(header, header.integer(_SHUTTER_GROUP) or 0)
    grey = round(min(max(header.number(_SHUTTER_GREY) or 0, 0), 65535) / 257)
    return plane | {"grey": grey} if plane is not None else None


def activated_planes(header: Header) -> list[dict[str, Any]]:
    """Overlays of the state that it shows, each in its graphic layer; the others are kept hidden (C.11.7)."""
    planes = []
    for group in GROUPS:
        layer = header.code(group << 16 | 0x1001)
        plane = _plane(header, group) if layer else None
        if plane is not None:
            planes.append(plane | {"layer": layer, "label": header.text(group << 16 | 0x1500, 64)})
    return planes


def _plane(header: Header, group: int) -> dict[str, Any] | None:
    """`bits`: base64, eight points in a byte, the lowest bit first; `origin`: row and column from 1."""
    if group not in GROUPS:
        return None
    rows, columns = (header.integer(group << 16 | tag) or 0 for tag in (0x10, 0x11))
    if not (
        0 < rows <= _LARGEST and 0 < columns <= _LARGEST and rows * columns * len(GROUPS) <= _MOST_POINTS
    ):
        return None
    bits = overlay_bits(header, group, 1)
    origin = header.numbers(group << 16 | 0x50)
    if bits is None:
        return None
    return {
        "rows": rows,
        "columns": columns,
        "origin": [int(origin[0]), int(origin[1])] if len(origin) == 2 else [1, 1],
        "bits": b64encode(bits).decode("ascii"),
    }
