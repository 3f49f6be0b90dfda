"""Laboratory values read from lines: name, value, unit, reference range, and when they were taken.

A spreadsheet gives tabs between cells; typed lines use semicolons. A value outside its range is said to be so.
"""

import re
from dataclasses import dataclass

from app.base.errors import Invalid

MOST_LINES = 200
REFUSALS = frozenset({"not_a_lab_value", "too_many_labs"})  # codes of what labs_of raises
_LONGEST = (120, 60, 40, 60, 40)
_NUMBER = re.compile(r"^[<>≤≥]?\s*(-?\d+(?:[.,]\d+)?)\s*$")
_RANGE = re.compile(r"(-?\d+(?:[.,]\d+)?)\s*(?:-|\u2013|\u2014|÷|~|to|đến)\s*(-?\d+(?:[.,]\d+)?)")
_BOUND = re.compile(r"([<>≤≥])\s*(-?\d+(?:[.,]\d+)?)")
_SAID = {"H": "H", "L": "L", "CAO": "H", "THẤP": "L", "*": "A", "↑": "H", "↓": "L"}


@dataclass(frozen=True)
class Lab:
    """One value; `flag` is H or L beyond its range, A where it was only said to be abnormal, else empty."""

    name: str
    value: str
    number: float | None
    unit: str
    reference: str
    flag: str
    taken_at: str


def labs_of(text: str) -> list[Lab]:
    """In the order of the lines; raises Invalid naming the line that is none."""
    lines = [(number, line) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    if len(lines) > MOST_LINES:
        raise Invalid("too_many_labs", "At most {most} values can be added at a time.", most=MOST_LINES)
    return [_lab(number, line) for number, line in lines]


def _lab(line_number: int, line: str) -> Lab:
    cells = [cell.strip() for cell in line.split("\t" if "\t" in line else ";")]
    too_long = any(len(cell) > most for cell, most in zip(cells, _LONGEST, strict=False))
    if len(cells) < 2 or not cells[0] or not cells[1] or too_long:
        raise Invalid(
            "not_a_lab_value",
            "Line {number} was not understood. Write name, value, unit and reference range, with tabs or semicolons between them.",
            number=line_number,
        )
    name, value, unit, reference, taken_at = (*cells[:5], "", "", "", "", "")[:5]
    value, said = _without_flag(value)
    number = _number(value)
    return Lab(name, value, number, unit, reference, said or _flag(number, reference), taken_at)


def _without_flag(value: str) -> tuple[str, str]:
    first, _, last = value.rpartition(" ")
    flag = _SAID.get(last.upper(), "") if first else ""
    return (first.strip(), flag) if flag else (value, "")


def _number(text: str) -> float | None:
    found = _NUMBER.match(text)
    return float(found[1].replace(",", ".")) if found else None


def _flag(number: float | None, reference: str) -> str:
    if number is None:
        return ""
    if found := _RANGE.search(reference):
        low, high = (float(part.replace(",", ".")) for part in found.groups())
        return "L" if number < low else "H" if number > high else ""
    if found := _BOUND.search(reference):
        bound = float(found[2].replace(",", "."))
        above = found[1] in "<≤"
        return ("H" if number > bound else "") if above else ("L" if number < bound else "")
    return ""
