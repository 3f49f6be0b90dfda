"""Laboratory values while a case is still written: the whole text is kept anew each time."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import delete

from app.base.actor import Actor
from app.base.db import Tx
from consults.attachments.keeping import keep_labs
from consults.attachments.models import LabValue
from consults.models import Consult

_SIGNS = {"A": " *", "H": " H", "L": " L"}


def draft_labs(tx: Tx, actor: Actor, consult: Consult, text: str) -> None:
    """What stands in the form takes the place of what stood; nobody else knows of the case yet."""
    tx.session.execute(delete(LabValue).where(LabValue.consult_id == consult.id))
    keep_labs(tx, actor, consult, text)


def text_of_labs(labs: Iterable[dict[str, Any]]) -> str:
    """As they are typed."""
    return "\n".join(_line(lab) for lab in labs)


def _line(lab: dict[str, Any]) -> str:
    value = lab["value"] + _SIGNS.get(lab["flag"], "")
    return "\t".join((lab["name"], value, lab["unit"], lab["reference"], lab["taken_at"])).rstrip("\t")
