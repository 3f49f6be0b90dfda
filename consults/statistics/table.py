"""The cases as a table for spreadsheets: UTF-8 with a BOM, times of Vietnam, no patient."""

import csv
from collections.abc import Collection, Iterable
from datetime import datetime
from io import StringIO

from consults.agreements.cover import VIETNAM
from consults.statistics.figures import minutes_of
from consults.statistics.queries import Case

BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
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
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(HEAD)
    for case in cases:
        writer.writerow(
            (
                _plain(case.number),
                _plain(case.referring),
                _plain(case.consulting),
                "" if case.reader_id in hidden else _plain(case.reader),
                _plain(case.modality),
                case.urgency,
                _local(case.requested_at),
                _local(case.due_at),
                _local(case.accepted_at),
                _local(case.answered_at),
                minutes_of(case.accepted_at - case.requested_at) if case.accepted_at else "",
                minutes_of(case.answered_at - case.requested_at) if case.answered_at else "",
                {True: 1, False: 0, None: ""}[case.in_promise],
                case.returned,
                case.agreement,
            )
        )
    return (BOM + text.getvalue()).encode()


def _local(at: datetime | None) -> str:
    return f"{at.astimezone(VIETNAM):%Y-%m-%d %H:%M}" if at else ""


def _plain(text: str) -> str:
    """A name that begins like a formula is no formula to a spreadsheet."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text
