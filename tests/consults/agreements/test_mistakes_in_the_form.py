"""A price is read as the page prints it or refused; whatever is refused is named with its row and marked."""

import re
from typing import Any

import pytest
from flask import Flask

from app.base.db import Database
from app.base.errors import Invalid
from app.base.i18n import Language
from consults.agreements.queries import agreement_info
from consults.dispatch.schemas import GroupInput
from consults.opinions.schemas import GradeReading
from consults.schemas import CompleteConsult, parse
from tests.consults.conftest import Clinic
from tests.factories import browser

TABLE = "Services, prices and answer times"


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    """Pages are the same on every engine."""
    return sqlite_db


def _filled(clinic: Clinic, **change: Any) -> dict[str, Any]:
    """Two rows, of which the second is changed by `term_...`."""
    rows = {
        "mode": ["consultation", "remote-reading"],
        "modality": ["CT", "MR"],
        "service": ["", ""],
        "price": ["0", "0"],
        "routine": ["600", "600"],
        "urgent": ["60", "60"],
        "emergency": ["20", "20"],
    }
    terms = {f"term_{name}": [cells[0], change.pop(name, cells[1])] for name, cells in rows.items()}
    return {
        "number": "77/HĐ",
        "referring_hospital_id": clinic.cast.a.id,
        "consulting_hospital_id": clinic.cast.b.id,
        "valid_from": "2026-01-01",
        "valid_to": "2030-12-31",
        **terms,
        **change,
    }


@pytest.mark.parametrize(
    ("typed", "price"),
    [
        ("80.000", 80_000),
        ("80,000", 80_000),
        ("80 000", 80_000),
        ("80\u00a0000", 80_000),
        ("80\u202f000", 80_000),
        ("80\u2009000", 80_000),
        (" 1.250.000 ", 1_250_000),
        ("10.000.000.000", 10**10),
        ("80000", 80_000),
        ("", 0),
    ],
)
def test_a_price_is_read_as_it_is_printed(clinic: Clinic, app: Flask, typed: str, price: int) -> None:
    page = browser(app, clinic.db, clinic.cast.dung)
    answer = page.post("/consults/agreements/new", _filled(clinic, price=typed))
    assert answer.status_code == 303, answer.text
    with clinic.db.reading() as tx:
        info = agreement_info(tx, clinic.cast.dung, answer.location.rsplit("/", 1)[1])
    assert info.terms[1]["price"] == price


def test_the_form_shows_a_price_as_the_page_prints_it_and_keeps_it(clinic: Clinic, app: Flask) -> None:
    page = browser(app, clinic.db, clinic.cast.dung)
    at = page.post("/consults/agreements/new", _filled(clinic, price="1250000")).location
    assert "1.250.000" in page.get(at).text
    assert 'name="term_price" value="1.250.000"' in page.get(f"{at}/edit").text


@pytest.mark.parametrize(
    "typed",
    ["1,5", "80.5", "1.00", "80.000,00", "1.250,000", "0.500", "80_000", "8.0000", "80.000.00", "-80.000"],
)
def test_a_price_that_may_mean_something_else_is_refused(clinic: Clinic, app: Flask, typed: str) -> None:
    _, said, marked, page = _refused(clinic, app, _filled(clinic, price=typed))
    assert said == f"Please check: {TABLE}, row 2: Price (VND) is missing or wrong."
    assert marked == ["term_price"]
    assert f'value="{typed}"' in page


@pytest.mark.parametrize(
    ("wrong", "field", "said"),
    [
        ({"valid_to": "2025-12-31"}, "valid_to", "In force until is earlier than In force from."),
        ({"valid_to": ""}, "valid_to", "In force until is missing or wrong."),
        ({"number": " "}, "number", "Number of the contract is missing or wrong."),
        ({"price": "-1"}, "term_price", f"{TABLE}, row 2: Price (VND) is missing or wrong."),
        ({"urgent": "0"}, "term_urgent", f"{TABLE}, row 2: Urgent is missing or wrong."),
        ({"routine": "60.000"}, "term_routine", f"{TABLE}, row 2: Routine is missing or wrong."),
        ({"emergency": ""}, "term_emergency", f"{TABLE}, row 2: Emergency is missing or wrong."),
        ({"modality": "C T"}, "term_modality", f"{TABLE}, row 2: Modality is missing or wrong."),
        (
            {"mode": "consultation", "modality": "ct"},
            "term_mode",
            f"{TABLE}, row 2 is for the same kind of case and modality as row 1.",
        ),
    ],
)
def test_the_field_is_named_and_marked(
    clinic: Clinic, app: Flask, wrong: dict[str, str], field: str, said: str
) -> None:
    status, problem, marked, _ = _refused(clinic, app, _filled(clinic, **wrong))
    assert status == 400
    assert problem == f"Please check: {said}"
    assert marked == [field]


def test_it_is_said_in_vietnamese(clinic: Clinic, app: Flask) -> None:
    same = _filled(clinic, mode="consultation", modality="CT")
    table = "Dịch vụ, đơn giá và thời gian trả lời"
    assert (
        _refused(clinic, app, same, "vi")[1]
        == f"Hãy kiểm tra: {table}, dòng 2 trùng hình thức và loại máy với dòng 1."
    )
    price = _refused(clinic, app, _filled(clinic, price="1,5"), "vi")[1]
    assert f"{table}, dòng 2: Đơn giá (VND)" in price


def _refused(
    clinic: Clinic, app: Flask, form: dict[str, Any], language: Language = "en"
) -> tuple[int, str, list[str], str]:
    """Status, the problem as it is said, the fields that are marked, and the page."""
    page = browser(app, clinic.db, clinic.cast.dung, language=language)
    told = page.post("/consults/agreements/new", form)
    said = re.search(r'role="alert">.*?</svg>([^<]*)<', told.text, re.DOTALL)
    marked = re.findall(r"<(?:input|select)[^>]*aria-invalid[^>]*>", told.text)
    names = [re.findall(r'name="(\w+)"', one)[0] for one in marked]
    return told.status_code, said.group(1).strip() if said else "", names, told.text


@pytest.mark.parametrize(
    ("schema", "sent"),
    [
        (GroupInput, {"name": "Trực CT", "urgent": "15.000"}),
        (GradeReading, {"grade": "1.000"}),
        (CompleteConsult, {"consult_id": "0" * 26, "access_days": "7.000"}),
    ],
)
def test_a_whole_number_of_another_form_is_digits_alone(schema: Any, sent: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        parse(schema, sent)
    digits = {name: text.removesuffix(".000") for name, text in sent.items()}
    parse(schema, digits)
