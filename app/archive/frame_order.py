"""In which order the frames of an enhanced object are scrolled: by position, where the file has them unordered."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

_CLOSE = 1e-3  # millimetres, and cosines


def frame_order(frames: Sequence[dict[str, Any]], orientation: list[float] | None) -> list[int] | None:
    """Frame numbers, from 1, along the normal of their planes, the way most of them run. None: they stay as they are,
    because they lie in order, are not parallel, or several lie at one place (phases, echoes, b-values).
    """
    places = [frame.get("position") for frame in frames]
    own = [frame.get("orientation") or orientation for frame in frames]
    first = own[0] if own else None
    if len(frames) < 3 or first is None or None in places or not all(_parallel(first, one) for one in own):
        return None
    normal = _normal(first)
    depths = [sum(a * b for a, b in zip(place or (), normal, strict=True)) for place in places]
    if any(after - before <= _CLOSE for before, after in pairwise(sorted(depths))):
        return None
    rises = Counter(after > before for before, after in pairwise(depths))
    falling = rises[False] > rises[True]
    order = sorted(range(len(depths)), key=lambda place: -depths[place] if falling else depths[place])
    return None if order == sorted(order) else [place + 1 for place in order]


def _parallel(one: list[float], other: list[float] | None) -> bool:
    return other is not None and all(abs(a - b) <= _CLOSE for a, b in zip(one, other, strict=True))


def _normal(orientation: list[float]) -> tuple[float, float, float]:
    row, column = orientation[:3], orientation[3:]
    return (
        row[1] * column[2] - row[2] * column[1],
        row[2] * column[0] - row[0] * column[2],
        row[0] * column[1] - row[1] * column[0],
    )
