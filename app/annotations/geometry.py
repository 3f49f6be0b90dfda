"""The shapes a mark may have, and whether given points make one on a given image.

Coordinates are those of GSPS (PS3.3 C.10.5.1.2): column then row, in pixels of the image, the top left corner of the
image being (0, 0) and the centre of the first pixel (0.5, 0.5).
"""

import math
from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from app.base.errors import Invalid

Point = tuple[float, float]

MARGIN = 0.25  # how far outside the image a point may lie, as a part of its larger side: labels sit beside it


class Kind(StrEnum):
    """What the doctor drew."""

    ANGLE = "angle"
    ARROW = "arrow"
    BIDIRECTIONAL = "bidirectional"
    CIRCLE = "circle"
    COBB = "cobb"
    ELLIPSE = "ellipse"
    FREEHAND = "freehand"
    LENGTH = "length"
    POLYLINE = "polyline"
    PROBE = "probe"
    RATIO = "ratio"
    RECTANGLE = "rectangle"
    SPINE_LABEL = "spine_label"
    TEXT = "text"


class GraphicType(StrEnum):
    """How GSPS draws it (PS3.3 C.10.5, Graphic Type)."""

    ELLIPSE = "ELLIPSE"
    POINT = "POINT"
    POLYLINE = "POLYLINE"


class Shape(NamedTuple):
    """Fewest and most points of a kind."""

    graphic_type: GraphicType
    fewest: int
    most: int


MOST_POINTS = 1000

# A circle is an ellipse whose axes are equal in millimetres: where pixels are oblong it is not one of GSPS's CIRCLEs.
SHAPES: dict[Kind, Shape] = {
    Kind.ANGLE: Shape(GraphicType.POLYLINE, 3, 3),
    Kind.ARROW: Shape(GraphicType.POLYLINE, 2, 2),
    Kind.BIDIRECTIONAL: Shape(GraphicType.POLYLINE, 4, 4),
    Kind.CIRCLE: Shape(GraphicType.ELLIPSE, 4, 4),
    Kind.COBB: Shape(GraphicType.POLYLINE, 4, 4),
    Kind.ELLIPSE: Shape(GraphicType.ELLIPSE, 4, 4),
    Kind.FREEHAND: Shape(GraphicType.POLYLINE, 3, MOST_POINTS),
    Kind.LENGTH: Shape(GraphicType.POLYLINE, 2, 2),
    Kind.POLYLINE: Shape(GraphicType.POLYLINE, 2, MOST_POINTS),
    Kind.PROBE: Shape(GraphicType.POINT, 1, 1),
    Kind.RATIO: Shape(GraphicType.POLYLINE, 4, 4),
    Kind.RECTANGLE: Shape(GraphicType.POLYLINE, 4, 4),
    Kind.SPINE_LABEL: Shape(GraphicType.POINT, 1, 1),
    Kind.TEXT: Shape(GraphicType.POINT, 1, 1),
}

CLOSED = frozenset({Kind.FREEHAND, Kind.RECTANGLE})
"""Their line goes back to its first point, which is not repeated."""

TWO_LINES = frozenset({Kind.BIDIRECTIONAL, Kind.COBB, Kind.RATIO})
"""Two lines of two points each: the first two points, and the last two."""


def check_shape(kind: Kind, graphic_type: GraphicType, points: Sequence[Point]) -> None:
    """Raises Invalid unless the points are finite and as many as this kind of mark has."""
    shape = SHAPES[kind]
    if graphic_type is not shape.graphic_type or not shape.fewest <= len(points) <= shape.most:
        raise Invalid("bad_shape", "This mark does not have the points its kind needs. Draw it again.")
    if not all(math.isfinite(value) for point in points for value in point):
        raise Invalid("bad_point", "A point of this mark is not a number. Draw it again.")


def check_within(points: Sequence[Point], *, rows: int, columns: int) -> None:
    """Raises Invalid when a point lies far outside the image."""
    margin = MARGIN * max(rows, columns)
    for column, row in points:
        if not (-margin <= column <= columns + margin and -margin <= row <= rows + margin):
            raise Invalid("outside_image", "A point of this mark lies outside the image. Draw it again.")
