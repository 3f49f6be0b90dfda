"""The patient's other studies, listed in the viewer and opened beside the one that is read."""

from typing import Any

from flask import Blueprint, Response, jsonify

from app.annotations.queries import list_annotations
from app.archive.grants import open_study
from app.archive.priors import prior_of, priors_of
from app.archive.queries import manifest
from app.base.actor import Permission
from app.base.errors import Unauthenticated
from app.edge.actor import current_actor, requires
from app.edge.compression import gzipped
from app.edge.services import Services


def blueprint(services: Services) -> Blueprint:
    door = Blueprint("priors", __name__, url_prefix="/studies/<study_id>/priors")

    @door.get("")
    @requires(Permission.STUDY_READ)
    def listed(study_id: str) -> Response:
        with services.db.reading() as tx:
            return jsonify(priors=priors_of(tx, current_actor(), study_id))

    @door.post("/<prior_id>")
    @requires(Permission.STUDY_READ)
    def opened(study_id: str, prior_id: str) -> Response:
        """One opening on record, as if its own page had been opened."""
        actor = current_actor()
        if actor.session_id is None:
            raise Unauthenticated
        with services.db.transaction() as tx:
            wanted = prior_of(tx, actor, study_id, prior_id)
            key = open_study(tx, actor, study_id=wanted, session_id=actor.session_id).key
        with services.db.reading() as tx:
            told: dict[str, Any] = {"id": wanted, "key": key, "manifest": manifest(tx, actor, wanted)}
            told["annotations"] = list_annotations(tx, actor, wanted)
        return gzipped(jsonify(told))

    return door
