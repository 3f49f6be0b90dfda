"""Sizes of pictures. Pixels may be oblong: that is the viewer's to stretch, here a pixel stays a pixel."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image


def fitted(rows: int, columns: int, box: tuple[int, int] | None) -> tuple[int, int]:
    """Rows and columns of the picture shrunk to fit a box of width and height; never enlarged."""
    if box is None:
        return rows, columns
    scale = min(box[0] / columns, box[1] / rows, 1.0)
    return max(1, round(rows * scale)), max(1, round(columns * scale))


def shrink(picture: NDArray[np.uint8], rows: int, columns: int) -> NDArray[np.uint8]:
    """Each new pixel is the average of the area it covers."""
    if picture.shape[:2] == (rows, columns):
        return picture
    image = Image.fromarray(picture).resize((columns, rows), Image.Resampling.BOX, reducing_gap=2.0)
    return np.asarray(image)
