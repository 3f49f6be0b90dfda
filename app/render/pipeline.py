"""The standard's order on one page: stored values > modality > VOI > presentation > geometry > encoding.

PS3.3, C.11 (grey) and C.7.6.3.1.2 (colour); PS3.4, N.2 draws the whole. Pure functions on arrays: what a frame shows
is determined by its description, its stored values and the parameters alone.
"""

import numpy as np
from numpy.typing import NDArray

from app.base.errors import Invalid
from app.render.colour import rgb_of_palette, rgb_of_ybr, to_eight_bits
from app.render.description import Grey, ImageDescription
from app.render.encode import encode
from app.render.geometry import cut, fitted, shrink
from app.render.lut import Lut
from app.render.luts import GreyScale, default_voi, look_up
from app.render.params import FrameParams, Window
from app.render.stored import Pixels
from app.render.writing import written_on


def picture_of(
    description: ImageDescription, frame_number: int, stored: Pixels, ybr: bool, params: FrameParams
) -> bytes:
    """The encoded picture of a frame. `ybr`: a colour frame's samples are luminance and colour differences."""
    shown = shown_picture(description, frame_number, stored, ybr, params)
    return encode(shown, params.media_type, params.quality)


def shown_picture(
    description: ImageDescription, frame_number: int, stored: Pixels, ybr: bool, params: FrameParams
) -> NDArray[np.uint8]:
    """The same before it is encoded."""
    if description.monochrome:
        picture = grey_picture(description, frame_number, stored, params)
    else:
        picture = colour_picture(description, stored, ybr=ybr, invert=params.invert)
    part = cut(picture, params.region)
    rows, columns = fitted(part.shape[0], part.shape[1], params.box, enlarge=params.enlarge)
    return written_on(shrink(part, rows, columns), params.lines)


def grey_picture(
    description: ImageDescription, frame_number: int, stored: Pixels, params: FrameParams
) -> NDArray[np.uint8]:
    """Grey levels of a monochrome frame; MONOCHROME1 and the inverse presentation shape are one inversion."""
    grey = description.grey_of(frame_number)
    scale = GreyScale(
        grey=grey,
        voi=_voi(description, grey, stored, params),
        inverse=description.inverse != params.invert,
        padding=description.padding,
    )
    return look_up(scale, stored)


def colour_picture(
    description: ImageDescription, stored: Pixels, *, ybr: bool, invert: bool
) -> NDArray[np.uint8]:
    """8-bit RGB; windows do not apply to colour (C.11.2.1.2)."""
    if description.palette is not None:
        picture = rgb_of_palette(stored, description.palette)
    else:
        samples = to_eight_bits(stored, description.bits_stored)
        picture = rgb_of_ybr(samples) if ybr else samples
    return 255 - picture if invert else picture


def _voi(description: ImageDescription, grey: Grey, stored: Pixels, params: FrameParams) -> Window | Lut:
    if params.window is not None:
        return params.window
    if params.voi_lut_index is None:
        return default_voi(description, grey, stored)
    if params.voi_lut_index >= len(grey.voi_luts):
        raise Invalid("bad_window", "The image has no such table.")
    return grey.voi_luts[params.voi_lut_index]
