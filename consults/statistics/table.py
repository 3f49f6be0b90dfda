"""The cases as a table for spreadsheets: times of Vietnam, no patient."""

from collections.abc import Collection, Iterable

from app.base.spreadsheet import Cell, csv_table, local_cell
from consults.statistics.figures import minutes_of
from consults.statistics.queries import Case

HEAD = (
    "number",
    "referring_hospital",
    "consulting_hospital",
    "reader",
    "modality",
    "urgency",
    "requested_at",
    "promised_by",
    "accepted_at",
    "answered_at",
    "minutes_to_acceptance",
    "minutes_to_opinion",
    "in_promise",
    "times_returned",
    "outcome",
)


def csv_of(cases: Iterable[Case], hidden: Collection[str]) -> bytes:
    """One line a case; readers in `hidden` are not named."""
    return csv_table(HEAD, [_row(case, hidden) for case in cases])


def _row(case: Case, hidden: Collection[str]) -> list[Cell]:
    return [
        case.number,
        case.referring,
        case.consulting,
        "" if case.reader_id in hidden else case.reader,
        case.modality,
        case.urgency,
        local_cell(case.requested_at),
        local_cell(case.due_at),
        local_cell(case.accepted_at),
        local_cell(case.answered_at),
        minutes_of(case.accepted_at - case.requested_at) if case.accepted_at else None,
        minutes_of(case.answered_at - case.requested_at) if case.answered_at else None,
        None if case.in_promise is None else int(case.in_promise),
        case.returned,
        case.agreement,
    ]
