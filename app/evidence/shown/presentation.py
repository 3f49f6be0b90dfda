"""Presentation states (PS3.3 A.33) for the viewer: how images are to look, and what is drawn on them."""

from typing import Any

from app.archive.facts_planes import shutter_of
from app.archive.header import Header
from app.evidence.shown.references import MOST, colour_of_lab, references, said
from app.evidence.shown.tables import activated_planes, bitmap_shutter, presentation_table, voi_tables

_MOST_NUMBERS = 20_000  # coordinates of one graphic
_MOST_TEXT = 2000


def presentation_of(header: Header) -> dict[str, Any]:
    """Coordinates of graphics are image coordinates, or parts of the displayed area (`units`)."""
    return said(header) | {
        "kind": "presentation",
        "images": _images(header),
        "windows": [window for item in header.items(0x00283110)[:MOST] if (window := _window(item))],
        "tables": voi_tables(header),
        "presentation_table": presentation_table(header),
        "rescale": _rescale(header),
        "inverse": header.code(0x20500020) == "INVERSE" if 0x20500020 in header else None,
        "rotation": _rotation(header),
        "flip": header.code(0x00700041) == "Y",
        "areas": [area for item in header.items(0x0070005A)[:MOST] if (area := _area(item))],
        "shutter": shutter_of(header),
        "bitmap_shutter": bitmap_shutter(header),
        "planes": activated_planes(header),
        "layers": {layer.code(0x00700002): _layer(layer) for layer in header.items(0x00700060)[:MOST]},
        "partly": _beyond(header),
        "annotations": [_annotation(item) for item in header.items(0x00700001)[:MOST]],
    }


def _beyond(header: Header) -> bool:
    """Whether it holds what the viewer does not apply: its own table of modality values, compound graphics."""
    compound = any(0x00700209 in item for item in header.items(0x00700001))
    return compound or _rescale(header) is None


def _rescale(header: Header) -> list[float] | None:
    """Slope and intercept of the state's own Modality LUT, identity where it has none (PS3.4 N.2); None for a table."""
    slope, intercept = header.number(0x00281053), header.number(0x00281052)
    slope = 1.0 if slope is None else slope
    return None if 0x00283000 in header or slope <= 0 else [slope, intercept or 0.0]


def _images(header: Header) -> list[dict[str, Any]]:
    return [one for series in header.items(0x00081115)[:MOST] for one in references(series)]


def _window(item: Header) -> dict[str, Any] | None:
    """Its first window."""
    centre, width = item.number(0x00281050), item.number(0x00281051)
    if centre is None or width is None or width <= 0:
        return None
    return {
        "images": references(item),
        "center": centre,
        "width": width,
        "function": item.code(0x00281056) or "LINEAR",
        "explanation": item.text(0x00281055, 64),
    }


def _rotation(header: Header) -> int:
    turned = int(header.number(0x00700042) or 0) % 360
    return turned if turned in {0, 90, 180, 270} else 0


def _area(item: Header) -> dict[str, Any] | None:
    """The corners count pixels from 1, in the image as it is stored."""
    first, last = item.numbers(0x00700052), item.numbers(0x00700053)
    if len(first) != 2 or len(last) != 2:
        return None
    return {
        "images": references(item),
        "top_left": list(first),
        "bottom_right": list(last),
        "mode": item.code(0x00700100),
        "magnification": item.number(0x00700103),
    }


def _layer(item: Header) -> dict[str, Any]:
    return {
        "order": item.integer(0x00700062) or 0,
        "colour": colour_of_lab(item.numbers(0x00700401)),
        "description": item.text(0x00700068, 200),
    }


def _annotation(item: Header) -> dict[str, Any]:
    return {
        "images": references(item),
        "layer": item.code(0x00700002),
        "graphics": [one for graphic in item.items(0x00700009)[:MOST] if (one := _graphic(graphic))],
        "texts": [one for text in item.items(0x00700008)[:MOST] if (one := _text(text))],
    }


def _graphic(item: Header) -> dict[str, Any] | None:
    numbers = item.numbers(0x00700022)[:_MOST_NUMBERS]
    if len(numbers) < 2:
        return None
    return {
        "type": item.code(0x00700023),
        "units": item.code(0x00700005) or "PIXEL",
        "points": [list(pair) for pair in zip(numbers[::2], numbers[1::2], strict=False)],
        "filled": item.code(0x00700024) == "Y",
    }


def _text(item: Header) -> dict[str, Any] | None:
    words = item.text(0x00700006, _MOST_TEXT)
    anchor, first, last = (item.numbers(tag) for tag in (0x00700014, 0x00700010, 0x00700011))
    at = anchor if len(anchor) == 2 else first
    if not words or len(at) != 2:
        return None
    box = [*first, *last] if len(first) == len(last) == 2 else None
    units = item.code(0x00700004) if len(anchor) == 2 else item.code(0x00700003)
    return {
        "text": words,
        "at": list(at),
        "box": box,
        "units": units or "PIXEL",
        "box_units": item.code(0x00700003) or "PIXEL",
        "anchored": len(anchor) == 2 and item.code(0x00700015) == "Y",
    }
