"""The pages: a form that loses nothing, a list that says what waits, a room that opens for those it is for."""

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from app.archive import actions as archive
from app.archive.queries import StudyQuery, list_studies
from app.base.settings import ConsultSettings
from app.edge.services import Services
from tests import dicomgen
from tests.app.storing import no_record
from tests.consults.conftest import Clinic
from tests.consults.rooms import hall
from tests.factories import Browser, browser


@pytest.fixture
def alice(clinic: Clinic, app: Flask) -> Browser:
    return browser(app, clinic.db, clinic.cast.alice)


def _form(clinic: Clinic, **change: Any) -> dict[str, Any]:
    filled = {
        "study": [clinic.study_id],
        "question": ["Có xuất huyết không?", "", "Có cần mổ không?"],
        "history": "Ngã cao 3 m",
        "urgency": "emergency",
        "due_at": "",
        "whom": f"hospital:{clinic.cast.b.id}",
        "access_days": "7",
        "do": "send",
    }
    return {**filled, **change}


def test_the_form_offers_specialists_of_other_hospitals_and_this_patient_s_studies(
    clinic: Clinic, alice: Browser
) -> None:
    clinic.store(dicomgen.ct_slice(study="study-2", StudyDescription="CT NGỰC"))
    clinic.store(
        dicomgen.ct_slice(
            study="study-3", patient_id="BN9", StudyDescription="CT BỤNG", patient_name="LÊ^HAI"
        )
    )

    page = alice.get(f"/consults/new?study={clinic.study_id}").text

    assert clinic.cast.bob.name in page
    assert clinic.cast.b.name in page
    assert clinic.cast.alice.name not in re.search(r'<select id="f-whom".*?</select>', page, re.DOTALL)[0]  # type: ignore[index]  # the page has the list, or the test fails here
    assert "CT NGỰC" in page
    assert "CT BỤNG" not in page


def test_sending_the_form_leads_to_the_room_and_into_the_inbox(
    clinic: Clinic, app: Flask, alice: Browser
) -> None:
    sent = alice.post(f"/consults/new?study={clinic.study_id}", _form(clinic))

    assert sent.status_code == 303
    inbox = browser(app, clinic.db, clinic.cast.bob).get("/consults").text
    assert "NGUYỄN VĂN AN" in inbox
    assert "Có xuất huyết không?" in inbox
    assert "and 1 more question" in inbox
    assert "Emergency" in inbox
    assert sent.location in inbox


def test_a_mistake_loses_nothing_of_what_was_typed(clinic: Clinic, alice: Browser) -> None:
    for change in ({"whom": ""}, {"access_days": "1000"}, {"due_at": "2020-01-01T00:00"}, {"question": [""]}):
        answer = alice.post(f"/consults/new?study={clinic.study_id}", _form(clinic, **change))
        assert answer.status_code == 400
        assert 'role="alert"' in answer.text
        assert "Ngã cao 3 m" in answer.text
        if "question" not in change:
            assert "Có cần mổ không?" in answer.text


def test_a_draft_is_kept_taken_up_and_sent(clinic: Clinic, app: Flask, alice: Browser) -> None:
    kept = alice.post(f"/consults/new?study={clinic.study_id}", _form(clinic, do="keep"))
    assert kept.location == "/consults?box=sent"
    page = alice.get("/consults?box=sent").text
    edit = re.search(r'href="(/consults/\w+/edit)"', page)
    assert edit
    assert "Ngã cao 3 m" in alice.get(edit[1]).text
    assert browser(app, clinic.db, clinic.cast.bob).get(edit[1]).status_code == 404

    sent = alice.post(edit[1], _form(clinic, history="Ngã cao 5 m"))

    assert sent.status_code == 303
    state = alice.get_json(f"{sent.location}/state").get_json()
    assert (state["consult"]["history"], state["consult"]["state"]) == ("Ngã cao 5 m", "requested")
    assert [question["number"] for question in state["consult"]["questions"]] == [1, 2]


def test_a_draft_is_discarded_and_what_was_sent_is_edited_no_more(clinic: Clinic, alice: Browser) -> None:
    draft = clinic.wish(clinic.cast.alice, "consult.create", **clinic.content())["id"]
    assert alice.post(f"/consults/{draft}/edit", {"do": "discard"}).location == "/consults?box=sent"
    assert clinic.state(clinic.cast.alice, draft)["consult"]["state"] == "cancelled"
    sent = clinic.asked()
    assert alice.get(f"/consults/{sent}/edit").location == f"/consults/{sent}"
    assert alice.post(f"/consults/{sent}/edit", _form(clinic)).status_code == 409


def test_a_due_time_is_typed_in_vietnam_s_time(clinic: Clinic, alice: Browser) -> None:
    sent = alice.post(f"/consults/new?study={clinic.study_id}", _form(clinic, due_at="2030-05-06T07:08"))
    state = alice.get_json(f"{sent.location}/state").get_json()
    assert state["consult"]["due_at"] == "2030-05-06T00:08:00+00:00"


def test_someone_who_may_not_see_the_study_gets_no_form(clinic: Clinic, app: Flask) -> None:
    chi = browser(app, clinic.db, clinic.cast.chi)
    assert chi.get(f"/consults/new?study={clinic.study_id}").status_code == 404
    assert chi.post(f"/consults/new?study={clinic.study_id}", _form(clinic)).status_code == 404
    with clinic.db.reading() as tx:
        assert list_studies(tx, clinic.cast.bob, StudyQuery()).studies == ()


def test_the_room_s_page_tells_its_script_what_it_needs(clinic: Clinic, app: Flask) -> None:
    consult_id = clinic.accepted()
    bob = browser(app, clinic.db, clinic.cast.bob)
    page = bob.get(f"/consults/{consult_id}")
    found = re.search(r'id="hoichan-config">(.*?)</script>', page.text)
    assert found
    config = json.loads(found[1])

    assert (config["consult_id"], config["links_url"]) == (consult_id, None)
    assert config["person"] == {
        "id": clinic.cast.bob.id,
        "name": clinic.cast.bob.name,
        "hospital": clinic.cast.b.name,
        "roles": ["specialist"],
        "may_mark": True,
    }
    (study,) = config["studies"]
    assert study["id"] == study["manifest"]["study"]["id"] == clinic.study_id
    state = bob.get_json(f"/consults/{consult_id}/state?open={clinic.study_id}").get_json()
    assert state["consult"]["studies"] == [
        {
            "id": clinic.study_id,
            "description": "CT · CT SỌ NÃO · 02/03/2026",
            "key": None,
            "open": True,
            "destroyed": False,
        }
    ]
    assert state["me"]["side"] == "consulting"
    participants = [person["name"] for person in state["consult"]["participants"]]
    assert participants == [clinic.cast.bob.name]


def test_the_room_says_that_a_study_was_destroyed(clinic: Clinic, app: Flask) -> None:
    consult_id = clinic.accepted()
    with clinic.db.transaction() as tx:
        no_record(tx, clinic.study_id)
        asked = archive.request_deletion(tx, clinic.cast.tam, study_id=clinic.study_id, reason="x")
        archive.confirm_deletion(tx, clinic.cast.dung, deletion_id=asked)
    bob = browser(app, clinic.db, clinic.cast.bob)
    assert bob.get(f"/consults/{consult_id}").status_code == 200
    (study,) = bob.get_json(f"/consults/{consult_id}/state").get_json()["consult"]["studies"]
    assert (study["open"], study["destroyed"]) == (False, True)


def test_empty_lists_say_the_next_step(clinic: Clinic, app: Flask, alice: Browser) -> None:
    bob = browser(app, clinic.db, clinic.cast.bob)
    assert "Nobody is waiting for you" in bob.get("/consults").text
    assert "No open consults" in alice.get("/consults").text
    assert "No closed consults" in alice.get("/consults?closed=1").text
    assert alice.get("/consults?box=nonsense&page=-5").status_code == 200


def test_who_has_no_part_in_consults_has_no_list(clinic: Clinic, app: Flask) -> None:
    for person in (clinic.cast.tam, clinic.cast.dung, clinic.cast.lan, clinic.cast.root):
        assert browser(app, clinic.db, person).get("/consults").status_code == 403


def test_our_files_are_served_and_no_others(app: Flask) -> None:
    client = app.test_client()
    for name in ("consults.css", "consults.js"):
        answer = client.get(f"/consults/files/{name}")
        assert answer.status_code == 200
        answer.close()
    for name in ("../web.py", "..%2fweb.py", "nothing.js"):
        assert client.get(f"/consults/files/{name}").status_code == 404


def test_the_days_of_access_come_from_the_settings_at_both_doors(clinic: Clinic, services: Services) -> None:
    settings = services.settings.model_copy(update={"consult": ConsultSettings(access_days=3)})
    with hall(replace(services, settings=settings)) as opened:
        page = browser(opened.app, clinic.db, clinic.cast.alice)
        sent = page.post(f"/consults/new?study={clinic.study_id}", _form(clinic, access_days=""))
        told = opened.doctor(clinic.cast.alice).wish("consult.create", **clinic.content())

    made = (str(sent.location).rsplit("/", 1)[1], told["id"])
    assert [clinic.state(clinic.cast.alice, one)["consult"]["access_days"] for one in made] == [3, 3]
