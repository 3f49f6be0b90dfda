"""Parts of large frames: a region, at a half, a quarter or an eighth of its size, as exact means of stored values.

So a screen is given as many values as it has pixels, however large the file (mammography, 4000 x 5000 radiography),
and windows them itself.
"""

import re
from dataclasses import dataclass

import numpy as np

from app.base.errors import Invalid
from app.render.stored import Pixels

SHRINKS = (1, 2, 4, 8)
_REGION = re.compile(r"(\d{1,6}),(\d{1,6}),(\d{1,6}),(\d{1,6})", re.ASCII)


@dataclass(frozen=True)
class Part:
    """Left, top, width and height in pixels of the frame, and how many of them a side become one."""

    left: int
    top: int
    width: int
    height: int
    shrink: int

    @classmethod
    def from_query(cls, region: str, shrink: str) -> "Part | None":
        """None: the whole frame. Raises Invalid."""
        if not region and not shrink:
            return None
        found = _REGION.fullmatch(region)
        if found is None or shrink not in {str(one) for one in SHRINKS}:
            raise Invalid("bad_region", "The region must lie inside the image and have a size.")
        left, top, width, height = map(int, found.groups())
        return cls(left, top, width, height, int(shrink))

    def cut(self, values: Pixels) -> Pixels:
        """(height, width) over `shrink`, rounded up: at the far edges of a region the mean of what is there. Raises
        Invalid outside of the frame.
        """
        rows, columns = values.shape[:2]
        inside = self.left + self.width <= columns and self.top + self.height <= rows
        if not inside or min(self.width, self.height) < 1:
            raise Invalid("bad_region", "The region must lie inside the image and have a size.")
        part = values[self.top : self.top + self.height, self.left : self.left + self.width]
        return np.ascontiguousarray(part) if self.shrink == 1 else _means(part, self.shrink)


def _means(values: Pixels, side: int) -> Pixels:
    """Of squares, halves upwards, in the type of the values."""
    sums = _summed(_summed(values, side).T, side).T
    high, wide = (_summed(np.ones((length, 1), np.int32), side) for length in values.shape)
    counts = high * wide.T
    means: Pixels = ((2 * sums + counts) // (2 * counts)).astype(values.dtype)
    return means


def _summed(values: Pixels, side: int) -> Pixels:
    """Of so many rows one, the last of what is left."""
    sums = np.zeros((-(-values.shape[0] // side), values.shape[1]), np.int32)
    for first in range(min(side, values.shape[0])):
        rows = values[first::side]
        sums[: len(rows)] += rows
    return sums
