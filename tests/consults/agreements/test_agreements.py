"""An agreement counts once both hospitals agreed; a change is a new version; a third hospital knows of nothing."""

import re
from typing import Any

import pytest
from flask import Flask

from app.base.errors import Conflict, Forbidden, Invalid, NotFound
from app.base.spreadsheet import BOM
from consults.agreements.access import agreement_for
from consults.agreements.actions import (
    agree_to_agreement,
    edit_agreement,
    propose_agreement,
    return_agreement,
    revise_agreement,
)
from consults.agreements.papers import LARGEST, Scan
from consults.agreements.queries import agreement_info, list_agreements
from tests.consults.conftest import Clinic
from tests.factories import Browser, browser


def _filled(clinic: Clinic, **change: Any) -> dict[str, Any]:
    return {
        "number": "77/HĐ",
        "referring_hospital_id": clinic.cast.a.id,
        "consulting_hospital_id": clinic.cast.b.id,
        "valid_from": "2026-01-01",
        "valid_to": "2030-12-31",
        "responsibilities": "Bên A quyết định.",
        "infrastructure": "4 Mbps.",
        "storage": "10 năm.",
        "cost": "Theo bảng.",
        "term_mode": ["consultation", ""],
        "term_modality": ["ct", ""],
        "term_service": ["Hội chẩn CT", ""],
        "term_price": ["120000", ""],
        "term_routine": ["600", ""],
        "term_urgent": ["60", ""],
        "term_emergency": ["20", ""],
        **change,
    }


def _drafted(clinic: Clinic, page: Browser) -> str:
    answer = page.post("/consults/agreements/new", _filled(clinic))
    assert answer.status_code == 303, answer.text
    return str(answer.location.rsplit("/", 1)[1])


def test_it_is_in_force_once_both_hospitals_agreed_through_the_pages(clinic: Clinic, app: Flask) -> None:
    dung, giang = (browser(app, clinic.db, who) for who in (clinic.cast.dung, clinic.cast.giang))
    agreement_id = _drafted(clinic, dung)
    at = f"/consults/agreements/{agreement_id}"
    assert giang.get(at).status_code == 404
    dung.post(f"{at}/propose", {})
    assert "waits for you" in giang.get("/consults/agreements").text
    assert dung.post(f"{at}/agree", {}).status_code == 303  # it agreed by proposing: nothing changes
    with clinic.db.reading() as tx:
        assert agreement_info(tx, clinic.cast.dung, agreement_id).state == "proposed"
        with pytest.raises(NotFound):
            agreement_for(tx, clinic.cast.alice, agreement_id)

    giang.post(f"{at}/agree", {})

    with clinic.db.reading() as tx:
        assert agreement_info(tx, clinic.cast.alice, agreement_id).state == "active"
    page = browser(app, clinic.db, clinic.cast.bob).get(at).text
    assert "120.000" in page
    assert "Hội chẩn CT" in page


def test_a_new_version_replaces_the_old_one_when_both_agreed(sqlite_clinic: Clinic) -> None:
    clinic, cast = sqlite_clinic, sqlite_clinic.cast
    with clinic.db.transaction() as tx:
        (old,) = list_agreements(tx, cast.dung)
        newer = revise_agreement(tx, cast.giang, agreement_id=old.id)
        propose_agreement(tx, cast.giang, agreement_id=newer)
        return_agreement(tx, cast.dung, agreement_id=newer, reason="Giá quá cao")
        with pytest.raises(NotFound):  # a draft of the other hospital again
            agree_to_agreement(tx, cast.dung, agreement_id=newer)
        propose_agreement(tx, cast.giang, agreement_id=newer)
        assert agreement_info(tx, cast.dung, old.id).state == "active"
        agree_to_agreement(tx, cast.dung, agreement_id=newer)
    with clinic.db.reading() as tx:
        told = {one.version: one.state for one in list_agreements(tx, cast.alice)}
    assert told == {1: "ended", 2: "active"}


def test_what_is_in_force_is_not_edited_and_others_agree_to_nothing(sqlite_clinic: Clinic) -> None:
    clinic, cast = sqlite_clinic, sqlite_clinic.cast
    with clinic.db.transaction() as tx:
        (info,) = list_agreements(tx, cast.dung)
        with pytest.raises(Conflict):
            edit_agreement(tx, cast.dung, agreement_id=info.id, content=None)  # type: ignore[arg-type] # refused before it is read
        newer = revise_agreement(tx, cast.dung, agreement_id=info.id)
        propose_agreement(tx, cast.dung, agreement_id=newer)
        with pytest.raises(Forbidden):
            agree_to_agreement(tx, cast.root, agreement_id=newer)
        with pytest.raises(Forbidden):
            agree_to_agreement(tx, cast.alice, agreement_id=newer)
        for deed in (agree_to_agreement, propose_agreement, revise_agreement):
            with pytest.raises(NotFound):
                deed(tx, cast.vinh, agreement_id=newer)
        assert list_agreements(tx, cast.vinh) == []


def test_a_mistake_in_the_form_is_named_and_loses_nothing(clinic: Clinic, app: Flask) -> None:
    dung = browser(app, clinic.db, clinic.cast.dung)
    for change in ({"term_urgent": ["bald", ""]}, {"valid_to": ""}, {"number": ""}):
        answer = dung.post("/consults/agreements/new", _filled(clinic, **change))
        assert answer.status_code == 400
        assert 'role="alert"' in answer.text
        assert "Bên A quyết định." in answer.text
    agreement_id = _drafted(clinic, dung)
    at = f"/consults/agreements/{agreement_id}"
    dung.post(f"{at}/edit", _filled(clinic, storage=""))
    refused = dung.post(f"{at}/propose", {})
    assert refused.status_code == 400
    assert "Fill in all four" in refused.text


def test_a_scan_is_a_pdf_or_a_jpeg_by_its_first_bytes() -> None:
    assert Scan.of("a.png", b"\xff\xd8\xff\xe0").media_type == "image/jpeg"
    for content in (b"\x89PNG", b"<html>%PDF-", b""):
        with pytest.raises(Invalid):
            Scan.of("a.pdf", content)
    with pytest.raises(Exception, match="too large"):
        Scan.of("a.pdf", b"%PDF-" + bytes(LARGEST))


def test_the_yearly_report_counts_cases_and_names_no_patient(clinic: Clinic, app: Flask) -> None:
    clinic.completed()
    clinic.asked()
    with clinic.db.reading() as tx:
        (info,) = list_agreements(tx, clinic.cast.dung)
    at = f"/consults/agreements/{info.id}/report"
    table = browser(app, clinic.db, clinic.cast.dung, language="vi").get(f"{at}?as=csv").data.decode()
    page = browser(app, clinic.db, clinic.cast.dung).get(at).text

    assert table.startswith(BOM + "Số ca hội chẩn,")
    assert [line.split(",")[8] for line in table.strip().splitlines()[1:]] == ["1", ""]
    assert "NGUYỄN" not in table + page
    assert re.search(r"Cases sent</dt><dd>2</dd>", page)
    assert browser(app, clinic.db, clinic.cast.vinh).get(at).status_code == 404
