"""An invented ultrasound loop: a fan with speckle, four beating chambers, and flow in red and blue."""

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

ROWS, COLUMNS = 480, 640
APEX = (22.0, 320.0)
DEPTH = 440.0
HALF_ANGLE = math.radians(38)


def ultrasound_frames(count: int, seed: int) -> Iterator[NDArray[np.uint8]]:
    """RGB frames of 480 by 640, one heartbeat in `count` frames."""
    chance = np.random.default_rng(seed)
    down, across = np.mgrid[0:ROWS, 0:COLUMNS].astype(np.float32)
    reach = np.hypot(down - APEX[0], across - APEX[1])
    angle = np.arctan2(across - APEX[1], down - APEX[0])
    fan = (np.abs(angle) < HALF_ANGLE) & (reach < DEPTH) & (reach > 8)
    still = _speckle(chance, 5)
    for number in range(count):
        beat = 0.5 - 0.5 * math.cos(2 * math.pi * number / count)
        grey = _tissue(down, across, beat) * (0.55 * still + 0.45 * _speckle(chance, 3))
        grey *= np.clip(1.25 - reach / (DEPTH * 1.5), 0, 1)
        picture = np.repeat(np.clip(grey * 190, 0, 255)[..., None], 3, axis=2)
        _colour(picture, down, across, beat, chance)
        picture[~fan] = 0
        _scale(picture)
        yield picture.astype(np.uint8)


def _speckle(chance: np.random.Generator, size: int) -> NDArray[np.float32]:
    rough = chance.rayleigh(0.8, (ROWS // size + 2, COLUMNS // (size + 1) + 2)).astype(np.float32)
    grown = np.repeat(np.repeat(rough, size, 0), size + 1, 1)[:ROWS, :COLUMNS]
    smooth = (grown + np.roll(grown, 1, 0) + np.roll(grown, 2, 1) + np.roll(grown, (2, 1), (0, 1))) / 4
    return smooth.astype(np.float32)


def _within(
    down: NDArray[np.float32],
    across: NDArray[np.float32],
    centre: tuple[float, float],
    radii: tuple[float, float],
) -> NDArray[np.bool_]:
    return np.asarray(((down - centre[0]) / radii[0]) ** 2 + ((across - centre[1]) / radii[1]) ** 2 < 1)


def _tissue(down: NDArray[np.float32], across: NDArray[np.float32], beat: float) -> NDArray[np.float32]:
    tissue = np.full((ROWS, COLUMNS), 0.36, np.float32)
    tissue[_within(down, across, (228, 320), (200, 150))] = 0.8
    squeeze = 1 - 0.2 * beat
    for centre, radii in (
        ((180.0, 372.0), (92.0 * squeeze, 52.0 * squeeze)),
        ((188.0, 268.0), (80.0 * squeeze, 40.0 * squeeze)),
        ((338.0, 376.0), (56.0 * (1 + 0.1 * beat), 50.0)),
        ((338.0, 264.0), (52.0 * (1 + 0.1 * beat), 48.0)),
    ):
        tissue[_within(down, across, centre, radii)] = 0.07
    for side, middle in ((1, 374), (-1, 266)):  # leaflets
        swing = (1 - beat) * 26
        leaf = np.abs(down - 276 + swing * np.abs(across - middle) / 30) < 3
        tissue[leaf & (np.abs(across - middle - side * 4) < 38)] = 1.0
    return tissue


def _colour(
    picture: NDArray[np.float32],
    down: NDArray[np.float32],
    across: NDArray[np.float32],
    beat: float,
    chance: np.random.Generator,
) -> None:
    flow = chance.uniform(0.55, 1.0, (ROWS, COLUMNS)).astype(np.float32)
    inflow = _within(down, across, (252.0, 374.0), (70.0, 22.0)) & (beat < 0.55)
    leak = _within(down, across, (330.0, 352.0), (44.0, 14.0)) & (beat >= 0.45)
    picture[inflow] = np.stack([flow * 225, flow * 60, flow * 12], -1)[inflow]
    picture[leak] = np.stack([flow * 14, flow * 96, flow * 235], -1)[leak]


def _scale(picture: NDArray[np.float32]) -> None:
    for row in range(22, 463, 44):
        picture[row : row + 2, 612:624] = 200
    steps = np.linspace(1, -1, 120)[:, None]
    picture[40:160, 20:34, 0] = np.clip(steps, 0, 1) * 235
    picture[40:160, 20:34, 2] = np.clip(-steps, 0, 1) * 235
