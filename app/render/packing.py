"""Stored values on the wire: what a guess leaves of them, split into bytes of like weight, then compressed. Lossless.

Two codings, undone in viewer_js/src/stream: `left` takes the left neighbour for a guess and costs next to nothing, for
lines that are fast anyway; `predicted` takes a third less bytes and four times the work.
"""

from typing import Literal, TypeAlias

import imagecodecs
import numpy as np
from numpy.typing import NDArray

from app.base.errors import Unsupported
from app.render.description import ImageDescription
from app.render.prediction import predicted
from app.render.stored import Pixels

Coding: TypeAlias = Literal["left", "predicted"]
CODINGS: tuple[Coding, ...] = ("left", "predicted")

_ZSTD_LEVEL = 1
_GZIP_LEVEL = 1


def wire_values(description: ImageDescription, stored: Pixels) -> Pixels:
    """Values of 8 bits where BitsStored is at most 8, else of 16; with the sign of the header.

    Raises Unsupported("not_stored") where the browser could not make the picture itself.
    """
    if not description.monochrome or stored.dtype.kind == "f" or description.bits_stored > 16:
        raise Unsupported("not_stored", "This image is only available as a finished picture.")
    size = 1 if description.bits_stored <= 8 else 2
    return stored.astype(f"<{'i' if description.signed else 'u'}{size}", copy=False)


def pack(values: Pixels, encoding: str, coding: Coding = "left") -> bytes:
    """`values` (rows, columns) of 8 or 16 bits in the wire form; `encoding` is gzip, zstd or identity."""
    plain = predicted(values) if coding == "predicted" else split(differences(values))
    if encoding == "zstd":
        return bytes(imagecodecs.zstd_encode(plain, level=_ZSTD_LEVEL))
    if encoding == "gzip":
        return bytes(imagecodecs.gzip_encode(plain, level=_GZIP_LEVEL))
    return plain


def differences(values: Pixels) -> NDArray[np.unsignedinteger]:
    """Each value less its left neighbour, modulo the width of the type; the first of a row stays."""
    unsigned = np.ascontiguousarray(values).view(f"<u{values.dtype.itemsize}")
    found = unsigned.copy()
    found[:, 1:] -= unsigned[:, :-1]
    return found


def split(values: NDArray[np.unsignedinteger]) -> bytes:
    """All low bytes, then all high bytes."""
    if values.dtype.itemsize == 1:
        return values.tobytes()
    return values.reshape(-1).view(np.uint8).reshape(-1, 2).T.tobytes()
