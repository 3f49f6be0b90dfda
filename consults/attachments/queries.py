"""Every read of what a case brings beside its images."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.base.actor import Actor
from app.base.db import Tx
from app.base.errors import NotFound
from app.identity.queries import person_info
from consults.access import consult_for, seats_of
from consults.attachments.kinds import Kind
from consults.attachments.models import Attachment, LabValue
from consults.event_base import moment_json
from consults.lifecycle import Seat
from consults.models import Consult


@dataclass(frozen=True)
class AttachmentFile:
    """Where its bytes lie and how they are served."""

    id: str
    kind: str
    name: str
    media_type: str
    digest: str
    size: int
    recipients: tuple[str, ...] | None = None


def attachments_state(tx: Tx, actor: Actor, consult: Consult) -> dict[str, Any]:
    """What the room shows, each list in the order of coming."""
    files = select(Attachment).where(Attachment.consult_id == consult.id, Attachment.withdrawn_at.is_(None))
    labs = select(LabValue).where(LabValue.consult_id == consult.id)
    return {
        "files": [
            _file_json(row)
            for row in tx.session.scalars(files.order_by(Attachment.id))
            if _is_shown_to(tx, actor, consult, row)
        ],
        "labs": [lab_json(row) | {"by": row.by} for row in tx.session.scalars(labs.order_by(LabValue.place))],
    }


def _is_shown_to(tx: Tx, actor: Actor, consult: Consult, row: Attachment) -> bool:
    """A file sent to chosen people is there for nobody else; a blind reader has what came with the case alone."""
    if Seat.BLIND in seats_of(consult, actor) and not _came_with_case(tx, consult, row):
        return False
    return row.recipients is None or actor.id in row.recipients


def _came_with_case(tx: Tx, consult: Consult, row: Attachment) -> bool:
    """Papers and pictures of the referring side: a voice, and what the others send, may say what they concluded."""
    if row.kind == Kind.AUDIO:
        return False
    return person_info(tx, row.by["id"]).hospital_id == consult.referring_hospital_id


def files_kept_from(tx: Tx, actor: Actor, consult: Consult) -> frozenset[str]:
    """Ids of files, withdrawn ones too, whose events say more than a blind reader may know; empty for others."""
    if Seat.BLIND not in seats_of(consult, actor):
        return frozenset()
    files = tx.session.scalars(select(Attachment).where(Attachment.consult_id == consult.id))
    return frozenset(row.id for row in files if not _came_with_case(tx, consult, row))


def _file_json(row: Attachment) -> dict[str, Any]:
    return {
        "id": row.id,
        "kind": row.kind,
        "name": row.name,
        "media_type": row.media_type,
        "size": row.size,
        "description": row.description,
        "by": row.by,
        "at": moment_json(row.at),
        **({"recipients": row.recipients} if row.recipients else {}),
    }


def lab_json(row: LabValue) -> dict[str, Any]:
    """As state and event give it; who typed it stands beside: in the state `by`, in the event its actor."""
    return {
        "id": row.id,
        "name": row.name,
        "value": row.value,
        "unit": row.unit,
        "reference": row.reference,
        "flag": row.flag,
        "taken_at": row.taken_at,
    }


def attachment_for(tx: Tx, actor: Actor, consult_id: str, attachment_id: str) -> AttachmentFile:
    """For whoever takes part in the case and is shown the file; else, and once withdrawn, NotFound."""
    consult = consult_for(tx, actor, consult_id)
    row = tx.session.get(Attachment, attachment_id)
    if row is None or row.consult_id != consult.id or row.withdrawn_at is not None:
        raise NotFound
    if not actor.sees_names or not _is_shown_to(tx, actor, consult, row):
        raise NotFound  # what stands in a file is not searched for names
    few = tuple(row.recipients) if row.recipients else None
    return AttachmentFile(row.id, row.kind, row.name, row.media_type, row.digest, row.size, few)
