"""The pages of devices: what is registered, what was found, how names are read, who is heard and who is not."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.archive.actions import count_device_images
from app.archive.checking import check_device
from app.archive.models import DeviceProfile
from app.archive.refusals import count_refusal
from app.base import clock
from app.base.actor import SYSTEM, Right
from app.base.blobs import Blobs
from app.base.db import Database
from app.base.errors import Unavailable
from app.base.i18n import catalogue_for
from app.edge.services import Services
from app.identity import actions, queries
from app.web import connectivity, device_charset, device_words, devices, studies
from app.web.devices import KINDS, RIGHTS
from tests.app.archive import test_one_device_several_charsets as several
from tests.app.archive.test_device_profiles import run_reread, send
from tests.cast import Cast
from tests.factories import browser, make_app


class Line:
    """A peer that answers in 12 ms, or not at all."""

    def __init__(self, problem: str = "") -> None:
        self.problem = problem

    def echo(self, _remote: Any) -> float:
        if self.problem:
            raise Unavailable("no_answer", self.problem)
        return 0.0124


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    return sqlite_db


def app_of(services: Services) -> Flask:
    doors = (connectivity, device_charset, devices, studies)
    return make_app(services, *(door.blueprint(services) for door in doors))


@pytest.fixture
def app(services: Services, cast: Cast) -> Flask:
    assert cast
    return app_of(services)


def test_what_a_device_may_do_and_where_it_is_are_one_form(app: Flask, db: Database, cast: Cast) -> None:
    dung = browser(app, db, cast.dung)
    form = {
        "ae_title": "CT01",
        "name": "CT 64",
        "address": "192.168.1.0/24",
        "active": "yes",
        "kind": "workstation",
        "rights": ["store", "query"],
        "host": "192.168.1.20",
        "port": "11112",
        "tls": "yes",
        "max_associations": "3",
        "max_images_per_minute": "900",
    }
    assert dung.post(f"/devices/{cast.ct_a.id}", form).status_code == 303
    with db.reading() as tx:
        kept = queries.device(tx, cast.dung, cast.ct_a.id)
    assert kept.rights == {Right.QUERY, Right.STORE}
    assert (kept.kind, kept.address) == ("workstation", "192.168.1.0/24")
    assert (kept.host, kept.port, kept.tls) == ("192.168.1.20", 11112, True)
    assert (kept.max_associations, kept.max_images_per_minute) == (3, 900)
    wrong = dung.post(f"/devices/{cast.ct_a.id}", form | {"port": "eleven"})
    assert wrong.status_code == 400
    assert "Please enter a whole number." in wrong.text


def test_a_new_modality_stores_and_asks_for_commitment(app: Flask, db: Database, cast: Cast) -> None:
    browser(app, db, cast.dung).post("/devices/new", {"ae_title": "MR1", "name": "MR", "kind": "modality"})
    with db.reading() as tx:
        made = next(one for one in queries.devices_of(tx, cast.dung) if one.ae_title == "MR1")
    assert made.rights == {Right.COMMIT, Right.STORE}


def test_a_certificate_is_asked_for_and_no_longer(app: Flask, db: Database, cast: Cast) -> None:
    dung = browser(app, db, cast.dung)
    path = f"/devices/{cast.ct_a.id}/certificate"
    assert dung.post(path, {"fingerprint": ":".join(["AB"] * 32)}).status_code == 303
    assert "ab" * 32 in dung.get(f"/devices/{cast.ct_a.id}").text
    assert dung.post(path, {"fingerprint": "123"}).status_code == 400
    assert dung.post(path, {"fingerprint": ""}).status_code == 303
    with db.reading() as tx:
        assert queries.device(tx, cast.dung, cast.ct_a.id).certificate_sha256 == ""


def test_findings_and_refusals_stand_on_the_device_s_page(
    app: Flask, db: Database, blobs: Blobs, cast: Cast
) -> None:
    send(db, blobs, cast)
    check_device(db, blobs, cast.ct_a.id)
    with db.transaction() as tx:
        count_refusal(tx, SYSTEM, device_id=cast.ct_a.id, code="wrong_address", detail="10.9.9.9", count=4)
    dung = browser(app, db, cast.dung)
    page = dung.get(f"/devices/{cast.ct_a.id}").text
    assert "Names arrive in the character set TCVN3" in page
    assert "It called from 10.9.9.9" in page
    assert "1 finding" in dung.get("/devices").text
    assert "It called from 10.9.9.9" in dung.get("/connectivity").text


def test_a_technician_sees_the_names_and_confirms_them(
    app: Flask, db: Database, blobs: Blobs, cast: Cast
) -> None:
    send(db, blobs, cast)
    tam = browser(app, db, cast.tam)
    path = f"/devices/{cast.ct_a.id}/reading"
    assert path in tam.get("/studies").text  # the mark in the list leads there
    assert "guessed: TCVN3" in tam.get("/studies").text
    page = tam.get(path).text
    assert "<b>Nguyễn Thị Hường</b>" in page
    assert "NguyÔn ThÞ" in page
    assert tam.post(f"{path}/charset", {"charset": "TCVN3"}).status_code == 303
    assert "Names are being read anew" in tam.get(path).text
    run_reread(db, blobs, cast)
    assert "confirmed: TCVN3" in tam.get(path).text
    assert "guessed" not in tam.get("/studies").text


def test_another_set_can_be_tried_before_confirming(
    app: Flask, db: Database, blobs: Blobs, cast: Cast
) -> None:
    send(db, blobs, cast)
    page = browser(app, db, cast.dung).get(f"/devices/{cast.ct_a.id}/reading?charset=CP1258").text
    assert "These names are right: CP1258" in page
    # Confirmed, it would not garble a name that plainly is in another set.
    assert '<b>Nguyễn Thị Hường</b> <span class="badge warn">guessed: TCVN3</span>' in page


def test_each_set_found_is_shown_and_guessing_comes_back(
    app: Flask, db: Database, blobs: Blobs, cast: Cast
) -> None:
    for charset in several.SETS:
        several.send(db, blobs, cast, charset)
    check_device(db, blobs, cast.ct_a.id)
    assert browser(app, db, cast.dung).get(f"/devices/{cast.ct_a.id}").text.count("in 1 image") == 3
    tam = browser(app, db, cast.tam)
    path = f"/devices/{cast.ct_a.id}/reading"
    page = tam.get(path).text
    assert "Names arrive in several character sets" in page
    assert page.count("<b>Nguyễn Văn Đức</b>") == 3
    assert "Guess again" not in page
    for said in ("CP1258", "declared"):
        tam.post(f"{path}/charset", {"charset": said})
        run_reread(db, blobs, cast)
    assert "guessed" not in tam.get("/studies").text
    assert "Guess again" in tam.get(path).text
    assert tam.post(f"{path}/guess").status_code == 303
    run_reread(db, blobs, cast)
    assert all(f"guessed: {charset}" in tam.get("/studies").text for charset in several.SETS)


def test_what_is_advised_of_several_sets_holds_for_each(
    app: Flask, db: Database, blobs: Blobs, cast: Cast
) -> None:
    for charset in several.SETS:
        several.send(db, blobs, cast, charset)
    check_device(db, blobs, cast.ct_a.id)
    page = browser(app, db, cast.dung).get(f"/devices/{cast.ct_a.id}").text
    assert page.count("one for each device, another takes its place") == len(several.SETS)
    assert "Confirm it once" not in page


def test_patients_names_are_for_those_of_the_hospital_who_correct(
    app: Flask, db: Database, blobs: Blobs, cast: Cast
) -> None:
    send(db, blobs, cast)
    path = f"/devices/{cast.ct_a.id}/reading"
    assert browser(app, db, cast.root).get(path).status_code == 403
    assert browser(app, db, cast.alice).get(path).status_code == 403
    assert browser(app, db, cast.giang).get(path).status_code == 404
    assert browser(app, db, cast.giang).post(f"{path}/charset", {"charset": "VNI"}).status_code == 404


def test_remarks_are_kept_and_nonsense_is_not(app: Flask, db: Database, cast: Cast) -> None:
    tam = browser(app, db, cast.tam)
    path = f"/devices/{cast.ct_a.id}/reading/remarks"
    form = {"clock_minutes": "420", "modality_means": "cr=dx", "laterality_unreliable": "yes"}
    assert tam.post(path, form).status_code == 303
    assert tam.post(path, form | {"modality_means": "x-ray"}).status_code == 400
    assert tam.post(path, form | {"clock_minutes": "soon"}).status_code == 400
    with db.reading() as tx:
        assert tx.session.get_one(DeviceProfile, cast.ct_a.id).settings == (
            '{"clock_minutes": 420, "laterality_unreliable": true, "modality_means": {"CR": "DX"}}'
        )


@pytest.mark.parametrize(
    ("problem", "told"), [("", "answered in 12 ms"), ("It is switched off.", "no answer")]
)
def test_an_echo_says_how_long_it_took_or_why_not(
    services: Services, db: Database, cast: Cast, problem: str, told: str
) -> None:
    with db.transaction() as tx:
        actions.set_device_reach(tx, cast.dung, device_id=cast.ct_a.id, host="127.0.0.1", port=104, tls=False)
    dung = browser(app_of(replace(services, network=Line(problem))), db, cast.dung)
    page = dung.post(f"/connectivity/{cast.ct_a.id}/echo").text
    assert told in page
    assert problem in page
    without = browser(app_of(services), db, cast.dung).post(f"/connectivity/{cast.ct_a.id}/echo").text
    assert "Echoes cannot be sent from here" in without
    assert (
        browser(app_of(services), db, cast.giang).post(f"/connectivity/{cast.ct_a.id}/echo").status_code
        == 404
    )


def test_who_calls_unknown_is_registered_with_one_click_or_forgotten(
    app: Flask, db: Database, cast: Cast
) -> None:
    with db.transaction() as tx:
        for title in ("CT02", "CT03"):
            actions.note_unknown_caller(tx, SYSTEM, hospital_id=cast.a.id, ae_title=title, address="10.0.0.7")
    dung = browser(app, db, cast.dung)
    page = dung.get("/connectivity").text
    assert "Somebody calls as CT02 from 10.0.0.7" in page
    form = dung.get(f"/devices/new?hospital={cast.a.id}&ae_title=CT02&address=10.0.0.7").text
    assert 'value="CT02"' in form
    assert 'value="10.0.0.7"' in form
    with db.reading() as tx:
        callers = queries.unknown_callers(tx, cast.dung)
    for caller in callers:
        assert dung.post(f"/connectivity/callers/{caller.id}/forget").status_code == 303
    assert "Somebody calls" not in dung.get("/connectivity").text


def test_every_sentence_about_devices_has_its_vietnamese() -> None:
    known = catalogue_for("vi")
    sentences = [text for both in device_words.FINDINGS.values() for text in both]
    sentences += [
        *device_words.REFUSALS.values(),
        *KINDS.values(),
        *(text for text, _hint in RIGHTS.values()),
    ]
    assert [text for text in sentences if text not in known] == []


def test_a_machine_that_fell_silent_stays_marked(app: Flask, db: Database, cast: Cast) -> None:
    with db.transaction() as tx:
        count_device_images(tx, cast.ct_a, images=9, size=9)
    assert "silent for" not in browser(app, db, cast.dung).get("/connectivity").text
    for days in (31, 400):
        with clock.shifted(timedelta(days=days)):
            dung = browser(app, db, cast.dung)
            page = dung.get("/connectivity").text
            assert f"silent for {days} days" in page
            assert "on which it mostly sends" in page
            assert f"silent for {days} days" in dung.get("/devices").text
