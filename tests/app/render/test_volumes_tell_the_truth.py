"""A volume shows at every place of the body what its images show there; what cannot be known is refused."""

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from app.base.errors import Invalid, Unsupported
from app.render.volume import Volume
from app.render.volume_geometry import Place, stack_of
from app.render.volume_sampling import Slab, Surface, Values, plane, sampled
from tests.decoding import Darkroom
from tests.dicomgen import cine, enhanced_ct
from tests.volumes import AXIAL, COLUMNS, ROWS, SPACING, Points, images, positions, ramp, volume_of

X, Y, Z = np.eye(3)
ROUNDED = 1.0  # HU: values are rounded when stored and again when sampled


def unit(*parts: float) -> Points:
    found: Points = np.array(parts) / np.linalg.norm(parts)
    return found


def points_of(surface: Surface) -> Points:
    """Where each pixel lies, by the contract: centres at (column + 0.5, row + 0.5)."""
    rows = (np.arange(surface.height) + 0.5 - surface.height / 2) * surface.spacing
    return surface.middles[None] + rows[:, None, None] * surface.downs[None]


def within(volume: Volume, points: Points) -> NDArray[np.bool_]:
    indices = (points - volume.origin) @ volume.inside.T
    found: NDArray[np.bool_] = np.all((indices > 0) & (indices < volume.counts - 1), axis=-1)
    return found


def check_ramp(volume: Volume, surface: Surface, tolerance: float = ROUNDED) -> Values:
    values = sampled(volume, surface)
    points = points_of(surface)
    inside = within(volume, points)
    assert inside.sum() > 50
    assert np.abs(values - ramp(points))[inside].max() <= tolerance
    return values


def square(right: Points, down: Points) -> tuple[Points, Points]:
    """The second brought to a right angle with the first."""
    return right, unit(*(down - (down @ right) * right))


OBLIQUE = square(unit(1, 0.3, 0.4), unit(-0.3, 1, 0))
DIRECTIONS = [(X, Y), (X, -Z), (Y, -Z), (-X, Z), OBLIQUE]


@pytest.mark.parametrize("right_down", DIRECTIONS)
def test_a_plane_shows_the_formula_at_every_pixel(
    darkroom: Darkroom, right_down: tuple[Points, Points]
) -> None:
    volume = volume_of(darkroom, images(positions(np.arange(12) * 1.2)))
    check_ramp(volume, plane(volume.centre, *right_down, 0.37, (31, 28)))


def test_a_plane_on_an_image_is_that_image_value_for_value(darkroom: Darkroom) -> None:
    rng = np.random.default_rng(7)
    noise = {n: rng.integers(-1000, 2000, (ROWS, COLUMNS)).astype(float) for n in range(6)}
    files = images(positions(range(6)), lambda points: noise[round(float(points[0, 0, 2]))])
    volume = volume_of(darkroom, files)
    assert (volume.slope, volume.intercept, volume.unit) == (1.0, 0.0, "HU")
    for number, expected in noise.items():
        centre = volume.origin + volume.matrix @ [(COLUMNS - 1) / 2, (ROWS - 1) / 2, number]
        surface = Surface(
            centre + (np.arange(COLUMNS)[:, None] - (COLUMNS - 1) / 2) * SPACING[1] * X,
            np.tile(Y, (COLUMNS, 1)),
            np.tile(Z, (COLUMNS, 1)),
            ROWS,
            SPACING[0],
        )
        assert (sampled(volume, surface) == expected).all()


def test_a_ball_keeps_its_shape_in_every_direction(darkroom: Darkroom) -> None:
    """A ball of 4 mm radius with a soft border: in any plane through its middle a disc of 4 mm."""
    middle = np.array([-0.8, -0.25, 6.0])

    def ball(points: Points) -> Points:
        found: Points = 500 * np.clip(4.5 - np.linalg.norm(points - middle, axis=-1), 0, 1)
        return found

    volume = volume_of(darkroom, images(positions(np.arange(25) * 0.5), ball))
    for right, down in [*DIRECTIONS, square(unit(1, 1, 0), unit(-1, 1, 2))]:
        disc = sampled(volume, plane(middle, right, down, 0.1, (120, 120))) > 250
        assert abs(np.sqrt(disc.sum() * 0.01 / np.pi) - 4.0) < 0.05


def test_axes_point_where_the_images_say(darkroom: Darkroom) -> None:
    """A coronal series: rows run to the left, columns to the feet; its images come from the back to the front."""
    places = [(-10.0, float(-depth), 30.0) for depth in range(5)]
    volume = volume_of(darkroom, images(places, orientation=(1, 0, 0, 0, 0, -1)))
    axes = np.array(volume.facts()["axes"])
    assert np.allclose(axes, [[1, 0, 0], [0, 0, -1], [0, 1, 0]])
    assert np.allclose(volume.origin, (-10, -4, 30))
    assert np.linalg.det(axes) > 0
    check_ramp(volume, plane(volume.centre, X, Y, 0.3, (30, 20)))


@pytest.mark.parametrize("degrees", [12.5, -20.0])
def test_a_tilted_gantry_moves_nothing(darkroom: Darkroom, degrees: float) -> None:
    lean = float(np.tan(np.radians(degrees)))
    volume = volume_of(darkroom, images(positions(np.arange(10) * 1.5, lean)))
    assert [note.params["angle"] for note in volume.notes] == [abs(degrees)]
    for right, down in DIRECTIONS:
        check_ramp(volume, plane(volume.centre, right, down, 0.4, (30, 30)))


@pytest.mark.parametrize(("way", "where"), [(1, "9-10"), (-1, "19-20")])
def test_a_missing_image_is_filled_and_said_by_the_series_own_numbers(
    darkroom: Darkroom, way: int, where: str
) -> None:
    depths = [float(n) for n in range(30) if n not in {9, 10}][::way]
    volume = volume_of(darkroom, images(positions(depths)))
    assert volume.values.shape[0] == 30
    assert [note.params for note in volume.notes] == [{"where": where}]
    check_ramp(volume, plane(volume.centre, Y, -Z, 0.4, (24, 60)))


def test_unequal_distances_are_made_equal_and_said(darkroom: Darkroom) -> None:
    depths = [0, 1, 2, 3, 4, 5.5, 7, 8.5, 10, 11.6]
    volume = volume_of(darkroom, images(positions(depths)))
    assert volume.notes[0].params == {"low": 1.0, "high": 1.6, "step": 0.97}
    check_ramp(volume, plane(volume.centre, X, -Z, 0.4, (40, 28)), 1.5)


def test_positions_rounded_by_the_writer_are_no_unequal_distances(darkroom: Darkroom) -> None:
    volume = volume_of(darkroom, images(positions(round(0.625 * n, 1) for n in range(20))))
    assert volume.notes == ()
    assert volume.values.shape[0] == 20


def test_the_order_of_arrival_does_not_matter_and_a_double_is_used_once(darkroom: Darkroom) -> None:
    places = positions([3, 0, 4, 1, 2, 2])
    volume = volume_of(darkroom, images(places))
    assert volume.values.shape[0] == 5
    assert [note.params for note in volume.notes] == [{"count": 1}]
    check_ramp(volume, plane(volume.centre, X, Y, 0.4, (24, 20)))


def test_a_scout_among_the_images_is_left_out(darkroom: Darkroom) -> None:
    scout = images([(0.0, 0.0, 0.0)], orientation=(1, 0, 0, 0, 0, -1), series="scout")
    volume = volume_of(darkroom, scout + images(positions(range(6))))
    assert volume.values.shape[0] == 6
    assert [note.params for note in volume.notes] == [{"count": 1}]


def test_the_frames_of_one_enhanced_object_are_a_volume(darkroom: Darkroom) -> None:
    volume = volume_of(darkroom, [enhanced_ct(5)])
    assert volume.values.shape == (5, 64, 64)
    assert volume.unit == "HU"
    assert volume.low == -1000


def test_images_with_scales_of_their_own_come_into_one(darkroom: Darkroom) -> None:
    """As of a PET, whose slope differs from image to image."""
    files = []
    for slope, place in zip([1.0, 2.0, 0.5, 1.5, 4.0], positions(range(5)), strict=True):
        files += images([place], lambda points: np.full(points.shape[:2], 500.0), slope=slope)
    volume = volume_of(darkroom, files)
    shown = [volume.real(float(volume.values[k, 3, 3])) for k in range(5)]
    assert shown == pytest.approx([slope * 1524 - 1024 for slope in (1.0, 2.0, 0.5, 1.5, 4.0)], abs=0.1)


@pytest.mark.parametrize(
    ("places", "reason"),
    [
        (positions([0, 1]), "Fewer than 3"),
        (positions([0, 1, 2, 3, 4, 20, 21, 22, 23]), "missing.*16.0 mm"),
        (positions([0, 1, 2.4, 3.1, 9.7, 12]), "unequal.*6.6 mm"),
        (positions([0, 1, 2, 3], lean=2.0), "shifted"),
        ([(-10.0, -5.0 + 3 * (n % 2), float(n)) for n in range(6)], "straight"),
    ],
)
def test_what_would_be_invented_is_refused_with_the_reason(
    darkroom: Darkroom, places: Sequence[Sequence[float]], reason: str
) -> None:
    with pytest.raises(Unsupported, match=reason) as caught:
        volume_of(darkroom, images(places, lambda points: np.zeros(points.shape[:2])))
    assert caught.value.code == "no_volume"


def test_images_in_many_directions_and_films_are_refused(darkroom: Darkroom) -> None:
    turned = [
        image
        for n in range(4)
        for angle in [n * 0.4]
        for image in images(
            [(0.0, 0.0, 0.0)], orientation=(np.cos(angle), np.sin(angle), 0, -np.sin(angle), np.cos(angle), 0)
        )
    ]
    with pytest.raises(Unsupported) as caught:
        volume_of(darkroom, turned)
    assert "different directions" in str(caught.value)
    with pytest.raises(Unsupported) as caught:
        volume_of(darkroom, [cine(4)])
    assert "do not say where" in str(caught.value)


def test_missing_spacing_is_not_called_a_missing_place() -> None:
    places = [Place(n, 20, 24, (0.0, 0.0, float(n)), AXIAL, None) for n in range(6)]
    with pytest.raises(Unsupported, match="size of their pixels"):
        stack_of(places)


def test_a_volume_too_large_is_made_of_fewer_pixels_in_the_same_place(darkroom: Darkroom) -> None:
    volume = volume_of(darkroom, images(positions(range(12))), step=2)
    assert volume.values.shape == (12, ROWS // 2, COLUMNS // 2)
    check_ramp(volume, plane(volume.centre, *OBLIQUE, 0.37, (31, 28)))


@pytest.mark.parametrize("fine", [True, False])
def test_a_slab_shows_the_highest_the_lowest_and_the_mean(darkroom: Darkroom, *, fine: bool) -> None:
    """Layers of 100, 200 ... HU along z: a slab of 4 mm around 6 mm meets those from 4 to 8 mm."""
    volume = volume_of(darkroom, images(positions(range(13)), lambda points: 100 * points[..., 2]))
    surface = plane(np.array([*volume.centre[:2], 6.0]), X, Y, 0.4, (20, 16))
    for mode, expected in [("max", 800), ("min", 400), ("mean", 600)]:
        values = sampled(volume, surface, Slab(4.0, mode), fine=fine)
        assert (values == expected).all()
    half_out = plane(np.array([*volume.centre[:2], 12.0]), X, Y, 0.4, (20, 16))
    for mode, expected in [("max", 1200), ("min", 1000), ("mean", 1100)]:
        assert (sampled(volume, half_out, Slab(4.0, mode), fine=fine) == expected).all()


def test_a_thick_slab_steps_over_no_voxel_or_is_refused_with_the_most_there_can_be(
    darkroom: Darkroom,
) -> None:
    """One bright slice of 300, 0.2 mm apart, is met by a slab of 60 mm; one of 300 mm would take too long."""

    def bright(points: Points) -> Points:
        return np.where(np.abs(points[..., 2] - 30.2) < 0.05, 900.0, 0.0)

    volume = volume_of(darkroom, images(positions(np.arange(301) * 0.2), bright))
    surface = plane(volume.centre, X, Y, 0.4, (8, 8))
    for fine in (True, False):
        assert (sampled(volume, surface, Slab(60.0, "max"), fine=fine) == 900).all()
    with pytest.raises(Invalid) as refused:
        sampled(volume, surface, Slab(300.0, "max"))
    assert (refused.value.code, refused.value.params) == ("slab_too_thick", {"most": 204})


def test_outside_the_volume_is_its_lowest_value(darkroom: Darkroom) -> None:
    volume = volume_of(darkroom, images(positions(range(5))))
    for right, down in [(X, Y), OBLIQUE]:
        far = plane(volume.centre + np.array([0, 0, 200.0]), right, down, 0.4, (20, 16))
        assert (sampled(volume, far) == volume.low).all()
        corner = sampled(volume, plane(volume.centre, right, down, 4.0, (40, 40)))
        assert corner[0, 0] == volume.low
        assert corner[20, 20] != volume.low
