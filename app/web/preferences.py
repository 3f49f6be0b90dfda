"""How somebody's viewer is set, kept by the viewer itself."""

from flask import Blueprint, Response, jsonify, request

from app.edge.actor import current_actor, signed_in
from app.edge.services import Services
from app.viewing.actions import drop_preference, set_preference


def blueprint(services: Services) -> Blueprint:
    door = Blueprint("preferences", __name__, url_prefix="/viewer/preferences")

    @door.put("/<name>")
    @signed_in
    def put(name: str) -> Response:
        value, for_hospital = request.get_json(silent=True), request.args.get("for") == "hospital"
        with services.db.transaction() as tx:
            kept = set_preference(tx, current_actor(), name=name, value=value, for_hospital=for_hospital)
        return jsonify(kept)

    @door.delete("/<name>")
    @signed_in
    def delete(name: str) -> tuple[str, int]:
        with services.db.transaction() as tx:
            drop_preference(tx, current_actor(), name=name)
        return "", 204

    return door
