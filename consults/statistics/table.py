"""The cases as a table for spreadsheets: times of Vietnam, no patient."""

from collections.abc import Collection, Iterable

from app.base.i18n import Language
from app.base.spreadsheet import Cell, csv_table, local_cell, named_cell
from consults.lifecycle import OUTCOME_NAMES
from consults.statistics.figures import minutes_of
from consults.statistics.queries import Case
from consults.urgency import URGENCY_NAMES

HEAD = (
    "Case number",
    "Sent by",
    "Answered by",
    "Specialist",
    "Modality",
    "Urgency",
    "Sent at",
    "Promised by",
    "Accepted at",
    "Answered at",
    "Minutes to acceptance",
    "Minutes to the opinion",
    "In time",
    "Times sent back",
    "Outcome",
)


def csv_of(cases: Iterable[Case], hidden: Collection[str], language: Language) -> bytes:
    """One line a case; readers in `hidden` are not named. It speaks the language of whoever asks."""
    return csv_table(HEAD, [_row(case, hidden, language) for case in cases], language)


def _row(case: Case, hidden: Collection[str], language: Language) -> list[Cell]:
    return [
        case.number,
        case.referring,
        case.consulting,
        "" if case.reader_id in hidden else case.reader,
        case.modality,
        named_cell(language, URGENCY_NAMES, case.urgency),
        local_cell(case.requested_at),
        local_cell(case.due_at),
        local_cell(case.accepted_at),
        local_cell(case.answered_at),
        minutes_of(case.accepted_at - case.requested_at) if case.accepted_at else None,
        minutes_of(case.answered_at - case.requested_at) if case.answered_at else None,
        None if case.in_promise is None else int(case.in_promise),
        case.returned,
        named_cell(language, OUTCOME_NAMES, case.agreement),
    ]
