"""The only way to an upload: its own person."""

from app.base.actor import Actor
from app.base.db import Tx
from app.base.errors import NotFound
from app.capture.models import Upload, UploadFile


def upload_for(tx: Tx, actor: Actor, upload_id: str, *, for_update: bool = False) -> Upload:
    """One of the actor's own uploads; `for_update`: whoever changes its files does so one after the other."""
    upload = tx.session.get(Upload, upload_id, with_for_update=for_update)
    if upload is None or upload.person_id != actor.id or upload.hospital_id != actor.hospital_id:
        raise NotFound
    return upload


def file_for(tx: Tx, actor: Actor, upload_id: str, file_id: str, *, for_update: bool = False) -> UploadFile:
    """A file of one of the actor's own uploads."""
    upload = upload_for(tx, actor, upload_id, for_update=for_update)
    file = tx.session.get(UploadFile, file_id)
    if file is None or file.upload_id != upload.id:
        raise NotFound
    return file
