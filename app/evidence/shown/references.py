"""Which images and frames an object speaks of, and the words every object has."""

from typing import Any

from app.archive.header import Header
from app.archive.uids import is_uid

MOST = 20_000  # references, contours, frames


def references(item: Header, tag: int = 0x00081140) -> list[dict[str, Any]]:
    """Of a Referenced Image Sequence; no frames: all of the image."""
    found = []
    for image in item.items(tag)[:MOST]:
        uid = image.uid(0x00081155)
        if is_uid(uid):
            frames = [int(number) for number in image.numbers(0x00081160)][:MOST]
            found.append({"uid": uid, "frames": frames})
    return found


def said(header: Header) -> dict[str, Any]:
    """Who made it when, and its names."""
    return {
        "label": header.text(0x00700080, 64) or header.text(0x30060002, 64),
        "description": header.text(0x00700081, 200) or header.text(0x0008103E, 200),
        "author": header.text(0x00700084, 100).replace("^", " ").strip(),
        "created": header.code(0x00700082) or header.code(0x00080023) or header.code(0x30060008),
    }


def colour_of_lab(values: tuple[float, ...]) -> str | None:
    """`#rrggbb` of CIELab as PS3.3 C.10.7.1.1 encodes it (D50), as near as a screen comes to it."""
    if len(values) != 3:
        return None
    lightness, a, b = values[0] / 65535 * 100, values[1] / 257 - 128, values[2] / 257 - 128
    fy = (lightness + 16) / 116
    x, y, z = (
        white * _cubed(part) for white, part in zip(_D50, (fy + a / 500, fy, fy - b / 200), strict=True)
    )
    return "#" + "".join(f"{_gamma(r * x + g * y + bl * z):02x}" for r, g, bl in _TO_SRGB)


_D50 = (0.9642, 1.0, 0.8251)
_TO_SRGB = (  # XYZ (D50, Bradford) to linear sRGB
    (3.1338561, -1.6168667, -0.4906146),
    (-0.9787684, 1.9161415, 0.0334540),
    (0.0719453, -0.2289914, 1.4052427),
)


def _cubed(part: float) -> float:
    cube: float = part**3
    return cube if cube > 0.008856 else (part - 16 / 116) / 7.787


def _gamma(linear: float) -> int:
    linear = min(max(linear, 0.0), 1.0)
    shown = 12.92 * linear if linear <= 0.0031308 else 1.055 * linear ** (1 / 2.4) - 0.055
    return round(shown * 255)
