"""Rows of laboratory values; whoever calls has checked the right to write them."""

from sqlalchemy import func, select

from app.base.actor import Actor
from app.base.db import Tx
from app.base.ids import new_id
from consults.attachments.labs import labs_of
from consults.attachments.models import LabValue
from consults.history import person_of
from consults.models import Consult


def keep_labs(tx: Tx, actor: Actor, consult: Consult, text: str) -> list[LabValue]:
    """In the order of their lines, behind those that are there; raises Invalid for a line that is none."""
    place = tx.session.scalar(select(func.max(LabValue.place)).where(LabValue.consult_id == consult.id)) or 0
    by = person_of(tx, actor).model_dump()
    rows = [
        LabValue(
            id=new_id(),
            consult_id=consult.id,
            place=place + number,
            name=lab.name,
            value=lab.value,
            number=lab.number,
            unit=lab.unit,
            reference=lab.reference,
            flag=lab.flag,
            taken_at=lab.taken_at,
            by=by,
            at=tx.now,
        )
        for number, lab in enumerate(labs_of(text), start=1)
    ]
    tx.session.add_all(rows)
    tx.session.flush()
    return rows
