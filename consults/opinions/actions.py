"""Every write of what comes of a consult; made as those of consults.actions are."""

from app.audit.kinds import AuditKind
from app.base.actor import Actor, Permission
from app.base.db import Tx
from app.base.errors import Conflict, NotFound
from consults.events import ConsultChange
from consults.history import append, person_of
from consults.lifecycle import Verb
from consults.models import Consult
from consults.opinions.events import (
    ConsultResubmittedData,
    DecisionRecordedData,
    OutcomeReportedData,
    RewordedQuestion,
)
from consults.opinions.models import ConsultDecision, ConsultOutcome
from consults.opinions.schemas import (
    RecordDecision,
    ReportOutcome,
    ResubmitConsult,
    ReturnConsult,
    Reworded,
)
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


def record_decision(tx: Tx, actor: Actor, *, wish: RecordDecision) -> Answer:
    """What the referrer decided after the opinion."""
    consult, _ = step(tx, actor, wish.consult_id, Verb.DECIDE, Permission.CONSULT_ASK)
    said = {"follows": wish.follows, "text": wish.text}
    by = {"by": person_of(tx, actor).model_dump(), "at": tx.now}
    tx.session.merge(ConsultDecision(consult_id=consult.id, **said, **by))
    data = DecisionRecordedData(follows=wish.follows, text=wish.text)
    kind = AuditKind.PROCEDURE_RECORD
    return {"number": append(tx, actor, consult, "decision.recorded", data, kind=kind)}


def report_outcome(tx: Tx, actor: Actor, *, wish: ReportOutcome) -> Answer:
    """What the case turned out to be; the specialist sees it."""
    consult, _ = step(tx, actor, wish.consult_id, Verb.OUTCOME, Permission.CONSULT_ASK)
    said = {"agreement": wish.agreement, "diagnosis": wish.diagnosis, "source": wish.source}
    by = {"by": person_of(tx, actor).model_dump(), "at": tx.now}
    tx.session.merge(ConsultOutcome(consult_id=consult.id, **said, **by))
    data = OutcomeReportedData(agreement=wish.agreement, diagnosis=wish.diagnosis, source=wish.source)
    kind = AuditKind.PROCEDURE_RECORD
    return {"number": append(tx, actor, consult, "outcome.reported", data, kind=kind)}
