"""Whole numbers and prices as people type them. pydantic alone takes "80.000" for 80, which is a thousand times less than
what stands on a Vietnamese page.
"""

import re
from typing import Annotated, Any

from pydantic import BeforeValidator

DIGITS = re.compile(r"-?[0-9]+")
# Groups of three with one and the same separator: a point, a comma or a space, also one that does not break or is thin.
GROUPED = re.compile(r"[1-9][0-9]{0,2}([., \u00a0\u2009\u202f])[0-9]{3}(\1[0-9]{3})*")


def _whole(typed: Any) -> Any:
    if isinstance(typed, str) and not DIGITS.fullmatch(typed.strip()):
        raise ValueError("digits alone")
    return typed


def _amount(typed: Any) -> Any:
    if isinstance(typed, str) and GROUPED.fullmatch(typed.strip()):
        return int(re.sub("[^0-9]", "", typed))
    return _whole(typed)


Whole = Annotated[int, BeforeValidator(_whole)]
Amount = Annotated[
    int, BeforeValidator(_amount)
]  # with or without separators of thousands, never with decimals


def printed(amount: int) -> str:
    """As it is written in Vietnam: 80.000."""
    return f"{amount:,}".replace(",", ".")
