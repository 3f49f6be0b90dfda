"""What stands in the minutes now, where it is not what was typed in a window that was opened before."""

from datetime import date, datetime

from app.base.clock import VIETNAM
from app.edge.language import gettext
from app.edge.moments import day
from consults.doors.minutes_form import DAYS, LABELS, LOCAL, MOMENTS, OF_MEMBER, Sent, of_content, shown
from consults.minutes.schemas import MinutesContent

IN_ORDER = (
    "course",
    "conclusion",
    "treatment",
    "conclusions",
    "dissent",
    "members",
    *MOMENTS,
    "referring_point",
    "consulting_point",
    "department",
    "paper_number",
    "room",
    "bed",
    *DAYS,
    "diagnosis",
    "recorded",
)
SIDES = {"consulting": "gives the opinion", "referring": "asks"}


def standing(typed: Sent, kept: MinutesContent) -> list[tuple[str, str]]:
    """The fields that differ, as the form calls and orders them, with what is kept in each."""
    mine, theirs = _words(shown(typed)), _words(of_content(kept))
    return [(name, text) for name, text in theirs.items() if text != mine.get(name, "")]


def _words(form: Sent) -> dict[str, str]:
    told: dict[str, str] = {}
    for field in IN_ORDER:
        name = gettext(LABELS[field])
        if field == "conclusions":
            told |= {f"{name}, {number}": text for number, text in form["concluded"].items()}
        else:
            told[name] = _text(form, field)
    return {name: "\n".join(text.strip().splitlines()) for name, text in told.items()}


def _text(form: Sent, field: str) -> str:
    said = form[field]
    if field == "members":
        return "\n".join(_member(form, place) for place, one in enumerate(said) if one["name"])
    if field == "recorded":
        return gettext("yes") if said else ""
    if field in MOMENTS:
        return _time(said)
    return _day(said) if field in DAYS else str(said)


def _member(form: Sent, place: int) -> str:
    one = form["members"][place]
    name = f"{one['name']} ({gettext('Chair')})" if form["chair"] == place else one["name"]
    side = gettext(SIDES.get(one["side"], one["side"]))
    times = [f"{gettext(OF_MEMBER[end])} {_time(one[end])}" for end in ("joined_at", "left_at") if one[end]]
    return " · ".join(
        part for part in (name, one["title"], one["unit"], side, one["licence_number"], *times) if part
    )


def _time(local: str) -> str:
    """Of a field as browsers speak it; empty of an empty one."""
    if not local:
        return ""
    at = datetime.strptime(local, LOCAL).replace(tzinfo=VIETNAM)
    return f"{at:%H:%M} {day(at.date())}"


def _day(typed: str | None) -> str:
    try:
        return day(date.fromisoformat(typed)) if typed else ""
    except ValueError:
        return str(typed)
