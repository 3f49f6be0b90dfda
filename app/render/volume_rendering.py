"""A body seen from outside: shear-warp (Lacroute and Levoy, 1994) in numpy.

The volume's sheets, those most at right angles to the view, are pushed sideways so that all rays run straight through
them, laid over each other from front to back, and the finished picture is brought into place. All work is on whole
sheets, so numpy does it at the speed of memory; one ray at a time would take a hundred times as long.
"""

from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from app.render.cache import MemoryCache
from app.render.volume import Volume
from app.render.volume_geometry import Floats
from app.render.volume_presets import LEVELS, PRESETS, Tables, tables_of
from app.render.volume_solid import Solid, directions, solid_of
from app.render.volume_view import RenderingWish, View

Reals: TypeAlias = NDArray[np.float32]

_SIDES = {False: 144, True: 256}
"""Steps of the longest side, for a preview and for a picture at rest."""
_AMBIENT, _DIFFUSE, _GLOSS, _SHINE = 0.25, 0.75, 0.2, 24
_LAMP = (-0.35, -0.45, -1.0)
"""Towards the lamp: to the left of the eye and above it (right, down, away)."""
_KEPT = 192 << 20
_THREADS = ThreadPoolExecutor(2, "volume-rendering")


class Solids:
    """Volumes made ready, a few; shared by threads. What two want at once is made once."""

    def __init__(self) -> None:
        self._kept: MemoryCache[Solid] = MemoryCache(_KEPT, lambda solid: solid.nbytes)

    def of(self, name: tuple[str, str], volume: Volume, *, fine: bool) -> Solid:
        """`name`: the series and its version."""
        return self._kept.get((*name, fine), lambda: solid_of(volume, _SIDES[fine]))


def rendered(volume: Volume, solid: Solid, wish: RenderingWish) -> NDArray[np.uint8]:
    """(height, width, 3) RGB."""
    view, preset = wish.view, PRESETS[wish.preset]
    tables = tables_of(preset, volume, wish.window)
    shear = _Shear.of(solid, view.axes())
    if preset.projection:
        return _warped(_projected(solid, tables, shear), shear, solid, view)
    return _warped(_lit(solid, tables, shear, view.axes()), shear, solid, view)


class _Shear(NamedTuple):
    """How sheets are pushed. `order`: the solid's array axes as sheet, row, column."""

    order: tuple[int, int, int]
    slants: tuple[float, float]
    """Rows and columns to the side for each sheet."""
    numbers: range
    """Sheets from front to back."""
    stretch: float
    """Steps of a ray between two sheets."""
    matrix: Floats
    """From rows and columns of the finished stack to right and down."""
    shape: tuple[int, int]

    @classmethod
    def of(cls, solid: Solid, axes: Floats) -> "_Shear":
        right, down, away = axes
        main = int(np.abs(away).argmax())
        row, column = [axis for axis in (2, 1, 0) if axis != main]
        sizes = solid.values.shape[::-1]
        slants = away[row] / away[main], away[column] / away[main]
        shape = [
            sizes[axis] + int(np.ceil(abs(slant) * sizes[main])) + 2
            for axis, slant in zip((row, column), slants, strict=True)
        ]
        numbers = range(sizes[main])
        return cls(
            order=(2 - main, 2 - row, 2 - column),
            slants=(float(slants[0]), float(slants[1])),
            numbers=numbers if away[main] > 0 else numbers[::-1],
            stretch=float(1 / abs(away[main])),
            matrix=np.array([[right[column], right[row]], [down[column], down[row]]]),
            shape=(shape[0], shape[1]),
        )

    def place(self, number: int, sheets: int, rows: int, columns: int) -> tuple[float, float]:
        """Where a sheet's first row and column come to lie: the middle sheet in the middle."""
        along = number - (sheets - 1) / 2
        return (
            (self.shape[0] - rows) / 2 - self.slants[0] * along,
            (self.shape[1] - columns) / 2 - self.slants[1] * along,
        )


def _lit(solid: Solid, tables: Tables, shear: _Shear, axes: Floats) -> NDArray[np.uint8]:
    opacity = 1 - (1 - np.minimum(tables.opacity, 0.99)) ** (solid.step * shear.stretch)
    light = _Light(tables, opacity.astype(np.float32), *_shades(axes))
    middle = len(shear.numbers) // 2
    back = _THREADS.submit(_layers, solid, light, shear, shear.numbers[middle:])
    front = _layers(solid, light, shear, shear.numbers[:middle])
    front += (1 - front[..., 3:]) * back.result()
    return np.clip(front[..., :3] * 255, 0, 255).astype(np.uint8)


class _Light(NamedTuple):
    tables: Tables
    opacity: Reals
    diffuse: Reals
    gloss: Reals

    def seen(self, codes: NDArray[np.uint8], facing: NDArray[np.uint16]) -> Reals:
        """Light of each voxel (rows, columns, 4): colour times opacity, and opacity."""
        opacity = self.opacity.take(codes)
        found = np.empty((*codes.shape, 4), np.float32)
        found[..., 3] = opacity
        shade = self.diffuse.take(facing)
        shade *= opacity
        gloss = self.gloss.take(facing)
        gloss *= opacity
        for part in range(3):
            colour = self.tables.colour[:, part].take(codes)
            colour *= shade
            np.add(colour, gloss, out=found[..., part])
        return found


def _shades(axes: Floats) -> tuple[Reals, Reals]:
    """For each direction a surface may face: how bright it is, how much it shines. Both sides of it are lit."""
    lamp = np.array(_LAMP) @ axes
    lamp /= np.linalg.norm(lamp)
    halfway = lamp - axes[2]
    halfway /= np.linalg.norm(halfway)
    ways = directions()
    diffuse = _AMBIENT + _DIFFUSE * np.abs(ways @ lamp)
    gloss = _GLOSS * np.abs(ways @ halfway) ** _SHINE
    return diffuse.astype(np.float32), gloss.astype(np.float32)


def _layers(solid: Solid, light: _Light, shear: _Shear, numbers: range) -> Reals:
    """These sheets over each other, front to back: (rows, columns, 4)."""
    total = np.zeros((*shear.shape, 4), np.float32)
    values, facing = solid.values.transpose(shear.order), solid.facing.transpose(shear.order)
    visible = light.opacity > 0
    for number in numbers:
        codes = _codes(values[number], light.tables)
        box = _box(visible[codes])
        if box is None:
            continue
        layer = light.seen(codes[box], facing[number][box])
        top, left = shear.place(number, len(shear.numbers), *codes.shape)
        _lay_under(total, layer, top + box[0].start, left + box[1].start)
    return total


def _codes(sheet: NDArray[np.int16], tables: Tables) -> NDArray[np.uint8]:
    scaled = sheet * np.float32((LEVELS - 1) / (tables.high - tables.low))
    scaled -= np.float32(tables.low * (LEVELS - 1) / (tables.high - tables.low))
    np.clip(scaled, 0, LEVELS - 1, out=scaled)
    return scaled.astype(np.uint8)


def _box(seen: NDArray[np.bool_]) -> tuple[slice, slice] | None:
    """The part of a sheet where anything is."""
    rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
    if not len(rows):
        return None
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)


def _shifted(layer: Reals, down: float, right: float) -> Reals:
    """A layer moved by parts of a step: one row and one column more."""
    tall = np.zeros((layer.shape[0] + 1, *layer.shape[1:]), np.float32)
    np.multiply(layer, np.float32(1 - down), out=tall[:-1])
    tall[1:] += layer * np.float32(down)
    wide = np.zeros((tall.shape[0], tall.shape[1] + 1, *layer.shape[2:]), np.float32)
    np.multiply(tall, np.float32(1 - right), out=wide[:, :-1])
    wide[:, 1:] += tall * np.float32(right)
    return wide


def _lay_under(total: Reals, layer: Reals, top: float, left: float) -> None:
    row, column = int(np.floor(top)), int(np.floor(left))
    moved = _shifted(layer, top - row, left - column)
    part = total[row : row + moved.shape[0], column : column + moved.shape[1]]
    moved = moved[: part.shape[0], : part.shape[1]]
    moved *= 1 - part[..., 3:]
    part += moved


def _projected(solid: Solid, tables: Tables, shear: _Shear) -> NDArray[np.uint8]:
    total = np.zeros(shear.shape, np.float32)
    values = solid.values.transpose(shear.order)
    for number in shear.numbers:
        codes = _codes(values[number], tables).astype(np.float32)
        top, left = shear.place(number, len(shear.numbers), *codes.shape)
        row, column = int(np.floor(top)), int(np.floor(left))
        moved = _shifted(codes, top - row, left - column)
        part = total[row : row + moved.shape[0], column : column + moved.shape[1]]
        np.maximum(part, moved[: part.shape[0], : part.shape[1]], out=part)
    grey = total.astype(np.uint8)
    return np.stack([grey] * 3, axis=-1)


def _warped(stack: NDArray[np.uint8], shear: _Shear, solid: Solid, view: View) -> NDArray[np.uint8]:
    """The finished stack as the eye sees it: zoomed, moved, cut to the picture."""
    width, height = view.size
    pixel = max(solid.values.shape) / min(width, height) / view.zoom
    back = np.linalg.inv(shear.matrix) * pixel  # from pixels to columns and rows
    middle = np.array([shear.shape[1], shear.shape[0]]) / 2
    start = middle - back @ (np.array([width, height]) * (np.array([0.5, 0.5]) + view.pan))
    data = (back[0, 0], back[0, 1], start[0], back[1, 0], back[1, 1], start[1])
    picture = Image.fromarray(stack).transform(
        (width, height), Image.Transform.AFFINE, data, Image.Resampling.BILINEAR
    )
    return np.asarray(picture)
