"""A volume in memory: one regular grid of 16-bit values and how its places and values are meant. Never changed."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.render.params import Window
from app.render.volume_geometry import Floats, Note


@dataclass(frozen=True, eq=False)
class Volume:
    """`values` is (k, j, i), C order. The centre of voxel (i, j, k) lies at `origin + matrix @ (i, j, k)`, mm, LPS."""

    values: NDArray[np.int16]
    origin: Floats
    matrix: Floats
    slope: float
    intercept: float
    """Real-world value = slope * value + intercept."""
    low: int
    high: int
    """The range of `values`."""
    unit: str
    inverse: bool
    window: Window
    notes: tuple[Note, ...] = ()

    @property
    def spacing(self) -> Floats:
        """Millimetres along i, j and k; along k the way to the next slice, slanted where the gantry was."""
        found: Floats = np.linalg.norm(self.matrix, axis=0)
        return found

    @property
    def inside(self) -> Floats:
        """From millimetres to indices."""
        found: Floats = np.linalg.inv(self.matrix).astype(np.float64)
        return found

    @property
    def counts(self) -> NDArray[np.integer]:
        """Voxels along i, j and k."""
        return np.array(self.values.shape[::-1])

    @property
    def centre(self) -> Floats:
        """The middle, in mm."""
        found: Floats = self.origin + self.matrix @ ((self.counts - 1) / 2)
        return found

    def real(self, value: float) -> float:
        """What a value means."""
        return self.slope * value + self.intercept

    def facts(self) -> dict[str, Any]:
        """For the viewer, JSON; without the notes, which are said in a language."""
        axes = self.matrix / self.spacing
        normal = np.cross(axes[:, 0], axes[:, 1])
        ends = sorted((self.real(self.low), self.real(self.high)))
        return {
            "shape": list(self.values.shape),
            "spacing": self.spacing.tolist(),
            "origin": self.origin.tolist(),
            "axes": axes.T.tolist(),
            "normal": normal.tolist(),
            "centre": self.centre.tolist(),
            "extent": (self.spacing * self.counts).tolist(),
            "range": ends,
            "slope": self.slope,
            "intercept": self.intercept,
            "unit": self.unit,
            "inverse": self.inverse,
            "windows": [{"center": self.window.center, "width": self.window.width}],
        }
