"""Frames compressed in a transfer syntax of DICOM. What goes in are values decoded already, so this runs in any process."""

from collections.abc import Callable
from types import MappingProxyType
from typing import NamedTuple

import imagecodecs
import numpy as np
from numpy.typing import NDArray

from app.base.errors import HoichanError, Unsupported
from app.render import codestreams
from app.render.description import ImageDescription
from app.render.stored import Pixels

JPEG_BASELINE = "1.2.840.10008.1.2.4.50"
_PREFIX = "1.2.840.10008.1.2."
_LOSSY_QUALITY = 90
_NOISE = 2  # what cannot be compressed grows: how many times its own size it is given room for
_ROOM = 4096


class Encoded(NamedTuple):
    """A code stream, and what its samples are then called (PS3.5 section 8.2)."""

    data: bytes
    photometric: str


def not_compressible() -> HoichanError:
    """Told as 406, or by a sender that goes on with another transfer syntax."""
    return Unsupported("not_acceptable", "The pixels of this image cannot be written in that encoding.")


def encode_frame(description: ImageDescription, stored: Pixels, *, ybr: bool, target: str) -> Encoded:
    """Raises Unsupported("not_acceptable") when pixels of this kind do not fit the transfer syntax."""
    if target not in ENCODERS or description.pixels != "integer" or description.bits_allocated not in {8, 16}:
        raise not_compressible()
    return ENCODERS[target](description, stored, ybr)


def _narrowed(description: ImageDescription, stored: Pixels) -> Pixels:
    """One byte a sample where that is enough: codecs tell depths apart by it."""
    return stored.astype(f"{stored.dtype.kind}1") if description.bits_stored <= 8 else stored


def _unsigned(description: ImageDescription, stored: Pixels) -> Pixels:
    """Two's complement of BitsStored, for codecs that know no sign."""
    values = stored.view(f"u{stored.dtype.itemsize}")
    if description.signed:
        values = values & values.dtype.type((1 << description.bits_stored) - 1)
    return _narrowed(description, values)


def _photometric(description: ImageDescription, *, ybr: bool) -> str:
    if description.samples == 1:
        return description.photometric
    return "YBR_FULL" if ybr else "RGB"


def _jpeg_ls(description: ImageDescription, stored: Pixels, ybr: bool) -> Encoded:
    values = np.ascontiguousarray(_unsigned(description, stored))
    data = imagecodecs.jpegls_encode(values, out=values.nbytes * _NOISE + _ROOM)
    return Encoded(bytes(data), _photometric(description, ybr=ybr))


def _jpeg_lossless(description: ImageDescription, stored: Pixels, ybr: bool) -> Encoded:
    """First-order prediction: selection value 1, of both transfer syntaxes."""
    space = "YCBCR" if ybr else None
    data = imagecodecs.jpeg8_encode(
        np.ascontiguousarray(_unsigned(description, stored)),
        lossless=True,
        predictor=1,
        bitspersample=max(2, description.bits_stored),
        colorspace=space,
        outcolorspace=space,
    )
    return Encoded(bytes(data), _photometric(description, ybr=ybr))


def _jpeg_2000(description: ImageDescription, stored: Pixels, ybr: bool) -> Encoded:
    transform = description.samples == 3 and not ybr
    data = imagecodecs.jpeg2k_encode(
        np.ascontiguousarray(_narrowed(description, stored)),
        codecformat="j2k",
        reversible=True,
        bitspersample=description.bits_stored,
        mct=transform,
        numthreads=1,
    )
    return Encoded(bytes(data), "YBR_RCT" if transform else _photometric(description, ybr=ybr))


def _htj2k(description: ImageDescription, stored: Pixels, ybr: bool) -> Encoded:
    transform = description.samples == 3 and not ybr
    values = np.ascontiguousarray(_narrowed(description, stored))
    data = imagecodecs.htj2k_encode(values, reversible=True, rgb=transform)
    return Encoded(bytes(data), "YBR_RCT" if transform else _photometric(description, ybr=ybr))


def _rle(description: ImageDescription, stored: Pixels, ybr: bool) -> Encoded:
    """PS3.5 annex G: a segment for each byte of a sample, the highest first; no run crosses a row."""
    width = description.bits_allocated // 8
    cells = np.ascontiguousarray(stored.astype(f"<{stored.dtype.kind}{width}", copy=False))
    bytes_of = cells.view(np.uint8).reshape(description.rows, description.columns, description.samples, width)
    segments = [
        _packed_rows(bytes_of[:, :, sample, byte])
        for sample in range(description.samples)
        for byte in reversed(range(width))
    ]
    offsets = np.zeros(16, "<u4")
    offsets[0] = len(segments)
    offsets[1 : len(segments) + 1] = 64 + np.cumsum([0, *map(len, segments[:-1])])
    return Encoded(offsets.tobytes() + b"".join(segments), _photometric(description, ybr=ybr))


def _packed_rows(plane: NDArray[np.uint8]) -> bytes:
    data = b"".join(bytes(imagecodecs.packbits_encode(row.tobytes())) for row in plane)
    return data + b"\0" * (len(data) % 2)


def _jpeg(description: ImageDescription, stored: Pixels, ybr: bool) -> Encoded:
    if description.bits_stored > 8 or description.signed or description.palette is not None:
        raise not_compressible()
    values = np.ascontiguousarray(_narrowed(description, stored))
    if description.samples == 1:
        return Encoded(bytes(imagecodecs.jpeg8_encode(values, level=_LOSSY_QUALITY)), description.photometric)
    space = "YCBCR" if ybr else None
    data = imagecodecs.jpeg8_encode(
        values, level=_LOSSY_QUALITY, subsampling="422", colorspace=space, outcolorspace="YCBCR"
    )
    return Encoded(bytes(data), "YBR_FULL_422")


Encoder = Callable[[ImageDescription, Pixels, bool], Encoded]
ENCODERS: MappingProxyType[str, Encoder] = MappingProxyType(
    {
        JPEG_BASELINE: _jpeg,
        _PREFIX + "4.57": _jpeg_lossless,
        _PREFIX + "4.70": _jpeg_lossless,
        _PREFIX + "4.80": _jpeg_ls,
        _PREFIX + "4.90": _jpeg_2000,
        _PREFIX + "4.91": _jpeg_2000,
        _PREFIX + "4.201": _htj2k,
        _PREFIX + "4.203": _htj2k,
        codestreams.RLE: _rle,
    }
)
