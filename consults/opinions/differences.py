"""Two texts word by word, and the table of a quality meeting."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from app.base.i18n import Language
from app.base.spreadsheet import Cell, csv_table, named_cell
from consults.opinions.quality import Pair
from consults.urgency import URGENCY_NAMES

HEAD = (
    "Code",
    "Month",
    "Urgency",
    "Blind second reading",
    "Grade",
    "Difference",
    "Note",
    "Question",
    "First reading",
    "Second reading",
    "Changed afterwards",
    "Version of the second reading",
)
WORD = re.compile(r"\S+\s*")


@dataclass(frozen=True)
class Piece:
    """Words that both have, or only this one."""

    text: str
    is_own: bool


@dataclass(frozen=True)
class Compared:
    """Both texts in pieces, and how much of them differs, 0 to 1."""

    first: tuple[Piece, ...]
    second: tuple[Piece, ...]
    difference: float


def compare(first: str, second: str) -> Compared:
    """Word by word; spaces and breaks count for nothing."""
    left, right = WORD.findall(first), WORD.findall(second)
    matcher = SequenceMatcher(
        None, [one.strip() for one in left], [one.strip() for one in right], autojunk=False
    )
    ones, others = [], []
    for tag, start, end, begin, stop in matcher.get_opcodes():
        is_own = tag != "equal"
        if end > start:
            ones.append(Piece("".join(left[start:end]), is_own))
        if stop > begin:
            others.append(Piece("".join(right[begin:stop]), is_own))
    return Compared(tuple(ones), tuple(others), 1 - matcher.ratio())


def csv_of(pairs: Iterable[Pair], language: Language) -> bytes:
    """A line for each question and one for the whole (question 0). It is the first reading that was changed."""
    return csv_table(HEAD, (row for pair in pairs for row in _rows(pair, language)), language)


def _rows(pair: Pair, language: Language) -> Iterator[tuple[Cell, ...]]:
    for place, words in enumerate(pair.words, start=1):
        number = place if words.question else 0
        share = f"{compare(words.first, words.second).difference:.2f}"
        urgency = named_cell(language, URGENCY_NAMES, pair.urgency)
        of_case = (pair.code, pair.month, urgency, int(pair.is_blind), pair.grade, share, pair.note)
        yield (*of_case, number, words.first, words.second, int(words.is_changed), pair.version)
