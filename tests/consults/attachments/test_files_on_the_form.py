"""Files chosen in the asking form are with the case before the specialist is."""

import re
from io import BytesIO

import pytest
from flask import Flask

from app.edge.services import Services
from consults import web
from tests.consults.attachments.files import PDF, photo
from tests.consults.conftest import Clinic
from tests.factories import browser, make_app


@pytest.fixture
def app(services: Services) -> Flask:
    return make_app(services, web.blueprint(services))


def test_files_go_with_the_form_and_stay_with_the_draft_when_it_is_stopped(
    clinic: Clinic, app: Flask
) -> None:
    there = browser(app, clinic.db, clinic.cast.alice)
    asked = {
        "study": clinic.study_id,
        "question": "Có xuất huyết không?",
        "whom": f"hospital:{clinic.cast.b.id}",
        "urgency": "urgent",
        "access_days": "7",
        "ground": "patient-request",
        "informed": "1",
        "informed_by": clinic.cast.alice.name,
        "do": "send",
    }
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
