"""Structured reports whose measurements were drawn on images (PS3.16 TID 1500), with their names and values."""

from collections.abc import Iterator
from typing import Any

from app.archive.header import Header
from app.archive.uids import is_uid
from app.documents.measurements import group_nodes, group_of
from app.documents.report import Node, report_of
from app.evidence.shown.references import said

_DRAWN = frozenset({"CIRCLE", "ELLIPSE", "MULTIPOINT", "POINT", "POLYLINE"})
_DRAWN_IN_SPACE = frozenset({"MULTIPOINT", "POINT", "POLYGON", "POLYLINE"})
_NUMBERS_OF_A_POINT = 3


def measured_of(header: Header) -> dict[str, Any]:
    """Only groups with something to draw; a foreign report's places are as good as those of a reader here."""
    groups = [_group(node) for node in group_nodes(report_of(header)["root"])]
    return said(header) | {"kind": "measurements", "groups": [one for one in groups if one["shapes"]]}


def _group(node: Node) -> dict[str, Any]:
    told = group_of(node)
    title = " · ".join(text for text in (told["tracking"], told["finding"], told["site"]) if text)
    values = [
        {"name": (one["name"] or {}).get("meaning", ""), "measured": one["measured"]}
        for one in told["values"]
    ]
    return {"title": title, "values": values, "shapes": _each_once(_shapes(node))}


def _each_once(shapes: Iterator[dict[str, Any]]) -> list[dict[str, Any]]:
    """Several values of one region name the same coordinates."""
    found: list[dict[str, Any]] = []
    for shape in shapes:
        if shape not in found:
            found.append(shape)
    return found


def _shapes(node: Node) -> Iterator[dict[str, Any]]:
    for child in node.get("children", ()):
        graphic = child.get("graphic")
        if graphic and child["type"] == "SCOORD" and graphic["type"] in _DRAWN:
            yield from _on_images(child, graphic)
        elif graphic and child["type"] == "SCOORD3D" and graphic["type"] in _DRAWN_IN_SPACE:
            yield from _in_space(graphic)
        yield from _shapes(child)


def _on_images(node: Node, graphic: Node) -> Iterator[dict[str, Any]]:
    """The images that the coordinates were selected from (PS3.3 C.18.6)."""
    for image in node.get("children", ()):
        for reference in image.get("references", ()):
            if is_uid(reference["sop_instance_uid"]):
                yield _shape(graphic, reference["sop_instance_uid"], reference["frames"])


def _in_space(graphic: Node) -> Iterator[dict[str, Any]]:
    if len(graphic["data"]) % _NUMBERS_OF_A_POINT == 0 and is_uid(graphic["frame_of_reference_uid"]):
        yield _shape(graphic, None, [])


def _shape(graphic: Node, uid: str | None, frames: list[int]) -> dict[str, Any]:
    return {
        "type": graphic["type"],
        "uid": uid,
        "frames": frames,
        "frame_of_reference_uid": graphic["frame_of_reference_uid"],
        "points": [round(number, 3) for number in graphic["data"]],
    }
