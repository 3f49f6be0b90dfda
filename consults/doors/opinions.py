"""Door: whom one may ask for a further opinion."""

from flask import Blueprint, Response, jsonify

from app.base.actor import Permission
from app.edge.actor import current_actor, requires
from app.edge.services import Services
from consults.opinions.choices import reader_choices


def add_routes(door: Blueprint, services: Services) -> None:
    """Under /consults/<id>/readers."""

    @door.get("/<consult_id>/readers")
    @requires(Permission.CONSULT_DISCUSS)
    def readers(consult_id: str) -> Response:
        with services.db.reading() as tx:
            found = reader_choices(tx, current_actor(), consult_id)
        choices = [
            {
                "hospital": choice.hospital,
                "people": [{"id": id_, "name": name} for id_, name in choice.people],
            }
            for choice in found
        ]
        return jsonify(choices=choices)
