"""Files that belong to a study and are not images of a machine: adding photos, PDFs and videos, opening them."""

from flask import Blueprint, Response, render_template

from app.archive.documents import document_bytes, document_of, documents_of
from app.archive.queries import study_info
from app.base.actor import Permission
from app.base.errors import Forbidden
from app.capture.to_dicom import Shown
from app.edge.actor import current_actor, requires
from app.edge.page_config import page_config
from app.edge.services import Services
from app.edge.stored_files import file_response
from app.web.uploads import CHUNK, PARALLEL

SHOWN = {
    Shown.PHOTO: "A photo",
    Shown.DOCUMENT: "A paper, scanned or photographed",
    Shown.FILM: "A film, scanned",
}


def blueprint(services: Services) -> Blueprint:
    door = Blueprint("study_files", __name__, url_prefix="/studies/<study_id>/files")

    @door.get("")
    @requires(Permission.STUDY_STORE)
    def files(study_id: str) -> str:
        with services.db.reading() as tx:
            study = study_info(tx, current_actor(), study_id)
            documents = documents_of(tx, current_actor(), study_id)
        if study.shared:
            raise Forbidden("foreign_study", "Only the hospital that took the images can add to this study.")
        upload = {"current": None, "study_id": study_id, "chunk_bytes": CHUNK, "parallel": PARALLEL}
        config = page_config("uploads", upload=upload)
        return render_template(
            "study_files.html", study=study, documents=documents, shown=SHOWN, config=config
        )

    @door.get("/<instance_id>")
    @requires(Permission.STUDY_READ)
    def file(study_id: str, instance_id: str) -> Response:
        """A PDF or video as a file; parts of it by Range, as players ask."""
        with services.db.reading() as tx:
            document = document_of(tx, current_actor(), study_id, instance_id)
        place = document_bytes(services.blobs, document)
        return file_response(services.blobs, place, name=instance_id)

    return door
