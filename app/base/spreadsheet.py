"""Tables for spreadsheets: CSV (RFC 4180) as UTF-8 with a byte order mark, by which spreadsheets know Vietnamese letters."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from io import StringIO
from typing import Any

from app.base.clock import VIETNAM
from app.base.i18n import Language, translate

BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

Cell = str | int | float | None


def csv_table(head: Sequence[str], rows: Iterable[Sequence[Cell]], language: Language | None = None) -> bytes:
    """A line for the head, in the language of whoever asks where one is given, and one for each row; None is empty. Text
    that a spreadsheet would take for a formula, and run, begins with an apostrophe (OWASP, CSV injection).
    """
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow([translate(language, name) for name in head] if language else head)
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return (BOM + text.getvalue()).encode()


def named_cell(language: Language, names: Mapping[Any, str], code: str) -> str:
    """What a code is called on the pages, in the language of whoever asks; empty stays empty."""
    return translate(language, names[code]) if code else ""


def local_cell(at: datetime | None) -> str:
    """A moment to the minute in Vietnam's time."""
    return f"{at.astimezone(VIETNAM):%Y-%m-%d %H:%M}" if at else ""


def _harmless(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
