"""From where single images lie (PS3.3, C.7.6.2.1.1) to one regular grid, or a refusal that says why there is none.

Gantry tilt stays as it is: the grid's third axis then is not at right angles to the images, and every sample is taken
through the grid's own matrix, so nothing is resampled for it. Unequal distances and single missing images are made
regular along the third axis, within limits; both are noted.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from app.base.errors import Unsupported

Floats: TypeAlias = NDArray[np.float64]

_LEAST_IMAGES = 3
_CLOSE = 1e-3
_SAME_PLACE = 0.01  # mm
_OFF_GRID = 0.06  # of a step
_ROUNDED, _MOST_ROUNDED = 0.11, 0.25  # mm, for positions written with one decimal; of a step
_LONGEST_GAP = 4  # steps: three images missing in a row
_MOST_MISSING = 0.1
_WIDEST_STEP = 4.0  # times the narrowest
_STEEPEST = 45.0  # degrees


class Note(NamedTuple):
    """A sentence for the reader, a key of the catalogue, and what fills it."""

    message: str
    params: Mapping[str, Any] = {}


@dataclass(frozen=True)
class Place:
    """Where the frame at `index` of a series lies, as far as its header says."""

    index: int
    rows: int
    columns: int
    position: Sequence[float] | None
    orientation: Sequence[float] | None
    spacing: Sequence[float] | None
    """Millimetres between rows, then between columns."""


class Source(NamedTuple):
    """What a slice of the grid is made of: the image at `place` of the stack, and so much of the next one."""

    place: int
    weight: float


@dataclass(frozen=True, eq=False)
class Stack:
    """The plan of a grid: index (i, j, k) lies at `origin + matrix @ (i, j, k)`, in mm of the patient."""

    rows: int
    columns: int
    origin: Floats
    matrix: Floats
    """Columns: one step along a row, one down a column, one to the next slice."""
    frames: tuple[int, ...]
    """Which frames of the series are used, along the third axis."""
    slices: tuple[Source, ...]
    notes: tuple[Note, ...] = field(default=())


def refused(message: str, **params: Any) -> Unsupported:
    """The one error of series that give no volume; told as 422."""
    return Unsupported("no_volume", message, **params)


def stack_of(places: Sequence[Place]) -> Stack:
    """Raises Unsupported("no_volume") with the reason."""
    group, notes = _largest_group(places)
    across, down = _axes(group[0])
    normal = np.cross(across, down)
    points = np.array([place.position for place in group], float)
    order, more = _one_for_each_place(points @ normal)
    notes += more
    points = points[order]
    depths = points @ normal
    _check_count(len(order))
    lean, tilted = _lean(points, depths, normal, min(group[0].spacing or (1.0,)))
    slices, step, regular = _along(depths, [group[place].index + 1 for place in order])
    row_step, column_step = group[0].spacing or (1.0, 1.0)
    return Stack(
        rows=group[0].rows,
        columns=group[0].columns,
        origin=points[0],
        matrix=np.stack([across * column_step, down * row_step, (normal + lean) * step], axis=1),
        frames=tuple(group[place].index for place in order),
        slices=slices,
        notes=(*notes, *tilted, *regular),
    )


def _largest_group(places: Sequence[Place]) -> tuple[list[Place], list[Note]]:
    """Images of one size, spacing and direction; a scout among them is left out."""
    placed = [place for place in places if place.position and place.orientation and place.spacing]
    if not placed and any(place.position and place.orientation for place in places):
        raise refused(
            "The images do not say the size of their pixels in mm, so no planes can be made of them."
        )
    if not placed:
        raise refused(
            "The images do not say where they lie in the body, so no other planes can be made of them."
        )
    groups: dict[tuple[float, ...], list[Place]] = defaultdict(list)
    for place in placed:
        groups[_kind(place, groups)].append(place)
    group = max(groups.values(), key=len)
    left_out = len(places) - len(group)
    if left_out > len(group):
        raise refused(
            "The images lie in different directions or differ in size, so they make no volume together."
        )
    message = "{count} images of another size, direction or without a position are left out."
    return group, [Note(message, {"count": left_out})] if left_out else []


def _kind(place: Place, known: Mapping[tuple[float, ...], list[Place]]) -> tuple[float, ...]:
    """The key of the group it belongs to: rounding would part what lies on either side of a border."""
    own = (
        float(place.rows),
        float(place.columns),
        *map(float, place.spacing or ()),
        *map(float, place.orientation or ()),
    )
    for key in known:
        if max(abs(a - b) for a, b in zip(key, own, strict=True)) < _CLOSE:
            return key
    return own


def _axes(place: Place) -> tuple[Floats, Floats]:
    """Unit vectors along a row and down a column, at right angles."""
    vectors = np.array(place.orientation, float).reshape(2, 3)
    lengths = np.linalg.norm(vectors, axis=1)
    if not np.isfinite(vectors).all() or abs(lengths - 1).max() > 0.01 or abs(vectors[0] @ vectors[1]) > 0.01:
        raise refused("The direction written in these images is not one, so no other planes can be made.")
    across = vectors[0] / lengths[0]
    down = vectors[1] - (vectors[1] @ across) * across
    return across, down / np.linalg.norm(down)


def _one_for_each_place(depths: Floats) -> tuple[list[int], list[Note]]:
    """Images by depth; of several at one place the first of the series is kept."""
    order = sorted(range(len(depths)), key=lambda at: (depths[at], at))
    clusters: list[list[int]] = []
    for at in order:
        if clusters and depths[at] - depths[clusters[-1][0]] < _SAME_PLACE:
            clusters[-1].append(at)
        else:
            clusters.append([at])
    kept = [min(cluster) for cluster in clusters]
    sizes = {len(cluster) for cluster in clusters}
    if sizes == {1}:
        return kept, []
    if len(sizes) == 1:
        message = "There are {count} images at each place (phases, echoes); the first of each is used."
        return kept, [Note(message, {"count": sizes.pop()})]
    return kept, [
        Note("{count} images lie where another one lies; one is used.", {"count": len(depths) - len(kept)})
    ]


def _check_count(count: int) -> None:
    if count < _LEAST_IMAGES:
        raise refused("Fewer than {count} images lie side by side: that is no volume.", count=_LEAST_IMAGES)


def _lean(points: Floats, depths: Floats, normal: Floats, pixel: float) -> tuple[Floats, list[Note]]:
    """How far the row of images drifts sideways for each mm of depth: zero, unless the gantry was tilted."""
    sideways = points - points[0] - np.outer(depths - depths[0], normal)
    lean: Floats = sideways[-1] / (depths[-1] - depths[0])
    astray = sideways - np.outer(depths - depths[0], lean)
    if np.linalg.norm(astray, axis=1).max() > max(0.5 * pixel, 0.1):
        raise refused("The images do not lie in one straight row, so they make no volume together.")
    degrees = float(np.degrees(np.arctan(np.linalg.norm(lean))))
    if degrees > _STEEPEST:
        raise refused(
            "The images are shifted against each other by {angle}°: too much.", angle=round(degrees, 1)
        )
    noted = [Note("Gantry tilt of {angle}° is corrected.", {"angle": round(degrees, 1)})]
    return lean, noted if degrees >= 0.1 else []


def _along(depths: Floats, numbers: Sequence[int]) -> tuple[tuple[Source, ...], float, list[Note]]:
    """Sources of the grid's slices, the step in mm, and what had to be made regular, in the series' `numbers`."""
    steps = np.diff(depths)
    whole = float(depths[-1] - depths[0])
    even = whole / len(steps)
    if _fits(depths, np.arange(len(depths)), even):
        return tuple(Source(place, 0.0) for place in range(len(depths))), even, []
    counts = np.rint(steps / np.median(steps)).astype(int)
    places = np.concatenate([[0], np.cumsum(counts)])
    if counts.min() >= 1 and _fits(depths, places, whole / places[-1]):
        return _with_gaps(places, whole / places[-1], numbers)
    return _resampled(depths, steps)


def _fits(depths: Floats, places: NDArray[np.integer], step: float) -> bool:
    allowed = max(_OFF_GRID * step, min(_ROUNDED, _MOST_ROUNDED * step))
    return bool(np.abs(depths - depths[0] - places * step).max() <= allowed)


def _with_gaps(
    places: NDArray[np.integer], step: float, numbers: Sequence[int]
) -> tuple[tuple[Source, ...], float, list[Note]]:
    gaps = np.diff(places)
    missing = int(places[-1]) + 1 - len(places)
    if gaps.max() > _LONGEST_GAP or missing > _MOST_MISSING * (places[-1] + 1):
        raise refused(
            "{count} images are missing (neighbours lie up to {gap} mm apart): what is not there cannot be shown.",
            count=missing,
            gap=round(float(gaps.max()) * step, 1),
        )
    sources = [Source(int(at), step_ / gap) for at, gap in enumerate(gaps) for step_ in range(gap)]
    beside = sorted(sorted(numbers[at : at + 2]) for at, gap in enumerate(gaps) if gap > 1)
    where = ", ".join(f"{first}-{second}" for first, second in beside)
    note = Note("What is missing between images {where} is filled in from them.", {"where": where})
    return (*sources, Source(len(places) - 1, 0.0)), step, [note]


def _resampled(depths: Floats, steps: Floats) -> tuple[tuple[Source, ...], float, list[Note]]:
    low, high = float(steps.min()), float(steps.max())
    if high > _WIDEST_STEP * low:
        raise refused(
            "The images lie at very unequal distances ({low} to {high} mm), so no volume is made of them.",
            low=round(low, 2),
            high=round(high, 2),
        )
    whole = float(depths[-1] - depths[0])
    count = max(len(steps), int(np.ceil(whole / low)))
    wanted = depths[0] + np.arange(count + 1) * (whole / count)
    places = np.clip(np.searchsorted(depths, wanted + 1e-9) - 1, 0, len(steps) - 1)
    weights = np.clip((wanted - depths[places]) / steps[places], 0, 1)
    sources = tuple(
        Source(int(place), 0.0) if weight < _CLOSE else Source(int(place), float(weight))
        for place, weight in zip(places, weights, strict=True)
    )
    message = "The images lie {low} to {high} mm apart; the volume is brought to {step} mm."
    note = Note(message, {"low": round(low, 2), "high": round(high, 2), "step": round(whole / count, 2)})
    return sources, whole / count, [note]
