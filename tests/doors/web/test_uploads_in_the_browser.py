"""What the upload page's script asks, as it asks it."""

import re
from pathlib import Path
from typing import Any

import pytest

from app.capture.intake import Intake
from app.render.decode import DecodeClient
from tests.app.capture.deliveries import Delivery, zipped
from tests.dicomgen import ct_slice
from tests.factories import Browser
from tests.website import Website


def announce(
    browser: Browser, upload: str, files: dict[str, bytes], *, last: bool = True
) -> list[dict[str, Any]]:
    wishes = [{"key": name, "name": name, "size": len(data)} for name, data in files.items()]
    answer = browser.send_json("POST", f"/uploads/{upload}/files", {"files": wishes, "last": last})
    assert answer.status_code == 200
    assert answer.json is not None
    found: list[dict[str, Any]] = answer.json["files"]
    return found


def send(browser: Browser, upload: str, file: str, offset: int, data: bytes) -> Any:
    return browser.client.put(
        f"/uploads/{upload}/files/{file}?offset={offset}",
        data=data,
        headers={"X-CSRF-Token": browser.csrf, "Accept": "application/json"},
    )


def ask(browser: Browser, path: str) -> dict[str, Any]:
    found = browser.get_json(path).json
    assert isinstance(found, dict)
    return found


def open_upload(browser: Browser) -> str:
    answer = browser.send_json("POST", "/uploads", {})
    assert answer.json is not None
    return str(answer.json["id"])


def test_files_are_sent_in_pieces_and_the_result_is_listed(site: Website) -> None:
    tam = site.signed_in(site.cast.tam)
    upload = open_upload(tam)
    files = {"CT/1": ct_slice(1), "CT/2": ct_slice(2), "CT/letter.pdf": b"%PDF-1.7" + b"x" * 300}
    for row, data in zip(announce(tam, upload, files), files.values(), strict=True):
        half = len(data) // 2
        assert send(tam, upload, row["id"], 0, data[:half]).json["received"] == half
        assert ask(tam, f"/uploads/{upload}/files/{row['id']}")["received"] == half
        assert send(tam, upload, row["id"], half, data[half:]).json["state"] in {"stored", "refused"}
    status = ask(tam, f"/uploads/{upload}/status")
    assert (status["state"], status["counts"], status["study_count"]) == (
        "finished",
        {"refused": 1, "stored": 2},
        1,
    )
    (left_out,) = status["left_out"]
    assert left_out["name"] == "CT/letter.pdf"
    assert "PDF" in left_out["reason"]
    page = tam.get(f"/uploads/{upload}").text
    assert "CT/letter.pdf" in page
    assert f"/uploads/{upload}" in tam.get("/uploads").text


def test_an_upload_broken_off_is_offered_again(site: Website) -> None:
    tam = site.signed_in(site.cast.tam)
    upload = open_upload(tam)
    announce(tam, upload, {"1": ct_slice(1)})
    page = tam.get("/uploads").text
    assert f'"current": "{upload}"' in page
    assert "broken off" in page


def test_the_pages_language_is_that_of_the_reasons(site: Website) -> None:
    tam = site.signed_in(site.cast.tam, language="vi")
    upload = open_upload(tam)
    (row,) = announce(tam, upload, {"DICOMDIR": b"x" * 200})
    send(tam, upload, row["id"], 0, b"x" * 200)
    assert "Mục lục" in ask(tam, f"/uploads/{upload}/status")["left_out"][0]["reason"]


@pytest.mark.parametrize(
    "body",
    [
        None,
        {},
        {"files": [], "last": True},
        {"files": [{"key": "a", "name": "a", "size": -1}], "last": True},
        {"files": [{"key": "a", "name": "a", "size": 1, "path": "/etc"}], "last": True},
        {"files": [{"key": "a", "name": "a" * 5000, "size": 1}], "last": True},
    ],
)
def test_a_senseless_announcement_is_refused(site: Website, body: object) -> None:
    tam = site.signed_in(site.cast.tam)
    assert tam.send_json("POST", f"/uploads/{open_upload(tam)}/files", body).status_code == 400


def test_more_than_a_piece_at_once_and_more_than_announced_are_refused(site: Website) -> None:
    tam = site.signed_in(site.cast.tam)
    upload = open_upload(tam)
    (row,) = announce(tam, upload, {"1": bytes(100)})
    assert send(tam, upload, row["id"], 0, bytes((4 << 20) + 1)).status_code == 413
    assert send(tam, upload, row["id"], 0, bytes(101)).status_code == 409
    assert send(tam, upload, row["id"], 50, bytes(10)).json["code"] == "offset"
    assert send(tam, upload, row["id"], -1, b"").status_code == 400


def test_a_zip_waits_to_be_unpacked(site: Website) -> None:
    tam = site.signed_in(site.cast.tam)
    upload = open_upload(tam)
    data = zipped({"a": ct_slice(1)})
    (row,) = announce(tam, upload, {"cd.zip": data})
    assert send(tam, upload, row["id"], 0, data).json["state"] == "expanding"
    assert ask(tam, f"/uploads/{upload}/status")["state"] == "receiving"


def test_cancelling(site: Website) -> None:
    tam = site.signed_in(site.cast.tam)
    upload = open_upload(tam)
    announce(tam, upload, {"1": ct_slice(1)})
    assert tam.send_json("POST", f"/uploads/{upload}/cancel", {}).status_code == 204
    assert ask(tam, f"/uploads/{upload}/status")["state"] == "cancelled"
    assert tam.send_json("POST", f"/uploads/{upload}/cancel", {}).status_code == 409


def test_nobody_else_finds_it_and_some_may_not_upload(site: Website) -> None:
    tam = site.signed_in(site.cast.tam)
    upload = open_upload(tam)
    (row,) = announce(tam, upload, {"1": ct_slice(1)})
    for other in (site.cast.alice, site.cast.chi):
        stranger = site.signed_in(other)
        assert stranger.get(f"/uploads/{upload}").status_code == 404
        assert stranger.get_json(f"/uploads/{upload}/status").status_code == 404
        assert stranger.get_json(f"/uploads/{upload}/files/{row['id']}").status_code == 404
        assert send(stranger, upload, row["id"], 0, b"x").status_code == 404
        assert stranger.send_json("POST", f"/uploads/{upload}/cancel", {}).status_code == 404
    assert site.signed_in(site.cast.lan).get("/uploads").status_code == 403


def test_a_piece_without_the_forgery_token_is_refused(site: Website) -> None:
    tam = site.signed_in(site.cast.tam)
    upload = open_upload(tam)
    (row,) = announce(tam, upload, {"1": ct_slice(1)})
    assert tam.client.put(f"/uploads/{upload}/files/{row['id']}?offset=0", data=b"x").status_code == 403


def test_a_pdf_added_to_a_study_is_opened_from_it_by_those_who_see_the_study(site: Website) -> None:
    study_id = site.ct(site.cast.tam)
    letter = b"%PDF-1.7\n" + bytes(range(256)) + b"\n%%EOF"
    with_decoder = Intake(
        site.services.db,
        site.services.blobs,
        site.services.settings.data_dir,
        decoder=DecodeClient(Path("/nowhere")),
    )
    delivery = Delivery(
        site.services.db, with_decoder, site.cast.tam, study_id=study_id, title="Giấy chuyển viện"
    )
    delivery.bring({"a.pdf": letter})
    site.share(study_id, site.cast.b.id)
    for actor, status in ((site.cast.alice, 200), (site.cast.bob, 200), (site.cast.chi, 404)):
        browser = site.signed_in(actor)
        page = browser.client.get(f"/studies/{study_id}")
        assert page.status_code == status
        if status == 200:
            address = re.findall(rf"/studies/{study_id}/files/[0-9a-z]{{26}}", page.text)[0]
            assert "Giấy chuyển viện" in page.text
        answer = browser.client.get(address)
        assert answer.status_code == status
        if status == 200:
            assert answer.data == letter
            assert browser.client.get(address, headers={"Range": "bytes=1-3"}).data == b"PDF"


def test_the_page_of_added_files_is_the_own_hospital_s(site: Website) -> None:
    study_id = site.ct(site.cast.tam)
    site.share(study_id, site.cast.b.id)
    page = site.signed_in(site.cast.tam).client.get(f"/studies/{study_id}/files")
    assert page.status_code == 200
    for part in ("data-upload-zone", "data-upload-bar", "data-upload-summary", f'href="/studies/{study_id}"'):
        assert part in page.text
    assert site.signed_in(site.cast.bob).client.get(f"/studies/{study_id}/files").status_code == 403
