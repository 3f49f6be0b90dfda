"""A volume from its images: decoded one after the other, brought to 16 bits, put where the stack's plan says."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from app.archive.frames_index import FrameLocation
from app.base.errors import TooLarge
from app.render.description import ImageDescription
from app.render.frames import Renderer
from app.render.params import Window
from app.render.stored import Pixels
from app.render.volume import Volume
from app.render.volume_geometry import Note, Stack, refused

Told: TypeAlias = Callable[[float], None]
"""Hears how much is done, 0 to 1; raises to end the loading."""

_AT_ONCE = 2
_AHEAD = 4
_LEVELS = 65000
_LARGEST_STEP = 4  # pixels that become one
_DARKEST_AND_BRIGHTEST = (2, 99.5)  # percent, for a window where the header has none


class Slice(NamedTuple):
    """Values of one image in 16 bits, and what they mean: slope * value + intercept."""

    values: NDArray[np.int16]
    slope: float
    intercept: float


def step_for(stack: Stack, limit: int) -> int:
    """How many pixels in each direction become one, so that the volume fits into so many bytes. Raises TooLarge."""
    for step in range(1, _LARGEST_STEP + 1):
        if size_of(stack, step) <= limit:
            return step
    raise TooLarge("volume_too_large", "This series is too large for a reconstruction on this server.")


def size_of(stack: Stack, step: int) -> int:
    """Bytes of the volume."""
    return 2 * len(stack.slices) * (stack.rows // step) * (stack.columns // step)


def load(renderer: Renderer, frames: Sequence[FrameLocation], stack: Stack, step: int, told: Told) -> Volume:
    """`frames` are those of the series. Raises what reading and decoding raise, and Unsupported("no_volume")."""
    first = renderer.description(frames[stack.frames[len(stack.frames) // 2]])
    grid = _Grid(stack, step)
    wanted = deque(frames[frame] for frame in stack.frames)
    coming: deque[Future[Slice]] = deque()
    with ThreadPoolExecutor(_AT_ONCE, "volume-images") as threads:
        try:
            for done in range(1, len(stack.frames) + 1):
                while wanted and len(coming) < _AHEAD:
                    coming.append(threads.submit(_image, renderer, wanted.popleft(), stack, step))
                grid.add(coming.popleft().result())
                told(done / len(stack.frames))
        finally:
            for image in coming:
                image.cancel()
    return grid.finished(first)


def _image(renderer: Renderer, location: FrameLocation, stack: Stack, step: int) -> Slice:
    description = renderer.description(location)
    if not description.monochrome:
        raise refused("Colour images make no volume.")
    if (description.rows, description.columns) != (stack.rows, stack.columns):
        raise refused("The images differ in size from what was noted when they came.")
    stored = renderer.passing_values(location)
    return _smaller(_slice(description, location.frame_number, stored), step)


def _slice(description: ImageDescription, frame_number: int, stored: Pixels) -> Slice:
    grey = description.grey_of(frame_number)
    if description.padding is not None and stored.dtype.kind != "f":
        stored = _without_padding(stored, description.padding)
    if grey.modality_lut is not None:
        return _in_sixteen_bits(grey.modality_lut.look_up(stored), 16)
    found = _in_sixteen_bits(stored, description.bits_stored)
    return Slice(found.values, found.slope * grey.slope, grey.slope * found.intercept + grey.intercept)


def _without_padding(stored: Pixels, padding: tuple[int, int]) -> Pixels:
    """What is no image counts as the lowest value of the image: it must not shine in a projection."""
    outside = (stored >= padding[0]) & (stored <= padding[1])
    if not outside.any() or outside.all():
        return stored
    return np.where(outside, stored[~outside].min(), stored)


def _in_sixteen_bits(stored: Pixels, bits: int) -> Slice:
    if (stored.dtype.kind == "i" and stored.dtype.itemsize <= 2) or (bits <= 15 and stored.dtype.kind == "u"):
        return Slice(stored.astype(np.int16, copy=False), 1.0, 0.0)
    if stored.dtype.kind == "u" and bits <= 16:
        return Slice((stored.astype(np.int32) - 32768).astype(np.int16), 1.0, 32768.0)
    return _scaled(stored.astype(np.float64))


def _scaled(real: NDArray[np.floating]) -> Slice:
    """Real numbers in 65,000 steps of their own range."""
    clean = np.nan_to_num(real, nan=0.0, posinf=0.0, neginf=0.0)
    low, high = float(clean.min()), float(clean.max())
    slope = (high - low) / _LEVELS or 1.0
    middle = (low + high) / 2
    return Slice(np.rint((clean - middle) / slope).astype(np.int16), slope, middle)


def _smaller(image: Slice, step: int) -> Slice:
    if step == 1:
        return image
    rows, columns = image.values.shape[0] // step, image.values.shape[1] // step
    cells = image.values[: rows * step, : columns * step].reshape(rows, step, columns, step)
    return image._replace(values=np.rint(cells.mean(axis=(1, 3))).astype(np.int16))


@dataclass(frozen=True)
class _Scale:
    slope: float
    intercept: float


class _Grid:
    """Takes images in the order of the stack; slices between two are made as soon as both are there."""

    def __init__(self, stack: Stack, step: int) -> None:
        self._stack = stack
        self._step = step
        shape = (len(stack.slices), stack.rows // step, stack.columns // step)
        self._values = np.empty(shape, np.int16)
        self._scales: list[_Scale] = []
        self._last: Slice | None = None
        self._place = -1

    def add(self, image: Slice) -> None:
        """The next image."""
        if self._last is not None:
            for weight in self._between(self._place):
                self._put(_blended(self._last, image, weight))
        self._last, self._place = image, self._place + 1
        if self._due(self._place, exact=True):
            self._put(image)

    def finished(self, first: ImageDescription) -> Volume:
        """The volume, in one scale for all slices."""
        slope, intercept = self._one_scale()
        low, high = int(self._values.min()), int(self._values.max())
        if slope == 1 and intercept.is_integer() and low + intercept >= -32768 and high + intercept <= 32767:
            for values in self._values:
                values[:] = values.astype(np.int32) + int(intercept)
            low, high, intercept = low + int(intercept), high + int(intercept), 0.0
        self._values.flags.writeable = False
        stack, step = self._stack, self._step
        grey = first.grey_of(1)
        made = Volume(
            values=self._values,
            origin=stack.origin + stack.matrix @ np.array([(step - 1) / 2, (step - 1) / 2, 0]),
            matrix=stack.matrix * np.array([step, step, 1]),
            slope=slope,
            intercept=intercept,
            low=low,
            high=high,
            unit=grey.unit,
            inverse=first.inverse,
            window=Window(0, 1),
            notes=stack.notes + _smaller_note(step),
        )
        return replace(made, window=grey.windows[0] if grey.windows else _own_window(made))

    def _between(self, place: int) -> Iterator[float]:
        while self._due(place, exact=False):
            yield self._stack.slices[len(self._scales)].weight

    def _due(self, place: int, *, exact: bool) -> bool:
        at = len(self._scales)
        if at == len(self._stack.slices):
            return False
        source = self._stack.slices[at]
        return source.place == place and (source.weight == 0) == exact

    def _put(self, image: Slice) -> None:
        self._values[len(self._scales)] = image.values
        self._scales.append(_Scale(image.slope, image.intercept))

    def _one_scale(self) -> tuple[float, float]:
        """All slices in one scale: exact where they agree (CT, MR), else in 65,000 steps of the whole (PET)."""
        if len(set(self._scales)) == 1:
            return self._scales[0].slope, self._scales[0].intercept
        ends = [
            scale.slope * float(end) + scale.intercept
            for scale, values in zip(self._scales, self._values, strict=True)
            for end in (values.min(), values.max())
        ]
        slope = (max(ends) - min(ends)) / _LEVELS or 1.0
        middle = (max(ends) + min(ends)) / 2
        for scale, values in zip(self._scales, self._values, strict=True):
            values[:] = np.rint((values * scale.slope + (scale.intercept - middle)) / slope)
        return slope, middle


def _blended(before: Slice, after: Slice, weight: float) -> Slice:
    if before[1:] == after[1:]:
        mixed = before.values * np.float32(1 - weight) + after.values * np.float32(weight)
        return before._replace(values=np.rint(mixed).astype(np.int16))
    real = [image.values * image.slope + image.intercept for image in (before, after)]
    return _scaled(real[0] * (1 - weight) + real[1] * weight)


def _smaller_note(step: int) -> tuple[Note, ...]:
    if step == 1:
        return ()
    message = (
        "The series is larger than this server's memory for volumes: {count} by {count} pixels became one."
    )
    return (Note(message, {"count": step}),)


def _own_window(volume: Volume) -> Window:
    """From what most of it shows."""
    some = volume.values[:: max(1, len(volume.values) // 16), ::4, ::4]
    low, high = sorted(volume.real(float(end)) for end in np.percentile(some, _DARKEST_AND_BRIGHTEST))
    return Window((low + high) / 2, max(high - low, 1.0))
