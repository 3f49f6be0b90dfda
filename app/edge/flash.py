"""One sentence carried over a redirect, in a cookie that lives a minute. Only sentences of the catalogue are shown."""

import base64
import json
from dataclasses import dataclass
from typing import Literal

from flask import g, request
from werkzeug.wrappers import Response

from app.base.i18n import catalogue_for

Level = Literal["done", "note", "problem"]
_COOKIE = "hoichan-flash"


@dataclass(frozen=True)
class Flash:
    """`message` is a sentence of the catalogue, `params` its placeholders."""

    level: str
    message: str
    params: dict[str, str]


def flash(level: Level, message: str, **params: str) -> None:
    """Shows the sentence on the next page."""
    g.setdefault("flashes", []).append([level, message, params])


def take() -> list[Flash]:
    """For the layout: what the last request left, once."""
    raw = request.cookies.get(_COOKIE)
    if not raw:
        return []
    g.flashes_taken = True
    try:
        entries = json.loads(base64.urlsafe_b64decode(raw))
        found = [Flash(str(level), str(message), dict(params)) for level, message, params in entries]
    except (ValueError, TypeError):
        return []
    return [entry for entry in found if entry.message in catalogue_for("vi")]


def keep(response: Response, *, secure: bool) -> None:
    """After the request: hands new sentences on, drops those shown."""
    entries = g.get("flashes")
    if entries:
        value = base64.urlsafe_b64encode(json.dumps(entries).encode()).decode()
        response.set_cookie(_COOKIE, value, max_age=60, httponly=True, samesite="Lax", secure=secure)
    elif g.get("flashes_taken"):
        response.delete_cookie(_COOKIE, httponly=True, samesite="Lax", secure=secure)
