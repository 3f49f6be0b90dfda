"""Signing in and out, and the language of pages."""

import re
from urllib.parse import urlsplit

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from app.base.errors import TooMany
from app.base.i18n import LANGUAGES
from app.edge import language
from app.edge.actor import current_actor, optional_actor, public, session_cookie_name, signed_in_or_guest
from app.edge.errors import status_of
from app.edge.flash import flash
from app.edge.services import Services
from app.identity import actions
from app.identity.passwords import MAX_LENGTH, verify_password
from app.identity.sign_in import SessionTimes, StartedSession, visitor
from app.web.forms import sentence

YEAR = 365 * 24 * 3600
WRONG = "The sign-in name or the password is not right."
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def blueprint(services: Services) -> Blueprint:
    door = Blueprint("sign_in", __name__)
    pages = _Pages(services)
    door.get("/sign-in")(pages.sign_in_form)
    door.post("/sign-in")(pages.sign_in)
    door.post("/sign-out")(pages.sign_out)
    door.post("/language")(pages.choose_language)
    return door


class _Pages:
    def __init__(self, services: Services) -> None:
        self.services = services

    @public
    def sign_in_form(self) -> Response | str:
        if optional_actor() is not None:
            return redirect(safe_path(request.args.get("next")), 303)
        return self._form()

    @public
    def sign_in(self) -> Response | tuple[str, int]:
        login, password = request.form.get("login", ""), request.form.get("password", "")[: MAX_LENGTH + 1]
        try:
            started = self._try(login, password)
        except TooMany as error:
            return self._form(login, sentence(error)), status_of(error)
        if started is None:
            return self._form(login, language.gettext(WRONG)), 400
        return begin_browser_session(self.services, started, request.form.get("next"))

    def _try(self, login: str, password: str) -> StartedSession | None:
        """Three steps, because hashing a password takes long and must hold no transaction."""
        actor, db = visitor(request.remote_addr), self.services.db
        with db.transaction() as tx:
            attempt = actions.begin_sign_in(tx, actor, login=login)
        correct = verify_password(attempt.password_hash, password)
        with db.transaction() as tx:
            return actions.sign_in(
                tx,
                actor,
                attempt=attempt,
                password_correct=correct,
                times=session_times(self.services),
                browser=browser_name(),
            )

    def _form(self, login: str = "", problem: str = "") -> str:
        return render_template(
            "sign_in.html",
            login=login,
            problem=problem,
            next=safe_path(request.values.get("next")),
            providers=list(enumerate(self.services.settings.oidc)),
        )

    @signed_in_or_guest
    def sign_out(self) -> Response:
        with self.services.db.transaction() as tx:
            actions.sign_out(tx, current_actor())
        flash("done", "You have signed out.")
        return forget_browser(redirect("/sign-in", 303), secure=self.services.settings.web.secure)

    @public
    def choose_language(self) -> Response:
        """Kept in the browser, and for a person also in their account."""
        chosen = request.form.get("language", "")
        response = redirect(safe_path(request.form.get("next")), 303)
        if chosen in LANGUAGES:
            secure = self.services.settings.web.secure
            response.set_cookie(
                language.COOKIE, chosen, max_age=YEAR, samesite="Lax", secure=secure, httponly=True
            )
            actor = optional_actor()
            if actor is not None:
                with self.services.db.transaction() as tx:
                    actions.set_language(tx, actor, language=chosen)
        return response


def session_times(services: Services) -> SessionTimes:
    """As the settings say."""
    return SessionTimes(services.settings.session.idle_minutes, services.settings.session.hours)


def begin_browser_session(services: Services, started: StartedSession, next_path: str | None) -> Response:
    """Hands the browser its session and goes where the person wanted to."""
    secure = services.settings.web.secure
    response = redirect(safe_path(next_path), 303)
    response.set_cookie(
        session_cookie_name(secure=secure),
        started.token,
        httponly=True,
        samesite="Lax",
        secure=secure,
        path="/",
    )
    return response


def forget_browser(response: Response, *, secure: bool) -> Response:
    """Nobody who uses this computer next sees what the browser kept: pages, drafts, lines not yet sent. Cookies stay:
    the language, and the sentence on the next page.
    """
    response.delete_cookie(session_cookie_name(secure=secure), path="/", secure=secure, httponly=True)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def safe_path(wanted: str | None) -> str:
    """An address of ours, or the start: never another host, however it is written."""
    if not wanted or not re.fullmatch(r"/(?![/\\])[^\\\x00-\x20\x7f]*", wanted):
        return "/"
    parts = urlsplit(wanted)
    return wanted if not parts.scheme and not parts.netloc else "/"


def browser_name() -> str:
    """`Chrome, Windows`: enough to recognise one's own sessions by."""
    agent = request.headers.get("User-Agent", "")
    found = [next((name for mark, name in table if mark in agent), "") for table in (_BROWSERS, _SYSTEMS)]
    return ", ".join(name for name in found if name)
