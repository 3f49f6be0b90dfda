"""From where a body is looked at, and what may be asked of such a picture."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from app.base.errors import Invalid
from app.render.params import Window
from app.render.volume_geometry import Floats
from app.render.volume_presets import PRESETS
from app.render.volume_wishes import (
    Turn,
    check_fields,
    choice,
    number_of,
    quality_of,
    size_of,
    turn_of,
    window_of,
)

_SIDES = (32, 1024)
_FIELDS = frozenset(
    {"azimuth", "elevation", "pan", "pane", "preset", "quality", "size", "window", "wish", "zoom"}
)


@dataclass(frozen=True)
class View:
    """Degrees: azimuth 0 from the front, 90 from the patient's left; elevation 90 from above the head."""

    azimuth: float
    elevation: float
    zoom: float
    pan: tuple[float, float]
    """How far the body is moved, in parts of the picture."""
    size: tuple[int, int]

    def axes(self) -> Floats:
        """Rows: right, down and away from the eye, in the patient's axes."""
        azimuth, elevation = np.radians(self.azimuth), np.radians(self.elevation)
        flat = np.cos(elevation)
        away = -np.array([np.sin(azimuth) * flat, -np.cos(azimuth) * flat, np.sin(elevation)])
        right = np.array([np.cos(azimuth), np.sin(azimuth), 0])
        return np.stack([right, np.cross(away, right), away])


@dataclass(frozen=True)
class RenderingWish:
    """A picture of the body from outside."""

    preset: str
    view: View
    window: Window | None
    full: bool
    turn: Turn

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> "RenderingWish":
        """From the query of an address; an unknown field is refused."""
        check_fields(query, _FIELDS)
        size = size_of({"size": query.get("size", "256")}, _SIDES)
        view = View(
            azimuth=number_of(query, "azimuth", 0, -3600, 3600),
            elevation=number_of(query, "elevation", 0, -90, 90),
            zoom=number_of(query, "zoom", 1, 0.1, 20),
            pan=_pan(query),
            size=size,
        )
        return cls(
            preset=choice(query, "preset", sorted(PRESETS), "bone"),
            view=view,
            window=window_of(query),
            full=quality_of(query),
            turn=turn_of(query),
        )


def _pan(query: Mapping[str, str]) -> tuple[float, float]:
    across, comma, down = query.get("pan", "0,0").partition(",")
    if not comma:
        raise Invalid("bad_field", "{field} is missing, of another form, or out of range.", field="pan")
    given = {"pan": across}, {"pan": down}
    return number_of(given[0], "pan", 0, -10, 10), number_of(given[1], "pan", 0, -10, 10)
