"""STOW-RS: what can be stored is, what cannot is named with its reason (PS3.18 section 10.5)."""

from dataclasses import replace
from typing import Any

import pytest

from tests import dicomgen
from tests.cast import Cast
from tests.doors.dicomweb.conftest import Dicomweb, parts_of
from tests.factories import browser

STUDY = dicomgen.uid("study-1")
MULTIPART = 'multipart/related; type="application/dicom"; boundary=frontier'


def failures(answer: dict[str, Any], sequence: str = "00081198") -> list[int]:
    return [item["00081197"]["Value"][0] for item in answer.get(sequence, {}).get("Value", [])]


def test_a_series_is_stored_and_each_instance_gets_its_address(dicomweb: Dicomweb) -> None:
    files = dicomgen.series(3)
    answer = dicomweb.store(*files)
    assert (answer.status_code, answer.content_type) == (200, "application/dicom+json")
    told = answer.get_json(force=True)
    assert told["00081190"]["Value"] == [f"http://localhost{dicomweb.root}/studies/{STUDY}"]
    addresses = [item["00081190"]["Value"][0] for item in told["00081199"]["Value"]]
    found = [
        parts_of(dicomweb.get(address.removeprefix("http://localhost" + dicomweb.root)))
        for address in addresses
    ]
    assert [data for ((_, data),) in found] == files


def test_the_same_again_is_a_success(dicomweb: Dicomweb) -> None:
    assert [dicomweb.store(dicomgen.ct_slice()).status_code for _ in range(2)] == [200, 200]
    assert len(dicomweb.ask("/instances")) == 1


def test_the_same_without_the_padding_behind_its_pixels_is_a_success(dicomweb: Dicomweb) -> None:
    padded = dicomgen.ct_slice() + dicomgen.element(0xFFFCFFFC, "OB", bytes(126))
    answers = [dicomweb.store(data, dicomgen.ct_slice(2)) for data in (padded, dicomgen.ct_slice())]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert len(dicomweb.ask("/instances")) == 2


def test_some_refused_is_202_and_all_refused_409(dicomweb: Dicomweb) -> None:
    mixed = dicomweb.store(dicomgen.ct_slice(), b"not an image")
    assert mixed.status_code == 202
    told = mixed.get_json(force=True)
    assert len(told["00081199"]["Value"]) == 1
    assert failures(told, "0008119A") == [0xC000]
    assert "not a DICOM file" in told["0008119A"]["Value"][0]["00000902"]["Value"][0]
    assert len(told["0008119A"]["Value"][0]["00000902"]["Value"][0]) <= 64
    assert dicomweb.store(b"not an image").status_code == 409


def test_another_image_under_the_same_uid_is_refused_by_name(dicomweb: Dicomweb) -> None:
    dicomweb.store(dicomgen.ct_slice())
    answer = dicomweb.store(dicomgen.ct_slice(SeriesDescription="CHANGED"))
    assert answer.status_code == 409
    told = answer.get_json(force=True)
    assert failures(told) == [0xC002]
    assert told["00081198"]["Value"][0]["00081155"]["Value"] == [dicomgen.uid("study-1", "series-1", 1)]


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_an_instance_of_another_study_than_addressed_is_refused(dicomweb: Dicomweb) -> None:
    answer = dicomweb.store(dicomgen.ct_slice(), path="/studies/1.2.3")
    assert (answer.status_code, failures(answer.get_json(force=True))) == (409, [0xA900])
    assert dicomweb.store(dicomgen.ct_slice(), path=f"/studies/{STUDY}").status_code == 200


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_a_body_that_breaks_off_keeps_what_was_whole(dicomweb: Dicomweb) -> None:
    body = b"".join(
        b"--frontier\r\nContent-Type: application/dicom\r\n\r\n" + data + b"\r\n"
        for data in dicomgen.series(2)
    )
    answer = dicomweb.post(body[:-1000], MULTIPART)
    assert (answer.status_code, failures(answer.get_json(force=True), "0008119A")) == (202, [0xC000])
    assert len(dicomweb.ask("/instances")) == 1
    assert list((dicomweb.services.settings.data_dir / "spool").iterdir()) == []


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_one_instance_may_be_the_whole_body(dicomweb: Dicomweb) -> None:
    assert dicomweb.post(dicomgen.ct_slice(), "application/dicom").status_code == 200


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_what_is_no_multipart_of_dicom_is_told(dicomweb: Dicomweb) -> None:
    assert dicomweb.post(b"{}", "application/json").status_code == 415
    assert dicomweb.post(b"x", "multipart/related").status_code == 400
    assert dicomweb.post(b"--frontier--", MULTIPART).status_code == 400
    assert dicomweb.post(b"x", MULTIPART, **{"Content-Encoding": "gzip"}).status_code == 415
    metadata = b"--frontier\r\nContent-Type: application/dicom+json\r\n\r\n[]\r\n--frontier--"
    assert dicomweb.post(metadata, "multipart/related; boundary=frontier").status_code == 409


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_a_person_s_session_needs_the_forgery_token(dicomweb: Dicomweb, cast: Cast) -> None:
    alice = browser(dicomweb.app, dicomweb.services.db, cast.alice)
    address = f"{dicomweb.root}/studies"

    def post(**headers: str) -> int:
        answer = alice.client.post(
            address, data=dicomgen.ct_slice(), content_type="application/dicom", headers=headers
        )
        return answer.status_code

    assert post() == 403
    assert post(**{"X-CSRF-Token": alice.csrf, "Sec-Fetch-Site": "cross-site"}) == 403
    assert post(**{"X-CSRF-Token": alice.csrf}) == 200


def test_a_full_disk_is_told_as_worth_another_try(dicomweb: Dicomweb, monkeypatch: Any) -> None:
    monkeypatch.setattr(dicomweb.services.blobs, "_reserve", 1 << 60)
    answer = dicomweb.store(dicomgen.ct_slice())
    assert (answer.status_code, failures(answer.get_json(force=True), "0008119A")) == (503, [0xA700])


def test_addresses_lead_back_whatever_the_caller_calls_us(dicomweb: Dicomweb) -> None:
    def address(**environ: str) -> str:
        answer = dicomweb.client.get(
            f"{dicomweb.root}/studies",
            headers={"Authorization": f"Bearer {dicomweb.token}"},
            environ_overrides=environ,
        )
        found: str = answer.get_json(force=True)[0]["00081190"]["Value"][0]
        return found.removesuffix(f"{dicomweb.root}/studies/{STUDY}")

    dicomweb.store(dicomgen.ct_slice())
    assert address(HTTP_HOST="127.0.0.1", SERVER_PORT="8080") == "http://127.0.0.1:8080"
    assert address(HTTP_HOST="127.0.0.1:9090", SERVER_PORT="8080") == "http://127.0.0.1:9090"
    assert address(HTTP_HOST="127.0.0.1", SERVER_PORT="80") == "http://127.0.0.1"
    settings = dicomweb.services.settings
    web = settings.web.model_copy(update={"public_url": "https://pacs.example.vn"})
    known = replace(dicomweb.services, settings=settings.model_copy(update={"web": web}))
    dicomweb.app.extensions["hoichan"] = known
    assert address(HTTP_HOST="evil.example") == "https://pacs.example.vn"
