"""The picture a viewer begins with, put into its page: it is on the screen before any script has come.

Chosen as the viewer itself chooses (viewer_js: viewport/opening.ts, and startOf of stream/stack.ts). Where that may
stand several pictures or another one, none is given, and the viewer's own first drawing is the first.
"""

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.archive.queries import locate_frame
from app.base.actor import Actor
from app.base.db import Tx
from app.base.errors import NotFound
from app.edge.services import Services
from app.render.frames import preview_key

FEW = 10
# Here each image is a picture of its own, though several share a series.
SINGLE = frozenset({"CR", "DX", "IO", "MG", "PX", "RG", "XC"})


@dataclass(frozen=True)
class FirstPicture:
    """`source` is the JPEG itself as an address, or where it is made; `width` and `height` are those of the image
    with square pixels. `narrow`: on small screens alone, because larger ones begin with several viewports; `alone`: no
    other series, so that small screens list none.
    """

    instance_id: str
    frame_number: int
    place: int
    count: int
    width: float
    height: float
    source: str
    narrow: bool
    alone: bool


def first_picture(
    services: Services, tx: Tx, actor: Actor, study: Mapping[str, Any], hanging: Sequence[Mapping[str, Any]]
) -> FirstPicture | None:
    """`study` is what the page tells its script of it, `hanging` the person's rules; None: the viewer may begin with
    something else, or cannot draw it.
    """
    told = study["manifest"]
    series = [one for one in told["series"] if one["frame_count"]] if told else []
    if not series or (several := _several(hanging, series, {role.value for role in actor.roles})) is None:
        return None
    frames = list(_frames(series[0]))
    at = _start(frames)
    instance, frame_number = frames[at]
    source = _source(services, tx, actor, study, instance, frame_number)
    if source is None:
        return None
    height = instance["rows"] * _aspect(instance, frame_number)
    alone = len(told["series"]) == 1
    shown = (instance["id"], frame_number, at + 1, len(frames), instance["columns"], height)
    return FirstPicture(*shown, source, several, alone)


def _several(
    rules: Sequence[Mapping[str, Any]], series: Sequence[Mapping[str, Any]], roles: set[str]
) -> bool | None:
    """Whether a large screen begins with several pictures; None: even a small one may begin with another."""
    pictures = sum(one["frame_count"] if one["modality"] in SINGLE else 1 for one in series)
    rule = next((rule for rule in rules if _fits(rule, series, roles)), None)
    if rule is None or pictures == 1:
        return False
    return bool(rule.get("rows", 1) * rule.get("columns", 1) > 1 or rule.get("places") or rule.get("tile"))


def _fits(rule: Mapping[str, Any], series: Sequence[Mapping[str, Any]], roles: set[str]) -> bool:
    modality, part = rule.get("modality", "").strip().upper(), rule.get("body_part", "").strip().upper()
    return rule.get("role", "") in {"", *roles} and any(
        modality in {"", one["modality"].strip().upper()}
        and part in f"{one['body_part']} {one['description']}".upper()
        for one in series
    )


def _frames(series: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], int]]:
    """Each frame of a series in the order of scrolling: its instance and its number in it."""
    for instance in series["instances"]:
        for number in instance.get("frame_order") or range(1, instance["frames"] + 1):
            yield instance, number


def _start(frames: Sequence[tuple[Mapping[str, Any], int]]) -> int:
    is_stack = len(frames) > FEW and all(_own(*frame, "position") for frame in frames)
    return len(frames) // 2 if is_stack else 0


def _own(instance: Mapping[str, Any], frame_number: int, name: str) -> Any:
    """A fact of one frame, which may differ from its instance's."""
    overrides = instance.get("frame_overrides") or ()
    own = overrides[frame_number - 1] if frame_number <= len(overrides) else {}
    return own.get(name) or instance[name]


def _aspect(instance: Mapping[str, Any], frame_number: int) -> float:
    vertical, horizontal = _own(instance, frame_number, "spacing") or instance["aspect"] or (1, 1)
    return float(vertical / horizontal) if vertical > 0 and horizontal > 0 else 1.0


def _source(
    services: Services,
    tx: Tx,
    actor: Actor,
    study: Mapping[str, Any],
    instance: Mapping[str, Any],
    frame_number: int,
) -> str | None:
    """The kept preview itself; where none is kept, the address that makes one: no page waits for a decoder."""
    if not instance["renderable"]:
        return None
    try:
        place = locate_frame(
            tx, actor, instance_id=instance["id"], frame_number=frame_number, study_id=study["id"]
        )
    except NotFound:
        return None
    if place.damaged:
        return None
    kept = services.renderer.cache.get(place.digest, preview_key(place)) if place.veil is None else None
    if kept is None:
        return f"/stream/{study['key']}/rendered/{instance['id']}/{frame_number}?box=256x256&quality=75"
    return f"data:image/jpeg;base64,{base64.b64encode(kept).decode()}"
