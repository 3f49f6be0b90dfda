"""What a client accepts (PS3.18 section 8.7), read tolerantly: OHIF sends `type=application/octet-stream` unquoted."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from app.base.errors import Unsupported

EXPLICIT_LITTLE = "1.2.840.10008.1.2.1"
DICOM = "application/dicom"
DICOM_JSON = "application/dicom+json"
DICOM_XML = "application/dicom+xml"
JSON = "application/json"
OCTET_STREAM = "application/octet-stream"
MULTIPART = "multipart/related"
ANY_SYNTAX = "*"
_OUTSIDE_QUOTES = r'(?=(?:[^"]*"[^"]*")*[^"]*$)'
_COMMA = re.compile("," + _OUTSIDE_QUOTES)
_SEMICOLON = re.compile(";" + _OUTSIDE_QUOTES)


@dataclass(frozen=True)
class MediaRange:
    """One acceptable media type. `media_type` is that of the parts when `multipart`."""

    media_type: str
    multipart: bool
    transfer_syntax: str
    quality: float


def not_acceptable(offered: Iterable[str]) -> Unsupported:
    """The answer becomes 406 and says what can be had: media types or transfer syntaxes."""
    return Unsupported(
        "not_acceptable",
        "None of the media types asked for can be given here. These can: {offered}.",
        offered=", ".join(offered),
    )


def accepted(header: str, query: str = "") -> list[MediaRange]:
    """Best first. The query parameter `accept` counts before the header (PS3.18 8.3.3.1); nothing means anything."""
    text = query or header or "*/*"
    ranges = [_range(piece) for piece in _COMMA.split(text) if piece.strip()]
    return sorted((item for item in ranges if item.quality > 0), key=lambda item: -item.quality)


def _range(text: str) -> MediaRange:
    name, *rest = [piece.strip() for piece in _SEMICOLON.split(text)]
    parameters = {}
    for piece in rest:
        key, _, value = piece.partition("=")
        parameters[key.strip().lower()] = value.strip().strip('"').strip()
    multipart = name.lower() == MULTIPART
    return MediaRange(
        media_type=(parameters.get("type", "*/*") if multipart else name).lower(),
        multipart=multipart,
        transfer_syntax=parameters.get("transfer-syntax", ""),
        quality=_quality(parameters.get("q", "1")),
    )


def _quality(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 1.0


def matches(wanted: str, offered: str) -> bool:
    """Whether the range `wanted` ("*/*", "image/*", "image/jpeg") covers the media type `offered`."""
    if wanted in {"*/*", offered}:
        return True
    return wanted.endswith("/*") and offered.startswith(wanted[:-1])


def data_set_type(ranges: list[MediaRange], *, xml: bool) -> str:
    """The media type of data sets in an answer: JSON, or where it is offered XML, which comes in parts (PS3.18
    8.7.3.2). Raises Unsupported, not acceptable.
    """
    offered = {False: (DICOM_JSON, JSON), True: (DICOM_XML,) if xml else ()}
    for item in ranges:
        for one in offered[item.multipart]:
            if matches(item.media_type, one):
                return one
    raise not_acceptable(offered[False] + offered[True])
