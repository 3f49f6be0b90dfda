"""A day or time that no clock can carry into another zone is answered with a page or a sentence, wherever it is typed."""

from typing import Any

import pytest
from flask import Flask

from app.base import clock
from app.base.db import Database
from app.base.errors import Invalid
from tests.consults.conftest import Clinic
from tests.consults.dispatch.duty import ward
from tests.factories import browser

ENDS = ("0001-01-01", "9999-12-31", "9999-12-26")


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    """Pages are the same on every engine."""
    return sqlite_db


@pytest.mark.parametrize("day", ENDS)
@pytest.mark.parametrize("page", ["statistics", "statistics.csv"])
def test_statistics_of_the_last_and_first_days_count_what_there_is(
    clinic: Clinic, app: Flask, page: str, day: str
) -> None:
    alice = browser(app, clinic.db, clinic.cast.alice)
    for name in ("from", "to"):
        assert alice.get(f"/consults/{page}?{name}={day}").status_code == 200


@pytest.mark.parametrize("day", ENDS)
def test_the_roster_shows_the_nearest_week_it_has(clinic: Clinic, app: Flask, day: str) -> None:
    at_b = ward(clinic)
    cuc = browser(app, clinic.db, at_b.cuc)
    assert cuc.get(f"/consults/roster?week={day}").status_code == 200
    asked = {"group_id": at_b.group_id, "week": day}
    assert cuc.post("/consults/roster/copy", asked).status_code == 303

    shift = {"person_id": clinic.cast.bob.id, "day": day, "begins": "07:00", "ends": "07:00"}
    refused = cuc.post("/consults/roster/add", asked | shift)
    assert refused.status_code == 400
    assert "Choose a day and the times from and to." in refused.text


@pytest.mark.parametrize("day", ENDS)
def test_an_invitation_until_such_a_day_is_refused_with_a_sentence(
    clinic: Clinic, app: Flask, day: str
) -> None:
    at = f"/consults/{clinic.asked()}/guests"
    guest = {"name": "BS. Khách", "licence_number": "012345", "hospital": "Xa", "until": day}
    refused = browser(app, clinic.db, clinic.cast.alice).post(at, guest)
    assert refused.status_code == 400
    assert "problem" in refused.text


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+07:00", "9999-12-31T23:00:00-07:00"])
def test_a_wish_with_such_a_time_is_refused_by_the_name_of_its_field(clinic: Clinic, at: str) -> None:
    consult_id, alice = clinic.asked(), clinic.cast.alice
    basis: dict[str, Any] = {
        **clinic.content()["basis"],
        "informed": {"by": "BS. Ái", "at": at, "how": "spoken"},
    }
    wishes: dict[str, tuple[str, dict[str, Any]]] = {
        "due_at": ("consult.reschedule", {"consult_id": consult_id, "due_at": at}),
        "content.due_at": (
            "consult.edit",
            {"consult_id": consult_id, "content": clinic.content(due_at=at)},
        ),
        "basis.informed.at": ("basis.complete", {"consult_id": consult_id, "basis": basis}),
    }
    for where, (name, sent) in wishes.items():
        with pytest.raises(Invalid) as refused:
            clinic.wish(alice, name, **sent)
        assert refused.value.params["where"] == where


def test_the_forms_of_a_case_name_the_field(clinic: Clinic, app: Flask) -> None:
    alice = browser(app, clinic.db, clinic.cast.alice)
    told = alice.post(
        f"/consults/new?study={clinic.study_id}",
        {
            "study": clinic.study_id,
            "question": "Có xuất huyết?",
            "whom": f"hospital:{clinic.cast.b.id}",
            "due_at": "0001-01-01T00:00",
            "do": "keep",
        },
    )
    assert told.status_code == 400
    assert "Answer needed by" in told.text


def test_the_pictures_of_a_case_are_covered_until_a_time_of_this_world(clinic: Clinic, app: Flask) -> None:
    alice, consult_id = browser(app, clinic.db, clinic.cast.alice), clinic.asked()
    page = alice.get(f"/consults/{consult_id}/masks").text
    at = page.split(f'href="/consults/{consult_id}/masks/', 1)[1].split('"', 1)[0]
    for until in ("0001-01-01T00:00:00+07:00", "9999-12-31T23:00:00-07:00", clock.now().isoformat()):
        said = {"said": "nothing", "looked": "1", "until": until}
        assert alice.post(f"/consults/{consult_id}/masks/{at}", said).status_code < 500
