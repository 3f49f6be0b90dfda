"""What was sampled, as the viewer gets it: a JPEG in a window, or the values themselves."""

import numpy as np
from numpy.typing import NDArray

from app.render.encode import encode
from app.render.volume import Volume
from app.render.volume_rendering import rendered
from app.render.volume_sampling import Values
from app.render.volume_solid import Solid
from app.render.volume_view import RenderingWish
from app.render.volume_wishes import Look

_PREVIEW, _FULL = 80, 92


def preview(volume: Volume, values: Values, look: Look) -> bytes:
    """A grey JPEG."""
    return encode(grey(volume, values, look), "image/jpeg", _PREVIEW)


def portrait(volume: Volume, solid: Solid, wish: RenderingWish) -> bytes:
    """A body in colour, as JPEG."""
    return encode(rendered(volume, solid, wish), "image/jpeg", _FULL if wish.full else _PREVIEW)


def grey(volume: Volume, values: Values, look: Look) -> NDArray[np.uint8]:
    """Grey levels; LINEAR_EXACT (PS3.3, C.11.2.1.3.2), for these are no stored values but what lies between them."""
    window = look.window or volume.window
    steps = 255 / window.width
    picture = values * np.float32(volume.slope * steps)
    picture += np.float32((volume.intercept - window.center) * steps + 127.5)
    np.rint(picture, out=picture)
    np.clip(picture, 0, 255, out=picture)
    found = picture.astype(np.uint8)
    return 255 - found if volume.inverse != look.invert else found
