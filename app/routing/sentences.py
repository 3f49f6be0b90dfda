"""What went wrong, kept in a row so that each reader gets it in their language."""

import json
from typing import Any

from app.base.errors import HoichanError

_MOST = 400


def kept(error: HoichanError) -> str:
    """A sentence of the catalogue with what fills it, short enough for a row."""
    params = {name: str(value)[:80] for name, value in error.params.items()}
    text = json.dumps([error.message, params], ensure_ascii=False)
    return text if len(text) <= _MOST else str(error)[:_MOST]


def told(text: str) -> tuple[str, dict[str, Any]]:
    """The sentence and what fills it. What a peer said in its own words has no translation and comes as it is."""
    if not text.startswith("["):
        return text, {}
    try:
        message, params = json.loads(text)
        return str(message), dict(params)
    except (ValueError, TypeError):
        return text, {}
