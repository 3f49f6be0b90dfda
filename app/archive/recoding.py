"""An instance's file gives way to the same image in another transfer syntax."""

from dataclasses import dataclass

from sqlalchemy import select, update

from app.archive.models import Instance, Series, Study
from app.archive.part10 import Part10
from app.audit.actions import record
from app.audit.kinds import AuditKind
from app.base.actor import Actor, Permission
from app.base.blobs import Blob
from app.base.db import Tx


@dataclass(frozen=True)
class Recoding:
    """One file's successor. That its pixels are the same was checked by whoever made it."""

    instance_id: str
    old_digest: str
    blob: Blob
    part10: Part10


def recode_instance(tx: Tx, actor: Actor, *, recoding: Recoding) -> bool:
    """The instance's row speaks of the new file. Its content key stays, so that the image sent again as it came the
    first time is still a repetition. False when the row was changed meanwhile: then nothing happens.
    """
    actor.check(Permission.STORAGE_MANAGE)
    part10 = recoding.part10
    where = select(Instance.size, Series.study_id, Instance.hospital_id).join(
        Series, Series.id == Instance.series_id
    )
    known = tx.session.execute(
        where.where(Instance.id == recoding.instance_id, Instance.digest == recoding.old_digest)
    ).one_or_none()
    if known is None:
        return False
    changed = (
        update(Instance)
        .where(Instance.id == recoding.instance_id, Instance.digest == recoding.old_digest)
        .values(
            digest=recoding.blob.digest,
            size=recoding.blob.size,
            transfer_syntax_uid=part10.transfer_syntax_uid,
            dataset_start=part10.dataset_start,
            header_length=part10.header_length,
            frame_index=part10.frames.pack(),
            verified_at=None,
        )
    )
    tx.session.execute(changed, execution_options={"synchronize_session": False})
    smaller = update(Study).where(Study.id == known.study_id)
    smaller = smaller.values(size=Study.size - known.size + recoding.blob.size)
    tx.session.execute(smaller, execution_options={"synchronize_session": False})
    record(
        tx,
        actor,
        AuditKind.PROCEDURE_RECORD,
        "U",
        subject_type="instance",
        subject_id=recoding.instance_id,
        hospital_id=known.hospital_id,
        detail={
            "study": known.study_id,
            "from": recoding.old_digest,
            "to": recoding.blob.digest,
            "transfer_syntax": part10.transfer_syntax_uid,
            "bytes": [known.size, recoding.blob.size],
        },
    )
    return True
