"""A photograph as others are shown it: the same picture, without where and with what it was taken.

Nothing is decoded: the parts that carry such things are left out of the file (JPEG: ITU-T T.81 B.1.1.3; Exif 2.32;
PNG: RFC 2083 section 3.2). How the telephone was held is the one thing kept, so that the picture stands upright.
"""

from collections.abc import Iterator
from struct import pack, unpack

_KEPT_APPS = frozenset({0xE0, 0xEE})  # JFIF, and Adobe's that says how colours are meant
_COLOUR_PROFILE = b"ICC_PROFILE\0"
_EXIF = b"Exif\0\0"
_ORIENTATION = 0x0112
_PNG_KEPT = frozenset(
    {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"pHYs"}
)
_PNG_SIGN = 8


def without_traces(media_type: str, content: bytes) -> bytes:
    """The picture without place, time and device. What cannot be followed is cut off there, never passed on."""
    if media_type == "image/jpeg":
        return b"".join(_jpeg(content))
    return content[:_PNG_SIGN] + b"".join(_png(content)) if media_type == "image/png" else content


def _jpeg(content: bytes) -> Iterator[bytes]:
    yield content[:2]
    at = 2
    while at + 4 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        length = int.from_bytes(content[at + 2 : at + 4], "big")
        body = content[at + 4 : at + 2 + length]
        if marker == 0xDA:  # the picture itself, to its end: what phones hang behind it stays away
            end = content.rfind(b"\xff\xd9")
            yield content[at : end + 2 if end > at else len(content)]
            return
        if marker == 0xE1 and body.startswith(_EXIF):
            yield _upright(body[len(_EXIF) :])
        elif _is_picture(marker, body):
            yield content[at : at + 2 + length]
        at += 2 + length


def _is_picture(marker: int, body: bytes) -> bool:
    if 0xE0 <= marker <= 0xEF:
        return marker in _KEPT_APPS or body.startswith(_COLOUR_PROFILE)
    return marker != 0xFE  # a comment


def _upright(tiff: bytes) -> bytes:
    """An Exif segment that says the orientation and nothing else; empty where none is said."""
    value = _orientation(tiff)
    if value is None:
        return b""
    entry = pack(">HHIHH", _ORIENTATION, 3, 1, value, 0)
    body = _EXIF + b"MM\0*" + pack(">IH", 8, 1) + entry + pack(">I", 0)
    return b"\xff\xe1" + pack(">H", len(body) + 2) + body


def _orientation(tiff: bytes) -> int | None:
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None or len(tiff) < 10:
        return None
    (first,) = unpack(f"{order}I", tiff[4:8])
    if first + 2 > len(tiff):
        return None
    (count,) = unpack(f"{order}H", tiff[first : first + 2])
    for at in range(first + 2, first + 2 + 12 * count, 12):
        if at + 12 > len(tiff):
            return None
        tag, _, _, value = unpack(f"{order}HHIH", tiff[at : at + 10])
        if tag == _ORIENTATION:
            return value if 1 <= value <= 8 else None
    return None


def _png(content: bytes) -> Iterator[bytes]:
    at = _PNG_SIGN
    while at + 12 <= len(content):
        (length,) = unpack(">I", content[at : at + 4])
        if content[at + 4 : at + 8] in _PNG_KEPT:
            yield content[at : at + 12 + length]
        at += 12 + length
