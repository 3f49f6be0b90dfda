"""Who may read a line: everybody in the room, or the few it was written to."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import aliased

from app.base.actor import Actor
from app.base.db import Tx
from app.base.errors import Invalid
from app.base.prepared import Prepared
from consults.models import Consult, ConsultEvent, Participant
from consults.talk.models import LineReader


def hidden_numbers(tx: Tx, actor: Actor, consult_id: str, after: int = 0) -> set[int]:
    """Numbers of lines after one that were written to others only."""
    found = _FEW.rows(tx, consult=consult_id, after=after)
    return {number for number, _ in found} - {number for number, reader in found if reader == actor.id}


_FEW = Prepared(
    lambda _dialect: select(LineReader.number, LineReader.person_id).where(
        LineReader.consult_id == bindparam("consult"),
        LineReader.number > bindparam("after"),
        LineReader.only.is_(True),
    )
)


def readable_by(actor: Actor) -> ColumnElement[bool]:
    """The same rule as `hidden_numbers`, as a condition on ConsultEvent for counts."""
    few, mine = aliased(LineReader), aliased(LineReader)
    is_few = exists().where(
        few.consult_id == ConsultEvent.consult_id, few.number == ConsultEvent.number, few.only.is_(True)
    )
    is_mine = exists().where(
        mine.consult_id == ConsultEvent.consult_id,
        mine.number == ConsultEvent.number,
        mine.person_id == actor.id,
        mine.only.is_(True),
    )
    return or_(~is_few, is_mine)


def readers_of(tx: Tx, consult_id: str, number: int) -> set[str] | None:
    """The only people who may read the line, None: everybody."""
    few = select(LineReader.person_id).where(
        LineReader.consult_id == consult_id, LineReader.number == number, LineReader.only.is_(True)
    )
    return set(tx.session.scalars(few)) or None


def check_people(tx: Tx, consult: Consult, people: Collection[str]) -> None:
    """Only who belongs to the case can be named: others would be told that it exists, or read nothing."""
    if not people:
        return
    known = select(Participant.person_id).where(Participant.consult_id == consult.id)
    belonging = {consult.referrer_id, consult.consultant_id, consult.addressee_id, *tx.session.scalars(known)}
    if set(people) - belonging:
        raise Invalid("not_in_room", "A line can only name people who have been in the room of this case.")


def mentions_among(tx: Tx, actor: Actor, consult_ids: Collection[str]) -> dict[str, int]:
    """For lists: lines that name the actor and came after they last looked."""
    read = and_(
        Participant.consult_id == LineReader.consult_id, Participant.person_id == LineReader.person_id
    )
    query = (
        select(LineReader.consult_id, func.count())
        .outerjoin(Participant, read)
        .where(
            LineReader.consult_id.in_(consult_ids),
            LineReader.person_id == actor.id,
            LineReader.mentioned.is_(True),
            LineReader.number > func.coalesce(Participant.read, 0),
        )
        .group_by(LineReader.consult_id)
    )
    return dict(tx.session.execute(query).all())
