"""Door: what there is of the patient from before."""

from dataclasses import asdict

from flask import Blueprint, Response, jsonify

from app.base.actor import Permission
from app.edge.actor import current_actor, requires
from app.edge.services import Services
from consults.earlier.queries import earlier_of
from consults.event_base import moment_json


def add_routes(door: Blueprint, services: Services) -> None:
    """Under /consults/<id>/earlier."""

    @door.get("/<consult_id>/earlier")
    @requires(Permission.CONSULT_DISCUSS)
    def earlier(consult_id: str) -> Response:
        with services.db.reading() as tx:
            found = earlier_of(tx, current_actor(), consult_id)
        reports = [asdict(report) | {"at": moment_json(report.at)} for report in found.reports]
        return jsonify(studies=[asdict(study) for study in found.studies], reports=reports)
