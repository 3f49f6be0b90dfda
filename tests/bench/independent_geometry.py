"""Orientation, aspect and side of a frame from pydicom's reading of the header, with none of the product's code."""

import math
from typing import Any

import numpy as np
from highdicom.spatial import get_closest_patient_orientation
from pydicom.dataset import Dataset

_FIVE_DEGREES = math.sin(math.radians(5))
_MOST = 2  # letters at an edge


def _functional(ds: Dataset, frame: int, sequence: str, name: str) -> Any:
    """An attribute of a frame's functional groups, of all frames', or of the data set itself."""
    per_frame, shared = ds.get("PerFrameFunctionalGroupsSequence"), ds.get("SharedFunctionalGroupsSequence")
    own = per_frame[frame - 1] if per_frame and frame <= len(per_frame) else None
    for group in (own, shared[0] if shared else None):
        if group is not None and group.get(sequence) and group[sequence][0].get(name):
            return group[sequence][0].get(name)
    return ds.get(name) or None


def letters(ds: Dataset, frame: int) -> dict[str, str] | None:
    """What stands at the four edges of the picture as it is stored."""
    cosines = _functional(ds, frame, "PlaneOrientationSequence", "ImageOrientationPatient")
    if cosines and len(cosines) == 6:
        row, column = (np.array(cosines[part], float) for part in (slice(0, 3), slice(3, 6)))
        return {"right": _of(row), "left": _of(-row), "bottom": _of(column), "top": _of(-column)}
    codes = ds.get("PatientOrientation")
    if not codes or len(codes) != 2 or not all(code and set(code) <= set("APLRHF") for code in codes):
        return None
    mirror = str.maketrans("APLRHF", "PARLFH")
    along, down = (str(code) for code in codes)
    return {
        "right": along, "left": along.translate(mirror), "bottom": down, "top": down.translate(mirror)
    }  # fmt: skip


def _of(direction: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> str:
    """By the angles to the six axes, the nearest first."""
    axes = {"L": (1, 0, 0), "R": (-1, 0, 0), "P": (0, 1, 0), "A": (0, -1, 0), "H": (0, 0, 1), "F": (0, 0, -1)}
    near = {letter: float(np.dot(direction, axis)) for letter, axis in axes.items()}
    kept = sorted((one for one in near if near[one] > _FIVE_DEGREES), key=lambda one: -near[one])
    return "".join(kept[:_MOST])


def main_axes(ds: Dataset, frame: int) -> tuple[str, str] | None:
    """highdicom's opinion: where columns run and rows run, one letter each; None for a projection."""
    cosines = _functional(ds, frame, "PlaneOrientationSequence", "ImageOrientationPatient")
    if not cosines or len(cosines) != 6:
        return None
    row, column = (np.array(cosines[part], float) for part in (slice(0, 3), slice(3, 6)))
    if not math.isclose(float(np.linalg.norm(np.cross(row, column))), 1, abs_tol=1e-3):
        return None
    affine = np.eye(4)
    affine[:3, 0], affine[:3, 1], affine[:3, 2] = column, row, np.cross(column, row)
    down, along, _ = get_closest_patient_orientation(affine)
    return along.value, down.value


def aspect(ds: Dataset, frame: int) -> float:
    """Height of a pixel by its width: PS3.3 10.7.1.3, C.7.6.3.1.7."""
    found = _functional(ds, frame, "PixelMeasuresSequence", "PixelSpacing")
    for name in ("ImagerPixelSpacing", "NominalScannedPixelSpacing", "PixelAspectRatio"):
        found = found or ds.get(name)
    if not found or len(found) != 2 or min(map(float, found)) <= 0:
        return 1.0
    return float(found[0]) / float(found[1])


def side(ds: Dataset, frame: int) -> str:
    """L, R, B, or empty."""
    found = _functional(ds, frame, "FrameAnatomySequence", "FrameLaterality")
    told = str(found or ds.get("ImageLaterality") or ds.get("Laterality") or "")
    return told if told in {"L", "R", "B"} else ""
