"""The reading log: nothing seen is unseen again, it is sealed when the study is left, and it tells what was not read."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.archive.access import opening_for
from app.archive.grants import open_study
from app.archive.models import Series
from app.audit.models import AuditRecord
from app.base import clock
from app.base.actor import SYSTEM, Actor
from app.base.blobs import Blobs
from app.base.db import Database
from app.base.errors import Invalid, NotFound
from app.reading.actions import close_readings, report_reading
from app.reading.models import Reading
from app.reading.queries import StudyRead, readings_of
from app.reading.runs import count, merged
from app.reading.schemas import ReadingReport, Seen
from tests import dicomgen
from tests.app.storing import store
from tests.cast import Cast
from tests.factories import in_session

Runs = list[list[int]]


class Opened:
    """A study of two series, three images and one, on Alice's screen."""

    def __init__(self, db: Database, blobs: Blobs, cast: Cast) -> None:
        self.db = db
        for number in (1, 2, 3):
            store(db, blobs, cast.ct_a, dicomgen.ct_slice(number, study="s", series="one"))
        self.study_id = store(db, blobs, cast.ct_a, dicomgen.ct_slice(1, study="s", series="two"))
        self.alice = in_session(db, cast.alice)
        self.key = self.open(self.alice)
        with db.reading() as tx:
            query = select(Series.id).where(Series.study_id == self.study_id).order_by(Series.id)
            self.one, self.two = tx.session.scalars(query)

    def open(self, reader: Actor) -> str:
        with self.db.transaction() as tx:
            return open_study(tx, reader, study_id=self.study_id, session_id=reader.session_id or "").key

    def report(
        self,
        shown: Runs,
        full: Runs,
        *,
        frames: int = 3,
        leaving: bool = False,
        key: str = "",
        **more: object,
    ) -> None:
        series = {self.one: {"frames": frames, "shown": shown, "rendered": [], "full": full, **more}}
        told = ReadingReport.from_wire({"series": series, "leaving": leaving})
        with self.db.transaction() as tx:
            report_reading(tx, self.alice, key=key or self.key, report=told)

    def close(self, after: timedelta) -> int:
        with clock.shifted(after), self.db.transaction() as tx:
            return close_readings(tx, SYSTEM)

    def read(self) -> StudyRead:
        with self.db.reading() as tx:
            (found,) = readings_of(tx, self.alice, self.study_id)
        return found


@pytest.fixture
def opened(db: Database, blobs: Blobs, cast: Cast) -> Opened:
    return Opened(db, blobs, cast)


def test_runs_that_touch_become_one() -> None:
    assert merged([[4, 6], [0, 2], [2, 3], [5, 9]]) == [[0, 3], [4, 9]]
    assert count([[0, 3], [4, 9]]) == 8


def test_it_tells_what_was_opened_and_how_well(opened: Opened) -> None:
    opened.report([[0, 3]], [])
    read = opened.read()
    assert [one.id for one in read.previews_only] == [opened.one]
    assert [one.id for one in read.unopened] == [opened.two]

    opened.report([], [[1, 2]])
    series = opened.read().series[0]
    assert (series.frames, series.shown, series.rendered, series.full) == (3, 3, 1, 1)
    assert not series.previews_only


def test_all_openings_of_a_reader_count_together(opened: Opened) -> None:
    opened.report([[0, 1]], [[0, 1]])
    again = opened.open(opened.alice)
    opened.report([[2, 3]], [], key=again)
    assert (opened.read().series[0].shown, opened.read().series[0].full) == (2, 1)


def test_what_was_seen_in_a_series_that_grew_is_told_anew(opened: Opened) -> None:
    opened.report([[0, 2]], [], frames=2)
    opened.report([[1, 3]], [], frames=3)
    opened.report([[0, 2]], [], frames=2)  # came late
    with opened.db.reading() as tx:
        (row,) = tx.session.scalars(select(Reading))
        assert row.series[opened.one]["shown"] == [[1, 3]]


def test_planes_are_counted_once_for_each_opening_and_summed_over_them(opened: Opened) -> None:
    opened.report([[0, 1]], [], planes={"shown": 10, "full": 4, "body": 0})
    opened.report([[0, 1]], [], planes={"shown": 25, "full": 9, "body": 7})
    opened.report([[0, 1]], [], planes={"shown": 10, "full": 4, "body": 0})  # came late
    opened.report([[0, 1]], [], frames=2, planes={"shown": 26, "full": 9, "body": 7})  # knows fewer images
    opened.report([[0, 3]], [[0, 3]])  # says nothing of planes
    opened.report([], [], planes={"shown": 5, "full": 5, "body": 0}, key=opened.open(opened.alice))
    (one,) = opened.read().in_planes
    assert (one.id, one.planes.shown, one.planes.full, one.planes.body) == (opened.one, 31, 14, 7)


def test_leaving_ends_the_opening_and_seals_what_was_read(opened: Opened) -> None:
    opened.report([[0, 3]], [[0, 3]], leaving=True)
    assert opened.close(timedelta(minutes=4)) == 0
    assert opened.close(timedelta(minutes=6)) == 1
    assert opened.close(timedelta(minutes=7)) == 0
    with opened.db.reading() as tx:
        with pytest.raises(NotFound):
            opening_for(tx, opened.alice, opened.key)
        (row,) = tx.session.scalars(select(Reading))
        records = [json.loads(text) for text in tx.session.scalars(select(AuditRecord.detail))]
    (closing,) = [detail for detail in records if detail.get("closed")]
    assert closing["digest"] == row.digest != ""
    assert (closing["reader"], closing["shown"], closing["full"]) == (opened.alice.id, 3, 3)
    assert opened.read().intact


def test_a_page_that_comes_back_goes_on(opened: Opened) -> None:
    opened.report([[0, 1]], [], leaving=True)
    opened.report([[0, 2]], [])
    assert opened.close(timedelta(hours=1)) == 0


def test_an_opening_that_never_told_anything_is_closed_with_its_key(opened: Opened) -> None:
    assert opened.close(timedelta(hours=23)) == 0
    assert opened.close(timedelta(hours=25)) == 1


def test_a_sealed_reading_that_was_changed_is_noticed(opened: Opened) -> None:
    opened.report([[0, 1]], [], leaving=True)
    opened.close(timedelta(hours=1))
    with opened.db.transaction() as tx:
        (row,) = tx.session.scalars(select(Reading))
        changed = Seen(frames=3, shown=[[0, 3]], rendered=[[0, 3]], full=[[0, 3]])
        row.series = {opened.one: changed}
    assert not opened.read().intact


@pytest.mark.parametrize(
    "wire",
    [
        None,
        {"series": {"x": {"frames": 3, "shown": [[2, 1]], "rendered": [], "full": []}}},
        {"series": {"x": {"frames": 3, "shown": [[0, 4]], "rendered": [], "full": []}}},
        {"series": {"x": {"frames": 3, "shown": [], "rendered": [], "full": [], "more": 1}}},
        {"series": {}, "leaving": "yes"},
    ],
)
def test_nonsense_is_refused(wire: object) -> None:
    with pytest.raises(Invalid):
        ReadingReport.from_wire(wire)


def test_series_of_other_studies_are_left_out(opened: Opened) -> None:
    told = {"frames": 3, "shown": [[0, 3]], "rendered": [], "full": []}
    report = ReadingReport.from_wire({"series": {"elsewhere": told}})
    with opened.db.transaction() as tx:
        report_reading(tx, opened.alice, key=opened.key, report=report)
    assert opened.read().opened == ()
