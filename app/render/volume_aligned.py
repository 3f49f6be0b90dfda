"""Planes along a volume's own axes: whole rows are mixed with rows, then columns with columns; twice as quick or more."""

from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from app.render.volume import Volume
from app.render.volume_geometry import Floats

Reals: TypeAlias = NDArray[np.float32]

ON_AXIS = 0.01
"""Of a voxel: what a plane may stray over its whole width and still count as parallel."""
_HAIR = 1e-4


class Aligned(NamedTuple):
    """Indices into a volume, in voxels: which axes (i=0, j=1, k=2) stay, run down and run across, and where."""

    axes: tuple[int, int, int]
    through: float
    rows: Floats
    columns: Floats


class _Line(NamedTuple):
    """Of each position on an axis: the voxel before it, how much of the next one it has, whether it is inside."""

    first: NDArray[np.intp]
    rest: Reals
    inside: NDArray[np.bool_]


def on_axes(volume: Volume, lines: Aligned) -> NDArray[np.int16]:
    """(rows, columns), trilinear; outside the volume its lowest value."""
    cube = volume.values.transpose([2 - axis for axis in lines.axes])
    sheet = _line(np.array([lines.through]), cube.shape[0])
    down, across = _line(lines.rows, cube.shape[1]), _line(lines.columns, cube.shape[2])
    out = np.full((len(lines.rows), len(lines.columns)), volume.low, np.int16)
    if sheet.inside[0] and down.inside.any() and across.inside.any():
        found = _mixed(cube, sheet, down, across)
        out[np.ix_(down.inside, across.inside)] = np.rint(found, out=found)
    return out


def _line(positions: Floats, count: int) -> _Line:
    inside = (positions >= -0.5 - _HAIR) & (positions <= count - 0.5 + _HAIR)
    within = np.clip(positions[inside] if inside.any() else positions, 0, count - 1)
    first = np.minimum((within + _HAIR).astype(np.intp), max(count - 2, 0))
    rest = (within - first).astype(np.float32)
    rest[np.abs(rest) < _HAIR] = 0
    return _Line(first, rest, inside)


def _mixed(cube: NDArray[np.int16], sheet: _Line, down: _Line, across: _Line) -> Reals:
    """The plane, over the part of the cube that it needs."""
    top, left = int(down.first.min()), int(across.first.min())
    part = cube[
        sheet.first[0] : sheet.first[0] + 2,
        top : int(down.first.max()) + 2,
        left : int(across.first.max()) + 2,
    ]
    flat = part[0].astype(np.float32)
    if sheet.rest[0] and len(part) == 2:
        flat += (part[1] - flat) * sheet.rest[0]
    rows = _between(flat, down.first - top, down.rest[:, None], 0)
    return _between(rows, across.first - left, across.rest, 1)


def _between(values: Reals, first: NDArray[np.intp], rest: Reals, axis: int) -> Reals:
    near = values.take(first, axis=axis)
    if not rest.any():
        return near
    far = values.take(first + 1, axis=axis, mode="clip")
    far -= near
    far *= rest
    near += far
    return near
