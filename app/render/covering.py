"""Parts of a frame that are blackened before it leaves: rectangles with letters that name the patient."""

from collections.abc import Sequence

import numpy as np

from app.archive.nameless import Rectangle
from app.render.stored import Pixels

_NO_COLOUR = 128  # of both colour differences, in eight bits


def covered(stored: Pixels, rectangles: Sequence[Rectangle], *, ybr: bool) -> Pixels:
    """The values with the smallest of the frame in each rectangle; the same array when there is none."""
    if not rectangles:
        return stored
    values = np.array(stored)
    fill = values.min(axis=(0, 1))
    if ybr and values.ndim == 3:
        fill = np.array([fill[0], _NO_COLOUR, _NO_COLOUR], values.dtype)
    for left, top, right, bottom in rectangles:
        values[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)] = fill
    return values
