"""The door for DICOMweb (PS3.18): QIDO-RS, WADO-RS, WADO-URI, STOW-RS under /dicomweb/<hospital>/."""

from flask import Blueprint

from app.dicomweb import description, qido, rendered, stow, wado, wado_uri
from app.dicomweb.audit import Trail
from app.edge.services import Services


def blueprint(services: Services) -> Blueprint:
    """All routes of the door. Who may come in is declared at each of them."""
    door = Blueprint("dicomweb", __name__, url_prefix="/dicomweb/<slug>")
    trail = Trail(services)
    for part in (qido, wado, rendered, wado_uri, stow, description):
        part.add_routes(door, services, trail)
    return door
