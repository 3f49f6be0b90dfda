"""Ordinary pictures (JPEG, PNG) on their way into DICOM: looked at here, decoded only in the decode processes."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import imagecodecs
import numpy as np
from numpy.typing import NDArray

from app.base.errors import Invalid, TooLarge, Unsupported
from app.render.codecs import PICTURE_JPEG, PICTURE_PNG, Decoded, Task
from app.render.codestreams import stream_header

_JPEG_BASELINE = "1.2.840.10008.1.2.4.50"
_JPEG_LS_LOSSLESS = "1.2.840.10008.1.2.4.80"
_LARGEST_SIDE, _LARGEST_AREA = 20_000, 120_000_000
_QUALITY = 95
_TAIL = 1 << 16  # phones append things behind the picture
_EXIF, _ORIENTATION = b"Exif\0\0", 0x0112
_SOF0, _SOS, _APP1, _APP14 = 0xC0, 0xDA, 0xE1, 0xEE
_PNG_COLOUR = {0: 1, 2: 3, 3: 3, 4: 1, 6: 3}  # colour type (PNG 11.2.2) to samples without transparency


class Decoder(Protocol):
    """`app.render.decode.DecodeClient`."""

    def decode(self, task: Task, data: bytes | memoryview) -> Decoded: ...


@dataclass(frozen=True)
class Picture:
    """One frame ready to be encapsulated. `lossy`: it went through JPEG; `ratio` is the compression's."""

    rows: int
    columns: int
    samples: int
    photometric: str
    transfer_syntax_uid: str
    data: bytes
    lossy: bool

    @property
    def ratio(self) -> float:
        return self.rows * self.columns * self.samples / max(len(self.data), 1)


def jpeg_picture(decoder: Decoder, data: bytes) -> Picture:
    """A JPEG's own stream where DICOM can hold it (baseline, upright), without what a phone writes beside it (place,
    maker, thumbnail); otherwise turned upright and coded again. Raises Invalid, TooLarge, Unsupported.
    """
    try:
        header = stream_header(data, _JPEG_BASELINE)
        segments = list(_segments(data))
    except (ValueError, struct.error, IndexError) as error:
        raise _damaged() from error
    assert header is not None  # JPEG always has one
    if b"\xff\xd9" not in data[-_TAIL:]:  # cut short: the rest would be grey without a word
        raise _damaged()
    _check_size(header.rows, header.columns)
    if header.samples > 3:
        raise Unsupported(
            "picture_colours",
            "The colours of this picture (CMYK) are not supported. Export it as RGB or grey.",
        )
    samples = 1 if header.samples == 1 else 3
    decoded = decoder.decode(Task(PICTURE_JPEG, header.rows, header.columns, samples, 8), data).values
    turn = _orientation(segments)
    baseline = any(marker == _SOF0 for marker, _ in segments)
    if baseline and turn == 1 and header.bits == 8 and (header.samples == 1 or header.colour == "YBR"):
        photometric = "MONOCHROME2" if samples == 1 else "YBR_FULL_422"
        return Picture(
            header.rows, header.columns, samples, photometric, _JPEG_BASELINE, _stripped(data), lossy=True
        )
    return _coded_again(_upright(decoded, turn))


def png_picture(decoder: Decoder, data: bytes) -> Picture:
    """Lossless, as JPEG-LS; what is transparent lies on white, 16 bits become 8. Raises as `jpeg_picture`."""
    try:
        columns, rows, _, colour = struct.unpack_from(">IIBB", data, 16)
        samples = _PNG_COLOUR[colour]
    except (struct.error, KeyError) as error:
        raise _damaged() from error
    _check_size(rows, columns)
    if b"IEND" not in data[-64:]:  # its codec would fill the rest with whatever lies in memory
        raise _damaged()
    values = decoder.decode(Task(PICTURE_PNG, rows, columns, samples, 8), data).values
    photometric = "MONOCHROME2" if samples == 1 else "RGB"
    values = np.ascontiguousarray(values)
    coded = bytes(imagecodecs.jpegls_encode(values, out=2 * values.nbytes + _TAIL))  # noise grows by coding
    return Picture(rows, columns, samples, photometric, _JPEG_LS_LOSSLESS, coded, lossy=False)


def _check_size(rows: int, columns: int) -> None:
    if max(rows, columns) > _LARGEST_SIDE or rows * columns > _LARGEST_AREA:
        raise TooLarge("picture_size", "The picture has more than 120 million points. Make it smaller.")
    if min(rows, columns) < 1:
        raise _damaged()


def _damaged() -> Invalid:
    return Invalid("picture_damaged", "The picture is damaged. Take or export it again.")


def _segments(data: bytes) -> Iterator[tuple[int, memoryview]]:
    """Marker and body of each segment up to the first scan (ITU-T T.81, B.1.1)."""
    at = 2
    while True:
        while data[at + 1] == 0xFF:
            at += 1
        marker = data[at + 1]
        if data[at] != 0xFF or marker == _SOS:
            return
        (length,) = struct.unpack_from(">H", data, at + 2)
        yield marker, memoryview(data)[at + 4 : at + 2 + length]
        at += 2 + length


def _stripped(data: bytes) -> bytes:
    """The stream without comments and application segments, except JFIF's and Adobe's, which tell the colours."""
    kept = bytearray(data[:2])
    at = 2
    for marker, body in _segments(data):
        at = data.index(bytes((0xFF, marker)), at)
        end = at + 4 + len(body)
        if not (_APP1 <= marker <= 0xEF and marker != _APP14) and marker != 0xFE:
            kept += data[at:end]
        at = end
    kept += data[at:]
    return bytes(kept)


def _orientation(segments: list[tuple[int, memoryview]]) -> int:
    """EXIF 2.32, 4.6.4 A: 1 is upright. Nonsense counts as upright."""
    for marker, body in segments:
        if marker == _APP1 and bytes(body[:6]) == _EXIF:
            try:
                return _orientation_of(bytes(body[6:]))
            except (struct.error, IndexError):
                return 1
    return 1


def _orientation_of(tiff: bytes) -> int:
    order = "<" if tiff[:2] == b"II" else ">"
    (start,) = struct.unpack_from(order + "I", tiff, 4)
    (count,) = struct.unpack_from(order + "H", tiff, start)
    for number in range(min(count, 200)):
        tag, _, _, value = struct.unpack_from(order + "HHIH", tiff, start + 2 + 12 * number)
        if tag == _ORIENTATION:
            return value if 1 <= value <= 8 else 1
    return 1


def _upright(values: NDArray[Any], turn: int) -> NDArray[Any]:
    """Undoes what the camera notes: 2 to 4 flip or turn half round, 5 to 8 swap rows and columns."""
    if turn >= 5:
        values = values.swapaxes(0, 1)
    if turn in {3, 4, 7, 8}:
        values = values[::-1]
    if turn in {2, 3, 6, 7}:
        values = values[:, ::-1]
    return np.ascontiguousarray(values)


def _coded_again(values: NDArray[Any]) -> Picture:
    samples = 1 if values.ndim == 2 else 3
    subsampling = None if samples == 1 else "444"
    coded = bytes(imagecodecs.jpeg8_encode(values, level=_QUALITY, subsampling=subsampling))
    photometric = "MONOCHROME2" if samples == 1 else "YBR_FULL"
    rows, columns = values.shape[:2]
    return Picture(rows, columns, samples, photometric, _JPEG_BASELINE, coded, lossy=True)
