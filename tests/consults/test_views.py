"""A view says in bounded numbers all that makes a picture, planes included; what makes none is refused."""

from typing import Any

import pytest

from app.base.errors import Invalid
from app.base.ids import new_id
from consults.schemas import ShowViewport, parse

CONSULT = new_id()
LIE = {"right": [1, 0, 0], "down": [0, 0.6, -0.8], "offset": [0, -12.5]}
PLANES = {
    "trio": {"focus": [1.5, -2, 300], "axial": LIE, "coronal": LIE, "sagittal": LIE},
    "zoom": 1.25,
    "slab": 10,
    "mode": "max",
    "window": {"center": 300, "width": 800, "function": "LINEAR"},
    "invert": False,
    "active": "coronal",
    "alone": True,
    "lines": True,
    "last": "curved",
    "curve": {"points": [[0, 0, 0], [5, 5, 5]], "upward": [0, 0, 1], "height": 60},
    "body": {"preset": "bone", "azimuth": 270, "elevation": -12.5, "zoom": 2},
}
VIEW = {
    "study_id": new_id(),
    "series_instance_uid": "1.2.3",
    "sop_instance_uid": "1.2.3.4",
    "frame_number": 1,
    "window": None,
    "zoom": 1,
    "centre": [256, 256],
    "rotation": 0,
    "flip": False,
    "invert": False,
    "colour_map": "HOT_IRON",
    "filter": "sharpen",
    "planes": PLANES,
}


def shown(view: dict[str, Any]) -> dict[str, Any]:
    return parse(ShowViewport, {"consult_id": CONSULT, "view": view}).view.model_dump(mode="json")


def test_colours_filter_and_planes_arrive_as_they_were_sent() -> None:
    got = shown(VIEW)
    assert (got["colour_map"], got["filter"]) == ("HOT_IRON", "sharpen")
    assert got["planes"] == PLANES


def test_planes_whose_volume_is_still_loading_say_so() -> None:
    got = shown(VIEW | {"planes": PLANES | {"trio": None, "window": None}})
    assert got["planes"]["trio"] is None


@pytest.mark.parametrize(
    "change",
    [
        {"colour_map": "<b>"},
        {"filter": "emboss"},
        {"own_window": -1},
        {"pixels": "data"},
        {"window": {"center": 1, "width": 1, "function": "CUBIC"}},
        {"planes": PLANES | {"slab": -1}},
        {"planes": PLANES | {"mode": "sum"}},
        {"planes": PLANES | {"pixels": "data"}},
        {"planes": PLANES | {"curve": PLANES["curve"] | {"points": [[0, 0, 0]] * 101}}},  # type: ignore[operator]  # a table of mixed values
        {"planes": PLANES | {"trio": PLANES["trio"] | {"focus": [0, 0, 1e9]}}},  # type: ignore[operator]  # a table of mixed values
        {"planes": PLANES | {"trio": PLANES["trio"] | {"axial": LIE | {"down": [0.6, 0.8, 0]}}}},  # type: ignore[operator]  # a table of mixed values
        {"planes": PLANES | {"trio": PLANES["trio"] | {"axial": LIE | {"right": [0.1, 0, 0]}}}},  # type: ignore[operator]  # a table of mixed values
    ],
)
def test_what_makes_no_picture_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        shown(VIEW | change)
