"""What is kept of a call: that it began and that it ended."""

from collections.abc import Sequence

from sqlalchemy import select

from app.base.actor import Actor, Permission
from app.base.db import Tx
from app.base.errors import NotFound
from consults.calls.events import CallEndedData, CallStartedData
from consults.calls.members import Caller
from consults.event_base import Person
from consults.history import append
from consults.lifecycle import Verb
from consults.models import Consult, ConsultEvent
from consults.steps import step

# Two who call at the same moment, each at another process, begin one call.
SAME_MOMENT_SECONDS = 15


def start_call(tx: Tx, actor: Actor, *, consult_id: str) -> None:
    """The first one is in. Whoever may talk may call. A call that a stopped server left open ends with it."""
    consult, _ = step(tx, actor, consult_id, Verb.DISCUSS, Permission.CONSULT_DISCUSS)
    open_ = _open_call(tx, consult.id)
    if open_ is not None:
        if (tx.now - open_.at).total_seconds() < SAME_MOMENT_SECONDS:
            return
        append(tx, actor, consult, "call.ended", CallEndedData(seconds=0, people=[]))
    append(tx, actor, consult, "call.started", CallStartedData())


def end_call(tx: Tx, actor: Actor, *, consult_id: str, people: Sequence[Caller]) -> None:
    """The last one, `actor`, is gone. No right is asked for: theirs may be what has ended, and the call is over anyway.

    Nothing is noted when no call is open.
    """
    consult = tx.session.scalar(select(Consult).where(Consult.id == consult_id).with_for_update())
    if consult is None:
        raise NotFound
    open_ = _open_call(tx, consult.id)
    if open_ is None:
        return
    were = [Person(**person) for person in people]
    seconds = int((tx.now - open_.at).total_seconds())
    append(tx, actor, consult, "call.ended", CallEndedData(seconds=seconds, people=were))


def _open_call(tx: Tx, consult_id: str) -> ConsultEvent | None:
    """The begin of a call that has no end yet."""
    query = (
        select(ConsultEvent)
        .where(ConsultEvent.consult_id == consult_id, ConsultEvent.type.in_(("call.ended", "call.started")))
        .order_by(ConsultEvent.number.desc())
        .limit(1)
    )
    last = tx.session.scalar(query)
    return last if last is not None and last.type == "call.started" else None
