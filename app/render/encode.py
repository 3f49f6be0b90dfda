"""Pictures as JPEG or PNG. Both encoders let other threads run; Pillow's JPEG does not."""

from typing import Any

import imagecodecs
import numpy as np
from numpy.typing import NDArray

from app.base.errors import Unsupported

_LARGEST_SIDE = 65000
_FULL_COLOUR_FROM = 90


def encode(picture: NDArray[np.uint8], media_type: str, quality: int) -> bytes:
    """`picture` is (rows, columns) grey or (rows, columns, 3) RGB."""
    if max(picture.shape[:2]) > _LARGEST_SIDE:
        raise Unsupported("undecodable", "The picture is too large to be sent in one piece.")
    picture = np.ascontiguousarray(picture)
    if media_type == "image/png":
        return bytes(imagecodecs.png_encode(picture, level=1))
    options: dict[str, Any] = {}
    if picture.ndim == 3:
        options["subsampling"] = "444" if quality >= _FULL_COLOUR_FROM else "420"
    return bytes(imagecodecs.jpeg8_encode(picture, level=quality, **options))
