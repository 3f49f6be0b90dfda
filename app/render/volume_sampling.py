"""Values of a volume on a surface: a plane, or the ribbon of a curve; of one sheet or of a slab around it.

numpy alone: one thread takes a trilinear 512x512 plane in 2 to 9 ms where scipy's map_coordinates takes 12 and compiled code
1.4 to 3, because the work is cut into blocks whose arrays stay in the processor's cache (measured; tests/bench/bench_volume).
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from app.base.errors import Invalid
from app.render.volume import Volume
from app.render.volume_aligned import ON_AXIS, Aligned, on_axes
from app.render.volume_geometry import Floats

Values: TypeAlias = NDArray[np.int16]
Reals: TypeAlias = NDArray[np.float32]
Mask: TypeAlias = NDArray[np.bool_]

MEAN, MAXIMUM, MINIMUM = "mean", "max", "min"
MODES = (MAXIMUM, MEAN, MINIMUM)
_BLOCK = 12288  # points; their arrays together stay below half a megabyte
_WORTH_TWO_THREADS = 1 << 19
_MOST_SHEETS = 1024  # 1 to 2 s of a 512x512 plane
_HAIR = 1e-4  # of a voxel: what single precision may add at the border
_THREADS = ThreadPoolExecutor(2, "volume-sampling")


@dataclass(frozen=True, eq=False)
class Surface:
    """In mm of the patient: the middle of each column (width, 3), unit vectors down it and through it."""

    middles: Floats
    downs: Floats
    normals: Floats
    height: int
    spacing: float
    """Millimetres between the points of a column."""

    @property
    def width(self) -> int:
        """Columns."""
        return len(self.middles)


class Slab(NamedTuple):
    """Through so many mm around the surface; what becomes of the values met: their mean, highest or lowest."""

    thickness: float = 0.0
    mode: str = MEAN


def plane(centre: Floats, right: Floats, down: Floats, spacing: float, size: tuple[int, int]) -> Surface:
    """`size` is width and height; the centre lies in the middle of the picture, at the pixels' common corner when
    both are even.
    """
    width, height = size
    along = (np.arange(width) + 0.5 - width / 2) * spacing
    return Surface(
        middles=centre + along[:, None] * right,
        downs=np.broadcast_to(down, (width, 3)),
        normals=np.broadcast_to(np.cross(right, down), (width, 3)),
        height=height,
        spacing=spacing,
    )


SHEET = Slab()
"""No thickness."""


def sampled(volume: Volume, surface: Surface, slab: Slab = SHEET, *, fine: bool = True) -> Values:
    """(height, width). What lies outside the volume has its lowest value. Not `fine`: a slab takes nearest values."""
    sheets = _sheets(volume, surface, slab)
    rays = _Rays(volume, surface)
    if len(sheets) == 1 and (lines := rays.aligned(surface.height)) is not None:
        return on_axes(volume, lines)
    out = np.empty((surface.height, surface.width), np.int16)

    def fill(first: int, last: int) -> None:
        for rows in _blocks(first, last, surface.width):
            out[rows] = _block(rays, rows, sheets, slab.mode, fine=fine or len(sheets) == 1)

    if out.size * len(sheets) < _WORTH_TWO_THREADS:
        fill(0, surface.height)
    else:
        half = surface.height // 2
        other = _THREADS.submit(fill, 0, half)
        fill(half, surface.height)
        other.result()
    return out


def _blocks(first: int, last: int, width: int) -> Iterator[slice]:
    rows = max(1, _BLOCK // width)
    return (slice(at, min(at + rows, last)) for at in range(first, last, rows))


def _sheets(volume: Volume, surface: Surface, slab: Slab) -> Floats:
    """Distances from the surface at which values are taken: no voxel of the slab is stepped over. Raises Invalid
    where that takes too many.
    """
    if slab.thickness <= 0:
        return np.zeros(1)
    voxels_a_millimetre = np.abs(surface.normals @ volume.inside.T).max()
    count = int(np.ceil(voxels_a_millimetre * slab.thickness)) + 1
    if count > _MOST_SHEETS:
        raise Invalid(
            "slab_too_thick",
            "The slab is too thick for these slices. Choose at most {most} mm.",
            most=int((_MOST_SHEETS - 1) / voxels_a_millimetre),
        )
    half = slab.thickness / 2
    return np.linspace(-half, half, max(2, count))


class _Rays:
    """The surface in voxel indices, single precision: a point is middle + row * down + distance * through."""

    def __init__(self, volume: Volume, surface: Surface) -> None:
        inside = volume.inside
        self.flat = volume.values.reshape(-1)
        self.counts = [int(count) for count in volume.counts]
        self.low, self.high = volume.low, volume.high
        middles = (surface.middles - volume.origin) @ inside.T
        self.downs = (surface.downs @ inside.T) * surface.spacing
        self.tops = middles + (0.5 - surface.height / 2) * self.downs
        self.through = surface.normals @ inside.T

    def aligned(self, height: int) -> Aligned | None:
        """Where rows and columns run along the volume's own axes; None on any other surface."""
        across = np.ptp(self.tops, axis=0) > ON_AXIS
        down = np.abs(self.downs).max(axis=0) * height > ON_AXIS
        if across.sum() != 1 or down.sum() != 1 or (across & down).any():
            return None
        column, row = int(across.argmax()), int(down.argmax())
        through = 3 - column - row
        rows = self.tops[0, row] + np.arange(height) * self.downs[0, row]
        return Aligned((through, row, column), float(self.tops[0, through]), rows, self.tops[:, column])

    def points(self, rows: slice, distance: float) -> tuple[list[Reals], Mask | None]:
        """Indices i, j and k of a block of rows, brought inside; which of them were inside, None for all."""
        starts = (self.tops + distance * self.through).T
        numbers = np.arange(rows.start, rows.stop, dtype=np.float32)[:, None]
        found = []
        mask: Mask | None = None
        for start, down, count in zip(starts, self.downs.T, self.counts, strict=True):
            ends = np.stack([start + rows.start * down, start + (rows.stop - 1) * down])
            values = numbers * down.astype(np.float32)
            values += start.astype(np.float32)
            if ends.min() < -_HAIR or ends.max() > count - 1 + _HAIR:
                within = (values >= -0.5 - _HAIR) & (values <= count - 0.5 + _HAIR)
                mask = within if mask is None else mask & within
                np.clip(values, 0, count - 1, out=values)
            found.append(values)
        return found, mask

    def within(self, rows: slice, sheets: Floats) -> bool:
        """Whether all of a block lies inside, on every sheet: its corners do."""
        for sheet in (sheets[0], sheets[-1]):
            for row in (rows.start, rows.stop - 1):
                edge = self.tops + sheet * self.through + row * self.downs
                if edge.min() < -_HAIR or (edge.max(axis=0) > np.array(self.counts) - 1 + _HAIR).any():
                    return False
        return True


def _block(rays: _Rays, rows: slice, sheets: Floats, mode: str, *, fine: bool) -> Values:
    take = _trilinear if fine else _nearest
    if len(sheets) == 1:
        points, mask = rays.points(rows, float(sheets[0]))
        return _whole(_outside(take(rays, points), mask, rays.low))
    if mode == MEAN:
        return _mean(rays, rows, sheets, fine=fine)
    better = np.maximum if mode == MAXIMUM else np.minimum
    if not fine and rays.within(rows, sheets):
        found: Values = better.reduce(list(_nearest_sheets(rays, rows, sheets)))
        return found
    worst = rays.low if mode == MAXIMUM else rays.high
    met: Mask | None = None
    best: Values | Reals | None = None
    for distance in sheets:
        points, mask = rays.points(rows, float(distance))
        values = _outside(take(rays, points), mask, worst)
        best = values if best is None else better(best, values, out=best)
        seen = np.ones(values.shape, np.bool_) if mask is None else mask
        met = seen if met is None else met | seen
    assert best is not None  # a slab has two sheets at least
    return _whole(_outside(best, met, rays.low))


def _mean(rays: _Rays, rows: slice, sheets: Floats, *, fine: bool) -> Values:
    """Over what lies inside."""
    take = _trilinear if fine else _nearest
    total: Reals | None = None
    count: Reals | None = None
    for distance in sheets:
        points, mask = rays.points(rows, float(distance))
        values = _outside(take(rays, points), mask, 0)
        seen = np.ones(values.shape, np.float32) if mask is None else mask.astype(np.float32)
        total = values.astype(np.float32) if total is None else np.add(total, values, out=total)
        count = seen if count is None else np.add(count, seen, out=count)
    assert total is not None  # a slab has two sheets at least
    assert count is not None
    return _whole(_outside(np.divide(total, np.maximum(count, 1), dtype=np.float32), count > 0, rays.low))


def _outside(values: Values | Reals, mask: Mask | None, value: int) -> Values | Reals:
    if mask is not None:
        values[~mask] = value
    return values


def _whole(values: Values | Reals) -> Values:
    if values.dtype == np.int16:
        return values.astype(np.int16, copy=False)
    return np.rint(values).astype(np.int16)


def _nearest(rays: _Rays, points: list[Reals]) -> Values:
    i, j, k = ((part + np.float32(0.5)).astype(np.int32) for part in points)
    return rays.flat.take(_flat(rays, i, j, k), mode="clip")


def _nearest_sheets(rays: _Rays, rows: slice, sheets: Floats) -> Iterator[Values]:
    """Of a block that lies inside: the way to the next sheet is only added, twice as quick as from the beginning."""
    points = [part + np.float32(0.5) for part in rays.points(rows, float(sheets[0]))[0]]
    ways = rays.through.T.astype(np.float32)
    for distance in (sheets - sheets[0]).astype(np.float32):
        i, j, k = ((part + distance * way).astype(np.int32) for part, way in zip(points, ways, strict=True))
        yield rays.flat.take(_flat(rays, i, j, k), mode="clip")


def _flat(rays: _Rays, i: NDArray[np.int32], j: NDArray[np.int32], k: NDArray[np.int32]) -> NDArray[np.intp]:
    width, height, _ = rays.counts  # 32 bits are enough: no volume is larger (volumes.py)
    k *= height
    k += j
    k *= width
    k += i
    return k.astype(np.intp)


def _trilinear(rays: _Rays, points: list[Reals]) -> Reals:
    """Eight neighbours of each point. At the far border the ninth is fetched from anywhere and counts for nothing."""
    i, j, k = whole = [part.astype(np.int32) for part in points]
    rests = [np.subtract(part, start, dtype=np.float32) for part, start in zip(points, whole, strict=True)]
    row, sheet = rays.counts[0], rays.counts[0] * rays.counts[1]
    cells = _Cells(rays.flat, _flat(rays, i, j, k), rests[0])
    near = cells.between(0, row, rests[1])
    far = cells.between(sheet, sheet + row, rests[1])
    far -= near
    far *= rests[2]
    near += far
    return near


class _Cells:
    """The voxels around points, with the way from each to its right neighbour already gone."""

    def __init__(self, flat: Values, places: NDArray[np.intp], rest: Reals) -> None:
        self._flat = flat
        self._places = places
        self._rest = rest
        self._one = np.empty(places.shape, np.int16)
        self._two = np.empty(places.shape, np.int16)

    def between(self, near: int, far: int, rest: Reals) -> Reals:
        """Between two rows of neighbours, so many elements on."""
        first, second = self._along(near), self._along(far)
        second -= first
        second *= rest
        first += second
        return first

    def _along(self, offset: int) -> Reals:
        self._from(offset).take(self._places, out=self._one, mode="clip")
        self._from(offset + 1).take(self._places, out=self._two, mode="clip")
        found: Reals = np.subtract(self._two, self._one, dtype=np.float32)
        found *= self._rest
        found += self._one
        return found

    def _from(self, offset: int) -> Values:
        return self._flat[min(offset, len(self._flat) - 1) :]
