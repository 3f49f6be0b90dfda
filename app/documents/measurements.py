"""Measurements of a report as rows (PS3.16 TID 1500: 1410, 1411, 1501), each with the images it was made on."""

import re
from collections.abc import Iterator
from typing import Any

from app.documents.report import Node

_GROUP = "125007"
_TRACKING = "112039"
_FINDING = "121071"
_SITE = frozenset({"363698007", "G-C0E3"})  # of SNOMED CT, and what it was called before
# Reports that were made here first named a measurement by its kind and its row.
_KIND_AND_ROW = re.compile(r"([a-z_]+) 01[0-9a-hjkmnp-tv-z]{24}")
MOST_GROUPS = 500


def groups_of(root: Node) -> list[dict[str, Any]]:
    """In the order of the report."""
    return [group_of(node) for node in group_nodes(root)]


def group_nodes(root: Node) -> list[Node]:
    """The measurement groups of a report's tree."""
    return [node for node in _all(root) if _code(node) == _GROUP][:MOST_GROUPS]


def group_of(group: Node) -> dict[str, Any]:
    """What it is about, its values and their places."""
    children = group.get("children", [])
    said = {_code(one): one.get("text") or (one.get("code") or {}).get("meaning", "") for one in children}
    places = _places(group)
    return {
        "tracking": _name(said.get(_TRACKING, "")),
        "finding": said.get(_FINDING, ""),
        "site": next((text for code, text in said.items() if code in _SITE), ""),
        "values": [
            {"name": one["name"], "measured": one["measured"], "places": _places(one) or places}
            for one in children
            if one.get("measured")
        ],
        "places": places,
    }


def _name(tracking: str) -> str:
    old = _KIND_AND_ROW.fullmatch(tracking)
    return old[1].replace("_", " ").capitalize() if old else tracking


def _places(node: Node) -> list[dict[str, Any]]:
    """The images that a node was measured on, with what was drawn there; each once."""
    found: list[dict[str, Any]] = []
    for one, graphic in _images(node, None):
        for reference in one["references"]:
            place = {
                "sop_instance_uid": reference["sop_instance_uid"],
                "frame": (reference["frames"] or [1])[0],
                "graphic": graphic,
            }
            if place not in found:
                found.append(place)
    return found


def _images(node: Node, graphic: Node | None) -> Iterator[tuple[Node, Node | None]]:
    for child in node.get("children", ()):
        if child["type"] == "IMAGE":
            yield child, graphic
        drawn = child.get("graphic") if child["type"] == "SCOORD" else graphic
        yield from _images(child, drawn)


def _code(node: Node) -> str:
    return str((node.get("name") or {}).get("value", ""))


def _all(node: Node) -> Iterator[Node]:
    yield node
    for child in node.get("children", ()):
        yield from _all(child)
