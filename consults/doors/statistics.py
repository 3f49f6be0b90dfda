"""Door: the statistics of consultations, as a page and as a table for spreadsheets."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from io import BytesIO
from operator import attrgetter

from flask import Blueprint, render_template, request, send_file
from werkzeug.wrappers import Response

from app.base.actor import Permission
from app.base.clock import VIETNAM, now
from app.edge.actor import current_actor, requires
from app.edge.language import language
from app.edge.nav import NavItem, offer
from app.edge.services import Services
from consults.days import day_named
from consults.statistics.charts import Chart, chart, top_of_minutes
from consults.statistics.figures import (
    FEW,
    Figures,
    Group,
    by_month,
    by_reader,
    figures_of,
    grouped,
    hidden_readers,
)
from consults.statistics.queries import Case, cases_between
from consults.statistics.table import csv_of
from consults.urgency import URGENCY_NAMES

READ = requires(Permission.STATISTICS_READ)
CHOICES = ("referring", "consulting", "modality", "urgency")


def add_routes(door: Blueprint, services: Services) -> None:
    """Under /consults/statistics."""
    offer(door, NavItem(66, "/consults/statistics", "Statistics", (Permission.STATISTICS_READ,), "Manage"))

    @door.get("/statistics")
    @READ
    def statistics() -> str:
        return _page(_asked(services))

    @door.get("/statistics.csv")
    @READ
    def statistics_csv() -> Response:
        asked = _asked(services)
        table = csv_of(asked.cases, hidden_readers(asked.cases, current_actor()), language())
        name = f"consults-{asked.first}-{asked.last}.csv"
        return send_file(BytesIO(table), "text/csv; charset=utf-8", True, name)


@dataclass(frozen=True)
class _Asked:
    """The span, what was chosen, and the cases that are left; `every`: those of the span, for the choices."""

    first: date
    last: date
    chosen: dict[str, str]
    every: list[Case]
    cases: list[Case]
    readers: dict[str, str]


def _asked(services: Services) -> _Asked:
    last = day_named(request.args.get("to", ""), now().astimezone(VIETNAM).date())
    year_before = (last.replace(day=1) - timedelta(days=330)).replace(day=1)
    first = min(day_named(request.args.get("from", ""), year_before), last)
    begin, end = _midnight(first), _midnight(last + timedelta(days=1))
    with services.db.reading() as tx:
        every = cases_between(tx, current_actor(), begin, end)
    chosen = {name: request.args.get(name, "") for name in (*CHOICES, "reader")}
    left = [
        case
        for case in every
        if all(not chosen[name] or getattr(case, name) == chosen[name] for name in CHOICES)
    ]
    hidden = hidden_readers(left, current_actor())
    readers = {
        case.reader_id: case.reader for case in left if case.reader_id and case.reader_id not in hidden
    }
    if chosen["reader"] in readers:
        left = [case for case in left if case.reader_id == chosen["reader"]]
    else:
        chosen["reader"] = ""  # nobody is picked out of those whose numbers are small
    return _Asked(first, last, chosen, every, left, readers)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), VIETNAM)


def _page(asked: _Asked) -> str:
    months = [
        (f"{month.name[5:]}/{month.name[:4]}", month.name, month.figures) for month in by_month(asked.cases)
    ]
    return render_template(
        "consults/statistics.html",
        asked=asked,
        everything=figures_of(asked.cases),
        months=months,
        charts=_charts([(name, figures) for name, _, figures in months]),
        tables=_tables(asked.cases),
        readers=by_reader(asked.cases, current_actor()),
        options={name: sorted({getattr(case, name) for case in asked.every} - {""}) for name in CHOICES},
        urgency_names=URGENCY_NAMES,
        query=request.query_string.decode(),
        few=FEW,
    )


def _charts(months: list[tuple[str, Figures]]) -> dict[str, Chart]:
    names = [name for name, _ in months]
    waited = [figures.answered_median for _, figures in months]
    return {
        "cases": chart(names, [figures.cases for _, figures in months]),
        "waiting": chart(names, waited, top=top_of_minutes(waited)),
        "kept": chart(names, [figures.kept for _, figures in months], top=100),
    }


def _tables(cases: list[Case]) -> dict[str, list[Group]]:
    """By what the cases are grouped."""
    return {name: grouped(cases, attrgetter(name)) for name in CHOICES}
