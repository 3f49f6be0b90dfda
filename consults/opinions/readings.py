"""What each reader concludes: the consultant's answers, opinion and its completion, and the separate readings.

The consultant's opinion is kept as a report on the studies; a separate reading belongs to the case alone, so that the
patient has one report.
"""

from datetime import timedelta

from sqlalchemy import select

from app.archive.actions import end_grants
from app.audit.kinds import AuditKind
from app.base.actor import Actor, Permission
from app.base.db import Tx
from app.base.errors import Conflict, Forbidden, NotFound
from app.base.ids import new_id
from app.reporting.actions import create_report, finalise_report, revise_report
from consults.access import seats_of
from consults.events import AnswerGivenData, ConsultChange, OpinionGivenData
from consults.history import append, person_of
from consults.lifecycle import ReaderKind, Seat, Verb
from consults.opinions.events import Conclusion, ReadingData, ReadingGivenData
from consults.opinions.models import ConsultGrade, ConsultReading
from consults.opinions.readers import check_answered, check_consents, lapse_consents, reader_of
from consults.opinions.schemas import GiveReading
from consults.opinions.written import check_newest, check_version
from consults.schemas import AnswerQuestion, CompleteConsult, GiveOpinion
from consults.steps import Answer, begin_work, moved, step


def answer_question(tx: Tx, actor: Actor, *, wish: AnswerQuestion) -> Answer:
    """The consultant's answer to one question, or a better one."""
    consult, state = step(tx, actor, wish.consult_id, Verb.ANSWER, Permission.CONSULT_ANSWER)
    question = next((question for question in consult.questions if question.id == wish.question_id), None)
    if question is None:
        raise NotFound
    before = check_newest(tx, consult, wish, question.id)
    begin_work(tx, actor, consult, state)
    lapse_consents(consult)
    question.answer, question.answered_at = wish.text, tx.now
    question.answered_by = person_of(tx, actor).model_dump()
    data = AnswerGivenData(question_id=question.id, number=question.number, text=wish.text, **before)
    return {"number": append(tx, actor, consult, "answer.given", data, kind=AuditKind.PROCEDURE_RECORD)}


def give_opinion(tx: Tx, actor: Actor, *, wish: GiveOpinion) -> Answer:
    """The consultant's opinion, kept as a report on all studies of the consult; said again, it is revised."""
    consult, state = step(tx, actor, wish.consult_id, Verb.CONCLUDE, Permission.CONSULT_ANSWER)
    before = check_newest(tx, consult, wish)
    begin_work(tx, actor, consult, state)
    lapse_consents(consult)
    if consult.report_id is None:
        study_ids = [study.study_id for study in consult.studies]
        consult.report_id = create_report(tx, actor, study_ids=study_ids, conclusion=wish.text).id
    else:
        revise_report(tx, actor, report_id=consult.report_id, conclusion=wish.text)
    consult.opinion = wish.text
    data = OpinionGivenData(text=wish.text, report_id=consult.report_id, **before)
    number = append(tx, actor, consult, "opinion.given", data, kind=AuditKind.PROCEDURE_RECORD)
    return {"number": number, "report_id": consult.report_id}


def complete_consult(tx: Tx, actor: Actor, *, wish: CompleteConsult) -> Answer:
    """Every question answered, the opinion given and signed by its joint authors: the report is final, the days of
    access begin to run.
    """
    consult, state = step(tx, actor, wish.consult_id, Verb.COMPLETE, Permission.CONSULT_DISCUSS)
    check_answered(consult)
    check_consents(consult)
    if wish.access_days is not None:
        if Seat.REFERRER not in seats_of(consult, actor):  # nobody lengthens their own right to the images
            raise Forbidden("wrong_side", "In this consult another doctor has to do this.")
        consult.access_days = wish.access_days
    assert consult.report_id is not None  # checked above
    finalise_report(tx, actor, report_id=consult.report_id)
    consult.closed_at, consult.access_ends_at = tx.now, tx.now + timedelta(days=consult.access_days)
    consult.reason = None  # why it had been opened again
    end_grants(tx, actor, reason_ref=consult.id, at=consult.access_ends_at)
    changed = {"access_days": consult.access_days, "access_ends_at": consult.access_ends_at, "reason": None}
    return moved(tx, actor, consult, state, "consult.completed", **changed)


def give_reading(tx: Tx, actor: Actor, *, wish: GiveReading) -> Answer:
    """A separate opinion with a conclusion for every question. Given again it is a new version, but a blind one is
    given once: from then on its author sees the first. What was graded stays.
    """
    consult, _ = step(tx, actor, wish.consult_id, Verb.READ, Permission.CONSULT_ANSWER)
    reader = reader_of(consult, actor.id)
    is_blind_and_given = reader.kind == ReaderKind.BLIND and reader.given_at is not None
    if is_blind_and_given or tx.session.get(ConsultGrade, reader.id) is not None:
        raise Conflict("reading_given", "This opinion has been given and stays with the case.")
    said = {conclusion.question_id: conclusion.text for conclusion in wish.conclusions}
    if set(said) != {question.id for question in consult.questions}:
        raise Conflict("not_concluded", "Every question needs a conclusion of its own.")
    conclusions = [Conclusion(question_id=one.id, text=said[one.id]) for one in consult.questions]
    version = _next_version(tx, reader.id, wish.version)
    row = ConsultReading(id=new_id(), reader_id=reader.id, version=version, text=wish.text, given_at=tx.now)
    row.conclusions = [conclusion.model_dump() for conclusion in conclusions]
    tx.session.add(row)
    reader.given_at = tx.now
    reading = ReadingData(conclusions=conclusions, text=wish.text, version=version)
    data = ReadingGivenData(consult=ConsultChange(), reading=reading)
    kind = AuditKind.PROCEDURE_RECORD
    return {"number": append(tx, actor, consult, "reading.given", data, kind=kind)}


def _next_version(tx: Tx, reader_id: str, known: int) -> int:
    """The one before is kept, and no longer counts. Raises Conflict unless it is the one the reader knows."""
    mine = (ConsultReading.reader_id == reader_id, ConsultReading.superseded_at.is_(None))
    before = tx.session.scalar(select(ConsultReading).where(*mine))
    check_version(before.version if before else 0, known)
    if before is None:
        return 1
    before.superseded_at = tx.now
    return before.version + 1
