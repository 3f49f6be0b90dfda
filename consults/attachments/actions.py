"""Every write of what a case brings beside its images; made as those of consults.actions are."""

from dataclasses import dataclass

from sqlalchemy import select

from app.audit.actions import record
from app.audit.kinds import AuditKind
from app.base.actor import Actor, Permission
from app.base.blobs import Blob
from app.base.db import Tx
from app.base.errors import Conflict, Forbidden, NotFound
from app.base.ids import new_id
from consults.access import consult_for, led_to, state_of
from consults.attachments.events import (
    AttachmentAddedData,
    AttachmentWithdrawnData,
    LabRemovedData,
    LabRow,
    LabsAddedData,
)
from consults.attachments.keeping import keep_labs
from consults.attachments.kinds import FileKind
from consults.attachments.models import Attachment, LabValue
from consults.attachments.place import check_number, check_place
from consults.attachments.queries import AttachmentFile, attachment_for, lab_json
from consults.attachments.schemas import AddLabs, RemoveLab, WithdrawAttachment
from consults.history import append, person_of
from consults.lifecycle import State, Verb
from consults.models import Consult
from consults.steps import Answer


def case_to_fill(tx: Tx, actor: Actor, consult_id: str) -> Consult:
    """The consult with its row held, while something may be added to it: by its writer before it is sent, by
    everybody in it as long as it is talked about.
    """
    actor.check(Permission.CONSULT_DISCUSS)
    consult = consult_for(tx, actor, consult_id, lock=True)
    led_to(consult, actor, Verb.EDIT if state_of(consult) is State.DRAFT else Verb.DISCUSS)
    return consult


@dataclass(frozen=True)
class Beside:
    """What is told beside the bytes, checked; see talk.schemas.GiveFile. `recipients` have the sender among them."""

    description: str = ""
    client_id: str | None = None
    recipients: tuple[str, ...] | None = None


def sent_before(tx: Tx, actor: Actor, consult: Consult, client_id: str | None) -> str | None:
    """The id of what the actor sent under this `client_id`, if its answer was lost."""
    if client_id is None:
        return None
    sent = select(Attachment).where(Attachment.consult_id == consult.id, Attachment.client_id == client_id)
    row = tx.session.scalar(sent)
    if row is not None and row.by["id"] != actor.id:
        raise Conflict("client_id_taken", "Somebody else has sent this already.")
    return row.id if row else None


def add_attachment(
    tx: Tx, actor: Actor, *, consult: Consult, blob: Blob, file: FileKind, beside: Beside = Beside()
) -> tuple[str, int]:
    """Its id and the number of its event. The bytes are kept already; whoever calls has the consult from `case_to_fill`
    or a step of it.
    """
    check_place(tx, actor, consult, blob.size)
    check_number(tx, consult, file.kind)
    data = AttachmentAddedData(
        id=new_id(),
        kind=file.kind,
        name=file.name,
        media_type=file.media_type,
        size=blob.size,
        description=beside.description,
        **({"recipients": list(beside.recipients)} if beside.recipients else {}),
    )
    by = person_of(tx, actor).model_dump()
    kept = data.model_dump() | {"client_id": beside.client_id}
    tx.session.add(Attachment(consult_id=consult.id, digest=blob.digest, by=by, at=tx.now, **kept))
    return data.id, append(tx, actor, consult, "attachment.added", data, action="C")


def withdraw_attachment(tx: Tx, actor: Actor, *, wish: WithdrawAttachment) -> Answer:
    """Whoever added it takes it back: nobody is shown it any more."""
    consult = case_to_fill(tx, actor, wish.consult_id)
    attachment_for(tx, actor, consult.id, wish.attachment_id)
    row = tx.session.get_one(Attachment, wish.attachment_id)
    if row.by["id"] != actor.id:
        raise Forbidden("not_yours", "Only whoever added this can take it back.")
    row.withdrawn_at = tx.now
    data = AttachmentWithdrawnData(id=row.id)
    return {"number": append(tx, actor, consult, "attachment.withdrawn", data, action="D")}


def open_attachment(tx: Tx, actor: Actor, *, consult_id: str, attachment_id: str) -> AttachmentFile:
    """To be shown or saved; who did is recorded."""
    actor.check(Permission.CONSULT_DISCUSS)
    found = attachment_for(tx, actor, consult_id, attachment_id)
    consult = consult_for(tx, actor, consult_id)
    record(
        tx,
        actor,
        AuditKind.ORDER_RECORD,
        "R",
        subject_type="consult",
        subject_id=consult.id,
        hospital_id=consult.referring_hospital_id,
        detail={"attachment": found.id},
    )
    return found


def add_labs(tx: Tx, actor: Actor, *, wish: AddLabs) -> Answer:
    """Values in the order of their lines, behind those that are there."""
    consult = case_to_fill(tx, actor, wish.consult_id)
    rows = keep_labs(tx, actor, consult, wish.text)
    if not rows:
        return {"number": consult.last}
    data = LabsAddedData(values=[LabRow(**lab_json(row)) for row in rows])
    return {"number": append(tx, actor, consult, "labs.added", data, action="C")}


def remove_lab(tx: Tx, actor: Actor, *, wish: RemoveLab) -> Answer:
    """Whoever typed it takes it back."""
    consult = case_to_fill(tx, actor, wish.consult_id)
    row = tx.session.get(LabValue, wish.lab_id)
    if row is None or row.consult_id != consult.id:
        raise NotFound
    if row.by["id"] != actor.id:
        raise Forbidden("not_yours", "Only whoever added this can take it back.")
    data = LabRemovedData(id=row.id)
    tx.session.delete(row)
    return {"number": append(tx, actor, consult, "lab.removed", data, action="D")}
