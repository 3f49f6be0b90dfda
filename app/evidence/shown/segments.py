"""Segmentations (PS3.3 A.51) for the viewer: what each frame shows and where it lies; the masks come one by one."""

from typing import Any

from app.archive.header import Header
from app.archive.uids import is_uid
from app.evidence.shown.references import MOST, colour_of_lab, said

LABEL_MAP = "1.2.840.10008.5.1.4.1.1.66.7"
_SHARED, _FRAMES = 0x52009229, 0x52009230


def segmentation_of(header: Header) -> dict[str, Any]:
    """A frame's `segment` is None in a label map, whose values are the segments' numbers."""
    shared = header.item(_SHARED)
    items = header.items(_FRAMES)[:MOST]
    labels = header.code(0x00080016) == LABEL_MAP
    return said(header) | {
        "kind": "segmentation",
        "rows": header.integer(0x00280010) or 0,
        "columns": header.integer(0x00280011) or 0,
        "type": "LABELMAP" if labels else header.code(0x00620001),
        "maximum": max(header.integer(0x0062000E) or 255, 1),
        "frame_of_reference_uid": header.uid(0x00200052),
        "segments": [_segment(item) for item in header.items(0x00620002)[:MOST]],
        "frames": [_frame(item, shared, number) for number, item in enumerate(items, 1)],
    }


def _segment(item: Header) -> dict[str, Any]:
    return {
        "number": item.integer(0x00620004) or 0,
        "name": item.text(0x00620005, 64),
        "description": item.text(0x00620006, 200),
        "colour": colour_of_lab(item.numbers(0x0062000D)),
    }


def _frame(item: Header, shared: Header | None, number: int) -> dict[str, Any]:
    segment = _macro(item, shared, 0x0062000A)
    plane, turned = _macro(item, shared, 0x00209113), _macro(item, shared, 0x00209116)
    measures = _macro(item, shared, 0x00289110)
    uid, frame = _source(item)
    return {
        "number": number,
        "segment": segment.integer(0x0062000B) if segment else None,
        "uid": uid,
        "frame": frame,
        "position": _exactly(plane, 0x00200032, 3),
        "orientation": _exactly(turned, 0x00200037, 6),
        "spacing": _exactly(measures, 0x00280030, 2),
    }


def _macro(item: Header, shared: Header | None, tag: int) -> Header | None:
    return item.item(tag) or (shared.item(tag) if shared else None)


def _exactly(item: Header | None, tag: int, count: int) -> list[float] | None:
    found = item.numbers(tag) if item else ()
    return list(found) if len(found) == count else None


def _source(item: Header) -> tuple[str | None, int | None]:
    """The one image a frame was drawn on; none where several made it."""
    derivation = item.item(0x00089124)
    images = derivation.items(0x00082112) if derivation else []
    if len(images) != 1 or not is_uid(uid := images[0].uid(0x00081155)):
        return None, None
    return uid, images[0].integer(0x00081160)
