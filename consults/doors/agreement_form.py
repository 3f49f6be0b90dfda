"""The form of an agreement: from what the browser posted to its content, and back when it has to be shown again."""

from dataclasses import dataclass, field
from typing import Any

from werkzeug.datastructures import MultiDict

from app.edge.language import gettext
from consults.agreements.queries import AgreementInfo
from consults.grounds import Mode
from consults.numbers import printed
from consults.urgency import DUE_WITHIN, Urgency

PLAIN = (
    "number",
    "referring_hospital_id",
    "consulting_hospital_id",
    "valid_from",
    "valid_to",
    "responsibilities",
    "infrastructure",
    "storage",
    "cost",
)
TERM = ("mode", "modality", "service", "price", "routine", "urgent", "emergency")
SPARE = 3
LABELS: dict[str, str] = {
    "consulting_hospital_id": "Hospital that answers",
    "cost": "Cost and payment",
    "infrastructure": "Infrastructure, software and security",
    "number": "Number of the contract",
    "referring_hospital_id": "Hospital that asks",
    "responsibilities": "Responsibilities of both sides",
    "storage": "Storage and backup",
    "terms": "Services, prices and answer times",
    "valid_from": "In force from",
    "valid_to": "In force until",
}
OF_TERM: dict[str, str] = {
    "emergency": "Emergency",
    "modality": "Modality",
    "mode": "Kind of case",
    "price": "Price (VND)",
    "routine": "Routine",
    "service": "Service",
    "urgent": "Urgent",
}


def usual_term(mode: Mode) -> dict[str, str]:
    """A row with the usual answer times, for every modality."""
    minutes = {urgency.value: str(int(DUE_WITHIN[urgency].total_seconds() // 60)) for urgency in Urgency}
    return {"mode": mode.value, "modality": "", "service": "", "price": "0", **minutes}


EMPTY_TERM = dict.fromkeys(TERM, "")


@dataclass(frozen=True)
class AgreementForm:
    """What stands in the fields, as text."""

    plain: dict[str, str]
    terms: list[dict[str, str]]
    problem: str = field(default="", compare=False)
    where: str = ""  # the field that was refused

    @classmethod
    def empty(cls, hospital_id: str | None) -> "AgreementForm":
        """With what is usual already there."""
        plain = dict.fromkeys(PLAIN, "") | {"referring_hospital_id": hospital_id or ""}
        return cls(plain, [usual_term(Mode.CONSULTATION), *([EMPTY_TERM] * SPARE)])

    @classmethod
    def posted(cls, form: MultiDict[str, str], problem: str = "", where: str = "") -> "AgreementForm":
        """What was entered, however wrong; a row without a mode counts as empty."""
        plain = {name: form.get(name, "").strip() for name in PLAIN}
        columns = [form.getlist(f"term_{name}") for name in TERM]
        rows = [dict(zip(TERM, row, strict=True)) for row in zip(*columns, strict=False)]
        return cls(plain, [row for row in rows if row["mode"]] + [EMPTY_TERM] * SPARE, problem, where)

    @classmethod
    def of_info(cls, info: AgreementInfo) -> "AgreementForm":
        """A draft that is taken up again."""
        plain = {name: str(getattr(info, name.replace("_hospital", ""))) for name in PLAIN}
        terms = [
            {name: str(term[name]) for name in TERM} | {"price": printed(term["price"])}
            for term in info.terms
        ]
        return cls(plain, terms + [EMPTY_TERM] * SPARE)

    def content(self) -> dict[str, Any]:
        """For AgreementInput, which finds whatever is wrong."""
        terms = [
            row | {"modality": row["modality"].strip().upper(), "price": row["price"].strip() or "0"}
            for row in self.terms
            if row["mode"]
        ]
        return {**self.plain, "terms": terms}


def name_of(where: str) -> str:
    """The form's own name of a field that was refused; one of the table after its row, counted from 1."""
    first, _, rest = where.partition(".")
    label = gettext(LABELS.get(first, first))
    place, _, cell = rest.partition(".")
    if not place.isdecimal():
        return label
    row = gettext("{table}, row {row}", table=label, row=int(place) + 1)
    return f"{row}: {gettext(OF_TERM[cell])}" if cell in OF_TERM else row
