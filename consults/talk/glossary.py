"""Phrases of radiology in Vietnamese and English, from a file that every hospital may change."""

import csv
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

COLUMNS = ["vi", "en", "short"]


class Phrase(NamedTuple):
    """One line of the file; `short`: abbreviations people write, separated by a comma, or empty."""

    vi: str
    en: str
    short: str


def phrases(file: Path) -> list[Phrase]:
    """All phrases in the file's order; read again when the file has changed. No file: none.

    The first line names the columns. Lines without both languages are left out, so that a half written one
    breaks nothing.
    """
    if not file.is_file():
        return []
    return list(_read(file, file.stat().st_mtime_ns))


@lru_cache(maxsize=2)
def _read(file: Path, _changed: int) -> tuple[Phrase, ...]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        rows = csv.DictReader(lines)
        found = (Phrase(*((row.get(column) or "").strip() for column in COLUMNS)) for row in rows)
        return tuple(phrase for phrase in found if phrase.vi and phrase.en)
