"""The days a case may name. At the ends of Python's calendar a moment has no hour in another zone and a week none before
it, so that a day typed there would break the page that shows it.
"""

from datetime import UTC, date, datetime, time
from typing import Annotated

from pydantic import AwareDatetime, Field

FIRST, LAST = date(2000, 1, 1), date(2099, 12, 31)
BEGINS, ENDS = (datetime.combine(day, time(), UTC) for day in (FIRST, LAST))

NamedMoment = Annotated[AwareDatetime, Field(ge=BEGINS, le=ENDS)]


def nearest(day: date) -> date:
    """The day itself, or the first or last one we know."""
    return min(max(day, FIRST), LAST)


def day_named(text: str, default: date) -> date:
    """Of an address: what is no day at all is the default."""
    try:
        return nearest(date.fromisoformat(text))
    except ValueError:
        return default


def is_known(moment: datetime) -> bool:
    """Whether it lies in those days, in whichever zone it was said."""
    return BEGINS <= moment <= ENDS
