"""The ribbon along a curve through points (curved reconstruction, stretched): each column stands on the curve."""

from itertools import pairwise

import numpy as np

from app.base.errors import Invalid
from app.render.volume_geometry import Floats
from app.render.volume_sampling import Surface
from app.render.volume_wishes import CurvedWish

_MOST_COLUMNS = 2048
_ROWS = (8, 1024)
_DENSE = 24  # points of the curve between two given ones
_TOO_SHORT = 0.05  # mm between neighbours: clicked twice


def ribbon(wish: CurvedWish) -> tuple[Surface, float]:
    """The surface and the curve's length in mm. Raises Invalid when the curve is none, or too long."""
    curve = _dense(wish.points)
    ways = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(curve, axis=0), axis=1))])
    length = float(ways[-1])
    columns = int(length / wish.spacing)
    if not _ROWS[0] <= columns <= _MOST_COLUMNS:
        raise Invalid("bad_curve", "The curve is too short or too long for a picture.")
    places = (np.arange(columns) + 0.5) * (length / columns)
    middles = np.stack([np.interp(places, ways, curve[:, axis]) for axis in range(3)], axis=1)
    tangents = np.gradient(middles, axis=0)
    tangents /= np.linalg.norm(tangents, axis=1, keepdims=True)
    downs = _turned(_downs(middles, tangents, wish.normal), tangents, np.radians(wish.angle))
    height = int(np.clip(round(wish.height / wish.spacing), *_ROWS))
    return Surface(middles, downs, np.cross(tangents, downs), height, wish.spacing), length


def _dense(points: Floats) -> Floats:
    """A smooth curve through all points: cubic, its directions from the neighbours by their distances."""
    steps = np.linalg.norm(np.diff(points, axis=0), axis=1)
    points = points[np.concatenate([[True], steps > _TOO_SHORT])]
    if len(points) < 2:
        raise Invalid("bad_curve", "The curve is too short or too long for a picture.")
    ways = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    slopes = np.gradient(points, ways, axis=0)
    parts = [points[:1]]
    t = np.linspace(0, 1, _DENSE + 1)[1:, None]
    for at, after in pairwise(range(len(points))):
        way = ways[after] - ways[at]
        parts.append(
            (2 * t**3 - 3 * t**2 + 1) * points[at]
            + (t**3 - 2 * t**2 + t) * way * slopes[at]
            + (3 * t**2 - 2 * t**3) * points[after]
            + (t**3 - t**2) * way * slopes[after]
        )
    return np.concatenate(parts)


def _downs(middles: Floats, tangents: Floats, normal: Floats | None) -> Floats:
    """At right angles to the curve: as near as can be to the direction asked for, else turning as little as can be."""
    if normal is None:
        return _least_turning(middles, tangents, _across(tangents[0]))
    downs = normal - (tangents @ normal)[:, None] * tangents
    lengths = np.linalg.norm(downs, axis=1, keepdims=True)
    if lengths.min() < 0.1:  # the curve runs that way itself somewhere: the direction says nothing there
        first = downs[0] / lengths[0] if lengths[0] >= 0.1 else _across(tangents[0])
        return _least_turning(middles, tangents, first)
    found: Floats = downs / lengths
    return found


def _across(tangent: Floats) -> Floats:
    """Any direction at right angles."""
    axis = np.eye(3)[int(np.abs(tangent).argmin())]
    down = axis - (axis @ tangent) * tangent
    found: Floats = down / np.linalg.norm(down)
    return found


def _least_turning(middles: Floats, tangents: Floats, first: Floats) -> Floats:
    """The rotation-minimising frame by double reflection (Wang and others, 2008)."""
    downs = np.empty_like(tangents)
    downs[0] = first
    for at, after in pairwise(range(len(middles))):
        step = middles[after] - middles[at]
        weight = 2 / (step @ step)
        down = downs[at] - weight * (step @ downs[at]) * step
        mirrored = tangents[at] - weight * (step @ tangents[at]) * step
        twist = tangents[after] - mirrored
        square = float(twist @ twist)
        downs[after] = down - 2 / square * (twist @ down) * twist if square > 0 else down
    return downs


def _turned(downs: Floats, tangents: Floats, angle: float) -> Floats:
    """About the curve."""
    found: Floats = np.cos(angle) * downs + np.sin(angle) * np.cross(tangents, downs)
    return found
