"""Pictures of a package: each image that was shown in the talk, in the window it was shown in, and each marked one."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from app.archive.frames_index import FrameLocation
from app.archive.queries import locate_frame
from app.base.actor import Actor
from app.base.db import Tx
from app.base.errors import Invalid
from app.render.params import FrameParams, Window

MOST_PICTURES = 40
BOX = (1024, 1024)
Known = dict[str, dict[str, dict[str, Any]]]
"""By study and SOP Instance UID: the instances of a manifest that the reader may open."""


class Shot(NamedTuple):
    """A frame as it was looked at; `look` of a mark's picture: the image's own."""

    sop_instance_uid: str
    frame_number: int
    look: FrameParams


@dataclass(frozen=True)
class Scene:
    """Where the frame lies, and the size in pixels that marks count in."""

    location: FrameLocation
    columns: int
    rows: int


def shot_of_line(line: dict[str, Any], known: Known) -> Shot | None:
    """What the line shows; None when it shows nothing, or an image that the reader may not open."""
    view = line["view"]
    facts = known.get(view["study_id"], {}).get(view["sop_instance_uid"]) if view else None
    if facts is None:
        return None
    look = FrameParams(window=_window(view, facts), invert=bool(view.get("invert")), box=BOX)
    return Shot(view["sop_instance_uid"], view["frame_number"], look)


def shot_of_mark(mark: dict[str, Any]) -> Shot:
    """The image it lies on."""
    return Shot(mark["sop_instance_uid"], mark["frame_number"], FrameParams(box=BOX))


def _window(view: dict[str, Any], facts: dict[str, Any]) -> Window | None:
    """The one that was turned to, or one of the image's own."""
    own, place = facts.get("windows") or [], view.get("own_window", 0)
    chosen = view.get("window")
    if chosen is None and 0 < place < len(own):
        chosen = own[place]
    if chosen is None:
        return None
    function = chosen.get("function") or (own[0]["function"] if own else "LINEAR")
    try:
        return Window(chosen["center"], chosen["width"], function)
    except Invalid:
        return None


def scenes_of(
    tx: Tx, actor: Actor, known: Known, marks: list[dict[str, Any]], lines: list[dict[str, Any]]
) -> dict[Shot, Scene]:
    """In the order of the talk, marks last; no more than forty."""
    spoken = [(line["view"]["study_id"], shot) for line in lines if (shot := shot_of_line(line, known))]
    marked = [(mark["study_id"], shot_of_mark(mark)) for mark in marks]
    scenes: dict[Shot, Scene] = {}
    for study_id, shot in (*spoken, *marked):
        facts = known.get(study_id, {}).get(shot.sop_instance_uid)
        if facts is None or shot in scenes or len(scenes) >= MOST_PICTURES:
            continue
        place = {"instance_id": facts["id"], "study_id": study_id}
        location = locate_frame(tx, actor, frame_number=shot.frame_number, **place)
        scenes[shot] = Scene(location, facts["columns"], facts["rows"])
    return scenes
