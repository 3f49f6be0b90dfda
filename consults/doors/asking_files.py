"""Files that come with the form of a new case."""

from flask import request
from werkzeug.datastructures import FileStorage

from app.base.errors import HoichanError
from app.edge.actor import current_actor
from app.edge.services import Services
from consults.attachments.actions import add_attachment, case_to_fill
from consults.attachments.kinds import LARGEST, FileKind
from consults.attachments.place import count_file
from consults.doors.attachments import receive

FORM_LIMIT = 4 * LARGEST  # of all files together; more can be added in the room


def chosen_files() -> list[FileStorage]:
    """Of this request; a field left empty sends one without a name."""
    return [sent for sent in request.files.getlist("file") if sent.filename]


def keep_files(services: Services, consult_id: str, files: list[FileStorage]) -> None:
    """One after another, each taken out of `files`: those before one that is refused stay with the draft, those
    behind it are left. The error of the refused one has its name as `file`.
    """
    while files:
        sent = files.pop(0)
        try:
            _keep(services, consult_id, sent)
        except HoichanError as error:
            error.params = error.params | {"file": sent.filename}
            raise


def _keep(services: Services, consult_id: str, sent: FileStorage) -> None:
    with services.db.transaction() as tx:
        count_file(tx, current_actor())
    with services.blobs.open_spool() as spool:
        file = FileKind.of(sent.filename or "", receive(spool, sent.stream))
        blob = spool.commit()
        with services.db.transaction() as tx:
            consult = case_to_fill(tx, current_actor(), consult_id)
            add_attachment(tx, current_actor(), consult=consult, blob=blob, file=file)
