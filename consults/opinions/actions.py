"""Every write of what comes of a consult; made as those of consults.actions are."""

from app.base.actor import Actor, Permission
from app.base.db import Tx
from app.base.errors import Conflict, NotFound
from consults.events import ConsultChange
from consults.history import append
from consults.lifecycle import Verb
from consults.models import Consult
from consults.opinions.events import ConsultResubmittedData, RewordedQuestion
from consults.opinions.schemas import ResubmitConsult, ReturnConsult, Reworded
from consults.steps import Answer, moved, step, time_step


def return_consult(tx: Tx, actor: Actor, *, wish: ReturnConsult) -> Answer:
    """Sent back to the referrer: an image or an explanation is missing. Before acceptance any specialist may."""
    consult, state = step(tx, actor, wish.consult_id, Verb.HOLD, Permission.CONSULT_ANSWER)
    consult.reason, consult.return_reason, consult.resubmission = wish.reason or None, wish.code, None
    changed = {"reason": consult.reason, "return_reason": wish.code, "resubmission": None}
    return moved(tx, actor, consult, state, "consult.held", **changed)


def resubmit_consult(tx: Tx, actor: Actor, *, wish: ResubmitConsult) -> Answer:
    """Mended and sent again: to whoever accepted it, else to everybody who was asked."""
    consult, state = step(tx, actor, wish.consult_id, Verb.RESUBMIT, Permission.CONSULT_ASK)
    reworded = [_reword(consult, question) for question in wish.questions]
    consult.state, consult.reason, consult.return_reason = state, None, None
    consult.resubmission = wish.note
    change = ConsultChange(state=state, reason=None, return_reason=None, resubmission=wish.note)
    data = ConsultResubmittedData(consult=change, questions=reworded)
    number = append(tx, actor, consult, "consult.resubmitted", data)
    time_step(tx, actor, consult)
    return {"number": number, "state": state.value}


def _reword(consult: Consult, wanted: Reworded) -> RewordedQuestion:
    """Raises Conflict for an answered question: the answer would stand under words it was not given to."""
    question = next((one for one in consult.questions if one.id == wanted.id), None)
    if question is None:
        raise NotFound
    if question.answer is not None and question.text != wanted.text:
        raise Conflict(
            "question_answered", "This question has an answer already. Write in the talk what is meant."
        )
    question.text = wanted.text
    return RewordedQuestion(id=question.id, text=question.text)
