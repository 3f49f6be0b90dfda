"""Pictures as JPEG, PNG, JPEG 2000 or GIF. All encoders but the last let other threads run; Pillow's do not."""

import io
from collections.abc import Sequence
from typing import Any

import imagecodecs
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from app.base.errors import Unsupported
from app.render.params import EXACT

_LARGEST_SIDE = 65000
_FULL_COLOUR_FROM = 90
_PREVIEW = 1 << 16


def encode(picture: NDArray[np.uint8], media_type: str, quality: int) -> bytes:
    """`picture` is (rows, columns) grey or (rows, columns, 3) RGB; `media_type` one of `params.ENCODINGS`."""
    if max(picture.shape[:2]) > _LARGEST_SIDE:
        raise Unsupported("undecodable", "The picture is too large to be sent in one piece.")
    picture = np.ascontiguousarray(picture)
    if media_type in {"image/png", EXACT}:
        return bytes(imagecodecs.png_encode(picture, level=1))
    if media_type == "image/jp2":
        return bytes(imagecodecs.jpeg2k_encode(picture, codecformat="jp2", reversible=True, numthreads=1))
    if media_type == "image/gif":
        return animation([picture], 1)
    # tables of its own take a twentieth off a preview, of which hundreds travel at once
    options: dict[str, Any] = {"optimize": picture.shape[0] * picture.shape[1] <= _PREVIEW}
    if picture.ndim == 3:
        options["subsampling"] = "444" if quality >= _FULL_COLOUR_FROM else "420"
    return bytes(imagecodecs.jpeg8_encode(picture, level=quality, **options))


def animation(pictures: Sequence[NDArray[np.uint8]], seconds: float) -> bytes:
    """A GIF that shows the pictures one after the other, each for so long, again and again."""
    images = [Image.fromarray(picture) for picture in pictures]
    out = io.BytesIO()
    images[0].save(
        out,
        "GIF",
        save_all=len(images) > 1,
        append_images=images[1:],
        duration=max(20, round(seconds * 1000)),
        loop=0,
    )
    return out.getvalue()
