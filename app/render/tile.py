"""The picture shown in place of a frame that cannot be decoded."""

import textwrap

import numpy as np
from PIL import Image, ImageDraw

from app.render.encode import encode

_SIDE = 256
_GROUND, _LINE, _TEXT = 64, 96, 208


def grey_tile(reason: str) -> bytes:
    """A JPEG: grey, crossed out, the reason written across it as far as the built-in letters go."""
    image = Image.new("L", (_SIDE, _SIDE), _GROUND)
    draw = ImageDraw.Draw(image)
    draw.line((0, 0, _SIDE, _SIDE), fill=_LINE, width=2)
    draw.line((0, _SIDE, _SIDE, 0), fill=_LINE, width=2)
    text = textwrap.fill(reason.encode("ascii", "replace").decode(), width=34)
    draw.multiline_text((_SIDE / 2, _SIDE / 2), text, fill=_TEXT, anchor="mm", align="center")
    return encode(np.asarray(image), "image/jpeg", 80)
