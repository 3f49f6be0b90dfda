"""What stands against a study is found before it is sent: mended with one click, or sent as it is and said so."""

from typing import Any

import pytest
from flask import Flask

from app.base.errors import Forbidden, NotFound
from consults.preflight.actions import add_protocol, remove_protocol
from consults.preflight.checking import check_studies
from consults.preflight.findings import FindingCode
from consults.preflight.queries import protocols
from consults.preflight.schemas import ProtocolInput
from tests import dicomgen
from tests.consults.conftest import Clinic
from tests.consults.folding import fold
from tests.consults.preflight.studies import lame, quiet
from tests.factories import browser

HEAD: dict[str, Any] = {"SeriesDescription": "NÃO CỬA SỔ NHU MÔ"}


def _found(clinic: Clinic, study_id: str) -> dict[str, str]:
    with clinic.db.reading() as tx:
        return {one.code: one.detail for one in check_studies(tx, clinic.cast.alice, [study_id])}


def test_a_whole_study_has_nothing_against_it_once_it_is_quiet(clinic: Clinic) -> None:
    assert _found(clinic, clinic.study_id) == {FindingCode.INCOMPLETE: "1"}
    quiet(clinic)
    assert _found(clinic, clinic.study_id) == {}


def test_side_spacing_and_identity_are_looked_at(sqlite_clinic: Clinic) -> None:
    clinic = sqlite_clinic
    knee = lame(clinic, PatientBirthDate="")
    assert _found(clinic, knee) == {
        FindingCode.LATERALITY: "KNEE",
        FindingCode.SPACING: "GỐI",
        FindingCode.IDENTITY: "date of birth",
    }
    right = clinic.store(
        dicomgen.ct_slice(study="study-right", BodyPartExamined="KNEE", Laterality="R", **HEAD)
    )
    quiet(clinic)
    assert _found(clinic, right) == {}


def test_a_protocol_says_which_series_have_to_be_there(clinic: Clinic) -> None:
    head = ProtocolInput(modality="CT", words="so nao", series=("nhu mô|brain", "xương|bone"))
    other = ProtocolInput(modality="CT", words="", series=("không có",))
    with clinic.db.transaction() as tx:
        made = add_protocol(tx, clinic.cast.dung, content=head)
        add_protocol(tx, clinic.cast.dung, content=other)
        add_protocol(tx, clinic.cast.giang, content=other)
    study = clinic.store(dicomgen.ct_slice(study="study-head", StudyDescription="CT SỌ NÃO", **HEAD))
    quiet(clinic)

    assert _found(clinic, study) == {FindingCode.MISSING_SERIES: "xương / bone"}
    bone = dicomgen.ct_slice(2, study="study-head", series="bone", SeriesDescription="BONE 0.6")
    clinic.store(bone)
    quiet(clinic)
    assert _found(clinic, study) == {}

    with clinic.db.transaction() as tx, pytest.raises(NotFound):
        remove_protocol(tx, clinic.cast.giang, protocol_id=made)
    with clinic.db.transaction() as tx, pytest.raises(Forbidden):
        add_protocol(tx, clinic.cast.alice, content=head)
    with clinic.db.reading() as tx:
        assert len(protocols(tx, clinic.cast.dung)) == 2


def test_what_the_rest_of_the_images_may_bring_needs_no_word(clinic: Clinic) -> None:
    with clinic.db.transaction() as tx:
        add_protocol(tx, clinic.cast.dung, content=ProtocolInput(modality="CT", series=("không có",)))
    assert clinic.state(clinic.cast.bob, clinic.asked())["preflight"] is None
    quiet(clinic)
    told = clinic.state(clinic.cast.bob, clinic.asked())["preflight"]
    assert [one["detail"] for one in told["findings"]] == ["không có"]


def test_what_is_sent_as_it_is_is_said_to_the_specialist_with_who_and_when(clinic: Clinic) -> None:
    knee = lame(clinic)
    draft = clinic.wish(clinic.cast.alice, "consult.create", **clinic.content(study_ids=[knee]))["id"]
    old = clinic.state(clinic.cast.alice, draft)
    clinic.wish(clinic.cast.alice, "consult.request", consult_id=draft)

    told = clinic.state(clinic.cast.bob, draft)["preflight"]
    assert [one["code"] for one in told["findings"]] == ["laterality", "spacing"]
    assert (told["by"]["id"], bool(told["at"])) == (clinic.cast.alice.id, True)
    fresh = clinic.state(clinic.cast.alice, draft)
    folded = fold(old, clinic.events(clinic.cast.alice, draft, old["head"]))
    assert folded["preflight"] == fresh["preflight"]
    assert clinic.state(clinic.cast.alice, clinic.asked())["preflight"] is None


def test_the_form_stops_once_for_a_look_and_then_goes(clinic: Clinic, app: Flask) -> None:
    knee = lame(clinic)
    alice = browser(app, clinic.db, clinic.cast.alice)
    asked = {
        "study": knee,
        "question": "Có gãy không?",
        "whom": f"hospital:{clinic.cast.b.id}",
        "urgency": "urgent",
        "access_days": "7",
        "ground": "patient-request",
        "informed": "1",
        "informed_by": clinic.cast.alice.name,
        "labs": "Hb;95;g/L;120-160",
        "do": "send",
    }
    assert "Nothing can be measured" in alice.get(f"/consults/new?study={knee}").text

    stopped = alice.post(f"/consults/new?study={knee}", asked)
    assert (stopped.status_code, "Hb;95" in stopped.text) == (409, True)
    partly = alice.post(f"/consults/new?study={knee}", asked | {"as_is": "1", "seen": f"spacing.{knee}.GỐI"})
    assert partly.status_code == 409  # something else had not been shown
    seen = [f"spacing.{knee}.GỐI", f"laterality.{knee}.KNEE"]
    sent = alice.post(f"/consults/new?study={knee}", asked | {"as_is": "1", "seen": seen})

    assert sent.status_code == 303
    state = clinic.state(clinic.cast.bob, sent.location.rpartition("/")[2])
    assert [lab["flag"] for lab in state["attachments"]["labs"]] == ["L"]


def test_the_form_asks_anew_as_studies_are_chosen_and_strangers_are_told_nothing(
    clinic: Clinic, app: Flask
) -> None:
    address = f"/consults/checks?study={clinic.study_id}&study={lame(clinic)}"
    told = browser(app, clinic.db, clinic.cast.alice).get(address)
    assert (told.status_code, "Nothing can be measured" in told.text) == (200, True)
    strangers = ((clinic.cast.bob, 404), (clinic.cast.chi, 404), (clinic.cast.dung, 403))
    for stranger, code in strangers:
        assert browser(app, clinic.db, stranger).get(address).status_code == code
    assert app.test_client().get(address).status_code in {302, 303, 401}


def test_a_draft_taken_up_again_shows_its_values_and_does_not_double_them(clinic: Clinic, app: Flask) -> None:
    alice = browser(app, clinic.db, clinic.cast.alice)
    labs = "Hb\t95\tg/L\t120-160\nD-dimer; 700 *;ng/mL"
    draft = clinic.wish(clinic.cast.alice, "consult.create", **clinic.content(labs=labs))["id"]
    page = alice.get(f"/consults/{draft}/edit").text
    assert "Hb\t95 L\tg/L\t120-160\nD-dimer\t700 *\tng/mL" in page
    again = clinic.content(labs="Hb\t95 L\tg/L\t120-160\nD-dimer\t700 *\tng/mL")
    clinic.wish(clinic.cast.alice, "consult.edit", consult_id=draft, content=again)
    held = clinic.state(clinic.cast.alice, draft)["attachments"]["labs"]
    assert [(lab["name"], lab["value"], lab["flag"]) for lab in held] == [
        ("Hb", "95", "L"),
        ("D-dimer", "700", "A"),
    ]


def test_the_page_of_protocols_is_for_who_manages_the_viewer(clinic: Clinic, app: Flask) -> None:
    there = browser(app, clinic.db, clinic.cast.dung)
    form = {"modality": "ct", "words": "bụng", "series": "động mạch|arterial\r\ntĩnh mạch\r\n"}
    assert there.post("/consults/protocols", form).status_code == 303
    assert there.post("/consults/protocols", form | {"series": ""}).status_code == 400
    page = there.get("/consults/protocols").text
    assert "động mạch / arterial" in page
    with clinic.db.reading() as tx:
        (made,) = protocols(tx, clinic.cast.dung)
    stranger = browser(app, clinic.db, clinic.cast.giang)
    assert "động mạch" not in stranger.get("/consults/protocols").text
    assert stranger.post(f"/consults/protocols/{made.id}/remove").status_code == 404
    doctor = browser(app, clinic.db, clinic.cast.alice)
    assert doctor.get("/consults/protocols").status_code == 403
    assert doctor.post("/consults/protocols", form).status_code == 403
    assert there.post(f"/consults/protocols/{made.id}/remove").status_code == 303


def test_how_much_has_arrived_is_told_to_those_in_the_case_alone(clinic: Clinic, app: Flask) -> None:
    with clinic.db.transaction() as tx:
        add_protocol(tx, clinic.cast.dung, content=ProtocolInput(modality="CT", series=("không có",)))
    consult_id = clinic.asked()
    for who in (clinic.cast.alice, clinic.cast.bob):
        told = browser(app, clinic.db, who).get_json(f"/consults/{consult_id}/arrival").get_json()
        assert told["studies"][clinic.study_id] | {"last_at": ""} == {
            "images": 1,
            "expected": None,
            "arriving": True,
            "last_at": "",
            "missing": ["không có"],
        }
    for stranger, code in ((clinic.cast.chi, 404), (clinic.cast.vinh, 403)):
        there = browser(app, clinic.db, stranger)
        assert there.get_json(f"/consults/{consult_id}/arrival").status_code == code
    clinic.wish(clinic.cast.bob, "consult.reject", consult_id=consult_id, reason="Không thuộc chuyên khoa")
    bob = browser(app, clinic.db, clinic.cast.bob)
    assert bob.get_json(f"/consults/{consult_id}/arrival").get_json()["studies"] == {}
