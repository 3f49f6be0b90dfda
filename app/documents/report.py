"""A structured report as a tree for a page (PS3.3 C.17.3), bounded: names in their meaning, numbers with units,
references as the UIDs of images. What is cut off is said.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from app.archive.header import Header
from app.documents.concepts import first_code, moment, number_or_text, person

Node: TypeAlias = dict[str, Any]

MOST_NODES = 5_000
DEEPEST = 40
LONGEST_TEXT = 20_000
MOST_POINTS = 2_000

_CONTENT, _TYPE, _RELATION, _NAME = 0x0040A730, 0x0040A040, 0x0040A010, 0x0040A043
_TEXT, _CODE, _UID, _PERSON = 0x0040A160, 0x0040A168, 0x0040A124, 0x0040A123
_DATETIME, _DATE, _TIME = 0x0040A120, 0x0040A121, 0x0040A122
_MEASURED, _UNITS, _NUMERIC, _QUALIFIER = 0x0040A300, 0x004008EA, 0x0040A30A, 0x0040A301
_REFERENCED, _CLASS, _INSTANCE, _FRAMES = 0x00081199, 0x00081150, 0x00081155, 0x00081160
_GRAPHIC_TYPE, _GRAPHIC_DATA, _SPACE = 0x00700023, 0x00700022, 0x30060024
_TIMES_TYPE, _BY_REFERENCE = 0x0040A130, 0x0040DB73
_COMPLETION, _VERIFICATION, _PRELIMINARY = 0x0040A491, 0x0040A493, 0x0040A496
_VERIFIERS, _VERIFIER, _VERIFIED_AT, _ORGANISATION = 0x0040A073, 0x0040A075, 0x0040A030, 0x0040A027
_TEMPLATE, _TEMPLATE_ID = 0x0040A504, 0x0040DB00
_CONTENT_DATE, _CONTENT_TIME = 0x00080023, 0x00080033


@dataclass
class _Walk:
    """How much of one tree has been taken; a node is told by its place ("1.2.3"), as references name it."""

    left: int = MOST_NODES
    cut: bool = False
    places: list[int] = field(default_factory=lambda: [1])


def report_of(header: Header) -> dict[str, Any]:
    """The report: `root` and what is said of it. `cut`: some of it is too much for a page."""
    walk = _Walk()
    template = header.item(_TEMPLATE)
    return {
        "template": template.code(_TEMPLATE_ID) if template else "",
        "completion": header.code(_COMPLETION),
        "verification": header.code(_VERIFICATION),
        "preliminary": header.code(_PRELIMINARY),
        "at": moment(header, _CONTENT_DATE, _CONTENT_TIME),
        "verifiers": [_verifier(item) for item in header.items(_VERIFIERS)[:20]],
        "root": _node(header, walk),
        "cut": walk.cut,
    }


def _verifier(item: Header) -> dict[str, str]:
    return {
        "name": person(item, _VERIFIER),
        "organisation": item.text(_ORGANISATION, 200),
        "at": moment(item, _VERIFIED_AT),
    }


def _node(item: Header, walk: _Walk) -> Node:
    walk.left -= 1
    kind = item.code(_TYPE)
    node: Node = {"place": ".".join(map(str, walk.places)), "type": kind, "name": first_code(item, _NAME)}
    if relation := item.code(_RELATION):
        node["relation"] = relation
    if points_to := item.numbers(_BY_REFERENCE):
        node["refers_to"] = ".".join(str(int(place)) for place in points_to[:DEEPEST])
    node |= _value(item, kind, walk)
    if children := _children(item, walk):
        node["children"] = children
    return node


def _children(item: Header, walk: _Walk) -> list[Node]:
    found = []
    for place, child in enumerate(item.items(_CONTENT), 1):
        if walk.left <= 0 or len(walk.places) >= DEEPEST:
            walk.cut = True
            break
        walk.places.append(place)
        found.append(_node(child, walk))
        walk.places.pop()
    return found


def _value(item: Header, kind: str, walk: _Walk) -> Node:
    """What the node itself says, by its value type (PS3.3 table C.17.3-7)."""
    if kind in _MOMENTS:
        return {"moment": moment(item, _MOMENTS[kind])}
    if kind in {"SCOORD", "SCOORD3D"}:
        return {"graphic": _graphic(item, walk)}
    if kind in {"IMAGE", "COMPOSITE", "WAVEFORM"}:
        return {"references": _references(item)}
    read = _READ.get(kind)
    return read(item) if read else {}


_MOMENTS = {"DATE": _DATE, "DATETIME": _DATETIME, "TIME": _TIME}
_READ: dict[str, Callable[[Header], Node]] = {
    "CODE": lambda item: {"code": first_code(item, _CODE)},
    "NUM": lambda item: {"measured": _measured(item)},
    "PNAME": lambda item: {"text": person(item, _PERSON)},
    "TCOORD": lambda item: {"text": item.code(_TIMES_TYPE)},
    "TEXT": lambda item: {"text": item.text(_TEXT, LONGEST_TEXT)},
    "UIDREF": lambda item: {"text": item.uid(_UID)[:64]},
}


def _measured(item: Header) -> Node | None:
    """A number and its unit; None with the reason when the machine had none (a qualifier)."""
    value = item.item(_MEASURED)
    qualifier = first_code(item, _QUALIFIER)
    if value is None:
        return {"qualifier": qualifier} if qualifier else None
    number = number_or_text(value, _NUMERIC)
    return {"value": number, "unit": first_code(value, _UNITS), "qualifier": qualifier}


def _references(item: Header) -> list[Node]:
    return [
        {
            "sop_class_uid": one.uid(_CLASS)[:64],
            "sop_instance_uid": one.uid(_INSTANCE)[:64],
            "frames": [int(frame) for frame in one.numbers(_FRAMES)[:100]],
        }
        for one in item.items(_REFERENCED)[:100]
    ]


def _graphic(item: Header, walk: _Walk) -> Node:
    """Coordinates are columns and rows of the image (SCOORD), or millimetres of the patient (SCOORD3D)."""
    numbers = list(item.numbers(_GRAPHIC_DATA))
    if len(numbers) > MOST_POINTS:
        walk.cut = True
    return {
        "type": item.code(_GRAPHIC_TYPE),
        "data": numbers[:MOST_POINTS],
        "frame_of_reference_uid": item.uid(_SPACE)[:64],
    }
