"""Door: one's own note on a case, whom a line can be written to, and the glossary of phrases."""

from typing import Any

from flask import Blueprint, Response, jsonify, request

from app.base.actor import Permission
from app.base.errors import Invalid
from app.edge.actor import current_actor, requires
from app.edge.compression import gzipped
from app.edge.services import Services
from consults.schemas import parse
from consults.talk.actions import keep_note, keep_pins
from consults.talk.glossary import phrases
from consults.talk.queries import addressees, note_for, pins_for
from consults.talk.schemas import KeepNote, KeepPins


def add_routes(door: Blueprint, services: Services) -> None:
    """Under /consults/glossary, /consults/<id>/addressees and /consults/<id>/note."""

    @door.get("/glossary")
    @requires(Permission.CONSULT_DISCUSS)
    def glossary() -> Response:
        with services.db.reading() as tx:
            pins = pins_for(tx, current_actor())
        found = [phrase._asdict() for phrase in phrases(services.settings.consult.glossary)]
        return gzipped(jsonify(phrases=found, pins=pins))

    @door.put("/glossary/pins")
    @requires(Permission.CONSULT_DISCUSS)
    def pins() -> Response:
        with services.db.transaction() as tx:
            keep_pins(tx, current_actor(), wish=parse(KeepPins, _sent()))
        return jsonify(ok=True)

    @door.get("/<consult_id>/addressees")
    @requires(Permission.CONSULT_DISCUSS, guests=True)
    def people_to_write_to(consult_id: str) -> Response:
        with services.db.reading() as tx:
            return jsonify(people=addressees(tx, current_actor(), consult_id))

    @door.get("/<consult_id>/note")
    @requires(Permission.CONSULT_DISCUSS)
    def note(consult_id: str) -> Response:
        with services.db.reading() as tx:
            return jsonify(text=note_for(tx, current_actor(), consult_id))

    @door.put("/<consult_id>/note")
    @requires(Permission.CONSULT_DISCUSS)
    def write_note(consult_id: str) -> Response:
        wish = parse(KeepNote, _sent() | {"consult_id": consult_id})
        with services.db.transaction() as tx:
            keep_note(tx, current_actor(), wish=wish)
        return jsonify(ok=True)


def _sent() -> dict[str, Any]:
    sent = request.get_json(silent=True)
    if not isinstance(sent, dict):
        raise Invalid("bad_json", "A JSON object was expected.")
    return sent
