"""Files that belong to a study and are not images of a machine: adding photos, PDFs and videos, opening them."""

import io
from typing import Any

from flask import Blueprint, Response, render_template, request
from werkzeug.wsgi import wrap_file

from app.archive.documents import DocumentBytes, document_bytes, documents_of
from app.archive.queries import study_info
from app.base.actor import Permission
from app.base.errors import Forbidden, NotFound
from app.capture.to_dicom import Shown
from app.edge.actor import current_actor, requires
from app.edge.page_config import page_config
from app.edge.services import Services
from app.web.uploads import CHUNK, PARALLEL

SHOWN = {
    Shown.PHOTO: "A photo",
    Shown.DOCUMENT: "A paper, scanned or photographed",
    Shown.FILM: "A film, scanned",
}
# A browser's own player is a page of its own with its own styles.
_PLAYER_POLICY = "default-src 'none'; media-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"


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
            found = documents_of(tx, current_actor(), study_id)
        document = next((one for one in found if one.instance_id == instance_id), None)
        if document is None:
            raise NotFound
        place = document_bytes(services.blobs, document)
        body = io.BufferedReader(_Part(services, place))
        response = Response(
            wrap_file(request.environ, body), mimetype=place.media_type, direct_passthrough=True
        )
        response.content_length = place.length
        response.headers["Content-Disposition"] = f"inline; filename={instance_id}.{place.ending}"
        response.headers["Content-Security-Policy"] = _PLAYER_POLICY
        response.headers["Cache-Control"] = "private, no-store"
        response.make_conditional(request, accept_ranges=True, complete_length=place.length)
        return response

    return door


class _Part(io.RawIOBase):
    """A part of a stored object, read as a file."""

    def __init__(self, services: Services, place: DocumentBytes) -> None:
        self._file = services.blobs.path(place.digest).open("rb")
        self._place = place
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._place.length}[whence]
        self._at = max(base + offset, 0)
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: Any, /) -> int:
        view = memoryview(buffer)[: max(self._place.length - self._at, 0)]
        self._file.seek(self._place.offset + self._at)
        count = self._file.readinto(view)
        self._at += count
        return count

    def close(self) -> None:
        self._file.close()
        super().close()
