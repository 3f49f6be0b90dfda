"""A refused invitation says what is wanted, not only that something is wrong."""

import re
from datetime import timedelta

import pytest
from flask import Flask

from app.base.clock import now
from app.base.i18n import Language
from tests.consults.conftest import Clinic
from tests.consults.guests.inviting import LICENCE
from tests.factories import browser


@pytest.fixture
def db(sqlite_clinic: Clinic) -> object:
    """The services work on the clinic's database."""
    return sqlite_clinic.db


@pytest.mark.parametrize(
    ("language", "field", "value", "wanted"),
    [
        ("en", "licence_number", "9", "A licence number has 2 to 40 characters, such as 001234/HCM-CCHN."),
        ("vi", "licence_number", "9", "Số giấy phép hành nghề có từ 2 đến 40 ký tự, ví dụ 001234/HCM-CCHN."),
        ("en", "name", "A", "A name has 2 to 150 characters."),
        ("en", "hospital", "", "The name of a hospital has 2 to 200 characters."),
        ("en", "until", "tomorrow", "Choose the last day on which the link opens."),
    ],
)
def test_a_refused_invitation_says_what_is_wanted_and_marks_the_field(
    sqlite_clinic: Clinic, app: Flask, language: Language, field: str, value: str, wanted: str
) -> None:
    clinic = sqlite_clinic
    page = browser(app, clinic.db, clinic.cast.alice, language=language)
    until = (now() + timedelta(days=2)).date().isoformat()
    form = {"name": "BS. Khách", "licence_number": LICENCE, "hospital": "Bệnh viện Xa", "until": until}
    refused = page.post(f"/consults/{clinic.asked()}/guests", form | {field: value})
    assert refused.status_code == 400
    assert wanted in refused.text
    (marked,) = re.findall(r"<input[^>]*aria-invalid[^>]*>", refused.text)
    assert f'name="{field}"' in marked
