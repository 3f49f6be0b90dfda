"""Marks as lines over a picture, for a page without scripts."""

import math

from app.annotations.geometry import GraphicType
from app.evidence.marks import lines_of
from app.evidence.subjects import Mark, Point

_STEPS = 48
_CROSS = 0.015  # of the picture's width


def outlines(mark: Mark, columns: int) -> list[list[Point]]:
    """In pixels of the image, as the mark's own points."""
    if mark.graphic_type == GraphicType.POINT:
        return _cross(mark.points[0], columns * _CROSS)
    if mark.graphic_type == GraphicType.ELLIPSE:
        return [_ellipse(*mark.points[:4])]
    return [list(line) for line in lines_of(mark)]


def _cross(at: Point, arm: float) -> list[list[Point]]:
    (x, y) = at
    return [[(x - arm, y), (x + arm, y)], [(x, y - arm), (x, y + arm)]]


def _ellipse(one: Point, other: Point, upper: Point, lower: Point) -> list[Point]:
    """Ends of one axis, then of the other (PS3.3 C.10.5.1.2)."""
    middle = ((one[0] + other[0]) / 2, (one[1] + other[1]) / 2)
    first = ((other[0] - one[0]) / 2, (other[1] - one[1]) / 2)
    second = ((lower[0] - upper[0]) / 2, (lower[1] - upper[1]) / 2)
    turns = [2 * math.pi * step / _STEPS for step in range(_STEPS + 1)]
    return [
        (
            middle[0] + first[0] * math.cos(turn) + second[0] * math.sin(turn),
            middle[1] + first[1] * math.cos(turn) + second[1] * math.sin(turn),
        )
        for turn in turns
    ]
