"""What may be asked of a volume: small frozen objects made from a query or from JSON, or Invalid."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from app.base.errors import Invalid
from app.render.params import Window
from app.render.volume_geometry import Floats
from app.render.volume_sampling import MEAN, MODES, SHEET, Slab

_SIDES = (8, 1024)
_THICKEST = 300.0
_FAR = 1e5
_POINTS = (2, 200)
_LONGEST_WISH = 12
_PLANE = frozenset({"centre", "right", "down", "spacing", "size"})
_LOOK = frozenset({"slab", "mode", "window", "invert", "quality", "wish", "pane"})
_CURVE = frozenset({"points", "height", "spacing", "normal", "angle"})


@dataclass(frozen=True)
class Look:
    """How what was sampled is shown. `full`: the values themselves, to be windowed by the viewer."""

    slab: Slab = SHEET
    window: Window | None = None
    invert: bool = False
    full: bool = False


@dataclass(frozen=True)
class Turn:
    """A wish's place among those of one pane of a page: the newest counts."""

    pane: str = ""
    number: int | None = None


@dataclass(frozen=True, eq=False)
class PlaneWish:
    """A plane in mm of the patient."""

    centre: Floats
    right: Floats
    down: Floats
    spacing: float
    size: tuple[int, int]
    look: Look
    turn: Turn

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> "PlaneWish":
        """From the query of an address; an unknown field is refused."""
        check_fields(query, _PLANE | _LOOK)
        right, down = unit(_vector(query, "right"), "right"), unit(_vector(query, "down"), "down")
        if abs(right @ down) > 1e-3:
            raise Invalid("bad_plane", "The directions right and down must be at right angles.")
        return cls(
            centre=_vector(query, "centre"),
            right=right,
            down=down - (right @ down) * right,
            spacing=_number(query.get("spacing"), "spacing", 0.01, 50),
            size=size_of(query, _SIDES),
            look=_look(query),
            turn=turn_of(query),
        )


@dataclass(frozen=True, eq=False)
class CurvedWish:
    """A ribbon along a curve through points (count, 3), mm."""

    points: Floats
    height: float
    spacing: float
    normal: Floats | None
    angle: float
    look: Look
    turn: Turn

    @classmethod
    def from_json(cls, wish: Mapping[str, object]) -> "CurvedWish":
        """From the body of a request; an unknown field is refused."""
        check_fields(wish, _CURVE | _LOOK)
        normal = wish.get("normal")
        return cls(
            points=_points(wish.get("points")),
            height=_number(wish.get("height"), "height", 1, 1000),
            spacing=_number(wish.get("spacing", 0.5), "spacing", 0.05, 10),
            normal=None if normal is None else unit(_three(normal, "normal"), "normal"),
            angle=_number(wish.get("angle", 0), "angle", -360, 360),
            look=_look(wish),
            turn=turn_of(wish),
        )


def check_fields(given: Mapping[str, object], known: frozenset[str]) -> None:
    """Raises Invalid for the first field that is not known."""
    unknown = sorted(set(given) - known)
    if unknown:
        raise Invalid("unknown_field", "{field} is not a parameter of a picture.", field=unknown[0][:40])


def turn_of(given: Mapping[str, Any]) -> Turn:
    """`wish` and `pane`."""
    number, pane = given.get("wish"), str(given.get("pane") or "")
    if len(pane) > 24:
        raise _wrong("pane")
    if number in {None, ""}:
        return Turn(pane)
    text = str(number)
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_WISH):
        raise _wrong("wish")
    return Turn(pane, int(text))


def number_of(given: Mapping[str, Any], name: str, default: float, low: float, high: float) -> float:
    """A number within limits, or the default where it is not given."""
    return _number(given.get(name, default), name, low, high)


def size_of(given: Mapping[str, str], limits: tuple[int, int]) -> tuple[int, int]:
    """`size` as WIDTHxHEIGHT, or one number for both."""
    width, _, height = given.get("size", "").partition("x")
    height = height or width
    if not all(side.isascii() and side.isdigit() and len(side) <= 4 for side in (width, height)):
        raise _wrong("size")
    sides = int(width), int(height)
    if min(sides) < limits[0] or max(sides) > limits[1]:
        raise _wrong("size")
    return sides


def quality_of(given: Mapping[str, Any]) -> bool:
    """Whether it is to be full."""
    return choice(given, "quality", ("preview", "full"), "preview") == "full"


def choice(given: Mapping[str, Any], name: str, known: Sequence[str], default: str) -> str:
    """One of the words known."""
    found = given.get(name, default)
    if found not in known:
        raise _wrong(name)
    return str(found)


def unit(vector: Floats, name: str) -> Floats:
    """A direction; what is not of length one by a hair is refused, as it hides a mistake."""
    length = float(np.linalg.norm(vector))
    if abs(length - 1) > 0.01:
        raise _wrong(name)
    return vector / length


def _look(given: Mapping[str, Any]) -> Look:
    thickness = _number(given.get("slab", 0), "slab", 0, _THICKEST)
    return Look(
        slab=Slab(thickness, choice(given, "mode", MODES, MEAN)),
        window=window_of(given),
        invert=str(given.get("invert", "0")) in {"1", "true", "True"},
        full=quality_of(given),
    )


def window_of(wish: Mapping[str, Any]) -> Window | None:
    """`window` as centre and width in real-world values; None when it is not given."""
    given = wish.get("window")
    if given is None or given == "":
        return None
    parts = given.split(",") if isinstance(given, str) else given
    if not isinstance(parts, list) or len(parts) != 2:
        raise Invalid("bad_window", "A window needs a centre and a width, both numbers.")
    centre, width = (_number(part, "window", -1e9, 1e9) for part in parts)
    return Window(centre, width, "LINEAR_EXACT")


def _vector(query: Mapping[str, str], name: str) -> Floats:
    return _three(query.get(name, "").split(","), name)


def _three(given: object, name: str) -> Floats:
    if not isinstance(given, list) or len(given) != 3:
        raise _wrong(name)
    return np.array([_number(part, name, -_FAR, _FAR) for part in given])


def _points(given: object) -> Floats:
    if not isinstance(given, list) or not _POINTS[0] <= len(given) <= _POINTS[1]:
        raise _wrong("points")
    return np.array([_three(point, "points") for point in given])


def _number(given: object, name: str, low: float, high: float) -> float:
    try:
        found = float(given) if isinstance(given, str | int | float) else math.nan
    except (ValueError, OverflowError):
        found = math.nan
    if not (low <= found <= high):
        raise _wrong(name)
    return found


def _wrong(name: str) -> Invalid:
    return Invalid("bad_field", "{field} is missing, of another form, or out of range.", field=name)
