"""Wishes about what comes of a consult."""

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from app.annotations.schemas import OurId
from consults.lifecycle import Agreement, Follows, ReaderKind, ReturnReason
from consults.numbers import Whole
from consults.schemas import MAX_QUESTIONS, LongText, OfConsult, QuestionText, ReasonText, Wish

Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)]


Findings = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=4000)]


class ReturnConsult(OfConsult):
    """Sent back: the code for statistics, words for the referrer. `other` says nothing without words."""

    code: ReturnReason
    reason: Words = ""

    @model_validator(mode="after")
    def _says_what(self) -> Self:
        if self.code is ReturnReason.OTHER and len(self.reason) < 3:
            raise ValueError("words")
        return self


class Reworded(Wish):
    """A question said better."""

    id: OurId
    text: QuestionText


class ResubmitConsult(OfConsult):
    """Sent again: what was mended, and questions in other words."""

    note: ReasonText
    questions: Annotated[tuple[Reworded, ...], Field(max_length=MAX_QUESTIONS)] = ()


class RecordDecision(OfConsult):
    """What the referrer, who stays responsible, decided."""

    follows: Follows
    text: Findings


class ReportOutcome(OfConsult):
    """What the case turned out to be, and how that is known (operation, pathology, course)."""

    agreement: Agreement
    diagnosis: Findings
    source: Words = ""


class InviteReader(OfConsult):
    """One more specialist, and how they take part."""

    person_id: OurId
    kind: ReaderKind


class DismissReader(OfConsult):
    person_id: OurId


class ConclusionInput(Wish):
    question_id: OurId
    text: LongText


class GiveReading(OfConsult):
    """A separate opinion: a conclusion for every question, and the whole in words. `version`: of the one that stood in
    the form when it was opened; 0: none did.
    """

    conclusions: Annotated[tuple[ConclusionInput, ...], Field(min_length=1, max_length=MAX_QUESTIONS)]
    text: LongText
    version: Annotated[int, Field(ge=0)] = 0


class GradeReading(Wish):
    """0 none, 1 minor wording, 2 minor, 3 significant, 4 critical; after RADPEER, judged by what it means for care."""

    grade: Annotated[Whole, Field(ge=0, le=4)]
    note: Words = ""
