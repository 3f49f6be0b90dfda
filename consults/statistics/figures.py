"""What cases amount to: pure sums."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta

from app.base.actor import Actor, Permission
from app.base.clock import VIETNAM
from consults.lifecycle import Agreement
from consults.statistics.queries import Case

FEW = 5
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Figures:
    """Sums of some cases. Shares are whole percent; what cannot be said yet is None."""

    cases: int
    accepted_median: int | None  # minutes
    accepted_p90: int | None
    answered: int
    answered_median: int | None
    answered_p90: int | None
    kept: int | None  # percent of those with a promise that were answered, or should have been by now
    returned: int | None
    outcomes: int
    agreed: int | None  # percent of the outcomes told


@dataclass(frozen=True)
class Group:
    """Some cases under one name; `hidden`: a person's small numbers, not for this reader."""

    name: str
    figures: Figures
    hidden: bool = False


def figures_of(cases: Iterable[Case]) -> Figures:
    """Sums; the order does not matter."""
    found = list(cases)
    accepted = [minutes_of(case.accepted_at - case.requested_at) for case in found if case.accepted_at]
    answered = [minutes_of(case.answered_at - case.requested_at) for case in found if case.answered_at]
    promised = [case.in_promise for case in found if case.in_promise is not None]
    told = [case for case in found if case.agreement]
    return Figures(
        cases=len(found),
        accepted_median=quantile(accepted, 0.5),
        accepted_p90=quantile(accepted, 0.9),
        answered=len(answered),
        answered_median=quantile(answered, 0.5),
        answered_p90=quantile(answered, 0.9),
        kept=percent(sum(promised), len(promised)),
        returned=percent(sum(case.returned > 0 for case in found), len(found)),
        outcomes=len(told),
        agreed=percent(sum(case.agreement == Agreement.AGREE for case in told), len(told)),
    )


def minutes_of(span: timedelta) -> int:
    """Whole minutes."""
    return round(span / MINUTE)


def quantile(values: list[int], share: float) -> int | None:
    """The smallest value that `share` of them do not exceed."""
    if not values:
        return None
    return sorted(values)[max(math.ceil(share * len(values)) - 1, 0)]


def percent(part: int, whole: int) -> int | None:
    """Whole percent; None of nothing."""
    return round(100 * part / whole) if whole else None


def grouped(cases: Iterable[Case], name: Callable[[Case], str]) -> list[Group]:
    """By name, the largest first; cases without one are left out."""
    parts = _parts(cases, name)
    groups = [Group(key, figures_of(part)) for key, part in parts.items() if key]
    return sorted(groups, key=lambda group: (-group.figures.cases, group.name))


def by_month(cases: Iterable[Case]) -> list[Group]:
    """Months as 2026-03, by the time in Vietnam, without gaps between the first and the last."""
    parts = _parts(cases, lambda case: f"{case.requested_at.astimezone(VIETNAM):%Y-%m}")
    if not parts:
        return []
    months, last = [min(parts)], max(parts)
    while months[-1] < last:
        months.append(_next_month(months[-1]))
    return [Group(month, figures_of(parts.get(month, []))) for month in months]


def _next_month(month: str) -> str:
    year, number = map(int, month.split("-"))
    return f"{year + number // 12:04d}-{number % 12 + 1:02d}"


def _parts(cases: Iterable[Case], name: Callable[[Case], str]) -> dict[str, list[Case]]:
    parts: dict[str, list[Case]] = {}
    for case in cases:
        parts.setdefault(name(case), []).append(case)
    return parts


def hidden_readers(cases: Iterable[Case], actor: Actor) -> set[str]:
    """Readers with so few of these cases that only they and their hospital's coordinator may see which."""
    parts = _parts(cases, lambda case: case.reader_id)
    return {
        reader_id
        for reader_id, part in parts.items()
        if reader_id and len(part) < FEW and reader_id != actor.id and not _coordinates(actor, part[0])
    }


def _coordinates(actor: Actor, case: Case) -> bool:
    return actor.allows(Permission.CONSULT_COORDINATE) and actor.hospital_id == case.consulting_id


def by_reader(cases: Iterable[Case], actor: Actor) -> list[Group]:
    """By who accepted; those with small numbers together, without a name, and without figures when they are few."""
    found = [case for case in cases if case.reader_id]
    hidden = hidden_readers(found, actor)
    parts = _parts(found, lambda case: "" if case.reader_id in hidden else case.reader_id)
    groups = [Group(part[0].reader, figures_of(part)) for key, part in parts.items() if key]
    groups.sort(key=lambda group: (-group.figures.cases, group.name))
    few = parts.get("", [])
    return [*groups, Group("", figures_of(few), hidden=True)] if few else groups
