"""The form of a new consult: from what the browser posted to a wish, and back into the form when it has to be shown again."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from werkzeug.datastructures import MultiDict

from app.base.clock import VIETNAM, now
from app.base.errors import HoichanError, Invalid
from consults.attachments.labs import REFUSALS
from consults.attachments.labs_of_draft import text_of_labs
from consults.grounds import Ground, Mode, Told
from consults.schemas import MAX_QUESTIONS, MAX_STARTS
from consults.urgency import Urgency

LABELS: dict[str, str] = {
    "access_days": "Days the images stay open after completion",
    "due_at": "Answer needed by",
    "ground": "Ground for passing the patient's data",
    "history": "History and findings",
    "informed": "The patient was informed",
    "labs": "Laboratory values",
    "mode": "Kind of case",
    "questions": "Questions",
    "study_ids": "Studies",
    "urgency": "How urgent is it?",
}
BASIS_FIELDS = ("mode", "ground", "ground_note", "informed_by", "informed_how", "informed_at")
PLACE = ("study_id", "sop_instance_uid", "frame_number")
LOCAL = "%Y-%m-%dT%H:%M"  # what <input type="datetime-local"> speaks


@dataclass(frozen=True)
class BasisForm:
    """What stands in the fields of the basis, as text. Nothing is ticked before somebody has ticked it."""

    mode: str = Mode.CONSULTATION
    ground: str = ""
    ground_note: str = ""
    informed: bool = False
    informed_by: str = ""
    informed_how: str = Told.SPOKEN
    informed_at: str = ""

    @classmethod
    def posted(cls, form: MultiDict[str, str]) -> "BasisForm":
        """What was entered."""
        told = {name: form.get(name, "").strip() for name in BASIS_FIELDS if name in form}
        return cls(**told, informed="informed" in form)

    @classmethod
    def of_draft(cls, basis: dict[str, Any] | None, name: str) -> "BasisForm":
        """What a draft holds; who informs is the writer until somebody else is named."""
        told = (basis or {}).get("informed")
        if basis is None or told is None:
            left = {"mode": basis["mode"], "ground": basis["ground"] or ""} if basis else {}
            return cls(**left, ground_note=basis["ground_note"] if basis else "", informed_by=name)
        return cls(
            mode=basis["mode"],
            ground=basis["ground"] or "",
            ground_note=basis["ground_note"],
            informed=True,
            informed_by=told["by"],
            informed_how=told["how"],
            informed_at=datetime.fromisoformat(told["at"]).astimezone(VIETNAM).strftime(LOCAL),
        )

    def wish(self) -> dict[str, Any]:
        """What stands for `basis` in `consult.create`. A time left empty is now."""
        at = _moment(self.informed_at) or now()
        informed = {"by": self.informed_by, "at": at, "how": self.informed_how} if self.informed else None
        ground = self.ground if self.ground in set(Ground) else None
        return {
            "mode": self.mode,
            "ground": ground,
            "ground_note": self.ground_note,
            "informed": informed,
        }


@dataclass(frozen=True)
class ConsultForm:
    """What stands in the form's fields, as text."""

    study_ids: tuple[str, ...]
    questions: tuple[str, ...] = ("",)
    history: str = ""
    labs: str = ""
    starts: tuple[str, ...] = ()
    begins: bool = True
    urgency: str = Urgency.ROUTINE
    due_at: str = ""
    whom: str = ""
    access_days: str = ""
    basis: BasisForm = BasisForm()
    problem: str = field(default="", compare=False)
    problem_at: str = field(default="", compare=False)  # see field_of
    lost: tuple[str, ...] = field(default=(), compare=False)  # names of chosen files that were not kept

    @classmethod
    def posted(cls, form: MultiDict[str, str]) -> "ConsultForm":
        """What was entered, however wrong it is."""
        questions = tuple(text.strip() for text in form.getlist("question") if text.strip())
        return cls(
            study_ids=tuple(dict.fromkeys(form.getlist("study"))),
            questions=questions[: MAX_QUESTIONS + 1] or ("",),
            history=form.get("history", "").strip(),
            labs=form.get("labs", "").strip(),
            starts=tuple(dict.fromkeys(form.getlist("start"))),
            begins="begin" in form,
            urgency=form.get("urgency", Urgency.ROUTINE),
            due_at=form.get("due_at", ""),
            whom=form.get("whom", ""),
            access_days=form.get("access_days", "").strip(),
            basis=BasisForm.posted(form),
        )

    @classmethod
    def of_draft(cls, told: dict[str, Any], whom: str, name: str) -> "ConsultForm":
        """A draft that is taken up again; `told`: what its room shows."""
        state = told["consult"]
        due_at = state["due_at"]
        return cls(
            study_ids=tuple(study["id"] for study in state["studies"]),
            questions=tuple(question["text"] for question in state["questions"]) or ("",),
            history=state["history"],
            labs=text_of_labs(told["attachments"]["labs"]),
            starts=tuple("/".join(str(place[name]) for name in PLACE) for place in told["starts"]),
            urgency=state["urgency"],
            due_at=datetime.fromisoformat(due_at).astimezone(VIETNAM).strftime(LOCAL) if due_at else "",
            whom=whom,
            access_days=str(state["access_days"]),
            basis=BasisForm.of_draft(state["basis"], name),
        )

    def _starts(self) -> list[dict[str, str]]:
        """Of the chosen studies; as many as a case begins with."""
        chosen = [start.split("/") for start in self.starts if self.begins]
        places = [start for start in chosen if start[0] in self.study_ids]
        return [dict(zip(PLACE, start, strict=False)) for start in places[:MAX_STARTS]]

    def with_problem(self, sentence: str, *, at: str, lost: tuple[str, ...]) -> "ConsultForm":
        """To be shown again with the reason, at its field; `lost` have to be chosen again."""
        return replace(self, problem=sentence, problem_at=at, lost=lost)

    def wish(self) -> dict[str, Any]:
        """What `consult.create` takes; whatever is wrong is found there. Raises Invalid where nobody is named."""
        kind, _, whom = self.whom.partition(":")
        if kind not in {"group", "hospital", "person"}:
            raise Invalid("nobody_asked", "Choose whom you ask.")
        if not any(self.questions):
            raise Invalid("nothing_asked", "Write at least one question.")
        return {
            "study_ids": self.study_ids,
            "questions": self.questions,
            "history": self.history,
            "labs": self.labs,
            "starts": self._starts(),
            "urgency": self.urgency,
            "due_at": _moment(self.due_at),
            f"{kind}_id": whom,
            "access_days": self.access_days or None,
            "basis": self.basis.wish(),
        }


def label_of(where: str) -> str:
    """The form's own name of the field that a wish was refused for."""
    names = [name for name in where.split(".") if name in LABELS]
    return LABELS[names[0]] if names else where


def field_of(error: HoichanError) -> str:
    """Which field has to be mended for it, of those whose refusal does not say so; else empty."""
    if "file" in error.params:
        return "file"
    return "labs" if error.code in REFUSALS else ""


def _moment(local: str) -> datetime | None:
    """A time typed on a page is Vietnam's time."""
    if not local:
        return None
    try:
        return datetime.strptime(local, LOCAL).replace(tzinfo=VIETNAM)
    except ValueError as error:
        raise Invalid("bad_time", "The time an answer is due was not understood.") from error
