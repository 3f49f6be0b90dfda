"""Forms that come back with a sentence instead of an error page, and what was entered still in them."""

from flask import request

from app.base.errors import HoichanError
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
