"""What a study weighs, in the words of the lists."""

import pytest
from flask import Flask

from app.archive.weights import Weight
from app.web.dicom_words import weight_short, weight_told

DOCUMENTS = Weight(files=1_600_000, preview=0, full=0)


def test_a_study_without_pictures_says_its_own_size_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.web.dicom_words.language", lambda: "en")
    monkeypatch.setattr("app.web.dicom_words.gettext", lambda text, **named: text.format(**named))
    with Flask(__name__).test_request_context():
        assert weight_short(DOCUMENTS) == "1.6 MB"
        assert weight_told(DOCUMENTS) == "This study is 1.6 MB."
