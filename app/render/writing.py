"""Words written into a picture (PS3.18 8.3.5.1.1): white on a dark edge, so that they are read on any ground."""

import unicodedata
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

_SMALLEST, _LARGEST, _SHARE = 10, 32, 28
_UNDECOMPOSED = str.maketrans("đĐ", "dD")


def written_on(picture: NDArray[np.uint8], lines: Sequence[str]) -> NDArray[np.uint8]:
    """The picture with lines in its upper left corner. The letters at hand have no accents: they are left out, as on
    many a machine; wrong boxes in a name would be worse.
    """
    if not lines:
        return picture
    image = Image.fromarray(picture)
    size = max(_SMALLEST, min(_LARGEST, min(image.size) // _SHARE))
    light, dark = (255, 0) if picture.ndim == 2 else ((255,) * 3, (0,) * 3)
    ImageDraw.Draw(image).multiline_text(
        (size // 2, size // 2),
        "\n".join(_plain(line) for line in lines),
        font=ImageFont.load_default(size),
        fill=light,
        stroke_fill=dark,
        stroke_width=max(1, size // 10),
    )
    return np.asarray(image)


def _plain(text: str) -> str:
    bare = unicodedata.normalize("NFD", text.translate(_UNDECOMPOSED))
    return (
        "".join(letter for letter in bare if not unicodedata.combining(letter))
        .encode("ascii", "replace")
        .decode()
    )
