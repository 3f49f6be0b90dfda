"""Files that come with the form of a new case."""

from collections.abc import Iterable

from werkzeug.datastructures import FileStorage

from app.edge.actor import current_actor
from app.edge.services import Services
from consults.attachments.actions import add_attachment, case_to_fill
from consults.attachments.kinds import LARGEST, FileKind
from consults.attachments.place import count_file
from consults.doors.attachments import receive

FORM_LIMIT = 4 * LARGEST  # of all files together; more can be added in the room


def keep_files(services: Services, consult_id: str, files: Iterable[FileStorage]) -> None:
    """One after another: those before one that is refused stay with the draft."""
    for sent in files:
        if not sent.filename:  # nothing was chosen
            continue
        with services.db.transaction() as tx:
            count_file(tx, current_actor())
        with services.blobs.open_spool() as spool:
            file = FileKind.of(sent.filename, receive(spool, sent.stream))
            blob = spool.commit()
            with services.db.transaction() as tx:
                consult = case_to_fill(tx, current_actor(), consult_id)
                add_attachment(tx, current_actor(), consult=consult, blob=blob, file=file)
