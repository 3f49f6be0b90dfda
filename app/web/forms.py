"""Forms that come back with a sentence instead of an error page, and what was entered still in them."""

from flask import request

from app.base.errors import HoichanError, Invalid
from app.edge.language import gettext


def sentence(error: HoichanError) -> str:
    """What went wrong, in the reader's language."""
    return gettext(error.message, **error.params)


def text(name: str) -> str:
    """A field of the form without surrounding space; empty when absent."""
    return request.form.get(name, "").strip()


def optional(name: str) -> str | None:
    """A field that may be left empty."""
    return text(name) or None


def number(name: str, empty: int | None) -> int | None:
    """A whole number, or `empty` when nothing was entered. Raises Invalid for what is none."""
    entered = text(name)
    if not entered:
        return empty
    try:
        return int(entered)
    except ValueError as error:
        raise Invalid("bad_number", "Please enter a whole number.") from error
