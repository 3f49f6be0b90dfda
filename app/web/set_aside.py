"""Files that were kept but not entered, because their identifiers contradict what is here: a person must look."""

from flask import Blueprint, render_template

from app.archive.queries import set_asides
from app.base.actor import Permission
from app.edge.actor import current_actor, requires
from app.edge.services import Services

SOURCES = {"dimse": "DICOM", "import": "Import", "stow": "DICOMweb", "upload": "Upload"}
_SHOWN = 14


def blueprint(services: Services) -> Blueprint:
    door = Blueprint("set_aside", __name__)

    @door.get("/set-aside")
    @requires(Permission.STUDY_STORE)
    def set_aside() -> str:
        with services.db.reading() as tx:
            files = set_asides(tx, current_actor())
        return render_template("set_aside.html", files=files, sources=SOURCES, short=short_uid)

    return door


def short_uid(uid: str) -> str:
    """Its end, which tells it from its neighbours; the root is the same for a whole hospital."""
    return uid if len(uid) <= _SHOWN else f"\N{HORIZONTAL ELLIPSIS}{uid[-_SHOWN:]}"
