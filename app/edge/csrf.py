"""Forged requests: every unsafe request made with a cookie carries a token only our own pages know.

With a session the token is kept in the session's row; before signing in it is derived from a random cookie
that scripts cannot read (double submit). `Sec-Fetch-Site` and `Origin`, where the browser sends them, must be ours.
"""

from urllib.parse import urlsplit

from flask import current_app, g, request
from werkzeug.wrappers import Response

from app.base.errors import Forbidden
from app.base.ids import new_secret
from app.base.settings import Settings
from app.base.signing import digest_of, equal
from app.edge.rules import BODY_LIMIT

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
HEADER = "X-CSRF-Token"
FIELD = "csrf_token"


def _cookie_name() -> str:
    return "__Host-hoichan-form" if _settings().web.secure else "hoichan-form"


def _settings() -> Settings:
    settings: Settings = current_app.extensions["hoichan"].settings
    return settings


def token() -> str:
    """What a page writes into its forms and its meta element."""
    if g.get("session") is not None:
        return str(g.session.csrf_token)
    secret = request.cookies.get(_cookie_name()) or g.get("new_form_secret")
    if not secret:
        secret = g.new_form_secret = new_secret()
    return digest_of(f"form:{secret}")


def keep(response: Response) -> None:
    """After the request: hands the browser the cookie that a new token was derived from."""
    secret = g.get("new_form_secret")
    if secret:
        response.set_cookie(
            _cookie_name(), secret, httponly=True, samesite="Strict", secure=_settings().web.secure, path="/"
        )


def check() -> None:
    """Raises Forbidden when an unsafe request does not come from a page of ours."""
    if request.method in SAFE:
        return
    if not comes_from_us() or not equal(request.headers.get(HEADER) or _field(), token()):
        raise Forbidden("stale_page", "This page had become too old. Go back, reload it and try once more.")


def _field() -> str:
    """The form's token. Large bodies are not read for it: uploads carry the header."""
    is_form = request.mimetype in {"application/x-www-form-urlencoded", "multipart/form-data"}
    small = request.content_length is not None and request.content_length <= BODY_LIMIT
    return request.form.get(FIELD, "") if is_form and small else ""


def comes_from_us() -> bool:
    """By what the browser itself says about where a request was made; absent headers prove nothing and pass."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin")
    return origin is None or is_own_origin(origin, _settings(), request.host)


def is_own_origin(origin: str, settings: Settings, host: str) -> bool:
    """Whether an Origin header names this service: its public address, or the host that was asked for."""
    asked = urlsplit(origin)
    same_host = asked.netloc == host and (asked.scheme == "https" or not settings.web.secure)
    return origin == settings.web.origin or same_host
