"""The pages of duty: a coordinator keeps groups and roster and sees the board; nobody else of anywhere does."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from app.archive.actions import count_device_images
from app.base import clock
from app.base.actor import Role
from app.base.db import Database
from consults.dispatch.board import Column, board
from consults.dispatch.province import province
from tests.consults.conftest import Clinic
from tests.consults.dispatch.duty import Ward, ward
from tests.consults.preflight.studies import lame
from tests.factories import Browser, browser

PAGES = ("/board", "/groups/new", "/province", "/handover")


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    """Pages are the same on every engine."""
    return sqlite_db


@pytest.fixture
def at_b(clinic: Clinic) -> Ward:
    return ward(clinic)


@pytest.fixture
def cuc(at_b: Ward, app: Flask) -> Browser:
    return browser(app, at_b.clinic.db, at_b.cuc)


@pytest.fixture
def morning() -> Iterator[None]:
    """Six o'clock of tomorrow in Vietnam."""
    midnight = clock.now().astimezone(clock.VIETNAM).replace(hour=0, minute=0)
    with clock.shifted(midnight + timedelta(hours=30) - clock.now()):
        yield


def _roster(page: Browser) -> str:
    return page.get("/consults/roster").text


def test_a_shift_is_added_removed_and_a_week_copied(at_b: Ward, cuc: Browser) -> None:
    bob = at_b.clinic.cast.bob
    today = clock.now().date().isoformat()
    sent = {"group_id": at_b.group_id, "person_id": bob.id, "day": today, "begins": "07:00", "ends": "07:00"}
    assert cuc.post("/consults/roster/add", {**sent, "week": today}).status_code == 303
    assert "07:00\N{EN DASH}07:00" in _roster(cuc)

    again = cuc.post("/consults/roster/add", {**sent, "week": today})
    assert again.status_code == 409
    assert "already" in again.text or "đã" in again.text

    assert cuc.post("/consults/roster/copy", {"group_id": at_b.group_id, "week": today}).status_code == 303
    next_week = (clock.now() + timedelta(days=7)).date().isoformat()
    copied = cuc.get(f"/consults/roster?week={next_week}").text
    assert bob.name in copied
    shift_id = re.findall(r'/consults/roster/(\w+)/remove"', copied)[0]
    assert cuc.post(f"/consults/roster/{shift_id}/remove", {"week": next_week}).status_code == 303
    assert "07:00\N{EN DASH}07:00" not in cuc.get(f"/consults/roster?week={next_week}").text


def test_a_group_is_made_changed_and_ended(at_b: Ward, cuc: Browser) -> None:
    made = {"name": "Thần kinh", "modalities": "MR, CT", "members": [at_b.khoa.id]}
    minutes = {"emergency": "3", "urgent": "10", "routine": "90"}
    assert cuc.post("/consults/groups/new", {**made, **minutes}).status_code == 303
    listed = cuc.get("/consults/groups").text
    assert "Thần kinh" in listed
    assert "MR, CT" in listed
    foreign = cuc.post("/consults/groups/new", {**made, **minutes, "members": [at_b.clinic.cast.chi.id]})
    assert foreign.status_code == 400
    assert cuc.post(f"/consults/groups/{at_b.group_id}/end", {}).status_code == 303
    assert "Chẩn đoán hình ảnh" not in cuc.get("/consults/groups").text


def test_the_board_shows_each_case_under_what_is_wrong_with_it(at_b: Ward, cuc: Browser, app: Flask) -> None:
    clinic, cast = at_b.clinic, at_b.clinic.cast
    clinic.asked()
    held = clinic.asked()
    clinic.wish(cast.binh, "consult.hold", consult_id=held, code="missing-series")
    with clock.shifted(timedelta(hours=3, minutes=30)):
        slow = browser(app, clinic.db, at_b.cuc).get("/consults/board").text
    page = cuc.get("/consults/board").text

    def columns(text: str) -> set[str]:
        known = ("slow", "waiting", "faulty", "returned", "duplicate", "running")
        return {name for name in known if f'id="column-{name}"' in text}

    assert columns(page) == {"waiting", "faulty"}
    clinic.wish(cast.binh, "consult.reject", consult_id=held, reason="chụp lại rồi gửi")
    assert columns(cuc.get("/consults/board").text) == {"waiting"}
    clinic.asked(study_ids=[lame(clinic, patient_id="BN0002", patient_name="TRẦN^THỊ BÍCH")])
    assert columns(cuc.get("/consults/board").text) == {"waiting", "faulty"}, "sent as it was"
    assert columns(slow) == {"slow", "faulty"}
    assert at_b.khoa.name in page


def test_the_board_leaves_out_what_a_coordinator_reads_for_another_hospital(at_b: Ward) -> None:
    clinic, cast = at_b.clinic, at_b.clinic.cast
    consult_id = clinic.accepted()
    clinic.wish(cast.alice, "reader.invite", consult_id=consult_id, person_id=cast.chi.id, kind="separate")
    chi = replace(cast.chi, roles=cast.chi.roles | {Role.COORDINATOR})
    with clinic.db.reading() as tx:
        assert not any(board(tx, chi).columns.values())
        assert any(board(tx, at_b.cuc).columns.values())


def test_a_promise_is_kept_by_the_opinion_and_not_by_the_completion(at_b: Ward, morning: None) -> None:
    clinic, cast = at_b.clinic, at_b.clinic.cast
    consult_id = clinic.answered()
    late = clinic.asked()
    with clock.shifted(timedelta(hours=5)):
        with clinic.db.reading() as tx:
            columns = board(tx, at_b.cuc).columns
        clinic.wish(cast.alice, "consult.complete", consult_id=consult_id)
        with clinic.db.reading() as tx:
            home = next(line for line in province(tx, cast.root) if line.due)
    assert (home.kept, home.due) == (1, 2)
    assert [case.id for case in columns[Column.SLOW]] == [late]
    assert [case.id for case in columns[Column.RUNNING]] == [consult_id]


def test_the_second_case_of_a_patient_within_a_day_is_shown_as_asked_twice(at_b: Ward, cuc: Browser) -> None:
    first = at_b.clinic.asked()
    at_b.clinic.asked()
    page = cuc.get("/consults/board").text
    assert 'id="column-duplicate"' in page
    assert page.count(f'href="/consults/{first}"') == 2, "its own card, and a way to it from the second"


def test_a_coordinator_gives_a_case_away_on_its_page(at_b: Ward, cuc: Browser) -> None:
    consult_id = at_b.clinic.accepted()
    page = cuc.get(f"/consults/{consult_id}/give").text
    assert at_b.khoa.name in page
    sent = {"person_id": at_b.khoa.id, "note": "quá tải"}
    assert cuc.post(f"/consults/{consult_id}/give", sent).status_code == 303
    offer = at_b.offer(consult_id)
    assert offer is not None
    assert offer["to"] == at_b.khoa.name


def test_at_the_end_of_a_shift_all_cases_go_on_the_page_and_a_refusal_keeps_the_note(
    at_b: Ward, app: Flask
) -> None:
    clinic, cast = at_b.clinic, at_b.clinic.cast
    cases = [clinic.accepted(), clinic.accepted()]
    bob = browser(app, clinic.db, cast.bob)
    for nobody in ("x", cast.chi.id, cast.bob.id):
        refused = bob.post("/consults/handover", {"person_id": nobody, "note": "còn chờ xét nghiệm"})
        assert refused.status_code in (400, 409)
        assert 'role="alert"' in refused.text
        assert "còn chờ xét nghiệm" in refused.text
    assert bob.post("/consults/handover", {"person_id": at_b.khoa.id, "note": "hết ca"}).status_code == 303
    offers = [at_b.offer(consult_id) or {} for consult_id in cases]
    assert [offer.get("to") for offer in offers] == [at_b.khoa.name] * 2


def test_a_coordinator_reads_a_room_without_its_images_and_why_it_was_passed_on(
    at_b: Ward, cuc: Browser
) -> None:
    clinic = at_b.clinic
    consult_id = clinic.asked(hospital_id=None, person_id=at_b.khoa.id)
    clinic.wish(at_b.khoa, "consult.pass", consult_id=consult_id, reason="đang mổ cấp cứu")
    room = cuc.get(f"/consults/{consult_id}")
    assert room.status_code == 200
    assert "/stream/" not in room.text
    assert "đang mổ cấp cứu" not in room.text
    assert "đang mổ cấp cứu" in cuc.get(f"/consults/{consult_id}/give").text
    assert clinic.state(at_b.cuc, consult_id)["consult"]["number"] in cuc.get("/consults").text


def test_a_duty_group_is_asked_on_the_form(at_b: Ward, app: Flask) -> None:
    clinic, cast = at_b.clinic, at_b.clinic.cast
    form = browser(app, clinic.db, cast.alice).get(f"/consults/new?study={clinic.study_id}").text
    assert f'value="group:{at_b.group_id}"' in form
    content = clinic.content(hospital_id=None, group_id=at_b.group_id)
    consult_id = clinic.wish(cast.alice, "consult.create", **content)["id"]
    draft = browser(app, clinic.db, cast.alice).get(f"/consults/{consult_id}/edit").text
    assert re.search(f'value="group:{at_b.group_id}"[^>]* selected', draft)


def test_whoever_watches_the_province_sees_numbers_and_no_patient(at_b: Ward, app: Flask) -> None:
    clinic = at_b.clinic
    at_b.on_call(clinic.cast.bob)
    clinic.asked()
    page = browser(app, clinic.db, clinic.cast.root).get("/consults/province").text
    assert clinic.cast.bob.name in page
    assert "NGUYỄN" not in page


def test_a_machine_never_heard_or_silent_is_told_where_all_was_well(at_b: Ward, app: Flask) -> None:
    clinic, cast = at_b.clinic, at_b.clinic.cast
    root = browser(app, clinic.db, cast.root)
    new = root.get("/consults/province").text
    assert new.count("all well") == 3
    assert "never heard" not in new.split("A machine is silent")[0]
    with clock.shifted(timedelta(days=2)):
        later = browser(app, clinic.db, cast.root).get("/consults/province").text
        assert later.count(": never heard") == 3
        assert "all well" not in later
    with clinic.db.transaction() as tx:
        count_device_images(tx, cast.ct_a, images=9, size=9)
    with clock.shifted(timedelta(days=40)):
        later = browser(app, clinic.db, cast.root).get("/consults/province").text
        assert later.count(": silent for 40 days") == 1
        assert later.count(": never heard") == 2
        assert "on which it mostly sends" in later


def test_strangers_find_nothing(at_b: Ward, app: Flask) -> None:
    clinic, cast = at_b.clinic, at_b.clinic.cast
    consult_id = clinic.accepted()
    for person in (cast.alice, cast.giang, cast.tam):
        page = browser(app, clinic.db, person)
        assert [page.get(f"/consults{path}").status_code for path in PAGES] == [403] * 4
    chi = browser(app, clinic.db, cast.chi)
    assert chi.get(f"/consults/{consult_id}/give").status_code == 404
    assert chi.post(f"/consults/{consult_id}/give", {"person_id": cast.chi.id}).status_code == 404
    alice = browser(app, clinic.db, cast.alice)
    assert alice.get(f"/consults/{consult_id}/give").status_code == 404
    out = app.test_client()
    assert [out.get(f"/consults{path}").status_code for path in (*PAGES, "/roster")] == [401] * 5
