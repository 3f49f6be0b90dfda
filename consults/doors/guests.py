"""Door: inviting somebody without an account, and the link they come in by.

The link's token stands in the address of the question alone; link and code together exchange it for a session.
"""

from datetime import date, datetime, time, timedelta

from flask import Blueprint, Response, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from app.base.actor import Permission, link_holder
from app.base.clock import VIETNAM, now
from app.base.errors import HoichanError, NotFound
from app.base.limits import hit
from app.edge.actor import current_actor, public, requires, session_cookie_name
from app.edge.errors import status_of
from app.edge.flash import flash
from app.edge.headers import hide_address
from app.edge.language import gettext
from app.edge.services import Services
from app.identity.sign_in import SessionTimes
from consults.days import nearest
from consults.guests import actions
from consults.guests.actions import Attempt, Invited
from consults.guests.queries import GuestFront, guest_front, guest_list
from consults.guests.schemas import InviteGuest, OfGuest
from consults.schemas import parse

ANSWERS, MISSES, WINDOW = 20, 60, 300  # an address may try so often in so many seconds
FIELDS = ("name", "licence_number", "hospital", "contact", "until")
LABELS = {
    "contact": "Telephone or e-mail",
    "hospital": "Hospital",
    "licence_number": "Licence number",
    "name": "Name",
    "until": "Until the end of",
}
MARK = {"aria-invalid": "true", "autofocus": ""}
WANTED = {
    "contact": "A telephone number or e-mail has at most 200 characters.",
    "hospital": "The name of a hospital has 2 to 200 characters.",
    "licence_number": "A licence number has 2 to 40 characters, such as 001234/HCM-CCHN.",
    "name": "A name has 2 to 150 characters.",
    "until": "Choose the last day on which the link opens.",
}
# Tells our own pages the site, never the path with the token; no-referrer would make old Safari send `Origin: null`.
REFERRER = "strict-origin"


def add_routes(door: Blueprint, services: Services) -> None:
    """Under /consults/<id>/guests, for the referring side."""
    pages = _Managing(services)
    door.get("/<consult_id>/guests")(pages.guests)
    door.post("/<consult_id>/guests")(pages.invite_guest)
    door.post("/<consult_id>/guests/<guest_id>/renew")(pages.renew_guest)
    door.post("/<consult_id>/guests/<guest_id>/withdraw")(pages.withdraw_guest)


class _Managing:
    def __init__(self, services: Services) -> None:
        self.services = services

    @requires(Permission.CONSULT_ASK)
    def guests(self, consult_id: str) -> str:
        return self._page(consult_id)

    @requires(Permission.CONSULT_ASK)
    def invite_guest(self, consult_id: str) -> str | tuple[str, int]:
        """Link and code stand in the answer alone: they are kept nowhere."""
        entered = {name: request.form.get(name, "").strip() for name in FIELDS}
        hidden = "hides_identity" in request.form
        sent = entered | {
            "consult_id": consult_id,
            "hides_identity": hidden,
            "until": _end_of(entered["until"]),
        }
        try:
            wish = parse(InviteGuest, sent)
            with self.services.db.transaction() as tx:
                made = actions.invite_guest(tx, current_actor(), wish=wish)
        except NotFound:
            raise
        except HoichanError as error:
            wrong = str(error.params.get("where", ""))
            kept: dict[str, object] = entered | {"hides_identity": hidden}
            return self._page(consult_id, kept, _sentence(error), wrong), status_of(error)
        return self._handed(consult_id, made)

    @requires(Permission.CONSULT_ASK)
    def renew_guest(self, consult_id: str, guest_id: str) -> str:
        wish = parse(OfGuest, {"consult_id": consult_id, "guest_id": guest_id})
        with self.services.db.transaction() as tx:
            made = actions.renew_invitation(tx, current_actor(), wish=wish)
        return self._handed(consult_id, made)

    @requires(Permission.CONSULT_ASK)
    def withdraw_guest(self, consult_id: str, guest_id: str) -> BaseResponse:
        wish = parse(OfGuest, {"consult_id": consult_id, "guest_id": guest_id})
        with self.services.db.transaction() as tx:
            actions.withdraw_guest(tx, current_actor(), wish=wish)
        flash("done", "The invitation has been withdrawn. It opens nothing any more.")
        return redirect(f"/consults/{consult_id}/guests", 303)

    def _page(
        self,
        consult_id: str,
        entered: dict[str, object] | None = None,
        problem: str = "",
        wrong: str = "",
    ) -> str:
        """`wrong`: the field that was refused."""
        with self.services.db.reading() as tx:
            found = guest_list(tx, current_actor(), consult_id)
        today = now().astimezone(VIETNAM).date()
        days = {"least": today, "most": today + timedelta(days=actions.MOST_DAYS)}
        shown = entered or {"until": (today + timedelta(days=7)).isoformat()}
        marks = {name: MARK if name == wrong else {} for name in FIELDS}
        told = {"form": shown, "days": days, "problem": problem, "marks": marks}
        return render_template("consults/guests.html", found=found, **told)

    def _handed(self, consult_id: str, made: Invited) -> str:
        hide_address()
        with self.services.db.reading() as tx:
            found = guest_list(tx, current_actor(), consult_id)
        guest = next(one for one in found.guests if one.id == made.guest_id)
        address = f"{self.services.settings.web.origin}/g/{made.token}"
        return render_template(
            "consults/guest_paper.html", consult_id=consult_id, guest=guest, address=address, code=made.code
        )


def _end_of(day: str) -> datetime | str:
    """The last moment of a day as the form sends it; what is no day goes on to be refused."""
    try:
        return datetime.combine(nearest(date.fromisoformat(day)) + timedelta(days=1), time(), VIETNAM)
    except ValueError:
        return ""


def _sentence(error: HoichanError) -> str:
    if error.code != "invalid_wish":
        return gettext(error.message, **error.params)
    where = str(error.params["where"])
    told = gettext(error.message, where=gettext(LABELS.get(where, "Name")))
    return f"{told} {gettext(WANTED[where])}" if where in WANTED else told


def blueprint(services: Services) -> Blueprint:
    """The link itself, outside of everything that needs a session."""
    door = Blueprint("guests", __name__)
    door.after_request(_private)
    pages = _Entrance(services)
    door.get("/g/<token>")(pages.front)
    door.post("/g/<token>")(pages.enter)
    return door


def _private(response: Response) -> Response:
    response.headers["Referrer-Policy"] = REFERRER
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


class _Entrance:
    def __init__(self, services: Services) -> None:
        self.services = services

    @public
    def front(self, token: str) -> str:
        """Only looks: the preview a messenger fetches uses nothing up."""
        return _asked(self._front(token))

    @public
    def enter(self, token: str) -> BaseResponse:
        self._limit("guest-answer", ANSWERS)
        front = self._front(token)
        if "confirmed" not in request.form:
            problem = gettext("Confirm that you are the one invited.")
            return make_response(_asked(front, problem), 400)
        attempt = self._try(token)
        if attempt.session is None:
            return make_response(_asked(self._front(token), _wrong(attempt)), 403)
        response = redirect(f"/consults/{attempt.consult_id}", 303)
        secure = self.services.settings.web.secure
        name = session_cookie_name(secure=secure)
        response.set_cookie(
            name, attempt.session.token, httponly=True, samesite="Lax", secure=secure, path="/"
        )
        return response

    def _front(self, token: str) -> GuestFront:
        hide_address()
        try:
            with self.services.db.reading() as tx:
                return guest_front(tx, token)
        except NotFound:
            self._limit("guest-miss", MISSES)
            raise

    def _limit(self, name: str, most: int) -> None:
        with self.services.db.transaction() as tx:
            hit(tx, name, request.remote_addr or "", limit=most, seconds=WINDOW)

    def _try(self, token: str) -> Attempt:
        times = self.services.settings.session
        with self.services.db.transaction() as tx:
            return actions.answer_invitation(
                tx,
                link_holder(request.remote_addr),
                token=token,
                code=request.form.get("code", "")[:100],
                licence_number=request.form.get("licence_number", "")[:100],
                times=SessionTimes(times.idle_minutes, times.hours),
                browser=request.user_agent.string,
            )


def _wrong(attempt: Attempt) -> str:
    if attempt.tries_left <= 0:
        return ""
    return gettext("Code or licence number is not right. {count} tries are left.", count=attempt.tries_left)


def _asked(front: GuestFront, problem: str = "") -> str:
    return render_template("consults/guest_door.html", front=front, problem=problem)
