"""The secretary's form: from what the browser posted to the minutes' content, and back."""

from datetime import datetime
from itertools import zip_longest
from typing import Any

from werkzeug.datastructures import MultiDict

from app.base.clock import VIETNAM
from app.edge.language import gettext
from consults.minutes.schemas import MinutesContent

PLAIN = (
    "paper_number",
    "department",
    "room",
    "bed",
    "diagnosis",
    "referring_point",
    "consulting_point",
    "course",
    "conclusion",
    "dissent",
    "treatment",
)
DAYS = ("treated_from", "treated_to")
MOMENTS = ("held_from", "held_to")
MEMBER = ("person_id", "name", "title", "unit", "side", "licence_number", "joined_at", "left_at")
LOCAL = "%Y-%m-%dT%H:%M"
EMPTY_ROWS = 2  # for those who took part without an account
LABELS: dict[str, str] = {
    "bed": "Bed",
    "chair": "Chair",
    "conclusion": "Conclusion",
    "conclusions": "Conclusions on the questions",
    "consulting_point": "Connection point that answers",
    "course": "Course of the illness, treatment and care",
    "department": "Department",
    "diagnosis": "Diagnosis",
    "dissent": "Dissenting opinion",
    "held_from": "Held from",
    "held_to": "Held until",
    "members": "Who took part",
    "paper_number": "Number of the paper",
    "recorded": "The talk was recorded",
    "referring_point": "Connection point that asks",
    "room": "Room",
    "text": "Remark for the secretary",
    "treated_from": "Treated from",
    "treated_to": "Treated until",
    "treatment": "Further treatment",
}
OF_MEMBER: dict[str, str] = {
    "joined_at": "Joined at",
    "left_at": "Left at",
    "licence_number": "Licence number",
    "name": "Name",
    "side": "Side",
    "title": "Professional title",
    "unit": "Unit",
}
Sent = dict[str, Any]


def posted(form: MultiDict[str, str]) -> Sent:
    """The fields as they were entered, in the shape of MinutesContent."""
    rows = [
        dict(zip(MEMBER, row, strict=True))
        for row in zip_longest(*(form.getlist(f"member_{name}") for name in MEMBER), fillvalue="")
    ]
    kept = [place for place, row in enumerate(rows) if row["name"].strip()]
    chair = form.get("chair", -1, type=int)
    return {
        **{name: form.get(name, "") for name in PLAIN},
        **{name: form.get(name) or None for name in DAYS},
        **{name: _moment(form.get(name, "")) for name in MOMENTS},
        "members": [_member(rows[place]) for place in kept],
        "chair": kept.index(chair) if chair in kept else None,
        "conclusions": [
            {"question": number, "text": text}
            for number, text in zip(
                form.getlist("question", type=int), form.getlist("question_conclusion"), strict=False
            )
        ],
        "recorded": "recorded" in form,
    }


def _member(row: Sent) -> Sent:
    moments = {name: _moment(row[name]) for name in ("joined_at", "left_at")}
    return {**row, **moments, "person_id": row["person_id"] or None}


def _moment(local: str) -> str | None:
    """A time typed on a page is Vietnam's time; what cannot be read is refused by the schema, with the field's name."""
    try:
        return datetime.strptime(local, LOCAL).replace(tzinfo=VIETNAM).isoformat()
    except ValueError:
        return local or None


def shown(content: Sent) -> Sent:
    """For the form's fields: moments as <input type="datetime-local"> speaks them, and empty rows for more members."""
    members = [
        {**{name: one.get(name) or "" for name in MEMBER}, **_locals(one, ("joined_at", "left_at"))}
        for one in content["members"]
    ]
    empty = {**dict.fromkeys(MEMBER, ""), "side": "referring"}
    concluded = {one["question"]: one["text"] for one in content["conclusions"]}
    return {
        **content,
        **_locals(content, MOMENTS),
        "members": [*members, *(dict(empty) for _ in range(EMPTY_ROWS))],
        "concluded": concluded,
    }


def of_content(content: MinutesContent) -> Sent:
    """What is kept."""
    return shown(content.model_dump(mode="json"))


def _locals(told: Sent, names: tuple[str, ...]) -> Sent:
    return {name: _local(told.get(name)) for name in names}


def _local(at: str | None) -> str:
    try:
        return datetime.fromisoformat(at).astimezone(VIETNAM).strftime(LOCAL) if at else ""
    except (OverflowError, ValueError):
        return ""


def name_of(where: str, typed: Sent) -> str:
    """The form's own name of a field that was refused; one of a member after the name that was typed there."""
    first, _, rest = where.partition(".")
    label = gettext(LABELS.get(first, first))
    place, _, field = rest.partition(".")
    if first != "members" or not field:
        return label
    return f"{label}, {typed['members'][int(place)]['name']}: {last_name_of(where)}"


def last_name_of(where: str) -> str:
    """The field alone, where its row has been named."""
    field = where.rpartition(".")[2]
    return gettext(OF_MEMBER.get(field) or LABELS.get(field, field))
