"""Headers of every answer: what a browser may load, keep and tell others."""

from flask import g, request
from werkzeug.wrappers import Response

from app.base.settings import Settings

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'{sockets}; "
    "font-src 'self'; media-src 'self' blob:; frame-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
PERMISSIONS_POLICY = "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"
YEAR = 365 * 24 * 3600
MONTH = 30 * 24 * 3600


def add(response: Response, settings: Settings) -> None:
    """What a view set itself stays."""
    headers = response.headers
    headers.setdefault("Content-Security-Policy", _policy(settings))
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    if settings.web.secure:
        headers.setdefault("Strict-Transport-Security", f"max-age={YEAR}; includeSubDomains")
    if request.endpoint == "static":
        headers["Cache-Control"] = _static_caching()
    else:
        headers.setdefault("Cache-Control", "no-store")


def _policy(settings: Settings) -> str:
    # 'self' covers WebSockets of the same origin in today's browsers; Safari before 15.4 wants them by name.
    host = settings.web.origin.split("://", 1)[1]
    sockets = f" {'wss' if settings.web.secure else 'ws'}://{host}"
    return CONTENT_SECURITY_POLICY.format(sockets=sockets)


def _static_caching() -> str:
    """Addresses that carry a digest of their content never change; others are asked about again."""
    if "v" in request.args or request.path.startswith("/static/viewer/assets/"):
        return f"public, max-age={YEAR}, immutable"
    return f"public, max-age={MONTH}" if request.path.startswith("/static/viewer/fonts/") else "no-cache"


def hide_address() -> None:
    """For pages whose address holds a one-time secret: it is told to nobody, not even to ourselves."""
    g.hide_address = True
