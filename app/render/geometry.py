"""Sizes of pictures. Pixels may be oblong: that is the viewer's to stretch, here a pixel stays a pixel."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from app.base.errors import Invalid
from app.render.params import SourceRegion


def fitted(rows: int, columns: int, box: tuple[int, int] | None, *, enlarge: bool = False) -> tuple[int, int]:
    """Rows and columns of the picture made to fit a box of width and height; larger only when asked for."""
    if box is None:
        return rows, columns
    scale = min(box[0] / columns, box[1] / rows)
    scale = scale if enlarge else min(scale, 1.0)
    return max(1, round(rows * scale)), max(1, round(columns * scale))


def shrink(picture: NDArray[np.uint8], rows: int, columns: int) -> NDArray[np.uint8]:
    """Each new pixel is the average of the area it covers; enlarged ones lie between their neighbours."""
    if picture.shape[:2] == (rows, columns):
        return picture
    times = picture.shape[0] // rows
    if times and picture.shape[:2] == (rows * times, columns * times):  # the same, several times as fast
        return np.asarray(Image.fromarray(picture).reduce(times))
    larger = rows > picture.shape[0] or columns > picture.shape[1]
    method = Image.Resampling.BILINEAR if larger else Image.Resampling.BOX
    image = Image.fromarray(picture).resize((columns, rows), method, reducing_gap=None if larger else 2.0)
    return np.asarray(image)


def cut(picture: NDArray[np.uint8], region: SourceRegion | None) -> NDArray[np.uint8]:
    """The region of the picture, whole pixels of it, mirrored where that is asked for. Raises Invalid outside."""
    if region is None:
        return picture
    rows, columns = picture.shape[:2]
    left, top = int(region.left), int(region.top)
    right, bottom = round(region.left + region.width), round(region.top + region.height)
    if right > columns or bottom > rows or right <= left or bottom <= top:
        raise Invalid("bad_region", "The region must lie inside the image and have a size.")
    part = picture[top:bottom, left:right]
    part = part[:, ::-1] if region.mirrored else part
    return np.ascontiguousarray(part[::-1] if region.upside_down else part)
