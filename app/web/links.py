"""Patients' links: made, listed, printed, taken back; who opened them."""

import json

import segno
from flask import Blueprint, Response, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from app.archive.queries import study_info
from app.base.actor import Permission
from app.base.errors import Invalid
from app.edge.actor import current_actor, requires
from app.edge.flash import flash
from app.edge.headers import hide_address
from app.edge.nav import NavItem, offer
from app.edge.services import Services
from app.identity.queries import hospital
from app.sharing.actions import NewLink, create_link, revoke_link
from app.sharing.queries import link_info, link_offer, links_of_study, list_links, openings
from app.sharing.states import Factor

PER_PAGE = 50
SECRET_SECONDS = 900
_SECRET = "hoichan-new-link"  # noqa: S105 - the cookie's name; its value is the secret
FACTORS = {
    Factor.BIRTH_DATE: "Date of birth",
    Factor.BIRTH_YEAR: "Year of birth",
    Factor.CODE: "A code of eight digits, printed on the paper",
}
STATES = {"expired": "Expired", "locked": "Locked", "open": "Works", "revoked": "Taken back"}
OUTCOMES = {"locked": "Refused: locked", "opened": "Opened", "wrong": "Wrong answer"}
DAY_CHOICES = (7, 30, 90, 180, 365)


def blueprint(services: Services) -> Blueprint:
    door = Blueprint("links", __name__)
    offer(door, NavItem(40, "/links", "Patient links", (Permission.LINK_MANAGE,)))
    door.add_app_template_global(
        lambda: {"factors": FACTORS, "states": STATES, "outcomes": OUTCOMES}, "link_words"
    )
    _add_of_study(door, services)
    _add_lists(door, services)
    _add_paper(door, services)
    return door


def _add_of_study(door: Blueprint, services: Services) -> None:
    @door.get("/studies/<study_id>/links")
    @requires(Permission.LINK_MANAGE)
    def of_study(study_id: str) -> str:
        actor = current_actor()
        with services.db.reading() as tx:
            offered = link_offer(tx, actor, study_id)
            links = links_of_study(tx, actor, study_id)
            study = study_info(tx, actor, study_id)
        return render_template(
            "study_links.html",
            study=study,
            offer=offered,
            links=links,
            days=services.settings.links.days,
            day_choices=_day_choices(services),
        )

    @door.post("/studies/<study_id>/links")
    @requires(Permission.LINK_MANAGE)
    def make(study_id: str) -> BaseResponse:
        with services.db.transaction() as tx:
            made = create_link(
                tx,
                current_actor(),
                study_id=study_id,
                factor=_factor(request.form.get("factor", "")),
                text=request.form.get("text", ""),
                days=request.form.get("days", 0, type=int),
                most_days=services.settings.links.max_days,
            )
        response = redirect(f"/links/{made.id}/paper", 303)
        _carry_secret(response, made, secure=services.settings.web.secure)
        return response


def _day_choices(services: Services) -> list[int]:
    most = services.settings.links.max_days
    return sorted({*(days for days in DAY_CHOICES if days <= most), services.settings.links.days})


def _factor(text: str) -> Factor:
    try:
        return Factor(text)
    except ValueError:
        raise Invalid("factor_unknown", "What this link would ask is not known of the patient.") from None


def _carry_secret(response: BaseResponse, made: NewLink, *, secure: bool) -> None:
    """We keep no secret; the browser of whoever made the link does, for one page and a quarter of an hour."""
    response.set_cookie(
        _SECRET,
        json.dumps([made.token, made.code]),
        max_age=SECRET_SECONDS,
        path=f"/links/{made.id}/paper",
        httponly=True,
        samesite="Strict",
        secure=secure,
    )


def _add_paper(door: Blueprint, services: Services) -> None:
    @door.get("/links/<link_id>/paper")
    @requires(Permission.LINK_MANAGE)
    def paper(link_id: str) -> Response:
        """The page to print for the patient; only in the browser that made the link, shortly after."""
        actor = current_actor()
        with services.db.reading() as tx:
            link = link_info(tx, actor, link_id)
            issuer = hospital(tx, actor.hospital_id or "")
        token, code = _carried_secret()
        address = f"{services.settings.web.origin}/r/{token}" if token else ""
        hide_address()
        page = render_template(
            "link_paper.html",
            link=link,
            hospital=issuer,
            address=address,
            code=code,
            qr=qr_picture(address) if address else "",
        )
        return make_response(page)


def _carried_secret() -> tuple[str, str | None]:
    try:
        token, code = json.loads(request.cookies.get(_SECRET, ""))
    except (ValueError, TypeError):
        return "", None
    return str(token), str(code) if code else None


def qr_picture(address: str) -> str:
    """A data: address of the QR code as SVG (allowed for pictures by our policy). Level M bears a crease."""
    return str(segno.make(address, error="m", micro=False).svg_data_uri(border=4, scale=8))


def _add_lists(door: Blueprint, services: Services) -> None:
    @door.get("/links")
    @requires(Permission.LINK_MANAGE)
    def links() -> str:
        number = min(max(request.args.get("page", 0, type=int), 0), 1000)
        with services.db.reading() as tx:
            found = list_links(tx, current_actor(), limit=PER_PAGE + 1, offset=number * PER_PAGE)
        return render_template(
            "links.html",
            links=found[:PER_PAGE],
            newer=f"/links?page={number - 1}" if number else "",
            older=f"/links?page={number + 1}" if len(found) > PER_PAGE else "",
        )

    @door.get("/links/<link_id>")
    @requires(Permission.LINK_MANAGE)
    def link(link_id: str) -> str:
        with services.db.reading() as tx:
            found = link_info(tx, current_actor(), link_id)
            seen = openings(tx, current_actor(), link_id)
        return render_template("link.html", link=found, openings=seen)

    @door.post("/links/<link_id>/revoke")
    @requires(Permission.LINK_MANAGE)
    def revoke(link_id: str) -> BaseResponse:
        with services.db.transaction() as tx:
            revoke_link(tx, current_actor(), link_id=link_id)
        flash("done", "The link has been taken back. It opens nothing any more.")
        return redirect(f"/links/{link_id}", 303)
