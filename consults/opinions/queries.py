"""Every read of what comes of a consult."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select

from app.base.actor import Actor
from app.base.db import Tx
from consults.access import asked_by, readers_of
from consults.event_base import moment_json
from consults.lifecycle import State
from consults.models import Consult, ConsultEvent, Reader
from consults.opinions.models import ConsultDecision, ConsultOutcome, ConsultReading
from consults.opinions.written import written_state

WANTED = "outcome.wanted"


def opinions_state(tx: Tx, consult: Consult) -> dict[str, Any]:
    """What the room shows: decision and outcome, each null until given, when the outcome was last asked for, who reads
    beside the consultant, and every text of the opinion and the answers.
    """
    decision = tx.session.get(ConsultDecision, consult.id)
    outcome = tx.session.get(ConsultOutcome, consult.id)
    asked = select(func.max(ConsultEvent.number)).where(
        ConsultEvent.consult_id == consult.id, ConsultEvent.type == WANTED
    )
    row = tx.session.get(ConsultEvent, (consult.id, tx.session.scalar(asked) or 0))
    return {
        "decision": _decision_json(decision) if decision else None,
        "outcome": _outcome_json(outcome) if outcome else None,
        "wanted_at": moment_json(row.at) if row else None,
        "readers": [_reader_json(tx, reader) for reader in readers_of(consult)],
        "written": written_state(tx, consult),
    }


def _reader_json(tx: Tx, reader: Reader) -> dict[str, Any]:
    newest = (ConsultReading.reader_id == reader.id, ConsultReading.superseded_at.is_(None))
    reading = tx.session.scalar(select(ConsultReading).where(*newest)) if reader.given_at else None
    return {
        "person": reader.person,
        "kind": reader.kind,
        "invited_by": reader.invited_by,
        "invited_at": moment_json(reader.invited_at),
        "consented_at": moment_json(reader.consented_at) if reader.consented_at else None,
        "reading": _reading_json(reading) if reading else None,
    }


def _reading_json(row: ConsultReading) -> dict[str, Any]:
    at = moment_json(row.given_at)
    return {"conclusions": row.conclusions, "text": row.text, "version": row.version, "at": at}


def _decision_json(row: ConsultDecision) -> dict[str, Any]:
    return {"follows": row.follows, "text": row.text, "by": row.by, "at": moment_json(row.at)}


def _outcome_json(row: ConsultOutcome) -> dict[str, Any]:
    said = {"agreement": row.agreement, "diagnosis": row.diagnosis, "source": row.source}
    return {**said, "by": row.by, "at": moment_json(row.at)}


def outcomes_among(tx: Tx, consult_ids: Collection[str]) -> dict[str, str]:
    """For lists: whether the outcome agreed with the opinion, or "wanted" when it was asked for and not told."""
    asked = select(ConsultEvent.consult_id).where(
        ConsultEvent.consult_id.in_(consult_ids), ConsultEvent.type == WANTED
    )
    wanted = dict.fromkeys(tx.session.scalars(asked), "wanted")
    told = select(ConsultOutcome.consult_id, ConsultOutcome.agreement)
    rows = tx.session.execute(told.where(ConsultOutcome.consult_id.in_(consult_ids)))
    return wanted | dict(rows.all())


def outcome_wanted(until: datetime) -> ColumnElement[bool]:
    """Consults completed until then whose outcome nobody has told."""
    told = exists().where(ConsultOutcome.consult_id == Consult.id)
    return (Consult.state == State.COMPLETED) & (Consult.closed_at <= until) & ~told


def outcomes_wanted(tx: Tx, actor: Actor) -> int:
    """How many cases that the actor asked about wait for their outcome since it was asked for."""
    asked = exists().where(ConsultEvent.consult_id == Consult.id, ConsultEvent.type == WANTED)
    mine = (asked_by(actor), Consult.referrer_id == actor.id, outcome_wanted(tx.now), asked)
    return tx.session.scalar(select(func.count()).select_from(Consult).where(*mine)) or 0


def to_remind(tx: Tx, days: int, limit: int = 100) -> list[str]:
    """Consults completed that many days ago whose outcome nobody has told or asked for since."""
    asked = exists().where(
        ConsultEvent.consult_id == Consult.id,
        ConsultEvent.type == WANTED,
        ConsultEvent.at >= Consult.closed_at,
    )
    due = outcome_wanted(tx.now - timedelta(days=days))
    return list(tx.session.scalars(select(Consult.id).where(due, ~asked).order_by(Consult.id).limit(limit)))
