"""Door: the protocols of a hospital, and how much of a case's studies has arrived."""

from flask import Blueprint, Response, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from app.base.actor import Permission
from app.base.errors import HoichanError, NotFound
from app.edge.actor import current_actor, requires
from app.edge.errors import status_of
from app.edge.flash import flash
from app.edge.language import gettext
from app.edge.nav import NavItem, offer
from app.edge.services import Services
from consults.event_base import moment_json
from consults.preflight.actions import add_protocol, remove_protocol
from consults.preflight.queries import arrivals, protocols
from consults.preflight.schemas import ProtocolInput
from consults.schemas import parse

ADDRESS = "/consults/protocols"
FIELDS = {"modality": "Modality", "series": "Series that have to be there", "words": "Words of the study"}


def add_routes(door: Blueprint, services: Services) -> None:
    """Under /consults/protocols and /consults/<id>/arrival."""
    offer(door, NavItem(48, ADDRESS, "Protocols", (Permission.VIEWER_MANAGE,), "Archive"))

    @door.get("/protocols")
    @requires(Permission.VIEWER_MANAGE)
    def protocols_page() -> str:
        return _page(services)

    @door.post("/protocols")
    @requires(Permission.VIEWER_MANAGE)
    def add() -> BaseResponse | tuple[str, int]:
        series = [line for line in request.form.get("series", "").splitlines() if line.strip()]
        sent = {name: request.form.get(name, "").strip() for name in ("modality", "words")}
        try:
            content = parse(ProtocolInput, {**sent, "modality": sent["modality"].upper(), "series": series})
            with services.db.transaction() as tx:
                add_protocol(tx, current_actor(), content=content)
        except NotFound:
            raise
        except HoichanError as error:
            return _page(services, _sentence(error)), status_of(error)
        flash("done", "Saved.")
        return redirect(ADDRESS, 303)

    @door.post("/protocols/<protocol_id>/remove")
    @requires(Permission.VIEWER_MANAGE)
    def remove(protocol_id: str) -> BaseResponse:
        with services.db.transaction() as tx:
            remove_protocol(tx, current_actor(), protocol_id=protocol_id)
        flash("done", "Saved.")
        return redirect(ADDRESS, 303)

    @door.get("/<consult_id>/arrival")
    @requires(Permission.CONSULT_DISCUSS)
    def arrival(consult_id: str) -> Response:
        with services.db.reading() as tx:
            found, now = arrivals(tx, current_actor(), consult_id), moment_json(tx.now)
        told = {
            study_id: {
                "images": one.images,
                "expected": one.expected,
                "arriving": one.is_arriving,
                "last_at": moment_json(one.last_received_at),
                "missing": missing,
            }
            for study_id, (one, missing) in found.items()
        }
        return jsonify(studies=told, now=now)


def _page(services: Services, problem: str = "") -> str:
    with services.db.reading() as tx:
        found = protocols(tx, current_actor())
    return render_template("consults/protocols.html", protocols=found, problem=problem, form=request.form)


def _sentence(error: HoichanError) -> str:
    params = error.params
    if error.code == "invalid_wish":
        where = str(params["where"]).partition(".")[0]
        params = {"where": gettext(FIELDS.get(where, where))}
    return gettext(error.message, **params)
