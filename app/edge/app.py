"""Makes a Flask app one of ours: `install(flask_app, services)` before the blueprints are registered."""

import hashlib
import logging
import time
from functools import cache
from pathlib import Path

from flask import Flask, Response, current_app, g, request
from jinja2 import ChoiceLoader, FileSystemLoader

from app.base.actor import Permission
from app.base.i18n import LANGUAGES
from app.edge import csrf, errors, flash, headers, moments, nav
from app.edge.actor import admit, optional_actor, take_bearers
from app.edge.bundles import bundle
from app.edge.compression import pack_file
from app.edge.language import gettext, language, ngettext
from app.edge.services import Services

log = logging.getLogger("hoichan.web")

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "app" / "web" / "templates"
STATIC = ROOT / "app" / "web" / "static"


def create_flask() -> Flask:
    """An empty app with our static folder; `install` does the rest."""
    return Flask("hoichan", static_folder=str(STATIC), static_url_path="/static", template_folder=None)


def install(flask_app: Flask, services: Services) -> None:
    """Errors, headers, the actor, forgery checks, language, templates, limits and the log line."""
    flask_app.extensions["hoichan"] = services
    flask_app.jinja_loader = ChoiceLoader(
        [FileSystemLoader(folder) for folder in (TEMPLATES, *services.platform.templates)]
    )
    flask_app.jinja_env.trim_blocks = flask_app.jinja_env.lstrip_blocks = True
    flask_app.jinja_env.globals.update(_globals())
    flask_app.jinja_env.filters.update(moment=moments.moment, day=moments.day)
    flask_app.config["MAX_FORM_MEMORY_SIZE"] = 1 << 20
    flask_app.config["MAX_FORM_PARTS"] = 500
    errors.install(flask_app)
    take_bearers(flask_app, services)
    flask_app.before_request(_begin)
    flask_app.after_request(_finish)


def _globals() -> dict[str, object]:
    return {
        "_": gettext,
        "_n": ngettext,
        "LANGUAGES": LANGUAGES,
        "Permission": Permission,
        "actor": optional_actor,
        "bundle": bundle,
        "csrf_token": csrf.token,
        "flashes": flash.take,
        "language": language,
        "menu": lambda: nav.menu_for(optional_actor()),
        "path_here": nav.path_here,
        "session_info": lambda: g.get("session"),
        "static_url": static_url,
    }


def _begin() -> None:
    g.started = time.perf_counter()
    admit(current_app.extensions["hoichan"])


def _finish(response: Response) -> Response:
    settings = current_app.extensions["hoichan"].settings
    csrf.keep(response)
    flash.keep(response, secure=settings.web.secure)
    if g.get("hide_address"):
        response.headers["Referrer-Policy"] = "no-referrer"
    headers.add(response, settings)
    if request.endpoint == "static":
        pack_file(response)
    _log(response)
    return response


def _log(response: Response) -> None:
    """The route's pattern, never the address: that may hold a link's secret or a search for a name."""
    actor = optional_actor()
    took = (time.perf_counter() - g.get("started", time.perf_counter())) * 1000
    pattern = request.url_rule.rule if request.url_rule else "-"
    who = f"{actor.kind.value}:{actor.id}" if actor else "-"
    log.info("%s %s %d %.0f ms %s", request.method, pattern, response.status_code, took, who)


def static_url(name: str) -> str:
    """Address of a file of ours with a digest of its content, so that it may be kept for a year."""
    return f"/static/{name}?v={_digest(STATIC / name, (STATIC / name).stat().st_mtime_ns)}"


@cache
def _digest(path: Path, _changed_at: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]
