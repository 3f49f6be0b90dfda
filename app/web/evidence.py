"""Marks and key images of a study, saved as DICOM objects that other programs read."""

from dataclasses import asdict

from flask import Blueprint, Response, jsonify, request

from app.base.actor import Permission
from app.edge.actor import current_actor, requires
from app.edge.services import Services
from app.evidence.saving import Evidence
from app.evidence.schemas import SaveInput


def blueprint(services: Services) -> Blueprint:
    door = Blueprint("evidence", __name__, url_prefix="/studies/<study_id>/objects")
    evidence = Evidence(services.db, services.blobs)

    @door.post("")
    @requires(Permission.ANNOTATION_WRITE)
    def save(study_id: str) -> tuple[Response, int]:
        """The marks on the study itself; those of a talk are saved at the talk's own address."""
        wanted = SaveInput.from_wire(request.get_json(silent=True))
        saved = evidence.save(current_actor(), study_id, wanted)
        return jsonify(asdict(saved)), 201

    return door
