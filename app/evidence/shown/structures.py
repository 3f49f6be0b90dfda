"""RT structure sets (PS3.3 A.19) for the viewer: contours in the patient's millimetres, by region of interest."""

from typing import Any

from app.archive.header import Header
from app.archive.uids import is_uid
from app.evidence.shown.references import MOST, said

_MOST_NUMBERS = 3_000_000  # coordinates of all contours together
_TYPES = frozenset({"CLOSED_PLANAR", "CLOSEDPLANAR_XOR", "OPEN_NONPLANAR", "OPEN_PLANAR", "POINT"})


def structures_of(header: Header) -> dict[str, Any]:
    """`cut`: there were more contours than are shown."""
    names = {item.integer(0x30060022): item for item in header.items(0x30060020)[:MOST]}
    kinds = {item.integer(0x30060084): item.code(0x300600A4) for item in header.items(0x30060080)[:MOST]}
    regions, left, cut = [], _MOST_NUMBERS, False
    for item in header.items(0x30060039)[:MOST]:
        number = item.integer(0x30060084)
        contours = []
        for one in item.items(0x30060040):
            found = _contour(one)
            if found is None:
                continue
            left -= len(found["points"])
            if left < 0:
                cut = True
                break
            contours.append(found)
        named = names.get(number)
        regions.append(
            {
                "number": number,
                "name": named.text(0x30060026, 64) if named else "",
                "frame_of_reference_uid": named.uid(0x30060024) if named else "",
                "type": kinds.get(number, ""),
                "colour": _colour(item),
                "contours": contours,
            }
        )
    return said(header) | {"kind": "structures", "regions": regions, "cut": cut}


def _contour(item: Header) -> dict[str, Any] | None:
    """Points as x, y, z, x, y, z...; `uid`: the image it was drawn on, where that is said."""
    kind, numbers = item.code(0x30060042), item.numbers(0x30060050)
    if kind not in _TYPES or len(numbers) < 3 or len(numbers) % 3:
        return None
    image = item.item(0x30060016)
    uid = image.uid(0x00081155) if image else ""
    return {
        "type": kind,
        "uid": uid if is_uid(uid) else None,
        "points": [round(number, 3) for number in numbers],
    }


def _colour(item: Header) -> str | None:
    values = item.numbers(0x3006002A)
    if len(values) != 3:
        return None
    return "#" + "".join(f"{int(min(max(value, 0), 255)):02x}" for value in values)
