"""What an upload announces, to its own person only."""

from app.base.db import Tx
from app.base.events import announce
from app.capture.models import Upload


def upload_changed(tx: Tx, upload: Upload) -> None:
    announce(tx, f"person:{upload.person_id}", "upload.changed", {"upload_id": upload.id})
