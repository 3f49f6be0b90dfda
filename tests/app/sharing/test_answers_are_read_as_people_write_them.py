import pytest

from app.base.errors import Invalid
from app.sharing.answers import normal_answer
from app.sharing.factors import factors_of
from app.sharing.states import Factor


@pytest.mark.parametrize(
    "written",
    ["11/05/1962", "11-5-1962", "11.05.1962", " 11 5 1962 ", "11051962", "1962-05-11", "11/05/1962."],
)
def test_a_date_in_the_order_of_the_country_or_of_the_browser(written: str) -> None:
    assert normal_answer(Factor.BIRTH_DATE, written) == "19620511"


@pytest.mark.parametrize(
    "written", ["", "1962", "31/02/1962", "05/1962", "hôm qua", "11/05/62000", "\u0663\u0662/01/2000"]
)
def test_what_is_no_date_costs_no_try(written: str) -> None:
    with pytest.raises(Invalid):
        normal_answer(Factor.BIRTH_DATE, written)


def test_a_code_may_be_written_in_groups() -> None:
    assert normal_answer(Factor.CODE, "1234 5678") == "12345678"
    with pytest.raises(Invalid):
        normal_answer(Factor.CODE, "1234 567")


def test_a_year_has_four_digits() -> None:
    assert normal_answer(Factor.BIRTH_YEAR, " 1962 ") == "1962"
    for wrong in ("62", "0062", "3000", "19 62"):
        with pytest.raises(Invalid):
            normal_answer(Factor.BIRTH_YEAR, wrong)


def test_the_best_question_comes_first() -> None:
    assert factors_of("19620511")[0] == Factor.BIRTH_DATE
    assert factors_of("19620101")[0] == Factor.BIRTH_YEAR
    assert factors_of("1962") == (Factor.BIRTH_YEAR, Factor.CODE)
    assert factors_of("") == (Factor.CODE,)
