"""Unique identifiers: their grammar, and what a transfer syntax says about the bytes (PS3.5 section 10)."""

import re
from dataclasses import dataclass
from functools import lru_cache

from app.base.errors import Invalid

_GRAMMAR = re.compile(r"[0-9.]{1,64}")

IMPLICIT_LITTLE = "1.2.840.10008.1.2"
EXPLICIT_LITTLE = "1.2.840.10008.1.2.1"
DEFLATED_LITTLE = "1.2.840.10008.1.2.1.99"
EXPLICIT_BIG = "1.2.840.10008.1.2.2"
RLE_LOSSLESS = "1.2.840.10008.1.2.5"
MEDIA_STORAGE_DIRECTORY = "1.2.840.10008.1.3.10"
STANDARD_ROOT = "1.2.840.10008."

_NATIVE = frozenset({IMPLICIT_LITTLE, EXPLICIT_LITTLE, DEFLATED_LITTLE, EXPLICIT_BIG})
# One frame is one fragment, without start or end marks of its own (PS3.5 A.4.2, A.4.12, A.4.13).
_ONE_FRAGMENT = frozenset({RLE_LOSSLESS, "1.2.840.10008.1.2.1.98", "1.2.840.10008.1.2.8.1"})
_JPEG_FAMILY = frozenset(
    [f"1.2.840.10008.1.2.4.{n}" for n in (50, 51, 57, 70, 80, 81, 90, 91, 92, 93)]
    + [f"1.2.840.10008.1.2.4.{n}" for n in (201, 202, 203)]
)
_JPEG_XL = frozenset(f"1.2.840.10008.1.2.4.{n}" for n in (110, 111, 112))
# MPEG-2, MPEG-4 and HEVC, with their fragmentable forms ending in .1 (PS3.5 A.4.5 to A.4.8, A.4.14).
_VIDEO = frozenset(
    f"1.2.840.10008.1.2.4.{n}{end}"
    for n in (100, 101, 102, 103, 104, 105, 106, 107, 108)
    for end in ("", ".1")
)


@dataclass(frozen=True, slots=True)
class TransferSyntax:
    uid: str
    known: bool
    implicit: bool
    big_endian: bool
    deflated: bool
    encapsulated: bool
    video: bool
    marked: bool  # a frame's code stream begins and ends with marks of its own


@lru_cache(maxsize=128)
def transfer_syntax(uid: str) -> TransferSyntax:
    """What is known of it. An unknown one is taken as Explicit VR Little Endian, as PS3.5 A.4 has all newer ones."""
    return TransferSyntax(
        uid=uid,
        known=uid in _NATIVE | _ONE_FRAGMENT | _JPEG_FAMILY | _JPEG_XL | _VIDEO,
        implicit=uid == IMPLICIT_LITTLE,
        big_endian=uid == EXPLICIT_BIG,
        deflated=uid == DEFLATED_LITTLE,
        encapsulated=uid not in _NATIVE,
        video=uid in _VIDEO,
        marked=uid in _JPEG_FAMILY,
    )


def is_uid(text: str) -> bool:
    """Digits and dots only, at most 64: safe in a query key, a header and an address (PS3.5 section 9.1)."""
    return _GRAMMAR.fullmatch(text) is not None


def check_uid(text: str, keyword: str) -> str:
    """The UID itself, or Invalid: `missing_uid` when empty, `bad_uid` when it breaks the grammar."""
    if not text:
        raise Invalid(
            "missing_uid", "{keyword} is missing. The sending device must fill it.", keyword=keyword
        )
    if not is_uid(text):
        raise Invalid(
            "bad_uid",
            "{keyword} is not a valid DICOM identifier (digits and dots, at most 64). Correct it at the sender.",
            keyword=keyword,
        )
    return text
