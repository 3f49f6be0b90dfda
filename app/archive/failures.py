"""The table from our errors to DICOM's failure codes, for every door that takes instances in (PS3.4 table B.2-1 for
C-STORE, PS3.18 table I.2-2 for STOW-RS, PS3.7 annex C).

A700 and the like tell a sender to try again later, C000 and the like that it never will succeed.
"""

from collections.abc import Mapping
from types import MappingProxyType

from app.base.errors import HoichanError

_ERROR_COMMENT_LENGTH = 64

PROCESSING_FAILURE = 0x0110
SOP_CLASS_NOT_SUPPORTED = 0x0122
NOT_AUTHORIZED = 0x0124
OUT_OF_RESOURCES = 0xA700
DATA_SET_DOES_NOT_MATCH = 0xA900
CANNOT_UNDERSTAND = 0xC000
UNSUPPORTED_ENCODING = 0xC001
UID_IN_USE = 0xC002
TOO_LARGE = 0xC003
NO_SUCH_THING = 0xC004
TRANSFER_SYNTAX_NOT_SUPPORTED = 0xC122

BY_KIND: Mapping[str, int] = MappingProxyType(
    {
        "conflict": UID_IN_USE,
        "error": PROCESSING_FAILURE,
        "forbidden": NOT_AUTHORIZED,
        "invalid": CANNOT_UNDERSTAND,
        "not-found": NO_SUCH_THING,
        "too-large": TOO_LARGE,
        "too-many": OUT_OF_RESOURCES,
        "unauthenticated": NOT_AUTHORIZED,
        "unavailable": OUT_OF_RESOURCES,
        "unsupported": UNSUPPORTED_ENCODING,
    }
)
BY_CODE: Mapping[str, int] = MappingProxyType(
    {
        "meta_mismatch": DATA_SET_DOES_NOT_MATCH,
        "private_sop_class": SOP_CLASS_NOT_SUPPORTED,
        "study_mismatch": DATA_SET_DOES_NOT_MATCH,
        "unknown_transfer_syntax": TRANSFER_SYNTAX_NOT_SUPPORTED,
    }
)


def failure_of(error: HoichanError) -> int:
    """The status of C-STORE, the Failure Reason of STOW-RS."""
    return BY_CODE.get(error.code, BY_KIND[error.kind])


def comment(text: str) -> str:
    """A sentence as Error Comment (0000,0902) holds it, VR LO: the first sentences that fit, or else the first words."""
    if len(text) <= _ERROR_COMMENT_LENGTH:
        return text
    cut = text[: _ERROR_COMMENT_LENGTH + 1]
    return cut.rpartition(". ")[0] + "." if ". " in cut else cut.rpartition(" ")[0]
