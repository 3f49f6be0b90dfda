"""Invented anatomy: ellipsoids and tubes with true Hounsfield values, in millimetres, patient axes (LPS).

Nothing here comes from a patient. Shapes are painted in order, later ones over earlier ones.
"""

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Ellipsoid:
    """Centre and half-axes in mm, turned by `turn` radians about the body's long axis."""

    centre: tuple[float, float, float]
    radii: tuple[float, float, float]
    value: float
    turn: float = 0.0


@dataclass(frozen=True)
class Body:
    """What lies in air (or in nothing, for MR)."""

    shapes: tuple[Ellipsoid, ...]
    background: float = -1000.0


def tube(
    points: list[tuple[float, float, float]], radius: float, value: float, end: float | None = None
) -> list[Ellipsoid]:
    """A chain of spheres along a line, narrowing to `end`; near enough to hide the beads."""
    last = radius if end is None else end
    lengths = [math.dist(one, two) for one, two in pairwise(points)]
    total, walked, chain = sum(lengths) or 1.0, 0.0, []
    for (one, two), length in zip(pairwise(points), lengths, strict=True):
        steps = max(1, round(length / max(0.6, 0.45 * min(radius, last))))
        for step in range(steps + 1):
            part = step / steps
            x, y, z = (a + (b - a) * part for a, b in zip(one, two, strict=True))
            size = radius + (last - radius) * (walked + part * length) / total
            chain.append(Ellipsoid((x, y, z), (size, size, size), value))
        walked += length
    return chain


def slice_of(body: Body, z: float, x: NDArray[np.float32], y: NDArray[np.float32]) -> NDArray[np.float32]:
    """Values of the plane at height z for the column positions x and row positions y."""
    plane = np.full((y.size, x.size), body.background, np.float32)
    for shape in body.shapes:
        height = 1 - ((z - shape.centre[2]) / shape.radii[2]) ** 2
        if height > 0:
            _paint(plane, shape, math.sqrt(height), x, y)
    return plane


def _paint(
    plane: NDArray[np.float32], shape: Ellipsoid, scale: float, x: NDArray[np.float32], y: NDArray[np.float32]
) -> None:
    width, depth = shape.radii[0] * scale, shape.radii[1] * scale
    reach = max(width, depth) if shape.turn else None
    left, right = np.searchsorted(x, (shape.centre[0] - (reach or width), shape.centre[0] + (reach or width)))
    top, bottom = np.searchsorted(y, (shape.centre[1] - (reach or depth), shape.centre[1] + (reach or depth)))
    if left == right or top == bottom:
        return
    across = x[left:right] - shape.centre[0]
    down = (y[top:bottom] - shape.centre[1])[:, None]
    if shape.turn:
        cos, sin = math.cos(shape.turn), math.sin(shape.turn)
        across, down = across * cos + down * sin, down * cos - across * sin
    inside = (across / width) ** 2 + (down / depth) ** 2 <= 1
    plane[top:bottom, left:right][inside] = shape.value


def shadow_of(
    body: Body, x: NDArray[np.float32], y: NDArray[np.float32], z: NDArray[np.float32]
) -> NDArray[np.float32]:
    """What an X-ray from the front sees: millimetres of water along each ray, a row for each height in z."""
    deep = float(y[1] - y[0])
    rows = [(slice_of(body, float(height), x, y) / 1000 + 1).sum(axis=0) * deep for height in z]
    return np.stack(rows).astype(np.float32)


def enlarged(image: NDArray[np.float32], rows: int, columns: int) -> NDArray[np.float32]:
    """Bilinear, for pictures that are smooth by nature."""
    across = np.linspace(0, image.shape[1] - 1, columns)
    wide = np.stack([np.interp(across, np.arange(image.shape[1]), row) for row in image])
    down = np.linspace(0, image.shape[0] - 1, rows)
    low = np.minimum(down.astype(int), image.shape[0] - 2)
    part = (down - low)[:, None]
    return np.asarray(wide[low] * (1 - part) + wide[low + 1] * part, np.float32)
