"""Names planted wherever a viewer could show them reach no guest who may not know the patient, by any address."""

import json
import re
from dataclasses import replace
from io import BytesIO
from itertools import product
from typing import Any
from urllib.parse import unquote

import pydicom
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.archive.nameless import BLOCK, Scrubber
from app.base.actor import Actor
from app.base.errors import HoichanError, Invalid
from app.base.ids import new_id
from app.edge.actor import session_cookie_name
from app.edge.services import Services
from app.stream import blueprint as stream
from consults import web
from tests import dicomgen
from tests.consults.attachments.files import PDF, attach
from tests.consults.conftest import Clinic
from tests.consults.folding import fold
from tests.consults.guests.inviting import guest_actor, guest_client, guest_token, invited
from tests.consults.rooms import hall
from tests.factories import make_app, start_session

NAME, NUMBER, ACCESSION, BORN = "Nguyễn^Thị^Bí Mật", "PID-778899", "ACC-556677", "19530517"
SECRETS = ("Bí Mật", "BI MAT", "bi mat", "B\\u00ed M", NUMBER, ACCESSION, BORN, "17/05/1953", "Bệnh viện Kín")


def _named(data: bytes, **change: Any) -> bytes:
    """The file with a name in every place that is shown."""
    ds = pydicom.dcmread(BytesIO(data))
    ds.SpecificCharacterSet = "ISO_IR 192"
    ds.PatientName, ds.PatientID, ds.AccessionNumber, ds.PatientBirthDate = NAME, NUMBER, ACCESSION, BORN
    ds.InstitutionName = "Bệnh viện Kín"
    ds.StudyDescription = "CT NGUYEN THI BI MAT"
    ds.SeriesDescription = f"Bụng {NUMBER}"
    ds.WindowCenterWidthExplanation = "NGUYEN THI BI MAT"
    for keyword, value in change.items():
        setattr(ds, keyword, value)
    out = BytesIO()
    ds.save_as(out)
    return out.getvalue()


def _study(clinic: Clinic, data: bytes, **change: Any) -> str:
    return clinic.store(_named(data, **change))


def _wide(text: str) -> str:
    """As Chinese and Japanese keyboards write it."""
    return "".join(chr(ord(sign) + 0xFEE0) for sign in text)


def _tells(text: str) -> list[str]:
    return [secret for secret in SECRETS if secret.casefold() in text.casefold()]


@pytest.fixture
def app(services: Services) -> Flask:
    return make_app(services, web.blueprint(services), stream(services))


def test_no_address_of_the_opening_tells_the_name(clinic: Clinic, app: Flask) -> None:
    study_id = _study(clinic, dicomgen.ct_slice(study="planted", patient="planted"))
    consult_id = clinic.accepted(
        study_ids=[study_id], history=f"BN nguyen thi bi mat, {NUMBER}, sinh 17/05/1953"
    )
    clinic.say(clinic.cast.alice, consult_id, "Bà NGUYỄN THỊ BÍ MẬT đau bụng.")
    guest = guest_client(clinic, app, consult_id)

    page = guest.get(f"/consults/{consult_id}", headers={"Accept": "text/html"})
    state = guest.get(f"/consults/{consult_id}/state")
    events = guest.get(f"/consults/{consult_id}/events?after=0")
    key = state.get_json()["consult"]["studies"][0]["key"]
    manifest = guest.get(f"/stream/{key}/manifest")
    for answer in (page, state, events, manifest):
        assert answer.status_code == 200
        assert _tells(answer.text + json.dumps(answer.get_json(silent=True), ensure_ascii=False)) == []
    assert "█" in state.get_json()["messages"][0]["text"]

    image = manifest.get_json()["series"][0]["instances"][0]["id"]
    series = manifest.get_json()["series"][0]["id"]
    for path in ("rendered/{}/1", "stored/{}/1"):
        assert guest.get(f"/stream/{key}/{path.format(image)}").status_code == 200
    assert len(guest.get(f"/stream/{key}/previews/{series}").data) > 100
    for path in ("tags", "document", "report", "waveform", "objects"):
        assert guest.get(f"/stream/{key}/{path}/{image}").status_code == 404
    assert guest.get(f"/stream/{key}/overlay/{image}/1").status_code == 404
    for path in (
        f"/studies/{study_id}",
        f"/studies/{study_id}/view",
        "/studies",
        f"/consults/{consult_id}/reading",
    ):
        assert guest.get(path).status_code == 404


def test_no_address_that_a_guest_may_ask_tells_the_name(clinic: Clinic, app: Flask) -> None:
    study_id = _study(clinic, dicomgen.ct_slice(study="planted", patient="planted"))
    consult_id = clinic.accepted(study_ids=[study_id], history="BN nguyen thi bi mat")
    wishes = (
        ("labs.add", {"text": f"{NUMBER};1;g/L;0-2"}),
        ("annotation.put", {"annotation": replace(clinic, study_id=study_id).mark(text="Bi Mat PID-778899")}),
    )
    for name, sent in wishes:
        clinic.wish(clinic.cast.alice, name, consult_id=consult_id, **sent)
    attach(clinic, clinic.cast.alice, consult_id, PDF, f"{NUMBER}.pdf")
    guest = guest_client(clinic, app, consult_id)
    state = guest.get(f"/consults/{consult_id}/state").get_json()
    key = state["consult"]["studies"][0]["key"]
    series = guest.get(f"/stream/{key}/manifest").get_json()["series"][0]
    known = {
        "columns": 64,
        "consult_id": consult_id,
        "frame": 1,
        "instance_id": series["instances"][0]["id"],
        "key": key,
        "number": 1,
        "rows": 64,
        "series_id": series["id"],
        "study_id": study_id,
    }
    asked = 0
    for rule in app.url_map.iter_rules():
        if (
            rule.websocket
            or "GET" not in (rule.methods or ())
            or rule.endpoint.endswith((".files", "static"))
        ):
            continue
        address = app.url_map.bind("localhost").build(
            rule.endpoint, {name: known.get(name, 1) for name in rule.arguments}
        )
        answer = guest.get(address)
        asked += answer.status_code == 200
        told = unquote(answer.data.decode("utf-8", "replace")) + str(answer.headers)
        assert _tells(told + _unescaped(answer)) == [], address
    assert asked >= 8


def _unescaped(answer: TestResponse) -> str:
    return json.dumps(answer.get_json(silent=True), ensure_ascii=False)


def test_pictures_that_may_show_a_name_are_held_back(clinic: Clinic, app: Flask) -> None:
    burned = _study(clinic, dicomgen.ct_slice(study="burned", patient="p"), BurnedInAnnotation="YES")
    consult_id = clinic.accepted(study_ids=[burned])
    guest = guest_client(clinic, app, consult_id)
    state = guest.get(f"/consults/{consult_id}/state").get_json()
    key = state["consult"]["studies"][0]["key"]
    told = guest.get(f"/stream/{key}/manifest").get_json()["series"][0]
    image = told["instances"][0]["id"]

    drawn = guest.get(f"/stream/{key}/rendered/{image}/1")
    assert drawn.headers["X-Hoichan-Reason"]
    assert guest.get(f"/stream/{key}/stored/{image}/1").status_code == 415
    corners = [[0, 0], [8, 0], [8, 8], [0, 8], [0, 0]]
    region = {"instance_id": image, "frame": 1, "graphic_type": "POLYLINE", "points": corners}
    assert guest.post(f"/stream/{key}/statistics", json=region).status_code == 415
    # The same picture, seen first by somebody who may know: what lies in the caches is not given out.
    others = app.test_client()
    from_cache = _opened_by_bob(clinic, app, others, consult_id)
    assert "X-Hoichan-Reason" not in others.get(f"/stream/{from_cache}/rendered/{image}/1").headers
    assert others.get(f"/stream/{from_cache}/stored/{image}/1").status_code == 200
    assert guest.get(f"/stream/{key}/rendered/{image}/1").headers["X-Hoichan-Reason"]
    assert guest.get(f"/stream/{key}/stored/{image}/1").status_code == 415
    assert _preview_length(guest.get(f"/stream/{key}/previews/{told['id']}").data) == 0


def _preview_length(answer: bytes) -> int:
    return int.from_bytes(answer[4:8], "little")


def _opened_by_bob(clinic: Clinic, app: Flask, client: FlaskClient, consult_id: str) -> str:
    started = start_session(clinic.db, clinic.cast.bob)
    client.set_cookie(
        session_cookie_name(secure=app.extensions["hoichan"].settings.web.secure), started.token
    )
    key: str = client.get(f"/consults/{consult_id}/state").get_json()["consult"]["studies"][0]["key"]
    return key


def test_old_state_plus_events_is_a_fresh_fetch_for_a_guest_without_names(clinic: Clinic) -> None:
    consult_id = clinic.accepted()
    guest = guest_actor(clinic, consult_id, hides_identity=True)
    before = clinic.state(guest, consult_id)
    clinic.say(guest, consult_id, "Chào")
    clinic.wish(clinic.cast.alice, "annotation.put", consult_id=consult_id, annotation=clinic.mark())
    clinic.wish(clinic.cast.bob, "consult.start", consult_id=consult_id)
    events = clinic.events(guest, consult_id, before["head"])
    assert fold(before, events) == clinic.state(guest, consult_id)


def test_words_written_beside_a_mark_are_not_shown_while_they_are_written(
    clinic: Clinic, services: Services
) -> None:
    consult_id = clinic.accepted()
    with hall(services) as opened:
        token = guest_token(clinic, invited(clinic, consult_id, hides_identity=True))
        guest = opened.guest(token, consult_id)
        alice = opened.in_room(clinic.cast.alice, consult_id)
        mark = clinic.mark(text="Bí Mật")
        alice.show("annotation.sketch", consult_id=consult_id, annotation=mark)
        guest.wait(lambda doctor: bool(doctor.volatile))
        told = dict(guest.volatile)["sketch"]["annotation"]
    assert (told["points"], told["text"]) == (mark["points"], "")


def test_numbers_of_patient_and_order_are_found_however_they_are_written(clinic: Clinic) -> None:
    study_id = _study(clinic, dicomgen.ct_slice(study="planted", patient="planted"))
    consult_id = clinic.accepted(study_ids=[study_id], history="BN PID 778899, phiếu ACC.556677")
    guest = guest_actor(clinic, consult_id, hides_identity=True)
    for said in ("pid778899", "PID_778 899", _wide("PID-778899"), "acc 556677", ACCESSION, "Acc/556-677"):
        clinic.say(clinic.cast.alice, consult_id, f"Xem {said} nhé")
    state = clinic.state(guest, consult_id)
    told = [line["text"] for line in state["messages"]] + [state["consult"]["history"]]
    posted = [event for event in clinic.events(guest, consult_id, 0) if event["type"] == "message.posted"]
    told += [event["data"]["text"] for event in posted]
    assert len(told) == 13
    assert [text for text in told if re.search(r"\d", text)] == []
    clinic.wish(clinic.cast.bob, "opinion.give", consult_id=consult_id, text="Theo ACC 556677: bình thường.")
    sent = {"client_id": new_id(), "text": "?", "sentence": {"source": "opinion", "quote": "ACC 556677"}}
    with pytest.raises(Invalid, match="do not stand"):
        clinic.wish(guest, "message.post", consult_id=consult_id, **sent)


def test_blackened_words_cannot_be_guessed_by_quoting_them(clinic: Clinic) -> None:
    study_id = _study(clinic, dicomgen.ct_slice(study="planted", patient="planted"))
    consult_id = clinic.accepted(study_ids=[study_id])
    guest = guest_actor(clinic, consult_id, hides_identity=True)
    text = f"Bà Nguyễn Thị Bí Mật, {NUMBER}: không thấy xuất huyết."
    given = clinic.wish(clinic.cast.bob, "opinion.give", consult_id=consult_id, text=text)
    shown = clinic.state(guest, consult_id)["consult"]["opinion"]

    def quote(who: Actor, words: str) -> dict[str, Any]:
        sent = {"client_id": new_id(), "text": "?", "sentence": {"source": "opinion", "quote": words}}
        return clinic.wish(who, "message.post", consult_id=consult_id, **sent)

    for guess in ("Bí Mật", "Nguyễn", "Thị", NUMBER, NUMBER[:5], "899: không"):
        with pytest.raises(Invalid, match="do not stand"):
            quote(guest, guess)
    for words in ("không thấy xuất huyết", shown):
        quote(guest, words)
        said = clinic.state(guest, consult_id)["messages"][-1]["sentence"]
        assert said == {"source": "opinion", "quote": words, "number": given["number"]}
    quote(clinic.cast.alice, "Bí Mật")


def test_hidden_numbers_are_no_way_in(clinic: Clinic) -> None:
    consult_id = clinic.accepted()
    guest = guest_actor(clinic, consult_id, hides_identity=True)
    with pytest.raises(HoichanError):
        clinic.wish(guest, "attachment.withdraw", consult_id=consult_id, attachment_id=clinic.study_id)


def test_words_of_a_name_are_found_as_people_write_them_and_nothing_else() -> None:
    scrub = Scrubber(["1234"], "Nguyễn^Thị^Bí Mật").text
    for told in ("NGUYEN_THI_BI_MAT", "Nguyễn  Thị Bí Mật", "bi mat", "BN_1234", "1234"):
        assert set(scrub(told)) <= {*BLOCK, *"BN_"}, told
    assert scrub("bà Mật, BN. MẬT") == "bà ███, BN. ███"
    for told in ("túi mật to", "sinh 12345", "bí mậtt"):
        assert scrub(told) == told
    assert scrub("mã 1 234, ngày 12/34") == "mã 1 234, ngày 12/34"  # too short to be looked for in pieces
    ids = {"id": "1234", "study_instance_uid": "1.1234.5", "at": "1234-01-01T00:00:00Z"}
    assert Scrubber(["1234"]).all(ids | {"text": "1234"}) == ids | {"text": "████"}


def test_a_number_is_the_same_with_other_separators() -> None:
    scrub = Scrubber(["DX-260031"]).text
    numbers = ("260031", "0260031", "260 031", "26-00-31", _wide("260031"), "26\u00a00031")
    for letters, between, digits in product(
        ("DX", _wide("dx"), "D X"), ("", " ", ".", "/", "_", "\u2013", ": "), numbers
    ):
        told = f"BN {letters}{between}{digits}, 3 ngày"
        assert re.fullmatch(f"BN {BLOCK}+, 3 ngày", scrub(told)), told


def test_a_shorter_number_is_no_number_of_the_patient() -> None:
    scrub = Scrubber(["DX-260031", "004217", "HN.7", "BENHNHAN"]).text
    for told in (
        "DX 26",
        "2600 ml",
        "DXA 260031",
        "DX 2600312",
        "4217",
        "HN lúc 7h",
        "2600, DX 31",
        "bệnh nhân",
    ):
        assert scrub(told) == told
    assert scrub("BN004217, BN 0042-17, 004217.") == "BN██████, BN ███████, ██████."
    assert scrub("HN 7 và hn7") == "████ và ███"


def test_a_number_may_lose_zeros_behind_its_letters() -> None:
    scrub = Scrubber(["XQ-000123"]).text
    assert [scrub(told) for told in ("XQ 123", "XQ0123", "123")] == ["██████", "██████", "123"]


@pytest.mark.parametrize(
    "said", ["05/3/1980", "5/03/1980", "5 / 3 / 1980", "05.03.1980", "5-3-1980", "05 03 1980"]
)
def test_a_day_of_birth_is_struck_out_however_it_is_padded(said: str) -> None:
    scrub = Scrubber([], born="19800305").text
    assert scrub(f"sinh {said}, khám 15/3/1980") == f"sinh {'█' * len(said)}, khám 15/3/1980"
