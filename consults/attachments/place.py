"""How much a case may hold. What was withdrawn counts too: its bytes are kept."""

from sqlalchemy import ColumnElement, func, select

from app.base.actor import Actor
from app.base.db import Tx
from app.base.errors import Conflict
from app.base.limits import hit
from consults.attachments.kinds import MOST, Kind
from consults.attachments.models import Attachment
from consults.models import Consult

MOST_BYTES = 1 << 30  # of a case
MOST_BYTES_OF_ONE = 300 << 20  # of one person in it
FILES_IN_TEN_MINUTES = 100  # of one person, in all cases


def count_file(tx: Tx, actor: Actor) -> None:
    """Raises TooMany. In a transaction of its own, before the bytes are received: what is refused later counts."""
    hit(tx, "consult.attachment", actor.id, limit=FILES_IN_TEN_MINUTES, seconds=600)


def check_place(tx: Tx, actor: Actor, consult: Consult, size: int = 1) -> None:
    """Raises Conflict unless the case, and the actor in it, may have so many bytes more."""
    if _bytes_kept(tx, Attachment.consult_id == consult.id) + size > MOST_BYTES:
        raise Conflict("case_full", "The files of this case take as much room as a case may have.")
    mine = (Attachment.consult_id == consult.id, Attachment.by["id"].as_string() == actor.id)
    if _bytes_kept(tx, *mine) + size > MOST_BYTES_OF_ONE:
        raise Conflict("share_full", "Your files of this case take as much room as one person may have.")


def _bytes_kept(tx: Tx, *which: ColumnElement[bool]) -> int:
    return int(tx.session.scalar(select(func.coalesce(func.sum(Attachment.size), 0)).where(*which)) or 0)


def check_number(tx: Tx, consult: Consult, kind: Kind) -> None:
    """Raises Conflict when a case has as many files of this kind as it may have."""
    of_kind = (Attachment.consult_id == consult.id, Attachment.kind == kind)
    if (tx.session.scalar(select(func.count()).select_from(Attachment).where(*of_kind)) or 0) >= MOST[kind]:
        raise Conflict(
            "too_many_attachments",
            "This case has as many files as it can hold; those taken back count too.",
        )
