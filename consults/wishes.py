"""Every durable wish by its name on the wire. Both doors, HTTP and socket, come through here and nowhere else."""

from collections.abc import Callable
from typing import Any, NamedTuple

from app.base.actor import Actor
from app.base.db import Database
from consults import actions, schemas
from consults.agreements.basis import complete_basis
from consults.attachments.actions import add_labs, remove_lab
from consults.attachments.schemas import AddLabs, RemoveLab, WithdrawAttachment
from consults.dispatch.actions import hand_over, pass_offer, reassign
from consults.dispatch.schemas import HandOver, PassOffer, Reassign
from consults.opinions.actions import record_decision, report_outcome, resubmit_consult, return_consult
from consults.opinions.readers import consent_to_opinion, dismiss_reader, invite_reader, leave_reading
from consults.opinions.readings import answer_question, complete_consult, give_opinion, give_reading
from consults.opinions.schemas import (
    DismissReader,
    GiveReading,
    InviteReader,
    RecordDecision,
    ReportOutcome,
    ResubmitConsult,
    ReturnConsult,
)
from consults.recordings.actions import (
    agree_to_recording,
    refuse_recording,
    start_walk_through,
    stop_recording,
    withdraw_recording,
)
from consults.recordings.schemas import OfRecording, StartWalkThrough
from consults.schemas import parse
from consults.starts.actions import choose_starts
from consults.starts.schemas import ChooseStarts
from consults.steps import Answer
from consults.talk.actions import post_message, take_back_file
from consults.talk.schemas import PostMessage


class Kind(NamedTuple):
    """A wish's shape and the action that fulfils it."""

    schema: type[Any]
    action: Callable[..., Answer]


WISHES: dict[str, Kind] = {
    "annotation.delete": Kind(schemas.DeleteAnnotation, actions.delete_annotation),
    "annotation.put": Kind(schemas.PutAnnotation, actions.put_annotation),
    "attachment.withdraw": Kind(WithdrawAttachment, take_back_file),
    "basis.complete": Kind(schemas.CompleteBasis, complete_basis),
    "consult.accept": Kind(schemas.Plain, actions.accept_consult),
    "consult.cancel": Kind(schemas.WithReason, actions.cancel_consult),
    "consult.complete": Kind(schemas.CompleteConsult, complete_consult),
    "consult.create": Kind(schemas.CreateConsult, actions.create_consult),
    "consult.edit": Kind(schemas.EditConsult, actions.edit_consult),
    "consult.handover": Kind(HandOver, hand_over),
    "consult.hold": Kind(ReturnConsult, return_consult),
    "consult.pass": Kind(PassOffer, pass_offer),
    "consult.reassign": Kind(Reassign, reassign),
    "consult.reject": Kind(schemas.WithReason, actions.reject_consult),
    "consult.reopen": Kind(schemas.WithReason, actions.reopen_consult),
    "consult.request": Kind(schemas.Plain, actions.request_consult),
    "consult.reschedule": Kind(schemas.Reschedule, actions.reschedule_consult),
    "consult.resubmit": Kind(ResubmitConsult, resubmit_consult),
    "consult.resume": Kind(schemas.Plain, actions.resume_consult),
    "consult.start": Kind(schemas.Plain, actions.start_consult),
    "consult.withdraw": Kind(schemas.Plain, actions.withdraw_consultant),
    "decision.record": Kind(RecordDecision, record_decision),
    "lab.remove": Kind(RemoveLab, remove_lab),
    "labs.add": Kind(AddLabs, add_labs),
    "message.post": Kind(PostMessage, post_message),
    "opinion.give": Kind(schemas.GiveOpinion, give_opinion),
    "outcome.report": Kind(ReportOutcome, report_outcome),
    "question.answer": Kind(schemas.AnswerQuestion, answer_question),
    "reader.consent": Kind(schemas.Plain, consent_to_opinion),
    "reader.dismiss": Kind(DismissReader, dismiss_reader),
    "reader.invite": Kind(InviteReader, invite_reader),
    "reader.leave": Kind(schemas.Plain, leave_reading),
    "reading.give": Kind(GiveReading, give_reading),
    "recording.agree": Kind(OfRecording, agree_to_recording),
    "recording.refuse": Kind(OfRecording, refuse_recording),
    "recording.start": Kind(StartWalkThrough, start_walk_through),
    "recording.stop": Kind(OfRecording, stop_recording),
    "recording.withdraw": Kind(OfRecording, withdraw_recording),
    "starts.choose": Kind(ChooseStarts, choose_starts),
    "study.share": Kind(schemas.ShareStudy, actions.share_study),
}


def fulfil(db: Database, actor: Actor, name: str, sent: Any, *, access_days: int) -> Answer:
    """Checks the wish's shape and does it in one transaction; what the wisher is told comes back.

    `access_days`: of the settings, for a new consult that does not say how long its images stay open.
    """
    kind = WISHES[name]
    wish = _with_days(parse(kind.schema, sent), access_days)
    with db.transaction() as tx:
        return kind.action(tx, actor, wish=wish)


def _with_days(wish: Any, days: int) -> Any:
    if isinstance(wish, schemas.EditConsult):
        return wish.model_copy(update={"content": _with_days(wish.content, days)})
    if isinstance(wish, schemas.CreateConsult) and wish.access_days is None:
        return wish.model_copy(update={"access_days": days})
    return wish
