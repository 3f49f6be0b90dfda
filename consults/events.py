"""What happens in a consult, typed: the shape of each event's `data`.

A consult.* event carries in `data.consult` those fields of the consult that changed, so that a page puts them over
what it has. `viewer_js/src/consult/event_types.ts` is made from this file (consults/typescript.py); a test compares. An annotated
dict names the TypeScript type of what is inside.
"""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, PlainSerializer

from consults.lifecycle import Side, State, Verb
from consults.urgency import Urgency


def moment_json(at: datetime) -> str:
    """A moment on the wire: the same text in an event and in a fetched state."""
    return at.astimezone(UTC).isoformat()


Moment = Annotated[datetime, PlainSerializer(moment_json, return_type=str, when_used="json-unless-none")]


class _Plain(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Person(_Plain):
    """Somebody as others see them; the name is that of the moment."""

    id: str
    name: str
    hospital: str


class Party(_Plain):
    """One side: its hospital, and who speaks for it."""

    hospital: str
    person: str | None


class ConsultChange(_Plain):
    """The changed fields only. `allowed` is for the reader: what they may do now."""

    access_days: int | None = None
    access_ends_at: Moment | None = None
    allowed: list[Verb] | None = None
    consulting: Party | None = None
    due_at: Moment | None = None
    reason: str | None = None
    state: State | None = None
    urgency: Urgency | None = None


class StudyRef(_Plain):
    id: str
    description: str


class ConsultData(_Plain):
    consult: ConsultChange


class AnnotationDeletedData(_Plain):
    id: str
    study_id: str
    revision: int


class AnnotationPutData(_Plain):
    annotation: Annotated[dict[str, Any], "Annotation"]


class AnswerGivenData(_Plain):
    question_id: str
    number: int
    text: str


class MessagePostedData(_Plain):
    id: str
    client_id: str
    text: str
    view: Annotated[dict[str, Any], "View"] | None


class OpinionGivenData(_Plain):
    text: str
    report_id: str


class ParticipantJoinedData(_Plain):
    """The actor of the event came into the room for the first time."""

    side: Side


class StudySharedData(_Plain):
    study: StudyRef


class _Event(_Plain):
    consult_id: str
    number: int
    at: Moment
    actor: Person


class AnnotationDeleted(_Event):
    type: Literal["annotation.deleted"] = "annotation.deleted"
    data: AnnotationDeletedData


class AnnotationPut(_Event):
    type: Literal["annotation.put"] = "annotation.put"
    data: AnnotationPutData


class AnswerGiven(_Event):
    type: Literal["answer.given"] = "answer.given"
    data: AnswerGivenData


class ConsultAccepted(_Event):
    type: Literal["consult.accepted"] = "consult.accepted"
    data: ConsultData


class ConsultCancelled(_Event):
    type: Literal["consult.cancelled"] = "consult.cancelled"
    data: ConsultData


class ConsultCompleted(_Event):
    type: Literal["consult.completed"] = "consult.completed"
    data: ConsultData


class ConsultDrafted(_Event):
    """Hidden from the consulting side: before the request there is nothing they may know."""

    type: Literal["consult.drafted"] = "consult.drafted"
    data: ConsultData


class ConsultHeld(_Event):
    type: Literal["consult.held"] = "consult.held"
    data: ConsultData


class ConsultRejected(_Event):
    type: Literal["consult.rejected"] = "consult.rejected"
    data: ConsultData


class ConsultReopened(_Event):
    type: Literal["consult.reopened"] = "consult.reopened"
    data: ConsultData


class ConsultRequested(_Event):
    type: Literal["consult.requested"] = "consult.requested"
    data: ConsultData


class ConsultRescheduled(_Event):
    type: Literal["consult.rescheduled"] = "consult.rescheduled"
    data: ConsultData


class ConsultResumed(_Event):
    type: Literal["consult.resumed"] = "consult.resumed"
    data: ConsultData


class ConsultStarted(_Event):
    type: Literal["consult.started"] = "consult.started"
    data: ConsultData


class ConsultWithdrawn(_Event):
    """The consultant steps back; the consult waits for another one."""

    type: Literal["consult.withdrawn"] = "consult.withdrawn"
    data: ConsultData


class MessagePosted(_Event):
    type: Literal["message.posted"] = "message.posted"
    data: MessagePostedData


class OpinionGiven(_Event):
    type: Literal["opinion.given"] = "opinion.given"
    data: OpinionGivenData


class ParticipantJoined(_Event):
    type: Literal["participant.joined"] = "participant.joined"
    data: ParticipantJoinedData


class StudyShared(_Event):
    type: Literal["study.shared"] = "study.shared"
    data: StudySharedData


class HiddenEvent(_Plain):
    """Takes its number so that nobody waits for it; says nothing else."""

    consult_id: str
    number: int
    type: Literal["hidden"] = "hidden"


EventData = (
    AnnotationDeletedData
    | AnnotationPutData
    | AnswerGivenData
    | ConsultData
    | MessagePostedData
    | OpinionGivenData
    | ParticipantJoinedData
    | StudySharedData
)
EVENTS: dict[str, type[_Event]] = {
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
