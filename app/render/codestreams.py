"""What a compressed stream says of itself, read before any codec sees it.

A stream that announces another size than the header is refused: codecs allocate by the stream's word, and a forged
one costs gigabytes and seconds.
"""

import struct
from dataclasses import dataclass
from types import MappingProxyType

JPEG = frozenset({"1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.51"})
JPEG_LOSSLESS = frozenset({"1.2.840.10008.1.2.4.57", "1.2.840.10008.1.2.4.70"})
JPEG_LS = frozenset({"1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.81"})
LOSSY = JPEG | frozenset(f"1.2.840.10008.1.2.4.{number}" for number in (81, 91, 93, 111, 112, 203))
JPEG_2000 = frozenset(f"1.2.840.10008.1.2.4.{number}" for number in (90, 91, 92, 93))
HTJ2K = frozenset(f"1.2.840.10008.1.2.4.{number}" for number in (201, 202, 203))
JPEG_XL = frozenset(f"1.2.840.10008.1.2.4.{number}" for number in (110, 111, 112))
RLE = "1.2.840.10008.1.2.5"
DEFLATED_FRAMES = "1.2.840.10008.1.2.8.1"
ENCAPSULATED_UNCOMPRESSED = "1.2.840.10008.1.2.1.98"
CELL_BY_CELL = frozenset({RLE, DEFLATED_FRAMES})
"""Cells come back as they would lie in an uncompressed file."""
TELLS_COLOUR = JPEG | JPEG_2000 | HTJ2K
COMPRESSED = frozenset({RLE, DEFLATED_FRAMES} | JPEG | JPEG_LOSSLESS | JPEG_LS | JPEG_2000 | HTJ2K | JPEG_XL)

_JPEG_FAMILY = JPEG | JPEG_LOSSLESS | JPEG_LS
_END_OF_IMAGE = b"\xff\xd9"  # EOI of JPEG, EOC of JPEG 2000
_PADDING = 64
_MOST_TILES = 65535
_SIZ = b"\xff\x4f\xff\x51"
_STANDALONE = frozenset({0x01, *range(0xD0, 0xD9)})
_FRAME_MARKERS = frozenset(
    {0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF, 0xF7}
)
_SOI, _SOS, _APP0, _APP14 = 0xD8, 0xDA, 0xE0, 0xEE
_ADOBE_COLOUR = MappingProxyType({0: "RGB", 1: "YBR"})


@dataclass(frozen=True)
class StreamHeader:
    """Dimensions by the stream's own word; `colour` is "YBR", "RGB" or "" where it does not say."""

    rows: int
    columns: int
    samples: int
    bits: int
    colour: str = ""


def stream_header(data: bytes, transfer_syntax_uid: str) -> StreamHeader | None:
    """None for kinds that have no such header. Raises ValueError when there should be one and is none."""
    try:
        if transfer_syntax_uid in _JPEG_FAMILY:
            return _jpeg_header(data)
        if transfer_syntax_uid in JPEG_2000 | HTJ2K:
            return _jpeg_2000_header(data)
    except (IndexError, struct.error) as error:
        raise ValueError("cut short") from error
    return None


def is_whole(data: bytes, transfer_syntax_uid: str) -> bool:
    """False for a stream whose end is missing where its codec would fill the rest with grey and say nothing."""
    if transfer_syntax_uid not in _JPEG_FAMILY | HTJ2K:
        return True
    return data.rfind(_END_OF_IMAGE, max(0, len(data.rstrip(b"\0")) - _PADDING)) >= 0


def tiles_fit(data: bytes, transfer_syntax_uid: str) -> bool:
    """False for a codestream of JPEG 2000 whose grid of tiles does not cover the image, or has more tiles than can be
    numbered (T.800, B.3 and A.4.2): a codec that believes it counts through millions of tiles that hold nothing.
    """
    if transfer_syntax_uid not in JPEG_2000 | HTJ2K:
        return True
    at, count = data.find(_SIZ), 1
    for axis in (0, 4):
        end, origin, length, start = (
            struct.unpack_from(">I", data, at + field + axis)[0] for field in (8, 16, 24, 32)
        )
        if not start <= origin < start + length:
            return False
        count *= -((start - end) // length)
    return count <= _MOST_TILES


def _jpeg_header(data: bytes) -> StreamHeader:
    """The frame header of JPEG or JPEG-LS (ITU-T T.81, B.2.2; T.87, C.2.2)."""
    if data[:2] != b"\xff\xd8":
        raise ValueError("no start of image")
    at, colour, jfif = 2, "", False
    while True:
        marker, at = _next_marker(data, at)
        if marker in _STANDALONE:
            continue
        (length,) = struct.unpack_from(">H", data, at)
        body = data[at + 2 : at + length]
        if marker == _APP0 and body[:5] == b"JFIF\0":
            jfif = True
        elif marker == _APP14 and body[:5] == b"Adobe" and len(body) >= 12:
            colour = _ADOBE_COLOUR.get(body[11], "")
        elif marker in _FRAME_MARKERS:
            bits, rows, columns, samples = struct.unpack_from(">BHHB", body)
            named = body[6:15:3] == b"RGB"
            return StreamHeader(rows, columns, samples, bits, colour or _guessed(jfif=jfif, named=named))
        elif marker == _SOS or length < 2:
            raise ValueError("no frame header")
        at += length


def _guessed(*, jfif: bool, named: bool) -> str:
    if named:
        return "RGB"
    return "YBR" if jfif else ""


def _next_marker(data: bytes, at: int) -> tuple[int, int]:
    """The marker at `at`, fill bytes skipped, and where its segment begins."""
    start, at = at, data.find(b"\xff", at)
    if at < 0 or at - start > 16:
        raise ValueError("no marker")
    while at < len(data) and data[at] == 0xFF:
        at += 1
    if at >= len(data):
        raise ValueError("cut short")
    return data[at], at + 1


def _jpeg_2000_header(data: bytes) -> StreamHeader:
    """The SIZ marker segment (ITU-T T.800, A.5.1), bare or inside a JP2 file."""
    at = data.find(_SIZ)
    if at < 0 or (at > 0 and data[4:8] != b"jP  "):
        raise ValueError("no start of codestream")
    size, _, right, bottom, left, top = struct.unpack_from(">HHIIII", data, at + 4)
    (samples,) = struct.unpack_from(">H", data, at + 40)
    (depth,) = struct.unpack_from(">B", data, at + 42)
    colour = "RGB" if _undoes_colour_transform(data, at + 4 + size) else ""
    return StreamHeader(bottom - top, right - left, samples, (depth & 0x7F) + 1, colour)


def _undoes_colour_transform(data: bytes, at: int) -> bool:
    """Whether the coding style (COD, A.6.1) names a transform: then the codec gives back RGB."""
    while data[at : at + 1] == b"\xff" and data[at + 1] not in {0x90, 0x93}:
        if data[at + 1] == 0x52:
            return data[at + 8] == 1
        (length,) = struct.unpack_from(">H", data, at + 2)
        at += 2 + length
    return False
