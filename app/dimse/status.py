"""The table from our errors to DIMSE statuses (PS3.7 annex C; PS3.4 table B.2-1 for C-STORE).

A700 and the like tell a modality to try again later, C000 and the like that it never will succeed.
"""

from app.base.errors import HoichanError
from app.dimse.messages import Answer

SUCCESS = 0x0000
PROCESSING_FAILURE = 0x0110
SOP_CLASS_NOT_SUPPORTED = 0x0122
NOT_AUTHORIZED = 0x0124
UNRECOGNIZED_OPERATION = 0x0211
OUT_OF_RESOURCES = 0xA700
DATA_SET_DOES_NOT_MATCH = 0xA900
CANNOT_UNDERSTAND = 0xC000
UNSUPPORTED_ENCODING = 0xC001
UID_IN_USE = 0xC002
TOO_LARGE = 0xC003
NO_SUCH_THING = 0xC004

BY_KIND: dict[str, int] = {
    "conflict": UID_IN_USE,
    "forbidden": NOT_AUTHORIZED,
    "invalid": CANNOT_UNDERSTAND,
    "not-found": NO_SUCH_THING,
    "too-large": TOO_LARGE,
    "too-many": OUT_OF_RESOURCES,
    "unauthenticated": NOT_AUTHORIZED,
    "unavailable": OUT_OF_RESOURCES,
    "unsupported": UNSUPPORTED_ENCODING,
}

BY_CODE: dict[str, int] = {
    "meta_mismatch": DATA_SET_DOES_NOT_MATCH,
    "unknown_sop_class": SOP_CLASS_NOT_SUPPORTED,
}


def answer_for(error: HoichanError) -> Answer:
    """The status and the reason in words."""
    return Answer(BY_CODE.get(error.code, BY_KIND[error.kind]), str(error))
