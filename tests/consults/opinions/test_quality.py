"""First and second readings side by side without names; the grade is given by whoever asked for the second or coordinates."""

import csv
from dataclasses import replace
from io import StringIO
from typing import Any

import pytest
from flask import Flask

from app.base.actor import Actor, Role
from app.base.errors import Forbidden, NotFound
from app.base.spreadsheet import BOM
from consults.opinions.differences import compare
from consults.opinions.quality import Pair, grade_reading, list_pairs, nameless, pair_info
from consults.opinions.schemas import GradeReading
from tests.consults.conftest import Clinic
from tests.factories import browser


def _read_twice(clinic: Clinic, second: Actor, text: str = "Có xuất huyết nhỏ.") -> str:
    """A completed case with Bob's reading and a blind second one that Alice asked for."""
    consult_id = clinic.completed()
    wish: dict[str, Any] = {"consult_id": consult_id, "person_id": second.id, "kind": "blind"}
    clinic.wish(clinic.cast.alice, "reader.invite", **wish)
    _read(clinic, second, consult_id, text)
    return consult_id


def _read(clinic: Clinic, second: Actor, consult_id: str, text: str) -> None:
    questions = clinic.state(second, consult_id)["consult"]["questions"]
    said = [{"question_id": one["id"], "text": f"Trả lời {one['number']} khác"} for one in questions]
    clinic.wish(second, "reading.give", consult_id=consult_id, conclusions=said, text=text)


def _pairs(clinic: Clinic, actor: Actor) -> list[Pair]:
    with clinic.db.reading() as tx:
        return list_pairs(tx, actor)


def _grade(clinic: Clinic, actor: Actor, pair: Pair, grade: int) -> None:
    with clinic.db.transaction() as tx:
        wish = GradeReading(grade=grade, note="Bàn ở giao ban")
        grade_reading(tx, actor, pair_id=pair.id, wish=wish)


def test_the_two_readings_stand_side_by_side_without_names(clinic: Clinic) -> None:
    cast = clinic.cast
    text = f"Không đồng ý với {cast.bob.name}: có xuất huyết. {cast.chi.name}"
    _read_twice(clinic, cast.chi, text)
    (pair,) = _pairs(clinic, cast.alice)

    assert [words.first for words in pair.words] == ["Trả lời 1", "Trả lời 2", "Không thấy xuất huyết."]
    assert pair.words[-1].second == "Không đồng ý với •••: có xuất huyết. •••"
    assert pair.is_blind
    told = str(pair)
    assert not [one.name for one in (cast.alice, cast.bob, cast.chi) if one.name in told]


def test_only_whoever_asked_grades_and_a_graded_reading_stays(clinic: Clinic) -> None:
    cast = clinic.cast
    _read_twice(clinic, cast.chi)
    (pair,) = _pairs(clinic, cast.alice)
    with pytest.raises(Forbidden):
        _grade(clinic, cast.bob, pair, 0)
    _grade(clinic, cast.alice, pair, 3)
    _grade(clinic, cast.alice, pair, 2)

    (seen,) = _pairs(clinic, cast.bob)
    assert (seen.grade, seen.note, seen.may_grade) == (2, "Bàn ở giao ban", False)


def test_where_the_first_reader_asked_and_nobody_coordinates_a_colleague_grades(clinic: Clinic) -> None:
    bob, binh = clinic.cast.bob, clinic.cast.binh
    third = replace(clinic.cast.giang, roles=frozenset({Role.SPECIALIST}))
    consult_id = clinic.answered()
    clinic.wish(bob, "reader.invite", consult_id=consult_id, person_id=binh.id, kind="separate")
    _read(clinic, binh, consult_id, "Có xuất huyết nhỏ.")
    clinic.wish(bob, "consult.complete", consult_id=consult_id)
    may = {one.name: _pairs(clinic, one)[0].may_grade for one in (bob, binh, third)}
    assert may == {bob.name: False, binh.name: False, third.name: True}
    _grade(clinic, third, _pairs(clinic, third)[0], 2)

    _read_twice(clinic, clinic.cast.chi)
    asked_by_alice = next(one for one in _pairs(clinic, third) if one.grade is None)
    assert not asked_by_alice.may_grade


def test_those_see_it_whose_hospital_read_and_nobody_before_the_case_is_completed(clinic: Clinic) -> None:
    cast = clinic.cast
    consult_id = _read_twice(clinic, cast.chi)
    seen = {who.name for who in (cast.alice, cast.dao, cast.bob, cast.binh, cast.chi) if _pairs(clinic, who)}
    assert seen == {cast.alice.name, cast.bob.name, cast.binh.name, cast.chi.name}
    for stranger in (cast.dao, cast.tam, cast.lan, cast.vinh, cast.root):
        assert _pairs(clinic, stranger) == []
    clinic.wish(cast.alice, "consult.reopen", consult_id=consult_id, reason="Đau trở lại")
    assert _pairs(clinic, cast.alice) == []


def test_who_still_reads_a_case_blind_does_not_find_it_among_the_pairs(clinic: Clinic) -> None:
    cast = clinic.cast
    consult_id = _read_twice(clinic, cast.chi)
    assert _pairs(clinic, cast.binh)
    wish: dict[str, Any] = {"person_id": cast.binh.id, "kind": "blind"}
    clinic.wish(cast.alice, "reader.invite", consult_id=consult_id, **wish)
    assert _pairs(clinic, cast.binh) == []
    _read(clinic, cast.binh, consult_id, "Không rõ")
    assert len(_pairs(clinic, cast.binh)) == 2


def test_words_that_differ_are_marked_and_equal_ones_are_not() -> None:
    compared = compare("Không thấy xuất huyết.", "Thấy  xuất huyết.\nĐề nghị mổ.")
    own = [
        "".join(piece.text for piece in side if piece.is_own) for side in (compared.first, compared.second)
    ]
    assert own == ["Không thấy ", "Thấy  Đề nghị mổ."]
    assert 0 < compared.difference < 1
    assert compare("a b", "a  b").difference == 0
    assert compare("", "").difference == 0


def test_a_name_is_struck_out_however_it_is_cased_but_not_inside_a_word() -> None:
    assert nameless("bs. NGUYỄN AN và An toàn", ["BS. Nguyễn An", "An"]) == "••• và An toàn"
    assert nameless("Lan toả", ["Lan"]) == "••• toả"


def test_the_pages_show_grade_and_table_and_strangers_get_nothing(clinic: Clinic, app: Flask) -> None:
    cast = clinic.cast
    _read_twice(clinic, cast.chi, "=Có xuất huyết nhỏ.")
    (pair,) = _pairs(clinic, cast.alice)
    page = browser(app, clinic.db, cast.alice)
    assert pair.code in page.get("/consults/quality").text
    address = f"/consults/quality/{pair.id}"
    shown = page.get(address).text
    assert "<ins>=Có </ins>" in shown
    assert cast.bob.name not in shown
    assert page.post(address, {"grade": "4", "note": ""}).status_code == 303
    assert page.post(address, {"grade": "5", "note": ""}).status_code == 400
    table = browser(app, clinic.db, cast.alice, language="vi").get("/consults/quality?as=csv").text
    rows = list(csv.reader(StringIO(table.removeprefix(BOM))))
    assert [row[7] for row in rows] == ["Câu hỏi", "1", "2", "0"]
    assert rows[-1][9] == "'=Có xuất huyết nhỏ."

    with pytest.raises(NotFound), clinic.db.reading() as tx:
        pair_info(tx, cast.dao, pair.id)
    assert browser(app, clinic.db, cast.dao).get(address).status_code == 404
    assert browser(app, clinic.db, cast.dao).post(address, {"grade": "1"}).status_code == 404
    assert browser(app, clinic.db, cast.tam).get(address).status_code == 403
    assert browser(app, clinic.db, cast.vinh).get("/consults/quality").status_code == 403
    assert app.test_client().get(address).status_code in {302, 303, 401}
