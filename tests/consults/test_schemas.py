"""Wishes are checked once, by shape; what is undeclared or makes no sense is refused with the field's name."""

from typing import Any

import pytest

from app.base.errors import Invalid
from app.base.ids import new_id
from consults import schemas
from consults.schemas import CreateConsult, PutAnnotation, Reschedule, parse
from consults.talk.schemas import PostMessage

CONSULT = new_id()
STUDY = new_id()
VIEW = {
    "study_id": STUDY,
    "series_instance_uid": "1.2.3",
    "sop_instance_uid": "1.2.3.4",
    "frame_number": 1,
    "window": {"center": 40, "width": 400},
    "zoom": 1.5,
    "centre": [256, 256.5],
    "rotation": 90,
    "flip": False,
    "invert": True,
}


def _message(**change: Any) -> dict[str, Any]:
    return {"consult_id": CONSULT, "client_id": "c" * 16, "text": "Xin chào", **change}


def _create(**change: Any) -> dict[str, Any]:
    return {
        "study_ids": [STUDY],
        "questions": ["Có tổn thương không?"],
        "urgency": "urgent",
        "hospital_id": new_id(),
        **change,
    }


def _refused(schema: type[Any], sent: Any) -> str:
    with pytest.raises(Invalid) as refused:
        parse(schema, sent)
    return str(refused.value.params.get("where", refused.value.code))


def test_a_message_is_trimmed_and_otherwise_kept_as_it_is() -> None:
    wish = parse(PostMessage, _message(text="  <b>không</b> & 'đậm'\n"))
    assert wish.text == "<b>không</b> & 'đậm'"


def test_a_message_may_carry_only_the_view_it_speaks_of() -> None:
    wish = parse(PostMessage, _message(text="", view=VIEW))
    assert wish.view is not None
    assert wish.view.model_dump(mode="json") == VIEW | {
        "window": {"center": 40.0, "width": 400.0, "function": None},
        "own_window": 0,
        "centre": [256.0, 256.5],
        "colour_map": "",
        "filter": "none",
        "planes": None,
    }


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"text": ""}, "PostMessage"),
        ({"text": "   "}, "PostMessage"),
        ({"text": "x" * 4001}, "text"),
        ({"text": 5}, "text"),
        ({"client_id": "short"}, "client_id"),
        ({"client_id": "with space and more"}, "client_id"),
        ({"consult_id": "../../etc/passwd"}, "consult_id"),
        ({"author": "somebody else"}, "author"),
        ({"view": {"study_id": STUDY}}, "view.series_instance_uid"),
        ({"view": VIEW | {"zoom": 0}}, "view.zoom"),
        ({"view": VIEW | {"zoom": float("nan")}}, "view.zoom"),
        ({"view": VIEW | {"rotation": 45}}, "view.rotation"),
        ({"view": VIEW | {"centre": [1]}}, "view.centre.1"),
        ({"view": VIEW | {"script": "x"}}, "view.script"),
    ],
)
def test_a_message_that_makes_no_sense_is_refused_by_field(change: dict[str, Any], where: str) -> None:
    assert _refused(PostMessage, _message(**change)) == where


@pytest.mark.parametrize("sent", [None, [], "text", 4, {}])
def test_anything_but_an_object_is_refused(sent: Any) -> None:
    _refused(PostMessage, sent)
    _refused(PutAnnotation, sent)


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"questions": []}, "questions"),
        ({"questions": ["?"]}, "questions.0"),
        ({"questions": ["question"] * 11}, "questions"),
        ({"study_ids": []}, "study_ids"),
        ({"study_ids": [STUDY] * 11}, "study_ids"),
        ({"urgency": "whenever"}, "urgency"),
        ({"due_at": "2026-11-22T10:00:00"}, "due_at"),
        ({"access_days": 400}, "access_days"),
        ({"access_days": -1}, "access_days"),
        ({"hospital_id": None}, "CreateConsult"),
        ({"person_id": new_id()}, "CreateConsult"),
    ],
)
def test_a_new_consult_names_questions_studies_and_one_address(change: dict[str, Any], where: str) -> None:
    assert _refused(CreateConsult, _create(**change)) == where


def test_a_due_time_needs_a_zone() -> None:
    assert _refused(Reschedule, {"consult_id": CONSULT, "due_at": "2026-11-22T10:00"}) == "due_at"
    assert parse(Reschedule, {"consult_id": CONSULT, "due_at": "2026-11-22T10:00+07:00"}).due_at.hour == 10


def test_wishes_are_frozen() -> None:
    wish = parse(schemas.Plain, {"consult_id": CONSULT})
    with pytest.raises(ValueError, match="frozen"):
        wish.consult_id = new_id()  # type: ignore[misc] # that it is refused is the claim
