"""Series whose values follow a formula of the place in the body, and volumes made of them."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from app.archive.frames_index import FrameLocation
from app.archive.part10 import read_part10
from app.render.volume import Volume
from app.render.volume_geometry import stack_of
from app.render.volume_loading import load
from app.render.volumes import places_of
from tests.decoding import Darkroom
from tests.dicomfiles import add_pixels, base, file

Points: TypeAlias = NDArray[np.float64]
Field: TypeAlias = Callable[[Points], Points]

AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
ROWS, COLUMNS = 20, 24
SPACING = (0.5, 0.8)  # between rows, between columns


def ramp(points: Points) -> Points:
    """A different slope along each axis: whoever mixes two of them up is found out."""
    return 3.0 * points[..., 0] + 5.0 * points[..., 1] - 7.0 * points[..., 2] + 100


def positions(depths: Iterable[float], lean: float = 0.0) -> list[tuple[float, float, float]]:
    """Axial images at these depths; `lean`: how far each mm upwards moves them along y, as a tilted gantry does."""
    return [(-10.0, -5.0 + lean * depth, depth) for depth in depths]


def images(
    places: Sequence[Sequence[float]],
    field: Field = ramp,
    orientation: Sequence[float] = AXIAL,
    slope: float = 1.0,
    **attributes: Any,
) -> list[bytes]:
    """One CT image at each place, numbered in this order; HU by the formula, rounded, stored with intercept -1024."""
    return [
        _image(number, place, field, orientation, {"RescaleSlope": slope, **attributes})
        for number, place in enumerate(places, start=1)
    ]


def _image(
    number: int,
    place: Sequence[float],
    field: Field,
    orientation: Sequence[float],
    attributes: dict[str, Any],
) -> bytes:
    ds = base(number=number, **attributes)
    ds.ImagePositionPatient = [f"{part:.6g}" for part in place]
    ds.ImageOrientationPatient = list(orientation)
    ds.PixelSpacing, ds.SliceThickness = list(SPACING), 1
    ds.RescaleIntercept = -1024
    ds.WindowCenter, ds.WindowWidth = 40, 400
    rows, columns = np.mgrid[0:ROWS, 0:COLUMNS][..., None].astype(float)
    across, down = np.array(orientation[:3]), np.array(orientation[3:])
    points = np.array(place) + columns * SPACING[1] * across + rows * SPACING[0] * down
    stored = np.rint(field(points)) + 1024
    add_pixels(ds, stored.astype(np.uint16))
    ds.BitsStored, ds.HighBit = 12, 11
    return file(ds)


def slices_of(darkroom: Darkroom, files: Sequence[bytes]) -> list[tuple[FrameLocation, dict[str, Any]]]:
    """As the archive hands out a series' frames."""
    return [(location, read_part10(data).facts) for data in files for location in darkroom.keep(data)]


def volume_of(darkroom: Darkroom, files: Sequence[bytes], step: int = 1) -> Volume:
    """Loaded through the real renderer."""
    slices = slices_of(darkroom, files)
    stack = stack_of(places_of(slices))
    return load(darkroom.renderer, [location for location, _ in slices], stack, step, lambda _: None)
