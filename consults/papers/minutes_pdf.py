"""The minutes on paper: form 27/BV2, in Vietnamese whoever asks. Equal minutes give equal bytes.

The typeface is Libertinus Serif (OFL), which Typst brings and embeds: no font of the machine is used.
"""

import json
import re
import unicodedata
from datetime import date, datetime
from pathlib import Path
from typing import Any

import typst

from app.base.clock import VIETNAM

TEMPLATE = Path(__file__).parent / "minutes.typ"
BLANK = "......../......../............"
SEXES = {"F": "Nữ", "M": "Nam"}
FOLLOWS = {
    "fully": "Theo toàn bộ kết luận.",
    "not": "Không theo kết luận.",
    "partly": "Theo một phần kết luận.",
}
MODES = {
    "conference": "Hội chẩn nhiều điểm cầu",
    "consultation": "Hội chẩn giữa hai cơ sở",
    "remote-reading": "Đọc kết quả từ xa",
}
# Pictures that no font has which Typst brings, or that mean nothing without their colour; those it has, as U+2714, stay.
PICTURES = re.compile(
    "[\u2607\u2608\u2630-\u2637\u268c-\u268f\u269d-\u269f\u26a8\u26a9\u26b0\u26b1\u26b3-\u26ff\u2700\u2705\u270a\u270b"
    "\u2715\u2716\u2728\u2729\u274c\u274e\u2753-\u2755\u2757\u275f\u2760\u2780-\u2793\u2795-\u2797\u27b0"
    "\U0001f000-\U0001f77f\U0001f7e0-\U0001f7ff\U0001f900-\U0001faff]"
)
THEIR_LOOKS = re.compile("[\u200d\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]")  # joined, in colour, of which skin

Told = dict[str, Any]


def minutes_pdf(minutes: Told) -> bytes:
    """`minutes` as consults.minutes.queries.readable_minutes gives them."""
    made: bytes = typst.compile(
        str(TEMPLATE),
        root=str(TEMPLATE.parent),
        format="pdf",
        ignore_system_fonts=True,
        sys_inputs={"data": _spelled(json.dumps(_told(minutes), ensure_ascii=False))},
    )
    return made


def _spelled(text: str) -> str:
    """Emoji by their Unicode names: else they are empty boxes on paper."""
    return PICTURES.sub(
        lambda found: f"[{unicodedata.name(found[0], 'emoji').lower()}]", THEIR_LOOKS.sub("", text)
    )


def _told(minutes: Told) -> Told:
    content, facts = minutes["content"], minutes["facts"]
    patient = facts["patient"]
    chair = content["members"][content["chair"]] if content["chair"] is not None else None
    plain = ("bed", "conclusion", "course", "department", "diagnosis", "dissent", "paper_number", "room")
    points = ("consulting_point", "referring_point", "treatment")
    return {
        **{name: content[name] for name in (*plain, *points)},
        "number": facts["number"],
        "version": str(minutes["version"]),
        "draft": minutes["state"] == "draft",
        "referring": facts["referring"]["hospital"],
        "patient": patient["name"],
        "age": _age(patient["birth_date"], content["held_from"]),
        "sex": SEXES.get(patient["sex"], "........"),
        "treated_from": _day(content["treated_from"]),
        "treated_to": _day(content["treated_to"]),
        "held_from": _held_at(content["held_from"]),
        "held": " \N{EN DASH} ".join(
            filter(None, (_moment(content["held_from"]), _moment(content["held_to"])))
        ),
        "chair": chair["name"] if chair else "",
        "secretary": minutes["secretary"]["name"],
        "members": [_member(one) for one in content["members"]],
        "studies": [_study(one) for one in facts["studies"]],
        "questions": _questions(content, facts),
        "basis": _basis(facts["basis"]),
        "decision": _decision(facts["decision"]),
        "recorded": "Có" if content["recorded"] else "Không",
        "read_by": "; ".join(f"{one['name']} ({_moment(one['at'])})" for one in minutes["read_by"])
        or "Chưa có ai.",
        "unread_by": "; ".join(minutes["unread_by"]),
    }


def _member(one: Told) -> Told:
    words = ("name", "title", "unit", "licence_number")
    moments = {name: _moment(one[name]) for name in ("joined_at", "left_at")}
    shown = ", ".join(filter(None, (one["name"], one["title"], one["unit"])))
    return {**{name: one[name] for name in words}, **moments, "shown": shown}


def _study(one: Told) -> Told:
    """A study whose right had ended when the pen was taken is known by its description alone."""
    taken = one.get("date", "")
    return {
        "description": one["description"],
        "accession_number": one.get("accession_number", ""),
        "date": f"{taken[6:8]}/{taken[4:6]}/{taken[:4]}" if len(taken) == 8 else "",
        "modalities": ", ".join(one.get("modalities", [])),
        "images": str(one.get("images", "")),
    }


def _questions(content: Told, facts: Told) -> list[Told]:
    concluded = {one["question"]: one["text"] for one in content["conclusions"]}
    return [
        {"number": str(one["number"]), "text": one["text"], "conclusion": concluded.get(one["number"], "")}
        for one in facts["questions"]
    ]


def _basis(basis: Told | None) -> str:
    if basis is None:
        return ""
    agreement = basis.get("agreement")
    number = f"hợp đồng số {agreement['number']}" if agreement else ""
    return ", ".join(filter(None, (MODES.get(basis["mode"], ""), number)))


def _decision(decision: Told | None) -> str:
    if decision is None:
        return ""
    by = f"({decision['by']['name']}, {_moment(decision['at'])})"
    return " ".join((FOLLOWS[decision["follows"]], decision["text"], by))


def _age(birth_date: str, held_from: str | None) -> str:
    """Years at the time of the consultation; of infants months, as hospitals write it."""
    if len(birth_date) < 4 or held_from is None:
        return "........"
    held = _local(held_from).date()
    if len(birth_date) != 8:
        return str(held.year - int(birth_date[:4]))
    born = date(int(birth_date[:4]), int(birth_date[4:6]), int(birth_date[6:]))
    months = (held.year - born.year) * 12 + held.month - born.month - (held.day < born.day)
    return f"{months} tháng" if months < 36 else str(months // 12)


def _local(at: str) -> datetime:
    return datetime.fromisoformat(at).astimezone(VIETNAM)


def _moment(at: str | None) -> str:
    return f"{_local(at):%H:%M %d/%m/%Y}" if at else ""


def _held_at(at: str | None) -> str:
    if at is None:
        return f"...... giờ ...... phút, ngày {BLANK}"
    local = _local(at)
    return f"{local:%H} giờ {local:%M} phút, ngày {local:%d/%m/%Y}"


def _day(day: str | None) -> str:
    return f"{date.fromisoformat(day):%d/%m/%Y}" if day else BLANK
