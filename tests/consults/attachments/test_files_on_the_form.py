"""Files chosen in the asking form are with the case before the specialist is."""

import re
from io import BytesIO
from typing import Any

from flask import Flask

from tests.consults.attachments.files import PDF, photo
from tests.consults.conftest import Clinic
from tests.factories import browser


def _asked(clinic: Clinic, **change: str) -> dict[str, Any]:
    """What Alice's browser posts."""
    return {
        "study": clinic.study_id,
        "question": "Có xuất huyết không?",
        "whom": f"hospital:{clinic.cast.b.id}",
        "urgency": "urgent",
        "access_days": "7",
        "ground": "patient-request",
        "informed": "1",
        "informed_by": clinic.cast.alice.name,
        "do": "send",
    } | change


def test_files_go_with_the_form_and_stay_with_the_draft_when_it_is_stopped(
    clinic: Clinic, app: Flask
) -> None:
    there = browser(app, clinic.db, clinic.cast.alice)
    asked = _asked(clinic)
    chosen = [(BytesIO(PDF), "kết quả.pdf"), (BytesIO(b"MZ\x90"), "virus.pdf")]
    stopped = there.post(f"/consults/new?study={clinic.study_id}", asked | {"file": chosen})
    assert (stopped.status_code, "kết quả.pdf" in stopped.text) == (400, True)
    (edit,) = re.findall('action="(/consults/[^/]+/edit)"', stopped.text)

    sent = there.post(edit, asked | {"file": [(BytesIO(photo()), "vết thương.jpg"), (BytesIO(), "")]})
    assert sent.status_code == 303
    files = clinic.state(clinic.cast.bob, sent.location.rpartition("/")[2])["attachments"]["files"]
    assert [(file["name"], file["kind"]) for file in files] == [
        ("kết quả.pdf", "pdf"),
        ("vết thương.jpg", "photo"),
    ]
    assert browser(app, clinic.db, clinic.cast.chi).post(edit, asked).status_code == 404


def test_a_refusal_names_the_file_and_those_to_be_chosen_again(clinic: Clinic, app: Flask) -> None:
    there = browser(app, clinic.db, clinic.cast.alice)
    names = ("kept.pdf", "virus.pdf", "after.pdf")
    chosen = [(BytesIO(content), name) for content, name in zip((PDF, b"MZ\x90", PDF), names, strict=True)]

    page = there.post(f"/consults/new?study={clinic.study_id}", _asked(clinic) | {"file": chosen}).text

    assert "virus.pdf: Only a PDF" in page
    assert "Choose the files again: after.pdf." in page
    assert _focused(page) == ["f-file"]
    assert _folded(page) == [True, False]


def test_a_line_of_labs_that_is_none_is_said_to_be_one_and_has_the_focus(clinic: Clinic, app: Flask) -> None:
    there = browser(app, clinic.db, clinic.cast.alice)
    asked = _asked(clinic, labs="sốt cao") | {"file": [(BytesIO(PDF), "paper.pdf")]}

    page = there.post(f"/consults/new?study={clinic.study_id}", asked).text

    assert "Laboratory values: Line 1 was not understood." in page
    assert "Choose the files again: paper.pdf." in page
    assert _focused(page) == ["f-labs"]
    assert _folded(page) == [False, False]


def test_a_new_form_begins_with_the_question_and_files_folded(clinic: Clinic, app: Flask) -> None:
    page = browser(app, clinic.db, clinic.cast.alice).get(f"/consults/new?study={clinic.study_id}").text
    assert "Choose the files again" not in page
    assert _focused(page) == ["f-question-1"]
    assert _folded(page) == [True, True]


def _focused(page: str) -> list[str]:
    return [found[0] for found in re.findall(r'<\w+ id="([^"]+)"[^>]*( autofocus)', page)]


def _folded(page: str) -> list[bool]:
    """Of laboratory values and of files."""
    return [is_open == "" for is_open in re.findall('<details class="labs"( open)?>', page)]
