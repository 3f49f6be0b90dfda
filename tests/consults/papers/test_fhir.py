"""The case in FHIR R4: valid, complete, and nothing of what was said in private.

`fhir.resources` knows 4.3 (R4B), in which the resources used here are those of 4.0.1.
"""

from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle
from flask import Flask
from werkzeug.test import TestResponse

from app.base.actor import Actor, Right
from app.base.ids import new_id
from app.identity.actions import create_access_token
from consults.papers.fhir import bundle_of
from consults.papers.fhir_case import case_for
from tests.consults.conftest import Clinic
from tests.consults.papers.what_came import jointly_completed, tell_what_came_of_it
from tests.factories import browser


@pytest.fixture
def db(sqlite_clinic: Clinic) -> object:
    """The services work on the clinic's database."""
    return sqlite_clinic.db


def _bundle(clinic: Clinic, actor: Actor, consult_id: str) -> dict[str, Any]:
    """Checked with each look."""
    with clinic.db.reading() as tx:
        made = bundle_of(case_for(tx, actor, consult_id))
    assert Bundle.model_validate(made).type == "collection"
    return made


def _of(bundle: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [one["resource"] for one in bundle["entry"] if one["resource"]["resourceType"] == kind]


def _references(told: Any) -> list[str]:
    if isinstance(told, dict):
        own = [told["reference"]] if "reference" in told else []
        return own + [one for value in told.values() for one in _references(value)]
    return [one for value in told for one in _references(value)] if isinstance(told, list) else []


def test_questions_go_in_and_answers_come_out(sqlite_clinic: Clinic) -> None:
    clinic = sqlite_clinic
    consult_id = clinic.completed()
    bundle = _bundle(clinic, clinic.cast.alice, consult_id)

    (task,) = _of(bundle, "Task")
    told = clinic.state(clinic.cast.alice, consult_id)["consult"]
    assert [one["valueString"] for one in task["input"]] == [one["text"] for one in told["questions"]]
    answers = [one["answer"] for one in told["questions"] if one["answer"]]
    assert [one["valueString"] for one in task["output"]] == [*answers, told["opinion"]]
    (study,) = _of(bundle, "ImagingStudy")
    assert study["identifier"][0]["value"].startswith("urn:oid:")
    assert _of(bundle, "Patient")[0]["name"][0]["text"] == told["patient"]["name"]


def test_what_was_decided_what_came_of_it_and_who_signed_come_out_too(sqlite_clinic: Clinic) -> None:
    clinic, alice = sqlite_clinic, sqlite_clinic.cast.alice
    consult_id = jointly_completed(clinic)
    tell_what_came_of_it(clinic, consult_id)

    bundle = _bundle(clinic, alice, consult_id)
    (task,) = _of(bundle, "Task")
    told = {one["type"]["text"]: one.get("valueString") for one in task["output"]}
    assert told["Whether the requester follows the opinion"] == "Follows it in part"
    assert told["Decision of the requester"] == "Theo dõi thêm"
    assert told["Outcome"] == "Disagrees with the opinion"
    assert told["Final diagnosis"] == "Máu tụ"
    assert told["How the final diagnosis is known"] == "Mổ"
    (signed,) = [one["valueReference"] for one in task["output"] if "valueReference" in one]
    assert signed["display"] == clinic.cast.binh.name
    assert signed["reference"] in {one["fullUrl"] for one in bundle["entry"]}


def test_its_status_is_the_consult_s_state_all_the_way(sqlite_clinic: Clinic) -> None:
    clinic, alice, bob = sqlite_clinic, sqlite_clinic.cast.alice, sqlite_clinic.cast.bob
    consult_id = clinic.asked()
    seen = []

    def look() -> None:
        bundle = _bundle(clinic, alice, consult_id)
        seen.append((_of(bundle, "Task")[0]["status"], _of(bundle, "ServiceRequest")[0]["status"]))

    look()
    for who, wish, sent in (
        (bob, "consult.accept", {}),
        (bob, "consult.hold", {"code": "poor-image", "reason": "mờ"}),
        (alice, "consult.resubmit", {"note": "đã chụp lại"}),
        (alice, "consult.cancel", {"reason": "không cần nữa"}),
    ):
        clinic.wish(who, wish, consult_id=consult_id, **sent)
        look()
    assert seen == [
        ("requested", "active"),
        ("accepted", "active"),
        ("on-hold", "on-hold"),
        ("in-progress", "active"),
        ("cancelled", "revoked"),
    ]


def test_lines_for_everybody_are_communications_and_every_reference_leads_somewhere(
    sqlite_clinic: Clinic,
) -> None:
    clinic, alice, bob = sqlite_clinic, sqlite_clinic.cast.alice, sqlite_clinic.cast.bob
    consult_id = clinic.answered()
    first = clinic.say(alice, consult_id, "Có xuất huyết không?")
    reply = {"client_id": new_id(), "text": "Không.", "reply_to": {"kind": "message", "id": first["id"]}}
    clinic.wish(bob, "message.post", consult_id=consult_id, **reply)
    private = {"client_id": new_id(), "text": "chỉ mình anh", "recipients": [bob.id]}
    clinic.wish(alice, "message.post", consult_id=consult_id, **private)

    bundle = _bundle(clinic, bob, consult_id)
    lines = _of(bundle, "Communication")
    assert [one["payload"][0]["contentString"] for one in lines] == ["Có xuất huyết không?", "Không."]
    places = {one["fullUrl"] for one in bundle["entry"]}
    assert len(places) == len(bundle["entry"])
    assert set(_references(bundle)) <= places
    assert lines[1]["inResponseTo"] == [
        {"reference": one["fullUrl"]} for one in bundle["entry"] if one["resource"] is lines[0]
    ]


def test_it_is_served_as_fhir_to_those_in_the_case_alone(sqlite_clinic: Clinic, app: Flask) -> None:
    clinic = sqlite_clinic
    consult_id = clinic.asked()
    answer = browser(app, clinic.db, clinic.cast.alice).get(f"/consults/{consult_id}/fhir")
    assert answer.mimetype == "application/fhir+json"
    assert answer.get_json(force=True) == _bundle(clinic, clinic.cast.alice, consult_id)

    for stranger in (clinic.cast.chi, clinic.cast.vinh, clinic.cast.root, clinic.cast.tam):
        theirs = browser(app, clinic.db, stranger).get(f"/consults/{consult_id}/fhir")
        assert theirs.status_code in {403, 404}
    assert app.test_client().get(f"/consults/{consult_id}/fhir").status_code in {302, 303, 401}


def _fetched_by_a_program_of(
    app: Flask, clinic: Clinic, of: Actor, consult_id: str, *rights: Right
) -> TestResponse:
    with clinic.db.transaction() as tx:
        made = create_access_token(
            tx, clinic.cast.root, hospital_id=of.hospital_id or "", name="HIS", rights=rights, days=30
        )
    bearer = {"Authorization": f"Bearer {made.token}"}
    return app.test_client().get(f"/consults/{consult_id}/fhir", headers=bearer)


def test_a_program_of_either_hospital_fetches_it_with_a_token_for_consults(
    sqlite_clinic: Clinic, app: Flask
) -> None:
    """It comes as often as it likes; lines for chosen people stay theirs, and a draft its writer's."""
    clinic, cast = sqlite_clinic, sqlite_clinic.cast
    consult_id = clinic.answered()
    private = {"client_id": new_id(), "text": "chỉ mình anh", "recipients": [cast.bob.id]}
    clinic.wish(cast.alice, "message.post", consult_id=consult_id, **private)
    for home in (cast.alice, cast.bob):
        answer = _fetched_by_a_program_of(app, clinic, home, consult_id, Right.CONSULT)
        assert answer.status_code == 200
        told = Bundle.model_validate(answer.get_json(force=True))
        assert told.type == "collection"
        assert "chỉ mình anh" not in answer.text
    assert _fetched_by_a_program_of(app, clinic, cast.chi, consult_id, Right.CONSULT).status_code == 404
    others = set(Right) - {Right.CONSULT}
    assert _fetched_by_a_program_of(app, clinic, cast.alice, consult_id, *others).status_code == 403
    draft = clinic.wish(cast.alice, "consult.create", **clinic.content())["id"]
    assert _fetched_by_a_program_of(app, clinic, cast.alice, draft, Right.CONSULT).status_code == 404
    assert cast.chi.hospital_id not in {cast.alice.hospital_id, cast.bob.hospital_id}
