"""Figures of a region of an image, from real-world values. A pixel belongs to it when its centre lies inside.

Points are column, row with (0, 0) at the outer corner of the first pixel, as in presentation states (PS3.3, C.10.5.1.2):
the centre of the first pixel is (0.5, 0.5).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from app.base.errors import Invalid
from app.render.description import Grey, ImageDescription
from app.render.luts import modality_values
from app.render.pipeline import colour_picture
from app.render.stored import Pixels

Point = tuple[float, float]
MOST_POINTS = 2000
BINS = 64
_POINTS_OF = {"CIRCLE": (2, 2), "ELLIPSE": (4, 4), "POINT": (1, 1), "POLYLINE": (3, MOST_POINTS)}
_FARTHEST = 1e6
_NO_AREA = 1e-9


@dataclass(frozen=True)
class Region:
    """CIRCLE: centre and a point of the line. ELLIPSE: ends of two axes. POINT: the pixel it lies in. POLYLINE: closed
    by us if it is not.
    """

    graphic_type: str
    points: tuple[Point, ...]

    def __post_init__(self) -> None:
        fewest, most = _POINTS_OF.get(self.graphic_type, (0, -1))
        if not fewest <= len(self.points) <= most:
            raise Invalid("bad_region", "A region is a circle, an ellipse or a closed line with its points.")
        if not all(math.isfinite(x) and abs(x) < _FARTHEST for point in self.points for x in point):
            raise Invalid("bad_region", "The points of a region must be image coordinates.")

    @classmethod
    def from_json(cls, graphic_type: object, points: object) -> "Region":
        """From a request; Invalid("bad_region") when it is none."""
        if not isinstance(graphic_type, str) or not isinstance(points, list):
            raise Invalid("bad_region", "A region is a circle, an ellipse or a closed line with its points.")
        try:
            found = tuple((float(x), float(y)) for x, y in points)
        except (TypeError, ValueError, OverflowError):
            raise Invalid("bad_region", "The points of a region must be image coordinates.") from None
        return cls(graphic_type, found)


@dataclass(frozen=True)
class RegionStatistics:
    """`sd` is that of the pixels themselves (divided by their number). No pixel inside: no figures.

    `histogram` counts the pixels in so many equal steps from min to max, as numpy does: max is in the last step.
    """

    count: int
    area_mm2: float | None
    mean: float | None
    sd: float | None
    min: float | None
    max: float | None
    unit: str
    histogram: tuple[int, ...] = ()
    colour: tuple[float, float, float] | None = None
    """Means of red, green and blue, 0 to 255; the other figures are then those of their mean. None: grey."""


def region_statistics(
    description: ImageDescription, grey: Grey, stored: Pixels, region: Region, *, ybr: bool = False
) -> RegionStatistics:
    """Figures of the pixels inside. Of colours those of red, green and blue; of a point of a palette the stored value."""
    rows, columns, mask = mask_of(region, description.rows, description.columns)
    inside = stored[rows, columns]
    if description.monochrome:
        values = modality_values(grey, inside[mask]).astype(np.float64)
        return _figures(values[np.isfinite(values)], grey, region)
    if description.photometric == "PALETTE COLOR" and region.graphic_type == "POINT":
        return _figures(inside[mask].astype(np.float64), replace(grey, unit=""), region)
    colours = colour_picture(description, inside, ybr=ybr, invert=False)[mask].astype(np.float64)
    found = _figures(colours.mean(axis=-1), replace(grey, unit=""), region)
    is_grey = region.graphic_type != "POINT" and bool((colours == colours[:, :1]).all())
    if is_grey or not colours.size:
        return found
    red, green, blue = (float(one) for one in colours.mean(axis=0))
    return replace(found, colour=(red, green, blue))


def _figures(values: NDArray[np.float64], grey: Grey, region: Region) -> RegionStatistics:
    area = None if grey.spacing is None else area_of(region) * grey.spacing[0] * grey.spacing[1]
    if not values.size:
        return RegionStatistics(0, area, None, None, None, None, grey.unit)
    return RegionStatistics(
        count=int(values.size),
        area_mm2=area,
        mean=float(values.mean()),
        sd=float(values.std()),
        min=float(values.min()),
        max=float(values.max()),
        unit=grey.unit,
        histogram=tuple(int(many) for many in np.histogram(values, bins=BINS)[0]),
    )


def mask_of(region: Region, rows: int, columns: int) -> tuple[slice, slice, NDArray[np.bool_]]:
    """The part of the image the region touches, and which of its pixels lie inside."""
    if region.graphic_type == "POINT":
        return _pixel_at(region.points[0], rows, columns)
    outline = _outline(region)
    left, top = (max(0, math.floor(min(axis))) for axis in zip(*outline, strict=True))
    right, bottom = (math.ceil(max(axis)) for axis in zip(*outline, strict=True))
    x = np.arange(left, max(left, min(right, columns))) + 0.5
    y = np.arange(top, max(top, min(bottom, rows))) + 0.5
    inside = (
        _in_polygon(region.points, x, y) if region.graphic_type == "POLYLINE" else _in_ellipse(region, x, y)
    )
    return slice(top, top + len(y)), slice(left, left + len(x)), inside


def _pixel_at(point: Point, rows: int, columns: int) -> tuple[slice, slice, NDArray[np.bool_]]:
    column, row = math.floor(point[0]), math.floor(point[1])
    if not (0 <= column < columns and 0 <= row < rows):
        return slice(0, 0), slice(0, 0), np.zeros((0, 0), np.bool_)
    return slice(row, row + 1), slice(column, column + 1), np.ones((1, 1), np.bool_)


def area_of(region: Region) -> float:
    """In pixels, of the figure itself rather than of the pixels inside."""
    if region.graphic_type == "POINT":
        return 0
    if region.graphic_type == "POLYLINE":
        pairs = zip(region.points, (*region.points[1:], region.points[0]), strict=True)
        return abs(sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairs)) / 2
    _, (ax, ay), (bx, by) = _axes(region)
    return math.pi * abs(ax * by - ay * bx)


def _axes(region: Region) -> tuple[Point, Point, Point]:
    """Centre and two half axes. They need not be perpendicular in pixels: pixels may be oblong."""
    points = region.points
    if region.graphic_type == "CIRCLE":
        (x, y), (px, py) = points
        radius = math.hypot(px - x, py - y)
        return (x, y), (radius, 0.0), (0.0, radius)
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = points
    return ((x0 + x1) / 2, (y0 + y1) / 2), ((x1 - x0) / 2, (y1 - y0) / 2), ((x3 - x2) / 2, (y3 - y2) / 2)


def _outline(region: Region) -> Sequence[Point]:
    """Points whose bounding box contains the region."""
    if region.graphic_type == "POLYLINE":
        return region.points
    (x, y), (ax, ay), (bx, by) = _axes(region)
    width, height = math.hypot(ax, bx), math.hypot(ay, by)
    return (x - width, y - height), (x + width, y + height)


def _in_ellipse(region: Region, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Centres c + s a + t b with s and t in the unit circle."""
    (cx, cy), (ax, ay), (bx, by) = _axes(region)
    area = ax * by - ay * bx
    if abs(area) < _NO_AREA:
        return np.zeros((len(y), len(x)), np.bool_)
    dx, dy = x[None, :] - cx, y[:, None] - cy
    s, t = (dx * by - dy * bx) / area, (dy * ax - dx * ay) / area
    inside: NDArray[np.bool_] = s * s + t * t <= 1
    return inside


def _in_polygon(points: Sequence[Point], x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.bool_]:
    """By counting the edges to the left of a centre; odd is inside."""
    inside = np.zeros((len(y), len(x)), np.bool_)
    for (x0, y0), (x1, y1) in zip(points, (*points[1:], points[0]), strict=True):
        crossed = (y0 <= y) != (y1 <= y)
        if crossed.any():
            at = x0 + (y[crossed] - y0) * (x1 - x0) / (y1 - y0)
            inside[crossed] ^= x[None, :] > at[:, None]
    return inside
