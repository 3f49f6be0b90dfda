"""Pictures of files by renderers that are not ours: DCMTK's dcmj2pnm, and pydicom's decoders and LUT functions.

Each function gives None where the renderer cannot read the file, or does not know what it holds.
"""

import io
import shutil
import subprocess
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydicom import dcmread
from pydicom.dataset import Dataset, FileDataset
from pydicom.pixels.processing import apply_color_lut, apply_modality_lut, apply_voi_lut
from pydicom.pixels.utils import pixel_array

DCMJ2PNM = shutil.which("dcmj2pnm")
Picture: TypeAlias = NDArray[Any]
_VALUE_GROUPS = "PixelValueTransformationSequence", "FrameVOILUTSequence"
_LOOKS = (
    "BitsStored", "BitsAllocated", "PixelRepresentation", "PhotometricInterpretation", "RescaleSlope", "RescaleIntercept",
    "ModalityLUTSequence", "VOILUTSequence", "WindowCenter", "WindowWidth", "VOILUTFunction", "PresentationLUTShape",
)  # fmt: skip


@dataclass(frozen=True)
class Levels:
    """Grey levels or colours 0 to 255, not rounded."""

    picture: Picture
    window: str
    """How it was chosen: `file`, `table`, `range`, or `colour`."""
    per_value: float = 0
    """Levels that one stored value more makes at most."""


def read(data: bytes) -> FileDataset | None:
    """As pydicom reads it, whatever is missing at its beginning."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return dcmread(io.BytesIO(data), force=True)
        except Exception:  # noqa: BLE001 whatever another reader raises: it cannot read the file
            return None


def values_of(ds: FileDataset, frame: int) -> Picture | None:
    """The samples of one frame as pydicom decodes them; colour as RGB."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return pixel_array(ds, index=frame - 1)
        except Exception:  # noqa: BLE001 whatever another reader raises: it has no values
            return None


def looks_of(ds: Dataset, frame: int) -> Dataset:
    """What determines the picture of a frame, its functional groups unfolded (PS3.3 C.7.6.16)."""
    found = Dataset()
    sequences = (ds.get("SharedFunctionalGroupsSequence"), ds.get("PerFrameFunctionalGroupsSequence"))
    places = (0, frame - 1)
    groups = [one[place] for one, place in zip(sequences, places, strict=True) if one and place < len(one)]
    items = [group[name][0] for group in groups for name in _VALUE_GROUPS if group.get(name)]
    for source in (ds, *items):
        for name in _LOOKS:
            if source.get(name) not in {None, ""}:
                found[name] = source[name]
    return found


def by_pydicom(ds: FileDataset, frame: int, values: Picture) -> Levels | None:
    """From samples to levels by pydicom's functions; `values` as `values_of` gives them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return _levels(ds, frame, values)
        except Exception:  # noqa: BLE001 whatever another reader raises: it has no picture
            return None


def _levels(ds: FileDataset, frame: int, values: Picture) -> Levels:
    kind = str(ds.PhotometricInterpretation)
    if kind == "PALETTE COLOR":
        colours = apply_color_lut(values, ds)
        return Levels(colours / (257 if colours.dtype.itemsize == 2 else 1), "colour")
    if values.ndim == 3:
        return Levels(values / float(1 << max(ds.BitsStored - 8, 0)), "colour")
    looks = looks_of(ds, frame)
    modality = apply_modality_lut(values, looks)
    darkest, brightest, window = 0.0, 1.0, "file"
    if "WindowWidth" in looks:
        shown = apply_voi_lut(modality, looks, prefer_lut=False).astype(float)
        darkest, brightest = _ends(looks)
    elif "VOILUTSequence" in looks:
        shown = apply_voi_lut(modality, looks).astype(float)
        brightest, window = float((1 << looks.VOILUTSequence[0].LUTDescriptor[2]) - 1), "table"
    else:
        shown, window = modality.astype(float), "range"
        darkest, brightest = _range(ds, looks, values, shown)
    share = np.clip((np.nan_to_num(shown) - darkest) / (brightest - darkest), 0, 1)
    inverse = kind == "MONOCHROME1" or looks.get("PresentationLUTShape") == "INVERSE"
    width = abs(float(np.ravel(looks.WindowWidth)[0])) if window == "file" else brightest - darkest
    slope = abs(float(looks.get("RescaleSlope", 1) or 1))
    return Levels(255 * (1 - share if inverse else share), window, 255 * slope / max(width, 1e-9))


def _ends(looks: Dataset) -> tuple[float, float]:
    """pydicom spreads a window over the range that the modality transformation can give."""
    if "ModalityLUTSequence" in looks:
        return 0, float((1 << looks.ModalityLUTSequence[0].LUTDescriptor[2]) - 1)
    levels = 1 << looks.BitsStored
    lowest = -levels // 2 if looks.PixelRepresentation else 0
    slope, intercept = float(looks.get("RescaleSlope", 1)), float(looks.get("RescaleIntercept", 0))
    return lowest * slope + intercept, (lowest + levels - 1) * slope + intercept


def _range(ds: Dataset, looks: Dataset, values: Picture, modality: Picture) -> tuple[float, float]:
    """Nothing says how the image is to look: of at most 8 bits all levels, else 99 % of its values. This is our rule,
    written once more; `by_dcmtk` with its own window is the other half of such images' comparison.
    """
    if looks.get("BitsStored", 16) <= 8 and "ModalityLUTSequence" not in looks:
        return _ends(looks)
    flat, stored = modality.ravel(), values.ravel()
    step = max(1, flat.size // 65536)
    flat, stored = flat[::step], stored[::step]
    if "PixelPaddingValue" in ds:
        kept = flat[~padding_of(ds, stored)]
        flat = kept if kept.size else flat
    flat = flat[np.isfinite(flat)]
    low, high = np.percentile(flat, (0.5, 99.5))
    low, high = (low, high) if high > low else (flat.min(), flat.max())
    return float(low), float(max(high, low + 1e-6))


def padding_of(ds: Dataset, values: Picture) -> NDArray[np.bool_]:
    """Where there is no image (C.7.5.1.1.2)."""
    ends = [int(ds[name].value) for name in ("PixelPaddingValue", "PixelPaddingRangeLimit") if name in ds]
    if not ends or values.ndim > 2 or values.dtype.kind == "f":
        return np.zeros(values.shape[:2], bool)
    if values.dtype.kind == "i":
        ends = [end - 65536 if end > 32767 else end for end in ends]
    return np.asarray((values >= min(ends)) & (values <= max(ends)))


def by_dcmtk(path: Path, frame: int, *options: str) -> Picture | None:
    """dcmj2pnm's picture without overlays; `options` choose the window."""
    command = [str(DCMJ2PNM), "+op", "-q", "-O", *options, "+F", str(frame), str(path)]
    try:
        done = subprocess.run(command, capture_output=True, check=False, timeout=60)
    except subprocess.TimeoutExpired:
        return None
    if done.returncode != 0 or not done.stdout:
        return None
    with Image.open(io.BytesIO(done.stdout)) as image:
        return np.asarray(image).astype(int)
