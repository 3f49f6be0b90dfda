"""Every text that was given as the opinion or as an answer, as the events keep them. The number of the event that wrote
a text is its version, for whoever writes on it as for whoever quotes it.
"""

from typing import Any

from sqlalchemy import select

from app.base.db import Tx
from app.base.errors import Conflict
from consults.event_base import moment_json
from consults.models import Consult, ConsultEvent
from consults.schemas import AnswerQuestion, GiveOpinion

ANSWER, OPINION = "answer.given", "opinion.given"
Written = dict[str, Any]


def written_state(tx: Tx, consult: Consult) -> list[Written]:
    """In the order of giving; `question_id` None: the opinion."""
    query = (
        select(ConsultEvent)
        .where(ConsultEvent.consult_id == consult.id, ConsultEvent.type.in_((ANSWER, OPINION)))
        .order_by(ConsultEvent.number)
    )
    return [
        {
            "question_id": event.data.get("question_id"),
            "text": event.data["text"],
            "number": event.number,
            "by": event.actor,
            "at": moment_json(event.at),
        }
        for event in tx.session.scalars(query)
    ]


def check_newest(
    tx: Tx, consult: Consult, wish: AnswerQuestion | GiveOpinion, question_id: str | None = None
) -> dict[str, int]:
    """Raises Conflict when another text was given since the form was opened that the wish comes from. Returns what the
    event of a text that stands in another's place tells: the number of that one.
    """
    standing = [one for one in written_state(tx, consult) if one["question_id"] == question_id][-1:]
    newest = standing[0]["number"] if standing else 0
    check_version(newest, wish.version)
    return {"revises": newest} if standing and standing[0]["text"] != wish.text else {}


def check_version(newest: int, version: int) -> None:
    """Raises Conflict unless the form was opened with what stands there now."""
    if newest != version:
        raise Conflict(
            "text_changed",
            "Another text was given here in between. Yours is still in the form: compare them, and give yours again"
            " if it is to stand instead.",
        )


def texts_of(written: list[Written], question_id: str | None) -> list[Written]:
    """Of one answer or the opinion, the newest last; what was said again in the same words counts once."""
    kept: list[Written] = []
    for one in written:
        if one["question_id"] == question_id and (not kept or kept[-1]["text"] != one["text"]):
            kept.append(one)
    return kept
