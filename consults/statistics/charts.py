"""Where the marks of a chart stand: numbers to places in a picture of WIDTH by HEIGHT."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 400, 200  # of a phone, so that its words stay readable there
LEFT, RIGHT, TOP, BOTTOM = 58, 8, 18, 26
_STEPS = 4
_WIDEST = 36
_MOST_LABELS = 5


@dataclass(frozen=True)
class Mark:
    """One value: its column's left edge and width, its height's place, its middle; `label` when it is written below."""

    name: str
    value: int | None
    x: float
    width: float
    y: float
    label: str

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 1)


@dataclass(frozen=True)
class Tick:
    value: int
    y: float


@dataclass(frozen=True)
class Chart:
    """`lines`: the points of a line, broken where a value is missing."""

    marks: tuple[Mark, ...]
    ticks: tuple[Tick, ...]

    @property
    def floor(self) -> int:
        return HEIGHT - BOTTOM

    @property
    def lines(self) -> list[str]:
        parts: list[list[str]] = [[]]
        for mark in self.marks:
            if mark.value is None:
                parts.append([])
            else:
                parts[-1].append(f"{mark.middle},{mark.y}")
        return [" ".join(part) for part in parts if part]


def chart(names: Sequence[str], values: Sequence[int | None], *, top: int | None = None) -> Chart:
    """A column for each value, from 0 to `top` or a round number above the largest."""
    highest = top or _round_above(max((value or 0 for value in values), default=0))
    column = (WIDTH - LEFT - RIGHT) / max(len(names), 1)
    width = min(column * 0.7, _WIDEST)
    every = -(-len(names) // _MOST_LABELS) or 1
    marks = tuple(
        Mark(
            name=name,
            value=value,
            x=round(LEFT + (place + 0.5) * column - width / 2, 1),
            width=round(width, 1),
            y=_y(value or 0, highest),
            label=name if place % every == 0 else "",
        )
        for place, (name, value) in enumerate(zip(names, values, strict=True))
    )
    ticks = tuple(
        Tick(highest * step // _STEPS, _y(highest * step / _STEPS, highest)) for step in range(_STEPS + 1)
    )
    return Chart(marks, ticks)


def top_of_minutes(values: Sequence[int | None]) -> int:
    """A round time above the longest: four steps of it are whole minutes, hours or days, written with one unit."""
    longest = max((value or 0 for value in values), default=0)
    for step in (5, 15, 60, 120, 360, 1440):
        if _STEPS * step >= longest:
            return _STEPS * step
    days = -(-longest // (_STEPS * 1440))
    return _STEPS * 1440 * days


def _y(value: float, highest: int) -> float:
    return round(HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * min(value / highest, 1), 1)


def _round_above(value: int) -> int:
    """4, 8, 20, 40, 80, 200 ...: four steps of it are round, too."""
    size = 4
    while True:
        for factor in (1, 2, 5):
            if size * factor >= value:
                return size * factor
        size *= 10
