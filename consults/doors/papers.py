"""Door: what is carried away from a consult: the package, which a job makes meanwhile, and its FHIR documents."""

import json

from flask import Blueprint, Response, redirect, render_template, request, send_file
from werkzeug.wrappers import Response as BaseResponse

from app.base.actor import Permission, Right
from app.edge.actor import current_actor, requires
from app.edge.language import language
from app.edge.services import Services
from consults.papers.actions import ask_for_package, cancel_package, open_package
from consults.papers.fhir import bundle_of
from consults.papers.fhir_case import exported_case
from consults.papers.lifecycle import UNDER_WAY
from consults.papers.queries import package_page

DISCUSS = requires(Permission.CONSULT_DISCUSS)


def add_routes(door: Blueprint, services: Services) -> None:
    """Under /consults/<id>/package and /consults/<id>/fhir."""

    @door.get("/<consult_id>/package")
    @DISCUSS
    def package(consult_id: str) -> str:
        with services.db.reading() as tx:
            page = package_page(tx, current_actor(), consult_id)
        shown = {"consult_id": consult_id, "page": page, "under_way": UNDER_WAY}
        return render_template("consults/package.html", **shown)

    @door.post("/<consult_id>/package")
    @DISCUSS
    def make_package(consult_id: str) -> BaseResponse:
        spoken, keeps = language(), "keep" in request.form
        with services.db.transaction() as tx:
            ask_for_package(tx, current_actor(), consult_id=consult_id, language=spoken, keeps=keeps)
        return redirect(f"/consults/{consult_id}/package", 303)

    @door.post("/<consult_id>/package/<package_id>/cancel")
    @DISCUSS
    def end_package(consult_id: str, package_id: str) -> BaseResponse:
        with services.db.transaction() as tx:
            cancel_package(tx, current_actor(), consult_id=consult_id, package_id=package_id)
        return redirect(f"/consults/{consult_id}/package", 303)

    @door.get("/<consult_id>/package/<package_id>.zip")
    @DISCUSS
    def package_file(consult_id: str, package_id: str) -> BaseResponse:
        with services.db.transaction() as tx:
            blob, number = open_package(tx, current_actor(), consult_id=consult_id, package_id=package_id)
        name = f"hoi-chan-{number}.zip".replace("/", "-")
        answer = send_file(services.blobs.path(blob.digest), "application/zip", True, name)
        answer.headers["Cache-Control"] = "private, no-store"
        return answer

    @door.get("/<consult_id>/fhir")
    @requires(Permission.CONSULT_DISCUSS, devices=True, right=Right.CONSULT)
    def fhir(consult_id: str) -> Response:
        """FHIR R4, 3.1.0.1.11: its JSON has a media type of its own."""
        with services.db.transaction() as tx:
            case = exported_case(tx, current_actor(), consult_id=consult_id)
        answer = Response(json.dumps(bundle_of(case), ensure_ascii=False), mimetype="application/fhir+json")
        answer.headers["Cache-Control"] = "private, no-store"
        return answer
