"""What a picture may be asked to look like: small frozen objects made from a query, or Invalid."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from app.base.errors import Invalid

WINDOW_FUNCTIONS = ("LINEAR", "LINEAR_EXACT", "SIGMOID")
EXACT = "exact"
"""Nothing is lost once more: the file's own JPEG where browsers read it as we do, else a PNG."""
MEDIA_TYPES = MappingProxyType({"jpeg": "image/jpeg", "png": "image/png", EXACT: EXACT})
ENCODINGS = frozenset({*MEDIA_TYPES.values(), "image/gif", "image/jp2"})
DEFAULT_QUALITY = 85
LARGEST_BOX = 16384
_FIELDS = frozenset({"center", "width", "function", "voi_lut", "invert", "box", "quality", "type", "colour"})


@dataclass(frozen=True)
class Window:
    """A grey level window in real-world values (PS3.3, C.11.2.1.2 and C.11.2.1.3)."""

    center: float
    width: float
    function: str = "LINEAR"

    def __post_init__(self) -> None:
        if self.function not in WINDOW_FUNCTIONS:
            raise Invalid("bad_window", "The window function must be LINEAR, LINEAR_EXACT or SIGMOID.")
        if not math.isfinite(self.center) or abs(self.center) > 1e12:
            raise Invalid("bad_window", "The window centre must be a number.")
        narrowest_is_one = self.function == "LINEAR"
        if not math.isfinite(self.width) or self.width > 1e12 or self.width <= 0:
            raise Invalid("bad_window", "The window width must be a number above zero.")
        if narrowest_is_one and self.width < 1:
            raise Invalid("bad_window", "The window width must be 1 or more.")


@dataclass(frozen=True)
class SourceRegion:
    """A part of the image in pixels, from its upper left corner; where it is mirrored (PS3.18 8.3.5.1.3)."""

    left: float
    top: float
    width: float
    height: float
    mirrored: bool = False
    upside_down: bool = False

    def __post_init__(self) -> None:
        sides = (self.left, self.top, self.width, self.height)
        if not all(math.isfinite(side) for side in sides) or min(sides) < 0 or not self.width * self.height:
            raise Invalid("bad_region", "The region must lie inside the image and have a size.")


@dataclass(frozen=True)
class FrameParams:
    """All that determines the picture of a frame besides the frame itself."""

    window: Window | None = None
    """None: the image's default."""
    voi_lut_index: int | None = None
    invert: bool = False
    box: tuple[int, int] | None = None
    """Width and height the picture is shrunk to fit into; enlarged only with `enlarge`."""
    enlarge: bool = False
    region: SourceRegion | None = None
    """What of the image is shown; None: all of it."""
    lines: tuple[str, ...] = ()
    """Written into the picture's upper left corner."""
    quality: int = DEFAULT_QUALITY
    media_type: str = "image/jpeg"
    """Or EXACT, of which `picture_type` of the bytes tells what they are."""

    def __post_init__(self) -> None:
        if self.window is not None and self.voi_lut_index is not None:
            raise Invalid("bad_window", "Ask for a window or for a table of the image, not for both.")
        if self.box is not None and not all(1 <= side <= LARGEST_BOX for side in self.box):
            raise Invalid("bad_box", "The box must be WIDTHxHEIGHT, each from 1 to 16384.")
        if not 1 <= self.quality <= 100:
            raise Invalid("bad_quality", "The quality must be a whole number from 1 to 100.")
        if self.media_type not in ENCODINGS:
            raise Invalid("bad_type", "The type must be jpeg, png or exact.")

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> "FrameParams":
        """From the query of an address; every field optional, an unknown one refused."""
        unknown = sorted(set(query) - _FIELDS)
        if unknown:
            raise Invalid("unknown_field", "{field} is not a parameter of a picture.", field=unknown[0][:40])
        quality = _whole(query, "quality", "bad_quality")
        return cls(
            window=_window(query),
            voi_lut_index=_whole(query, "voi_lut", "bad_window"),
            invert=_flag(query, "invert"),
            box=_box(query),
            quality=DEFAULT_QUALITY if quality is None else quality,
            media_type=_media_type(query),
        )


def _window(query: Mapping[str, str]) -> Window | None:
    center, width = query.get("center", ""), query.get("width", "")
    if not center and not width:
        return None
    try:
        return Window(float(center), float(width), query.get("function") or "LINEAR")
    except ValueError:
        raise Invalid("bad_window", "A window needs a centre and a width, both numbers.") from None


def _whole(query: Mapping[str, str], name: str, code: str) -> int | None:
    text = query.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 6):
        raise Invalid(code, "{field} must be a whole number.", field=name)
    return int(text)


def _flag(query: Mapping[str, str], name: str) -> bool:
    text = query.get(name, "0")
    if text not in {"0", "1", "true", "false"}:
        raise Invalid("bad_flag", "{field} must be 0 or 1.", field=name)
    return text in {"1", "true"}


def picture_type(picture: bytes, params: FrameParams) -> str:
    """The media type of a picture made by these."""
    if params.media_type != EXACT:
        return params.media_type
    return MEDIA_TYPES["jpeg" if picture.startswith(b"\xff\xd8") else "png"]


def _box(query: Mapping[str, str]) -> tuple[int, int] | None:
    text = query.get("box", "")
    if not text:
        return None
    width, _, height = text.partition("x")
    if not all(side.isascii() and side.isdigit() and len(side) <= 5 for side in (width, height)):
        raise Invalid("bad_box", "The box must be WIDTHxHEIGHT, each from 1 to 16384.")
    return int(width), int(height)


def _media_type(query: Mapping[str, str]) -> str:
    colour = query.get("colour", "")
    if colour not in {"", "full", "subsampled"}:
        raise Invalid("bad_type", "The colour must be full or subsampled.")
    name = query.get("type") or ("png" if colour == "full" else "jpeg")
    if name not in MEDIA_TYPES:
        raise Invalid("bad_type", "The type must be jpeg, png or exact.")
    return MEDIA_TYPES[name]
