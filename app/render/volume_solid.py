"""A volume made ready to be seen as a body: equal steps along the patient's axes, and which way each surface looks."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.render.volume import Volume
from app.render.volume_geometry import Floats
from app.render.volume_sampling import plane, sampled

_LEVELS = 32
"""Of each part of a direction: three parts make one index of 15 bits."""
_X, _Y, _Z = np.eye(3)


@dataclass(frozen=True, eq=False)
class Solid:
    """`values` (k, j, i): along Z, Y and X of the patient, `step` mm apart in each direction."""

    values: NDArray[np.int16]
    facing: NDArray[np.uint16]
    """The direction in which values rise fastest, as an index into `directions`."""
    step: float

    @property
    def nbytes(self) -> int:
        """Memory it takes."""
        return self.values.nbytes + self.facing.nbytes


def solid_of(volume: Volume, side: int) -> Solid:
    """The longest side has so many steps."""
    corners = np.array([[i, j, k] for i in (-0.5, 0.5) for j in (-0.5, 0.5) for k in (-0.5, 0.5)])
    extent = np.ptp((corners * volume.counts) @ volume.matrix.T, axis=0)
    step = float(extent.max()) / side
    columns, rows, sheets = (max(8, int(np.ceil(part / step))) for part in extent)
    coarse = _coarser(volume, step)
    values = np.empty((sheets, rows, columns), np.int16)
    for number in range(sheets):
        centre = volume.centre + (number + 0.5 - sheets / 2) * step * _Z
        values[number] = sampled(coarse, plane(centre, _X, _Y, step, (columns, rows)))
    return Solid(values, _facing(values), step)


def _coarser(volume: Volume, step: float) -> Volume:
    """Means of neighbours where several lie within a step: what is only skipped flickers."""
    counts = [int(min(8, max(1, step // spacing))) for spacing in volume.spacing]
    if max(counts) == 1:
        return volume
    across, down, through = counts
    sheets, rows, columns = (
        size // count for size, count in zip(volume.values.shape, (through, down, across), strict=True)
    )
    values = np.empty((sheets, rows, columns), np.int16)
    for number in range(sheets):
        block = volume.values[
            number * through : (number + 1) * through, : rows * down, : columns * across
        ].sum(axis=0, dtype=np.int32)
        cells = block.reshape(rows, down, columns, across)
        values[number] = cells.sum(axis=(1, 3), dtype=np.int32) // (through * down * across)
    shift = (np.array(counts) - 1) / 2
    return Volume(
        values=values,
        origin=volume.origin + volume.matrix @ shift,
        matrix=volume.matrix * counts,
        slope=volume.slope,
        intercept=volume.intercept,
        low=volume.low,
        high=volume.high,
        unit=volume.unit,
        inverse=volume.inverse,
        window=volume.window,
    )


def _facing(values: NDArray[np.int16]) -> NDArray[np.uint16]:
    """A few sheets at a time: gradients of the whole would take twelve times its memory."""
    found = np.empty(values.shape, np.uint16)
    for first in range(0, len(values), 16):
        start, end = max(0, first - 2), min(len(values), first + 18)
        parts = np.gradient(_smoothed(values[start:end].astype(np.float32)))
        here = slice(first - start, first - start + min(16, len(values) - first))
        found[first : first + 16] = _index(*(part[here] for part in reversed(parts)))
    return found


def _smoothed(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """A quarter, a half and a quarter along each axis: noise and steps between images would glitter."""
    for axis in range(3):
        turned = np.moveaxis(values, axis, 0)
        inner = turned[1:-1] * np.float32(0.5)
        inner += (turned[:-2] + turned[2:]) * np.float32(0.25)
        turned[1:-1] = inner
    return values


def _index(x: NDArray[np.float32], y: NDArray[np.float32], z: NDArray[np.float32]) -> NDArray[np.uint16]:
    length = np.sqrt(x * x + y * y + z * z)
    length += np.float32(1e-3)
    half = np.float32((_LEVELS - 1) / 2)
    parts = [np.rint((part / length + np.float32(1)) * half).astype(np.uint16) for part in (x, y, z)]
    found: NDArray[np.uint16] = (parts[0] * np.uint16(_LEVELS) + parts[1]) * np.uint16(_LEVELS) + parts[2]
    return found


def directions() -> Floats:
    """Unit vectors (x, y, z) of all indices; zero where values do not change."""
    levels = np.arange(_LEVELS) / ((_LEVELS - 1) / 2) - 1
    found = np.stack(np.meshgrid(levels, levels, levels, indexing="ij"), axis=-1).reshape(-1, 3)
    lengths = np.linalg.norm(found, axis=1, keepdims=True)
    unit: Floats = np.where(lengths > 0.5, found / np.maximum(lengths, 1e-9), 0)
    return unit
