"""Laboratory values are read from what a spreadsheet gives or a doctor types; what is abnormal is said."""

import pytest

from app.base.errors import Forbidden, Invalid
from consults.attachments.labs import labs_of
from tests.consults.conftest import Clinic

PASTED = "Hemoglobin\t95\tg/L\t120 - 160\t20/11\nBạch cầu\t11,5\tG/L\t4,0\u201310,0\n\nCRP\t3\tmg/L\t< 5\n"


def test_cells_of_a_spreadsheet_become_values_in_their_order() -> None:
    found = [(lab.name, lab.value, lab.number, lab.unit, lab.flag, lab.taken_at) for lab in labs_of(PASTED)]

    assert found == [
        ("Hemoglobin", "95", 95.0, "g/L", "L", "20/11"),
        ("Bạch cầu", "11,5", 11.5, "G/L", "H", ""),
        ("CRP", "3", 3.0, "mg/L", "", ""),
    ]


@pytest.mark.parametrize(
    ("line", "flag"),
    [
        ("Kali;3,1;mmol/L;3,5-5", "L"),
        ("Troponin; 80 ;ng/L;≤14", "H"),
        ("eGFR;80;ml/min;>90", "L"),
        ("HBsAg;dương tính;;âm tính", ""),
        ("Glucose;9 H;mmol/L;", "H"),
        ("D-dimer;700 *;ng/mL", "A"),
        ("Na;140;mmol/L;135 đến 145", ""),
    ],
)
def test_what_lies_beyond_its_range_is_flagged(line: str, flag: str) -> None:
    assert labs_of(line)[0].flag == flag


def test_a_line_that_is_no_value_is_named() -> None:
    for text in ("Hb;95\nsốt cao", ";5;g/L", "Hb;", "x" * 200 + ";5"):
        with pytest.raises(Invalid) as refused:
            labs_of(text)
        assert refused.value.code == "not_a_lab_value"
    assert "2" in str(refused.value) or refused.value.params["number"] in {1, 2}


def test_both_sides_see_them_and_whoever_typed_one_takes_it_back(clinic: Clinic) -> None:
    cast, consult_id = clinic.cast, clinic.asked()
    clinic.wish(cast.alice, "labs.add", consult_id=consult_id, text=PASTED)
    clinic.wish(cast.alice, "labs.add", consult_id=consult_id, text="Na;140")

    shown = clinic.state(cast.bob, consult_id)["attachments"]["labs"]
    assert [lab["name"] for lab in shown] == ["Hemoglobin", "Bạch cầu", "CRP", "Na"]
    assert {lab["by"]["id"] for lab in shown} == {cast.alice.id}
    wish = {"consult_id": consult_id, "lab_id": shown[1]["id"]}
    with pytest.raises(Forbidden):
        clinic.wish(cast.bob, "lab.remove", **wish)
    clinic.wish(cast.alice, "lab.remove", **wish)
    left = clinic.state(cast.bob, consult_id)["attachments"]["labs"]
    assert [lab["name"] for lab in left] == ["Hemoglobin", "CRP", "Na"]
