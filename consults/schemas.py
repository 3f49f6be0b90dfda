"""Wishes from the browser as small frozen objects. Undeclared fields are refused; texts are trimmed, never cleaned."""

from typing import Annotated, Any, Self, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from app.annotations.schemas import AnnotationInput, OurId, Uid
from app.base.errors import Invalid
from consults.days import NamedMoment
from consults.grounds import Ground, Mode, Told
from consults.numbers import Whole
from consults.urgency import Urgency
from consults.views import View

MAX_STUDIES = 10
MAX_QUESTIONS = 10
MAX_STARTS = 20

ClientId = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z_-]{8,64}$")]
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)]
QuestionText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=1000)]
ReasonText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=1000)]
LongText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000)]


class Wish(BaseModel):
    """What every wish is made on, those of the sub-rooms too."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class InformedInput(Wish):
    """Who told the patient that their images go to another hospital, when, and how."""

    by: Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=200)]
    at: NamedMoment
    how: Told


class BasisInput(Wish):
    """Why the case may be sent; what is missing stops it when it is sent, not before."""

    mode: Mode = Mode.CONSULTATION
    ground: Ground | None = None
    ground_note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)] = ""
    informed: InformedInput | None = None


class Place(Wish):
    """One frame of one image, counted from 1."""

    study_id: OurId
    sop_instance_uid: Uid
    frame_number: Annotated[int, Field(ge=1)] = 1


class CreateConsult(Wish):
    """A new case: what is asked, about which studies, of whom, how soon, and how long the images stay open.

    Days left open are those of the settings: `wishes.fulfil` fills them in.
    """

    study_ids: Annotated[tuple[OurId, ...], Field(min_length=1, max_length=MAX_STUDIES)]
    questions: Annotated[tuple[QuestionText, ...], Field(min_length=1, max_length=MAX_QUESTIONS)]
    history: Annotated[str, StringConstraints(strip_whitespace=True, max_length=20_000)] = ""
    urgency: Urgency
    due_at: NamedMoment | None = None
    hospital_id: OurId | None = None
    person_id: OurId | None = None
    group_id: OurId | None = None
    access_days: Annotated[Whole, Field(ge=0, le=365)] | None = None
    basis: BasisInput = BasisInput()
    labs: Annotated[str, StringConstraints(max_length=20_000)] = ""
    starts: Annotated[tuple[Place, ...], Field(max_length=MAX_STARTS)] = ()

    @model_validator(mode="after")
    def _asks_somebody(self) -> Self:
        if [self.group_id, self.hospital_id, self.person_id].count(None) != 2:
            raise ValueError("a hospital, a duty group or a person")
        return self


class OfConsult(Wish):
    """A wish about one consult."""

    consult_id: OurId


class EditConsult(OfConsult):
    content: CreateConsult


class CompleteBasis(OfConsult):
    """What was missing when an emergency was sent."""

    basis: BasisInput


class Plain(OfConsult):
    """A wish that says nothing but its verb: accept, request, resume, start, withdraw."""


class WithReason(OfConsult):
    """A wish that has to say why: cancel, reject, reopen."""

    reason: ReasonText


class Reschedule(OfConsult):
    due_at: NamedMoment


class ShareStudy(OfConsult):
    study_id: OurId


class PutAnnotation(OfConsult):
    annotation: AnnotationInput


class DeleteAnnotation(OfConsult):
    id: OurId


class AnswerQuestion(OfConsult):
    """`version`: the number of the event that wrote what stood there when the form was opened; 0: nothing did."""

    question_id: OurId
    text: LongText
    version: Annotated[int, Field(ge=0)] = 0


class GiveOpinion(OfConsult):
    """`version`: as of an answer."""

    text: LongText
    version: Annotated[int, Field(ge=0)] = 0


class CompleteConsult(OfConsult):
    """`access_days`: changes how long the consultant may still open the images; for the referring side only."""

    access_days: Annotated[Whole, Field(ge=0, le=365)] | None = None


class EnterRoom(OfConsult):
    """`after`: the number of the last event the page knows."""

    after: Annotated[int, Field(ge=0)] = 0


class MovePointer(OfConsult):
    study_id: OurId
    sop_instance_uid: Uid
    frame_number: Annotated[int, Field(ge=1)]
    x: float
    y: float


class ShowViewport(OfConsult):
    view: View


class Sketch(OfConsult):
    annotation: AnnotationInput


Asked = TypeVar("Asked", bound=Wish)


def parse(schema: type[Asked], sent: Any) -> Asked:
    """The wish as its object; raises Invalid with the name of the first field that is wrong."""
    sent = _with_annotation(sent) if "annotation" in schema.model_fields else sent
    try:
        return schema.model_validate(sent)
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"]) or schema.__name__
        raise Invalid("invalid_wish", "Please check: {where} is missing or wrong.", where=where) from error


def _with_annotation(sent: Any) -> Any:
    """A mark carries what only the server gives (author, time); its own constructor knows what to put aside."""
    if not isinstance(sent, dict) or not isinstance(sent.get("annotation"), dict):
        return sent
    return sent | {"annotation": AnnotationInput.from_wire(sent["annotation"])}
