"""Moments and days as people here write them. Stored times are UTC; pages speak Vietnam's time."""

from datetime import date, datetime

from markupsafe import Markup

from app.base.clock import VIETNAM
from app.edge.language import language

NOTHING = "\N{EN DASH}"


def moment(at: datetime | None, *, seconds: bool = False) -> str | Markup:
    """`14:05 22/11/2026`, as a time element that keeps the exact value."""
    if at is None:
        return NOTHING
    local = at.astimezone(VIETNAM)
    clock = f"{local:%H:%M:%S}" if seconds else f"{local:%H:%M}"
    text = f"{clock} {_day(local.date())}"
    return Markup('<time datetime="{}">{}</time>').format(at.isoformat(timespec="seconds"), text)


def day(of: date | None) -> str:
    """`22/11/2026`."""
    return NOTHING if of is None else _day(of)


def _day(of: date) -> str:
    return f"{of:%d/%m/%Y}" if language() == "vi" else f"{of.day} {of:%b %Y}"
