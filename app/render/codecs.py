"""The codecs, and how each is asked so that stored values come out: no colour conversion, no scaling.

Runs in the decode processes only. Every function raises what its library raises; the process turns that into a reason.
"""

import sys
import zlib
from collections.abc import Callable
from types import MappingProxyType
from typing import Any, NamedTuple

import imagecodecs
import numpy as np
from numpy.typing import NDArray

from app.render import codestreams
from app.render.rle import decode_rle

_ZLIB_RAW = -15
# Not transfer syntaxes: pictures as phones and screens make them, decoded under the same limits.
PICTURE_JPEG, PICTURE_PNG = "image/jpeg", "image/png"


class Task(NamedTuple):
    """One frame to decode: the facts a codec needs, plain values only (they cross between processes)."""

    transfer_syntax_uid: str
    rows: int
    columns: int
    samples: int
    bits_allocated: int


class Refused(Exception):
    """The stream is not what the header says. `reason` is a key of `decode.REASONS`."""

    def __init__(self, reason: str, **params: Any) -> None:
        super().__init__(reason)
        self.reason = reason
        self.params = params


class Decoded(NamedTuple):
    """An array of (rows, columns) or (rows, columns, samples); packed bits as (bytes,)."""

    values: NDArray[Any]
    colour: str
    """"YBR" or "RGB" where the stream says what its samples are."""


def decode(task: Task, data: bytes) -> Decoded:
    """Decodes one frame, after comparing what the stream announces with what the header said."""
    try:
        found = codestreams.stream_header(data, task.transfer_syntax_uid)
    except ValueError:
        raise Refused("damaged") from None
    if found is not None:
        _check_announced(task, found)
    if not codestreams.tiles_fit(data, task.transfer_syntax_uid):
        raise Refused("damaged")
    if not codestreams.is_whole(data, task.transfer_syntax_uid):
        raise Refused("incomplete")
    values = _CODECS[task.transfer_syntax_uid](task, data)
    _check_decoded(task, values)
    return Decoded(values, found.colour if found else "")


def _check_announced(task: Task, found: codestreams.StreamHeader) -> None:
    if (found.rows, found.columns, found.samples) != (task.rows, task.columns, task.samples):
        raise Refused(
            "size_differs",
            found=f"{found.columns}x{found.rows}x{found.samples}",
            said=f"{task.columns}x{task.rows}x{task.samples}",
        )
    if found.bits > max(8, task.bits_allocated):
        raise Refused("depth_differs", found=found.bits, said=task.bits_allocated)


def _check_decoded(task: Task, values: NDArray[Any]) -> None:
    if task.bits_allocated == 1 and values.ndim == 1:
        return
    shape = (task.rows, task.columns) if task.samples == 1 else (task.rows, task.columns, task.samples)
    if values.shape != shape:
        raise Refused(
            "size_differs",
            found="x".join(str(side) for side in values.shape),
            said="x".join(str(side) for side in shape),
        )
    if values.dtype.kind not in "iu":
        raise Refused("damaged")


def _jpeg(task: Task, data: bytes) -> NDArray[Any]:
    if task.samples == 1:
        return imagecodecs.jpeg8_decode(data)
    return imagecodecs.jpeg8_decode(data, colorspace="YCBCR", outcolorspace="YCBCR")


def _picture_jpeg(task: Task, data: bytes) -> NDArray[Any]:
    """Any JPEG, progressive and CMYK ones too, as grey or RGB."""
    if task.samples == 1:
        return imagecodecs.jpeg8_decode(data)
    return imagecodecs.jpeg8_decode(data, outcolorspace="RGB")


def _picture_png(task: Task, data: bytes) -> NDArray[Any]:
    """Any PNG as 8-bit grey or RGB; what is transparent lies on white."""
    values: NDArray[Any] = imagecodecs.png_decode(data)
    if values.dtype == np.uint16:
        values = (values >> 8).astype(np.uint8)
    values = values.reshape(task.rows, task.columns, -1)
    if values.shape[2] in {2, 4}:
        opacity = values[..., -1:].astype(np.uint16)
        values = ((values[..., :-1] * opacity + 255 * (255 - opacity)) // 255).astype(np.uint8)
    return values[..., 0] if task.samples == 1 else values


def _jpeg_lossless(_: Task, data: bytes) -> NDArray[Any]:
    return imagecodecs.jpegsof3_decode(data)


def _jpeg_ls(_: Task, data: bytes) -> NDArray[Any]:
    return imagecodecs.jpegls_decode(data)


def _jpeg_2000(_: Task, data: bytes) -> NDArray[Any]:
    return imagecodecs.jpeg2k_decode(data, numthreads=1)


def _htj2k(task: Task, data: bytes) -> NDArray[Any]:
    """The library swallows an error of OpenJPH in the middle of a frame and returns an array whose rest is whatever
    lay in memory, perhaps another patient's pixels; Python tells of it only through this hook.
    """
    swallowed: list[str] = []
    before, sys.unraisablehook = sys.unraisablehook, lambda told: swallowed.append(str(told.exc_value))
    try:
        values = imagecodecs.htj2k_decode(data)
    finally:
        sys.unraisablehook = before
    if swallowed:
        raise Refused("damaged")
    by_plane = (task.samples, task.rows, task.columns)  # how colours without a colour transform come
    return np.moveaxis(values, 0, -1) if values.shape == by_plane else values


def _jpeg_xl(_: Task, data: bytes) -> NDArray[Any]:
    return imagecodecs.jpegxl_decode(data, numthreads=1)


def _rle(task: Task, data: bytes) -> NDArray[Any]:
    try:
        planes = decode_rle(data, task.rows * task.columns, task.samples, task.bits_allocated)
    except ValueError:
        raise Refused("damaged") from None
    if task.bits_allocated == 1:
        return planes.reshape(-1)
    cells = planes.view(f"<u{task.bits_allocated // 8}").reshape(task.samples, task.rows, task.columns)
    return cells[0] if task.samples == 1 else np.ascontiguousarray(cells.transpose(1, 2, 0))


def _deflated(task: Task, data: bytes) -> NDArray[Any]:
    """Deflated image frames (PS3.5, A.4.13): uncompressed cells behind zlib, bounded by the frame's length."""
    length = (task.rows * task.columns * task.samples * task.bits_allocated + 7) // 8
    cells = zlib.decompressobj(_ZLIB_RAW).decompress(data, length)
    if len(cells) < length:
        raise Refused("incomplete")
    if task.bits_allocated == 1:
        return np.frombuffer(cells, np.uint8)
    values = np.frombuffer(cells, f"<u{task.bits_allocated // 8}")
    shape = (task.rows, task.columns) if task.samples == 1 else (task.rows, task.columns, task.samples)
    return values.reshape(shape)


Codec = Callable[[Task, bytes], NDArray[Any]]
_CODECS: MappingProxyType[str, Codec] = MappingProxyType(
    {
        PICTURE_JPEG: _picture_jpeg,
        PICTURE_PNG: _picture_png,
        codestreams.RLE: _rle,
        codestreams.DEFLATED_FRAMES: _deflated,
        **dict.fromkeys(codestreams.JPEG, _jpeg),
        **dict.fromkeys(codestreams.JPEG_LOSSLESS, _jpeg_lossless),
        **dict.fromkeys(codestreams.JPEG_LS, _jpeg_ls),
        **dict.fromkeys(codestreams.JPEG_2000, _jpeg_2000),
        **dict.fromkeys(codestreams.HTJ2K, _htj2k),
        **dict.fromkeys(codestreams.JPEG_XL, _jpeg_xl),
    }
)
