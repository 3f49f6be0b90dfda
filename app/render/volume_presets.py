"""How a body is shown: which values are seen, how dense, in which colour. Data only."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from app.render.params import Window
from app.render.volume import Volume

LEVELS = 256
_VESSELS = Window(300, 800)


@dataclass(frozen=True)
class Preset:
    """`points`: value, how much of the light 1 mm of it takes (0 to 1), red, green and blue; straight lines between."""

    points: tuple[tuple[float, float, float, float, float], ...]
    relative: bool = False
    """Values are parts of the volume's own window, for what has no Hounsfield units."""
    projection: bool = False
    """The highest value on each ray, in grey, instead of light; in the window asked for."""


PRESETS: Mapping[str, Preset] = MappingProxyType(
    {
        "angio": Preset(
            (
                (130, 0.0, 0.45, 0.05, 0.03),
                (200, 0.25, 0.75, 0.14, 0.08),
                (350, 0.6, 1.0, 0.5, 0.3),
                (700, 0.8, 1.0, 0.95, 0.85),
                (1500, 0.9, 1.0, 1.0, 0.95),
            )
        ),
        "bone": Preset(
            (
                (140, 0.0, 0.6, 0.35, 0.22),
                (260, 0.25, 0.8, 0.6, 0.42),
                (500, 0.6, 0.95, 0.88, 0.74),
                (1500, 0.9, 1.0, 1.0, 0.96),
            )
        ),
        "lung": Preset(
            (
                (-960, 0.0, 0.2, 0.3, 0.5),
                (-850, 0.02, 0.35, 0.5, 0.75),
                (-650, 0.12, 0.75, 0.6, 0.65),
                (-450, 0.35, 1.0, 0.75, 0.65),
                (-300, 0.0, 1.0, 0.8, 0.7),
            )
        ),
        "mip": Preset(((0, 0, 0, 0, 0), (1, 1, 1, 1, 1)), relative=True, projection=True),
        "mr": Preset(
            (
                (0.25, 0.0, 0.35, 0.25, 0.2),
                (0.5, 0.12, 0.75, 0.55, 0.45),
                (0.8, 0.35, 0.95, 0.8, 0.7),
                (1.2, 0.7, 1.0, 1.0, 0.95),
            ),
            relative=True,
        ),
        "soft": Preset(
            (
                (-350, 0.0, 0.8, 0.55, 0.42),
                (-150, 0.35, 0.9, 0.66, 0.52),
                (40, 0.55, 0.85, 0.5, 0.4),
                (300, 0.85, 1.0, 0.93, 0.85),
                (1200, 0.95, 1.0, 1.0, 1.0),
            )
        ),
    }
)


def presets_for(volume: Volume) -> list[str]:
    """Names, the best one first."""
    if volume.unit == "HU":
        return ["bone", "angio", "soft", "lung", "mip"]
    return ["mip", "mr"]


@dataclass(frozen=True, eq=False)
class Tables:
    """For codes 0 to 255 of values from `low` to `high` (as stored in the volume): light taken by 1 mm, colour."""

    low: float
    high: float
    opacity: NDArray[np.float32]
    colour: NDArray[np.float32]


def _window_of(preset: Preset, volume: Volume) -> Window:
    if not preset.projection:
        return volume.window
    if volume.unit == "HU":
        return _VESSELS
    low, high = sorted((volume.real(volume.low), volume.real(volume.high)))
    return Window((low + high) / 2, max(high - low, 1.0))


def tables_of(preset: Preset, volume: Volume, window: Window | None = None) -> Tables:
    """In the volume's own values."""
    window = window or _window_of(preset, volume)
    points = np.array(preset.points, float)
    real = points[:, 0]
    if preset.relative:
        real = window.center + (real - 0.5) * window.width
    ends = (real[0] - volume.intercept) / volume.slope, (real[-1] - volume.intercept) / volume.slope
    levels = np.linspace(real[0], real[-1], LEVELS)
    parts = [np.interp(levels, real, points[:, part]) for part in range(1, 5)]
    return Tables(ends[0], ends[1], parts[0].astype(np.float32), np.stack(parts[1:], 1).astype(np.float32))
