"""Pictures that need not be drawn: a colour JPEG, asked for as JPEG (or exact) of its own size, is what the file holds.

It is truer (not compressed twice) and costs a hundredth. What a machine wrote beside the picture (comments, Exif with
an orientation or a colour profile that browsers would obey and we do not) is left out.
"""

from collections.abc import Iterator

from app.render import codestreams
from app.render.codestreams import stream_header
from app.render.description import ImageDescription
from app.render.encoders import JPEG_BASELINE
from app.render.params import DEFAULT_QUALITY, EXACT, FrameParams

_START_OF_SCAN = 0xDA
_COMMENT = 0xFE
_APPLICATION = range(0xE0, 0xF0)
_MEANT = frozenset({0xE0, 0xEE})  # JFIF and Adobe: how colours are written


def may_pass(description: ImageDescription, syntax: str, params: FrameParams) -> bool:
    """Whether what is asked for is the picture as it is stored, if its stream turns out to be as announced."""
    form = EXACT if params.media_type == EXACT else "image/jpeg"
    plain = FrameParams(window=params.window, box=params.box, quality=DEFAULT_QUALITY, media_type=form)
    box = params.box or (description.columns, description.rows)
    return (
        params == plain
        and syntax == JPEG_BASELINE
        and (description.samples, description.bits_allocated, description.bits_stored) == (3, 8, 8)
        and box[0] >= description.columns
        and box[1] >= description.rows
    )


def passed(description: ImageDescription, syntax: str, data: bytes) -> bytes | None:
    """The stored stream as a browser should see it; None when it has to be decoded and drawn after all."""
    try:
        header = stream_header(data, syntax)
        if header is None or not codestreams.is_whole(data, syntax):
            return None
        announced = (description.rows, description.columns, 3, 8)
        if (header.rows, header.columns, header.samples, header.bits) != announced:
            return None
        if header.colour == "RGB" or not (header.colour or description.photometric.startswith("YBR")):
            return None  # browsers take three unnamed components for luminance and colour differences
        return b"".join(_segments(data))
    except (IndexError, ValueError):
        return None


def _segments(data: bytes) -> Iterator[bytes]:
    """Of a JPEG (ITU-T T.81, annex B) up to the scan, which is taken as it is."""
    yield data[:2]
    at = 2
    while data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker == _START_OF_SCAN:
            yield data[at:]
            return
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if marker != _COMMENT and (marker not in _APPLICATION or marker in _MEANT):
            yield data[at:end]
        at = end
    raise ValueError("no scan")
