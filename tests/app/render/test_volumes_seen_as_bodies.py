"""A body seen from outside lies where the geometry says, hides what is behind it, and shows what a preset shows."""

import numpy as np
import pytest
from numpy.typing import NDArray

from app.render.params import Window
from app.render.volume import Volume
from app.render.volume_presets import presets_for
from app.render.volume_rendering import rendered
from app.render.volume_solid import solid_of
from app.render.volume_view import RenderingWish, View
from app.render.volume_wishes import Turn
from tests.volumes import Points

SIDE = 64.0
LEFT_FRONT_TOP = np.array([18.0, -14.0, 20.0])


def volume_with(*balls: tuple[Points, float, float]) -> Volume:
    """Air of 64 mm in each direction with balls (middle in mm from the middle, radius, HU); slices are 2 mm apart."""
    k, j, i = np.mgrid[0:32, 0:64, 0:64].astype(float)
    points = np.stack([i - 31.5, j - 31.5, 2 * k - 31], axis=-1)
    values = np.full(points.shape[:3], -1000, np.int16)
    for middle, radius, hu in balls:
        values[np.linalg.norm(points - middle, axis=-1) <= radius] = hu
    return Volume(
        values=values,
        origin=np.array([-31.5, -31.5, -31.0]),
        matrix=np.diag([1.0, 1.0, 2.0]),
        slope=1.0,
        intercept=0.0,
        low=int(values.min()),
        high=int(values.max()),
        unit="HU",
        inverse=False,
        window=Window(40, 400),
    )


def seen(volume: Volume, view: View, preset: str = "bone") -> NDArray[np.float64]:
    wish = RenderingWish(preset, view, None, full=False, turn=Turn())
    return rendered(volume, solid_of(volume, 64), wish).astype(float)


def view(azimuth: float, elevation: float, zoom: float = 1.0, pan: tuple[float, float] = (0, 0)) -> View:
    return View(azimuth, elevation, zoom, pan, (160, 128))


def middle_of(picture: NDArray[np.float64]) -> NDArray[np.float64]:
    light = picture.sum(axis=-1)
    rows, columns = np.mgrid[0 : light.shape[0], 0 : light.shape[1]] + 0.5
    found: NDArray[np.float64] = np.array([(light * columns).sum(), (light * rows).sum()]) / light.sum()
    return found


@pytest.mark.parametrize(
    ("azimuth", "elevation", "right", "down"),
    [
        (0, 0, (1, 0, 0), (0, 0, -1)),  # from the front: the patient's left is at the right, the head above
        (90, 0, (0, 1, 0), (0, 0, -1)),  # from the left: the back is at the right
        (180, 0, (-1, 0, 0), (0, 0, -1)),
        (-90, 0, (0, -1, 0), (0, 0, -1)),
        (
            0,
            90,
            (1, 0, 0),
            (0, -1, 0),
        ),  # from above: the face is at the bottom
        (37, 22, None, None),
        (-140, -35, None, None),
    ],
)
def test_a_ball_is_seen_where_the_geometry_says(
    azimuth: float, elevation: float, right: Points | None, down: Points | None
) -> None:
    looked = view(azimuth, elevation)
    axes = looked.axes()
    if right is not None and down is not None:
        assert np.allclose(axes[0], right, atol=1e-9)
        assert np.allclose(axes[1], down, atol=1e-9)
    assert np.allclose(axes @ axes.T, np.eye(3))
    picture = seen(volume_with((LEFT_FRONT_TOP, 5.0, 1200.0)), looked)
    expected = np.array([80, 64]) + axes[:2] @ LEFT_FRONT_TOP * 128 / SIDE
    assert np.abs(middle_of(picture) - expected).max() < 2.0


def test_zoom_and_pan_move_the_picture() -> None:
    volume = volume_with((np.array([6.0, 0, 4.0]), 4.0, 1200.0))
    picture = seen(volume, view(0, 0, zoom=2.0, pan=(0.1, -0.2)))
    expected = np.array([80 + 16, 64 - 25.6]) + np.array([6.0, -4.0]) * 2 * 128 / SIDE
    assert np.abs(middle_of(picture) - expected).max() < 2.0


def test_what_is_in_front_hides_what_is_behind() -> None:
    """Bone is bright, a vessel red: from the front only the bone is seen, from the back only the vessel."""
    front, back = np.array([0, -15.0, 0]), np.array([0, 15.0, 0])
    volume = volume_with((front, 7.0, 1400.0), (back, 7.0, 300.0))

    def redness(azimuth: float) -> float:
        red, green, _ = seen(volume, view(azimuth, 0), "angio")[60:68, 76:84].reshape(-1, 3).mean(axis=0)
        return float(red / max(green, 1.0))

    assert redness(0) < 1.3
    assert redness(180) > 1.6


def test_a_preset_shows_its_tissue_and_a_projection_the_highest_value() -> None:
    volume = volume_with((np.zeros(3), 8.0, 60.0))
    assert seen(volume, view(0, 0), "bone").max() == 0
    assert seen(volume, view(0, 0), "soft")[64, 80].max() > 60
    shown = seen(volume_with((np.zeros(3), 8.0, 500.0)), view(20, 10), "mip")[64, 80]
    assert shown == pytest.approx([191] * 3, abs=4)  # (500 - 300) / 800 * 255 + 127.5
    assert presets_for(volume)[0] == "bone"
