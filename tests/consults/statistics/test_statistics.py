"""What is counted, for whom, and how: no patient, nobody else's cases, no doctor by a handful of them."""

import csv
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from flask import Flask

from app.base.actor import Actor, Role
from app.base.clock import now
from app.base.errors import Forbidden
from app.base.spreadsheet import BOM
from consults.statistics.charts import HEIGHT, chart, top_of_minutes
from consults.statistics.figures import by_month, by_reader, figures_of, quantile
from consults.statistics.queries import Case, cases_between
from consults.statistics.table import csv_of
from tests.cast import Cast
from tests.consults.conftest import Clinic
from tests.factories import browser

SENT = datetime(2026, 3, 31, 20, 0, tzinfo=UTC)  # the first of April in Vietnam
CASE = Case(
    number="BVA-2026-0001",
    referring="Bệnh viện A",
    consulting="Bệnh viện B",
    consulting_id="b",
    reader_id="bob",
    reader="BS. Bob",
    modality="CT",
    urgency="urgent",
    requested_at=SENT,
    due_at=SENT + timedelta(hours=1),
    accepted_at=SENT + timedelta(minutes=5),
    answered_at=SENT + timedelta(minutes=50),
    in_promise=True,
    returned=0,
    agreement="",
)
LATE = replace(CASE, answered_at=None, accepted_at=None, in_promise=False, returned=2)
TOLD = replace(CASE, answered_at=SENT + timedelta(minutes=70), in_promise=False, agreement="agree")
OPEN = replace(CASE, answered_at=None, in_promise=None, agreement="partly")


def _cases(clinic: Clinic, actor: Actor) -> list[Case]:
    with clinic.db.reading() as tx:
        return cases_between(tx, actor, now() - timedelta(days=1), now() + timedelta(days=1))


def test_a_case_is_counted_with_its_times_promise_returns_and_outcome(clinic: Clinic) -> None:
    cast = clinic.cast
    consult_id = clinic.completed()
    clinic.wish(
        cast.alice,
        "outcome.report",
        consult_id=consult_id,
        agreement="partly",
        diagnosis="U não",
        source="Mổ",
    )
    returned = clinic.accepted()
    clinic.wish(cast.bob, "consult.hold", consult_id=returned, code="poor-image", reason="Mờ")
    done, held = _cases(clinic, cast.alice)

    assert (done.referring, done.consulting, done.reader) == (cast.a.name, cast.b.name, cast.bob.name)
    assert (done.modality, done.urgency) == ("CT", "urgent")
    assert done.accepted_at is not None
    assert done.answered_at is not None
    assert done.requested_at <= done.accepted_at <= done.answered_at
    assert (done.in_promise, done.returned, done.agreement) == (True, 0, "partly")
    assert (held.in_promise, held.returned, held.answered_at) == (None, 1, None)


def test_each_counts_only_what_is_theirs(clinic: Clinic) -> None:
    cast = clinic.cast
    clinic.accepted()
    clinic.wish(cast.alice, "consult.create", **clinic.content())  # a draft is nobody's case yet
    counted = {
        who.name: len(_cases(clinic, who))
        for who in (cast.alice, cast.bob, cast.giang, cast.dung, cast.root, cast.binh, cast.dao, cast.vinh)
    }
    of_both = {cast.alice.name, cast.bob.name, cast.giang.name, cast.dung.name, cast.root.name}
    assert counted == {name: int(name in of_both) for name in counted}
    for stranger in (cast.tam, cast.lan, cast.ct_a):
        with pytest.raises(Forbidden):
            _cases(clinic, stranger)


def test_shares_and_waiting_are_of_what_can_be_said() -> None:
    figures = figures_of([CASE, LATE, TOLD, OPEN])
    assert (figures.cases, figures.answered, figures.answered_median, figures.answered_p90) == (4, 2, 50, 70)
    assert figures.kept == 33  # one in time, one late, one never answered; the open one may still come
    assert (figures.returned, figures.outcomes, figures.agreed) == (25, 2, 50)
    nothing = figures_of([])
    assert (nothing.cases, nothing.kept, nothing.returned, nothing.agreed, nothing.accepted_p90) == (
        0,
        None,
        None,
        None,
        None,
    )
    assert [quantile(list(range(1, 11)), share) for share in (0.5, 0.9, 1)] == [5, 9, 10]


def test_months_are_those_of_vietnam_without_gaps() -> None:
    later = replace(CASE, requested_at=SENT + timedelta(days=70))
    assert [(month.name, month.figures.cases) for month in by_month([CASE, later])] == [
        ("2026-04", 1),
        ("2026-05", 0),
        ("2026-06", 1),
    ]


def _reader_of(cast: Cast, cases: int) -> list[Case]:
    return [replace(CASE, reader_id=cast.bob.id, consulting_id=cast.b.id)] * cases


def test_a_doctor_with_few_cases_is_named_to_themselves_and_their_coordinator_alone(
    sqlite_clinic: Clinic,
) -> None:
    cast = sqlite_clinic.cast
    coordinator = replace(cast.bob, id="coordinator", roles=frozenset({Role.COORDINATOR}))
    elsewhere = replace(coordinator, hospital_id=cast.c.id)
    for reader, named in (
        (cast.bob, True),
        (coordinator, True),
        (elsewhere, False),
        (cast.giang, False),
        (cast.root, False),
    ):
        (group,) = by_reader(_reader_of(cast, 4), reader)
        assert (group.name == CASE.reader, group.hidden) == (named, not named)
    (group,) = by_reader(_reader_of(cast, 5), cast.giang)
    assert group.name == CASE.reader


def test_the_table_has_a_bom_times_of_vietnam_no_hidden_name_and_no_formula() -> None:
    table = csv_of([replace(CASE, referring="=1+1"), LATE], {"bob"}, "en")
    assert table.startswith(BOM.encode())
    head, first, late = csv.reader(StringIO(table.decode().removeprefix(BOM)))
    line = dict(zip(head, first, strict=True))
    assert line["Sent by"] == "'=1+1"
    assert line["Sent at"] == "2026-04-01 03:00"
    told = (line["Minutes to acceptance"], line["Minutes to the opinion"], line["In time"])
    assert told == ("5", "50", "1")
    assert dict(zip(head, late, strict=True))["In time"] == "0"
    assert b"Bob" not in table
    (_, told_row) = csv.reader(StringIO(csv_of([TOLD], (), "vi").decode().removeprefix(BOM)))
    assert (told_row[5], told_row[-1]) == ("Khẩn", "Kết cục phù hợp")


def test_the_head_of_the_table_is_in_the_language_of_whoever_asks(clinic: Clinic, app: Flask) -> None:
    heads = {}
    for language in ("vi", "en"):
        page = browser(app, clinic.db, clinic.cast.giang, language=language)
        table = page.get("/consults/statistics.csv").data
        assert table.startswith(BOM.encode())
        heads[language] = next(csv.reader(StringIO(table.decode("utf-8-sig"))))
    assert heads["vi"][:3] == ["Số ca hội chẩn", "Nơi gửi", "Nơi trả lời"]
    assert len(heads["vi"]) == len(heads["en"])
    assert not set(heads["vi"]) & set(heads["en"])


def test_a_chart_stands_on_its_floor_and_breaks_where_nothing_is_said() -> None:
    drawn = chart(["1", "2", "3", "4"], [0, 50, None, 100], top=100)
    floor, middle, _, highest = (mark.y for mark in drawn.marks)
    assert floor == drawn.floor < HEIGHT
    assert middle == (floor + highest) / 2
    assert len(drawn.lines) == 2
    (alone,) = chart(["1"], [3]).marks
    assert alone.width < 40, "one month is a column, too"
    assert [top_of_minutes([value]) for value in (0, 21, 250, 1500, 9000)] == [20, 60, 480, 5760, 11520]


def test_the_page_and_its_table_open_for_whom_they_are_and_show_the_chosen_cases(
    clinic: Clinic, app: Flask
) -> None:
    cast = clinic.cast
    clinic.completed()
    page = browser(app, clinic.db, cast.giang)
    shown = page.get("/consults/statistics").text
    assert "<svg" in shown
    assert cast.a.name in shown
    assert cast.bob.name not in shown
    assert "No cases in this time" in page.get("/consults/statistics?urgency=emergency").text
    assert "No cases in this time" in page.get("/consults/statistics?to=2020-01-01").text
    assert page.get("/consults/statistics?from=x&to=9999-99-99&reader=%00").status_code == 200
    (line,) = csv.DictReader(StringIO(page.get("/consults/statistics.csv").text.removeprefix(BOM)))
    assert (line["Modality"], line["In time"], line["Specialist"]) == ("CT", "1", "")
    assert cast.bob.name in browser(app, clinic.db, cast.bob).get("/consults/statistics").text
    for address in ("/consults/statistics", "/consults/statistics.csv"):
        assert browser(app, clinic.db, cast.tam).get(address).status_code == 403
        assert app.test_client().get(address).status_code in {302, 303, 401}
    assert "No cases in this time" in browser(app, clinic.db, cast.dao).get("/consults/statistics").text
