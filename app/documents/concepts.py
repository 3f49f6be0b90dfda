"""Coded names, people and moments of a data set in a form for people."""

from typing import Any

from app.archive import names
from app.archive.header import Header

CODE_VALUE, SCHEME, MEANING = 0x00080100, 0x00080102, 0x00080104
_LONG_CODE, _URN_CODE = 0x00080119, 0x00080120
_LONGEST = 200


def code_of(item: Header | None) -> dict[str, str] | None:
    """A code sequence's item (PS3.3 8.8): value, scheme, meaning; None when it says nothing."""
    if item is None:
        return None
    value = item.code(CODE_VALUE) or item.code(_LONG_CODE) or item.code(_URN_CODE)
    found = {"value": value, "scheme": item.code(SCHEME), "meaning": item.text(MEANING, _LONGEST)}
    return found if value or found["meaning"] else None


def first_code(header: Header, tag: int) -> dict[str, str] | None:
    """The code in the one item of a sequence."""
    return code_of(header.item(tag))


def person(header: Header, tag: int) -> str:
    return names.display(header.text(tag, _LONGEST))


def moment(header: Header, *tags: int) -> str:
    """DA, TM or DT values one behind the other, as they stand; the page writes them in its language."""
    return "".join(header.code(tag) for tag in tags)


def number_or_text(header: Header, tag: int) -> Any:
    """A decimal as it was sent and as a number: {"text", "number"}; None when there is none."""
    text = header.code(tag)
    return {"text": text[:64], "number": header.number(tag)} if text else None
