"""What happens in a consult, typed: the shape of each event's `data`.

A consult.* event carries in `data.consult` those fields of the consult that changed, so that a page puts them over
what it has. `viewer_js/src/consult/event_types.ts` is made from this file (consults/typescript.py); a test compares. An annotated
dict names the TypeScript type of what is inside.
"""

from typing import Annotated, Any, Literal

from consults.event_base import Event, Moment, Payload
from consults.grounds import BasisData
from consults.lifecycle import ReturnReason, Side, State, Verb
from consults.lines import Region, Reply, Sentence, Voice
from consults.offers import OfferData
from consults.urgency import Urgency


class Party(Payload):
    """One side: its hospital, and who speaks for it."""

    hospital: str
    person: str | None


class ConsultChange(Payload):
    """The changed fields only. `allowed` is for the reader: what they may do now."""

    access_days: int | None = None
    access_ends_at: Moment | None = None
    allowed: list[Verb] | None = None
    basis: BasisData | None = None
    consulting: Party | None = None
    due_at: Moment | None = None
    offer: OfferData | None = None
    reason: str | None = None
    resubmission: str | None = None
    return_reason: ReturnReason | None = None
    state: State | None = None
    urgency: Urgency | None = None


class StudyRef(Payload):
    id: str
    description: str


class ConsultData(Payload):
    consult: ConsultChange


class AnnotationDeletedData(Payload):
    id: str
    study_id: str
    revision: int


class AnnotationPutData(Payload):
    annotation: Annotated[dict[str, Any], "Annotation"]


class AnswerGivenData(Payload):
    """`revises`: the number of the event whose text stood there before."""

    question_id: str
    number: int
    text: str
    revises: int | None = None


class MessagePostedData(Payload):
    """A line. `recipients`: the only ones who may read it, its author among them; absent: everybody."""

    id: str
    client_id: str
    text: str
    view: Annotated[dict[str, Any], "View"] | None
    attachments: list[str] | None = None
    mentions: list[str] | None = None
    recipients: list[str] | None = None
    recording: str | None = None
    region: Region | None = None
    reply_to: Reply | None = None
    sentence: Sentence | None = None
    voice: Voice | None = None


class OpinionGivenData(Payload):
    """`revises`: as of an answer."""

    text: str
    report_id: str
    revises: int | None = None


class ParticipantJoinedData(Payload):
    """The actor of the event came into the room for the first time."""

    side: Side


class StudySharedData(Payload):
    study: StudyRef


class AnnotationDeleted(Event):
    type: Literal["annotation.deleted"] = "annotation.deleted"
    data: AnnotationDeletedData


class AnnotationPut(Event):
    type: Literal["annotation.put"] = "annotation.put"
    data: AnnotationPutData


class AnswerGiven(Event):
    type: Literal["answer.given"] = "answer.given"
    data: AnswerGivenData


class ConsultAccepted(Event):
    type: Literal["consult.accepted"] = "consult.accepted"
    data: ConsultData


class ConsultCancelled(Event):
    type: Literal["consult.cancelled"] = "consult.cancelled"
    data: ConsultData


class ConsultCompleted(Event):
    type: Literal["consult.completed"] = "consult.completed"
    data: ConsultData


class ConsultDrafted(Event):
    """Hidden from the consulting side: before the request there is nothing they may know."""

    type: Literal["consult.drafted"] = "consult.drafted"
    data: ConsultData


class ConsultHeld(Event):
    type: Literal["consult.held"] = "consult.held"
    data: ConsultData


class ConsultRejected(Event):
    type: Literal["consult.rejected"] = "consult.rejected"
    data: ConsultData


class ConsultReopened(Event):
    type: Literal["consult.reopened"] = "consult.reopened"
    data: ConsultData


class ConsultRequested(Event):
    type: Literal["consult.requested"] = "consult.requested"
    data: ConsultData


class ConsultRescheduled(Event):
    type: Literal["consult.rescheduled"] = "consult.rescheduled"
    data: ConsultData


class ConsultResumed(Event):
    type: Literal["consult.resumed"] = "consult.resumed"
    data: ConsultData


class ConsultStarted(Event):
    type: Literal["consult.started"] = "consult.started"
    data: ConsultData


class ConsultWithdrawn(Event):
    """The consultant steps back; the consult waits for another one."""

    type: Literal["consult.withdrawn"] = "consult.withdrawn"
    data: ConsultData


class MessagePosted(Event):
    type: Literal["message.posted"] = "message.posted"
    data: MessagePostedData


class OpinionGiven(Event):
    type: Literal["opinion.given"] = "opinion.given"
    data: OpinionGivenData


class ParticipantJoined(Event):
    type: Literal["participant.joined"] = "participant.joined"
    data: ParticipantJoinedData


class StudyShared(Event):
    type: Literal["study.shared"] = "study.shared"
    data: StudySharedData


class HiddenEvent(Payload):
    """Takes its number so that nobody waits for it; says nothing else."""

    consult_id: str
    number: int
    type: Literal["hidden"] = "hidden"


EVENTS: dict[str, type[Event]] = {
    str(event.model_fields["type"].default): event
    for event in (
        AnnotationDeleted,
        AnnotationPut,
        AnswerGiven,
        ConsultAccepted,
        ConsultCancelled,
        ConsultCompleted,
        ConsultDrafted,
        ConsultHeld,
        ConsultRejected,
        ConsultReopened,
        ConsultRequested,
        ConsultRescheduled,
        ConsultResumed,
        ConsultStarted,
        ConsultWithdrawn,
        MessagePosted,
        OpinionGiven,
        ParticipantJoined,
        StudyShared,
    )
}
HIDDEN_FROM_CONSULTING = frozenset({"consult.drafted"})
