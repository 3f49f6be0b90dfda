"""A consult can print what its doctors had on the screen; nobody else can."""

from flask import Flask

from app.archive.grants import open_study
from app.archive.queries import manifest
from app.reading.actions import report_reading
from app.reading.schemas import ReadingReport
from consults.images_read import images_read
from tests import dicomgen
from tests.consults.conftest import Clinic
from tests.factories import browser, in_session

PLANES = {"shown": 125, "full": 40, "body": 20}


def enter_and_read(
    clinic: Clinic, app: Flask, consult_id: str, *, full: int, planes: dict[str, int] | None = None
) -> None:
    """Bob comes into the room and has all images of the first series as previews, `full` of them in full."""
    browser(app, clinic.db, clinic.cast.bob).get(f"/consults/{consult_id}")
    bob = in_session(clinic.db, clinic.cast.bob)
    with clinic.db.reading() as tx:
        first = manifest(tx, clinic.cast.alice, clinic.study_id)["series"][0]["id"]
    runs = [[0, full]] if full else []
    told: dict[str, object] = {"frames": 1, "shown": [[0, 1]], "rendered": runs, "full": runs}
    told |= {"planes": planes} if planes else {}
    with clinic.db.transaction() as tx:
        key = open_study(tx, bob, study_id=clinic.study_id, session_id=bob.session_id or "").key
        report_reading(tx, bob, key=key, report=ReadingReport.from_wire({"series": {first: told}}))


def test_it_says_what_was_opened_and_what_in_preview_only(clinic: Clinic, app: Flask) -> None:
    clinic.store(dicomgen.ct_slice(series="series-2", SeriesNumber=2))
    consult_id = clinic.accepted()
    enter_and_read(clinic, app, consult_id, full=0)
    page = browser(app, clinic.db, clinic.cast.alice).get(f"/consults/{consult_id}/reading").text
    assert clinic.cast.bob.name in page
    assert "1 of 2 series were opened; not opened: series 2." in page
    assert "In preview only: series 1." in page


def test_all_in_full_says_just_that(clinic: Clinic, app: Flask) -> None:
    consult_id = clinic.accepted()
    enter_and_read(clinic, app, consult_id, full=1)
    with clinic.db.reading() as tx:
        told = images_read(tx, clinic.cast.alice, consult_id)
    (bob,) = [reader for reader in told.readers if reader.is_consulting]
    read = bob.studies[0].read
    assert read is not None
    assert (len(read.opened), read.unopened, read.previews_only) == (1, (), ())


def test_planes_are_told_with_their_time_and_quality(clinic: Clinic, app: Flask) -> None:
    consult_id = clinic.accepted()
    enter_and_read(clinic, app, consult_id, full=1, planes=PLANES)
    page = browser(app, clinic.db, clinic.cast.alice).get(f"/consults/{consult_id}/reading").text
    assert "In reconstructed planes: series 1. In three dimensions: series 1." in page
    assert "2 min 5 s, in full 40 s; 3D 20 s" in page


def test_series_are_named_only_to_whoever_may_open_them_now_and_the_record_stays(
    clinic: Clinic, app: Flask
) -> None:
    consult_id = clinic.answered()
    enter_and_read(clinic, app, consult_id, full=1)
    own, other = (browser(app, clinic.db, clinic.cast.alice), browser(app, clinic.db, clinic.cast.bob))
    address = f"/consults/{consult_id}/reading"
    assert "All 1 series were opened." in other.get(address).text

    clinic.wish(clinic.cast.alice, "consult.complete", consult_id=consult_id, access_days=0)
    clinic.store(dicomgen.ct_slice(series="series-2", SeriesNumber=2, SeriesDescription="Came later"))
    told = other.get(address).text
    assert "What was read of them stays recorded." in told
    assert "series were opened" not in told
    assert "Came later" not in told
    assert "1 of 2 series were opened; not opened: series 2." in own.get(address).text


def test_a_third_hospital_finds_nothing(clinic: Clinic, app: Flask) -> None:
    consult_id = clinic.accepted()
    stranger = browser(app, clinic.db, clinic.cast.chi)
    assert stranger.get(f"/consults/{consult_id}/reading").status_code == 404
