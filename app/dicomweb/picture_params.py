"""What a rendered picture may be asked to look like: the query parameters of PS3.18 8.3.5, read into `FrameParams`."""

import math
from collections.abc import Mapping

from app.base.errors import Invalid
from app.render.params import FrameParams, SourceRegion, Window

PICTURES = ("image/jpeg", "image/png", "image/gif", "image/jp2")
ANNOTATIONS = frozenset({"patient", "technique"})
_FUNCTIONS = {"linear": "LINEAR", "linear-exact": "LINEAR_EXACT", "sigmoid": "SIGMOID"}
_QUALITY = 85
LARGEST_SIDE = 8192


def params_of(query: Mapping[str, str], media_type: str) -> FrameParams:
    """All but the words of an annotation, which depend on the image. Raises Invalid."""
    _check_unused(query)
    box, region = _viewport(query.get("viewport", ""))
    return FrameParams(
        window=_window(query.get("window", "")),
        box=box,
        enlarge=box is not None,
        region=region,
        quality=quality_of(query.get("quality", "")),
        media_type=media_type,
    )


def annotations_of(query: Mapping[str, str]) -> frozenset[str]:
    """Which kinds of words are asked for (8.3.5.1.1). Raises Invalid for others."""
    wanted = frozenset(
        word.strip().lower() for word in query.get("annotation", "").split(",") if word.strip()
    )
    if wanted - ANNOTATIONS:
        raise Invalid("bad_annotation", "An annotation is patient, technique or both, separated by a comma.")
    return wanted


def _check_unused(query: Mapping[str, str]) -> None:
    if query.get("iccprofile", "no").lower() != "no":
        raise Invalid(
            "bad_profile", "Pictures carry no colour profile: leave it out, or ask with iccprofile=no."
        )
    if query.get("charset", "utf-8").lower() not in {"utf-8", "utf8"}:
        raise Invalid("bad_charset", "Answers are written in UTF-8.")


def _window(text: str) -> Window | None:
    """center,width,function (PS3.18 8.3.5.1.4)."""
    if not text:
        return None
    center, _, rest = text.partition(",")
    width, _, function = rest.partition(",")
    name = function.strip().lower().replace("_", "-") or "linear"
    try:
        return Window(float(center), float(width), _FUNCTIONS[name])
    except (KeyError, ValueError):
        raise Invalid("bad_window", "A window is center,width,function: two numbers and a word.") from None


def _viewport(text: str) -> tuple[tuple[int, int] | None, SourceRegion | None]:
    """vw,vh or vw,vh,sx,sy,sw,sh (PS3.18 8.3.5.1.3): size of the picture, and what of the image is in it. A negative
    sw or sh mirrors; fields that are left empty have their default.
    """
    if not text:
        return None, None
    fields = text.split(",")
    if len(fields) not in {2, 6}:
        raise _bad_viewport()
    try:
        numbers = [float(field) if field.strip() else math.nan for field in fields]
    except ValueError:
        raise _bad_viewport() from None
    width, height, *source = numbers
    return checked_box(width, height), _region(source)


def checked_box(width: float, height: float) -> tuple[int, int]:
    """A size to fit into. Raises Invalid."""
    if not all(1 <= side <= LARGEST_SIDE and side.is_integer() for side in (width, height)):
        raise _bad_viewport()
    return int(width), int(height)


def _bad_viewport() -> Invalid:
    return Invalid(
        "bad_box",
        "The viewport is given as width,height or width,height,left,top,width,height, at most {most} pixels each.",
        most=LARGEST_SIDE,
    )


def _region(source: list[float]) -> SourceRegion | None:
    if not source or all(math.isnan(number) for number in source):
        return None
    left, top, width, height = source
    if math.isnan(width) or math.isnan(height):
        raise _bad_viewport()
    left, top = (0.0 if math.isnan(number) else number for number in (left, top))
    return SourceRegion(left, top, abs(width), abs(height), mirrored=width < 0, upside_down=height < 0)


def quality_of(text: str) -> int:
    """1 to 100. Raises Invalid."""
    if not text:
        return _QUALITY
    if not (text.isascii() and text.isdigit() and len(text) < 4):
        raise Invalid("bad_quality", "The quality must be a whole number from 1 to 100.")
    return int(text)
