"""Grey levels from stored values: modality, VOI and presentation folded into one table (PS3.3, C.11).

A frame of up to 16 bits has at most 65536 different values, so the standard's formulae are evaluated once for each
value and the picture is one look-up.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from app.render.description import Grey, ImageDescription
from app.render.lut import Lut
from app.render.params import Window
from app.render.stored import Pixels

Reals: TypeAlias = NDArray[Any]
Bytes: TypeAlias = NDArray[np.uint8]

_CHUNK = 1 << 18
"""Pixels looked up at a time: a CT slice in one call (each gives Python's lock up and takes it back), a radiograph in parts,
for the indices numpy makes are eight times as long as a picture.
"""


@dataclass(frozen=True)
class GreyScale:
    """Everything between a stored value and its grey level; hashable, so that slices share one table."""

    grey: Grey
    voi: Window | Lut
    inverse: bool
    padding: tuple[int, int] | None


def modality_values(grey: Grey, stored: Pixels) -> Reals:
    """Real-world values (C.11.1): table, or slope and intercept."""
    if grey.modality_lut is not None:
        return grey.modality_lut.look_up(stored).astype(np.float64)
    return stored * grey.slope + grey.intercept


def apply_window(window: Window, values: Reals) -> Reals:
    """0 to 1 by the formula of the window's function (C.11.2.1.2.1, C.11.2.1.3)."""
    center, width = window.center, window.width
    if window.function == "SIGMOID":
        with np.errstate(over="ignore"):
            return 1 / (1 + np.exp(-4 * (values - center) / width))
    if window.function == "LINEAR_EXACT":
        return np.clip((values - center) / width + 0.5, 0, 1)
    if width == 1:
        return (values > center - 0.5).astype(np.float64)
    return np.clip((values - (center - 0.5)) / (width - 1) + 0.5, 0, 1)


def apply_voi(voi: Window | Lut, values: Reals) -> Reals:
    """0 to 1, by window or by the image's own table (C.11.2.1.1)."""
    if isinstance(voi, Window):
        return apply_window(voi, values)
    return voi.look_up(values) / float((1 << voi.bits) - 1)


def grey_levels(scale: GreyScale, stored: Pixels) -> Bytes:
    """Grey levels 0 to 255 by evaluating the formulae for each value. Padding is black."""
    shown = apply_voi(scale.voi, modality_values(scale.grey, stored))
    if scale.inverse:
        shown = 1 - shown
    levels = np.floor(np.nan_to_num(shown) * 255 + 0.5).astype(np.uint8)
    if scale.padding is not None:
        low, high = scale.padding
        levels[(stored >= low) & (stored <= high)] = 0
    return levels


@lru_cache(maxsize=256)
def _table(scale: GreyScale, dtype: str) -> Bytes:
    """Levels for every value of an 8 or 16 bit type, in the order of its unsigned bits."""
    unsigned = np.arange(1 << (8 * np.dtype(dtype).itemsize), dtype=f"u{dtype[1:]}")
    return grey_levels(scale, unsigned.view(dtype))


def look_up(scale: GreyScale, stored: Pixels) -> Bytes:
    """The same as `grey_levels`, by table where there are at most 16 bits."""
    if stored.dtype.kind == "f" or stored.dtype.itemsize > 2:
        return grey_levels(scale, stored)
    table = _table(scale, stored.dtype.str[1:])
    indices = np.ascontiguousarray(stored).view(f"u{stored.dtype.itemsize}").reshape(-1)
    levels = np.empty(indices.size, np.uint8)
    for start in range(0, indices.size, _CHUNK):
        part = slice(start, start + _CHUNK)
        table.take(indices[part], out=levels[part], mode="clip")
    return levels.reshape(stored.shape)


def default_voi(description: ImageDescription, grey: Grey, stored: Pixels) -> Window | Lut:
    """The image's first window, else its first table, else the range of its values."""
    if grey.windows:
        return grey.windows[0]
    if grey.voi_luts:
        return grey.voi_luts[0]
    if grey.modality_lut is None and description.pixels == "integer" and description.bits_stored <= 8:
        return _whole_range(description, grey)
    return window_of_values(modality_values(grey, _inside(description, stored)))


def _whole_range(description: ImageDescription, grey: Grey) -> Window:
    levels = 1 << description.bits_stored
    lowest = -levels // 2 if description.signed else 0
    ends = (grey.slope * lowest + grey.intercept, grey.slope * (lowest + levels - 1) + grey.intercept)
    width = max(ends) - min(ends)
    return Window((max(ends) + min(ends)) / 2, max(width, 1e-6), "LINEAR_EXACT")


def _inside(description: ImageDescription, stored: Pixels) -> Pixels:
    """A sample of the values that are image: every n-th of those outside the padding."""
    values = stored.reshape(-1)
    values = values[:: max(1, values.size // 65536)]
    if description.padding is not None:
        low, high = description.padding
        kept = values[(values < low) | (values > high)]
        values = kept if kept.size else values
    return values


def window_of_values(values: Reals) -> Window:
    """From the darkest to the brightest half percent, so that a few extreme pixels do not decide."""
    finite = values[np.isfinite(values)]
    if not finite.size:
        return Window(0.5, 1, "LINEAR_EXACT")
    low, high = (float(end) for end in np.percentile(finite, (0.5, 99.5)))
    if high <= low:
        low, high = float(finite.min()), float(finite.max())
    if abs(high) > 1e12 or abs(low) > 1e12:
        low, high = max(low, -1e12), min(high, 1e12)
    return Window((low + high) / 2, max(high - low, 1e-6), "LINEAR_EXACT")
