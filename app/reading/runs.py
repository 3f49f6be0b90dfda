"""Frames of a series as unbroken runs: [first, one past the last], counted from 0, in order and apart."""

from collections.abc import Iterable
from typing import TypeAlias

Runs: TypeAlias = list[list[int]]


def merged(runs: Iterable[Iterable[int]]) -> Runs:
    """The same frames, each named once."""
    found: Runs = []
    for first, end in sorted(tuple(run) for run in runs):
        if found and first <= found[-1][1]:
            found[-1][1] = max(found[-1][1], end)
        else:
            found.append([first, end])
    return found


def count(runs: Iterable[Iterable[int]]) -> int:
    """How many frames they name."""
    return sum(end - first for first, end in runs)
