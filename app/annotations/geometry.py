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
    ELLIPSE = "ellipse"
    LENGTH = "length"
    TEXT = "text"


class GraphicType(StrEnum):
    """How GSPS draws it (PS3.3 C.10.5, Graphic Type)."""

    ELLIPSE = "ELLIPSE"
    POINT = "POINT"
    POLYLINE = "POLYLINE"


class Shape(NamedTuple):
    graphic_type: GraphicType
    points: int


SHAPES: dict[Kind, Shape] = {
    Kind.ANGLE: Shape(GraphicType.POLYLINE, 3),
    Kind.ARROW: Shape(GraphicType.POLYLINE, 2),
    Kind.ELLIPSE: Shape(GraphicType.ELLIPSE, 4),
    Kind.LENGTH: Shape(GraphicType.POLYLINE, 2),
    Kind.TEXT: Shape(GraphicType.POINT, 1),
}


def check_shape(kind: Kind, graphic_type: GraphicType, points: Sequence[Point]) -> None:
    """Raises Invalid unless the points are finite and as many as this kind of mark has."""
    shape = SHAPES[kind]
    if graphic_type is not shape.graphic_type or len(points) != shape.points:
        raise Invalid("bad_shape", "This mark does not have the points its kind needs. Draw it again.")
    if not all(math.isfinite(value) for point in points for value in point):
        raise Invalid("bad_point", "A point of this mark is not a number. Draw it again.")


def check_within(points: Sequence[Point], *, rows: int, columns: int) -> None:
    """Raises Invalid when a point lies far outside the image."""
    margin = MARGIN * max(rows, columns)
    for column, row in points:
        if not (-margin <= column <= columns + margin and -margin <= row <= rows + margin):
            raise Invalid("outside_image", "A point of this mark lies outside the image. Draw it again.")
