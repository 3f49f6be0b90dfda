"""The pages of rules, deliveries, other archives and notices: what each person sees and may do."""

import re
import socket
from dataclasses import replace

import pytest
from flask import Flask

from app.archive.actions import association_closed
from app.base.actor import SYSTEM, Right
from app.base.blobs import Blobs
from app.base.db import Database
from app.dimse.network import DicomNetwork
from app.edge.services import Services
from app.identity.actions import register_device, set_device_reach
from app.identity.notices import notify_people
from app.notify.queries import notices_of
from app.routing import actions, queries
from app.routing.fetching import fetch_due
from app.routing.sending import Means, deliver_due
from app.web import deliveries, notices, remote, rules, studies
from tests import dicomgen
from tests.app.storing import store
from tests.cast import Cast
from tests.factories import Browser, browser, make_app
from tests.foreign_archive import TITLE, ForeignArchive


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    return sqlite_db


@pytest.fixture
def archive(db: Database, cast: Cast) -> str:
    """Hospital A's other archive, which nobody has started; its device."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    with db.transaction() as tx:
        device = register_device(
            tx, SYSTEM, hospital_id=cast.a.id, ae_title=TITLE, name="PACS cũ", kind="archive",
            rights=frozenset(Right),
        )  # fmt: skip
        set_device_reach(tx, SYSTEM, device_id=device.id, host="127.0.0.1", port=port, tls=False)
    return device.id


@pytest.fixture
def means(services: Services) -> Means:
    return Means(services.db, services.blobs, DicomNetwork(services.settings, services.blobs))


@pytest.fixture
def app(services: Services, cast: Cast, means: Means) -> Flask:
    ready = replace(services, network=means.network)
    return make_app(ready, *(door.blueprint(ready) for door in (deliveries, notices, remote, rules, studies)))


def _serve(db: Database, archive: str) -> ForeignArchive:
    with db.reading() as tx:
        port = queries.remote_for(tx, SYSTEM, archive).port
    foreign = ForeignArchive(port=port)
    foreign.start()
    return foreign


def _stored(db: Database, blobs: Blobs, cast: Cast) -> str:
    study_id = store(db, blobs, cast.ct_a, dicomgen.ct_slice(1))
    with db.transaction() as tx:
        association_closed(tx, cast.ct_a, association_id="association-1")
    return study_id


def test_a_study_is_sent_followed_and_marked_as_sent(
    app: Flask, db: Database, blobs: Blobs, cast: Cast, archive: str, means: Means
) -> None:
    study_id = _stored(db, blobs, cast)
    tam = browser(app, db, cast.tam)
    assert f"/studies/{study_id}/send" in tam.get("/studies").text
    assert tam.post(f"/studies/{study_id}/send", {"device": archive}).status_code == 303
    again = tam.post(f"/studies/{study_id}/send", {"device": archive})
    assert again.status_code == 409
    assert "already on its way" in again.text
    deliver_due(means)
    page = tam.get("/deliveries?state=open").text
    assert "cannot be reached" in page
    assert "NGUYỄN VĂN AN" in page
    foreign = _serve(db, archive)
    try:
        tam.post("/deliveries/again", {"device": archive})
        deliver_due(means)
    finally:
        foreign.stop()
    assert "1 of 1" in tam.get("/deliveries?state=delivered").text
    assert "Sent to PACS cũ" in tam.get("/studies").text
    assert "NGUYỄN VĂN AN" not in browser(app, db, cast.dung).get("/deliveries").text


def test_others_find_nothing_of_it(app: Flask, db: Database, blobs: Blobs, cast: Cast, archive: str) -> None:
    study_id = _stored(db, blobs, cast)
    with db.transaction() as tx:
        delivery_id = actions.send_study(tx, cast.tam, study_id=study_id, device_id=archive)
    chi = browser(app, db, cast.chi)
    for path in (f"/studies/{study_id}/send", "/deliveries"):
        assert delivery_id not in chi.get(path).text
    for path in ("cancel", "again"):
        assert chi.post(f"/deliveries/{delivery_id}/{path}").status_code == 404
    assert chi.post(f"/studies/{study_id}/send", {"device": archive}).status_code == 404
    assert chi.post("/deliveries/again", {"device": archive}).status_code == 404
    assert browser(app, db, cast.lan).get("/deliveries").status_code == 403


def test_an_archive_is_searched_and_a_study_fetched(
    app: Flask, db: Database, cast: Cast, archive: str, means: Means
) -> None:
    alice = browser(app, db, cast.alice)
    assert "cannot be reached" in alice.get(f"/remote?device={archive}&name=&modality=MR").text
    asked_nothing = alice.get(f"/remote?device={archive}&name=&number=&modality=").text
    assert "Fill in a name" in asked_nothing
    assert "Fill in a name" not in alice.get(f"/remote?device={archive}").text
    assert "cannot be reached" in alice.get(f"/remote?device={archive}&name=an").text
    foreign = _serve(db, archive)
    foreign.files = dicomgen.series(2)
    try:
        page = alice.get(f"/remote?device={archive}&name=nguyen+an").text
        assert "1 study found" in page
        form = {"device": archive, "study": dicomgen.uid("study-1"), "method": "get", "total": "2"}
        assert (
            alice.post("/remote/fetch", form | {"search": "name=an"}).headers["Location"] == "/remote?name=an"
        )
        assert fetch_due(means) == 1
        page = alice.get(f"/remote?device={archive}&name=nguyen+an").text
    finally:
        foreign.stop()
    assert "All here" in page
    assert "2 of 2" in page
    assert 'value="get" selected' in page, "the way that worked is proposed the next time"
    assert alice.get_json("/notices/count").json == {"unread": 1}
    assert browser(app, db, cast.dung).get("/remote").status_code == 403


def test_where_a_search_leads_back_to_is_our_own_page(
    app: Flask, db: Database, cast: Cast, archive: str
) -> None:
    alice = browser(app, db, cast.alice)
    form = {"device": archive, "study": "1.2.3", "method": "get", "search": "x\r\nSet-Cookie: a=b"}
    assert alice.post("/remote/fetch", form).headers["Location"] == "/remote"


def _rule_form(archive: str, **values: str) -> dict[str, str]:
    form = {
        "name": "CT lên tuyến",
        "moment": "completion",
        "action": "forward",
        "device_to": archive,
        "days": "30",
    }
    return form | {"do": "save"} | values


def test_a_rule_is_tried_made_changed_switched_and_deleted(
    app: Flask, db: Database, blobs: Blobs, cast: Cast, archive: str
) -> None:
    _stored(db, blobs, cast)
    dung = browser(app, db, cast.dung)
    tried = dung.post("/rules/new", _rule_form(archive, do="try", description="so nao"))
    assert "It would have met 1 of the newest 1 studies" in tried.text
    assert "NGUYỄN" not in tried.text
    wrong = dung.post("/rules/new", _rule_form(archive, name=""))
    assert wrong.status_code == 400
    assert "Give the rule a name" in wrong.text
    rule_id = _made(dung, _rule_form(archive))
    dung.post(f"/rules/{rule_id}", _rule_form(archive, name="Chỉ MR", modality="mr"))
    dung.post(f"/rules/{rule_id}/switch", {"active": "no"})
    page = dung.get("/rules").text
    assert "Chỉ MR" in page
    assert "Switch on" in page
    assert browser(app, db, cast.vinh).get(f"/rules/{rule_id}").status_code == 404
    assert browser(app, db, cast.alice).get("/rules").status_code == 403
    dung.post(f"/rules/{rule_id}/delete")
    assert "No rule yet" in dung.get("/rules").text


def _made(dung: Browser, form: dict[str, str]) -> str:
    found = re.search(r"#([0-9a-z]{26})", dung.post("/rules/new", form).headers["Location"])
    assert found
    return found.group(1)


def test_the_bell_counts_and_a_notice_leads_on(app: Flask, db: Database, cast: Cast) -> None:
    with db.transaction() as tx:
        for path in ("/studies", "/deliveries"):
            notify_people(
                tx,
                SYSTEM,
                hospital_id=cast.a.id,
                message="The study fetched from {name} is here.",
                params={"name": "PACS cũ"},
                path=path,
                person_ids=(cast.alice.id,),
            )
        newest, _ = notices_of(tx, cast.alice)
    alice = browser(app, db, cast.alice, language="vi")
    assert re.search(r"data-notices-count>2<", alice.get("/notices").text)
    assert "Ca chụp lấy từ PACS cũ đã về đến nơi." in alice.get("/notices").text
    assert alice.post(f"/notices/{newest.id}").headers["Location"] == "/deliveries"
    assert alice.get_json("/notices/count").json == {"unread": 1}
    assert browser(app, db, cast.chi).post(f"/notices/{newest.id}").status_code == 404
    alice.post("/notices/read")
    assert alice.get_json("/notices/count").json == {"unread": 0}


def test_a_rule_that_tells_people_names_their_role(
    app: Flask, db: Database, cast: Cast, archive: str
) -> None:
    dung = browser(app, db, cast.dung)
    _made(dung, _rule_form(archive, action="notify", role="referrer"))
    assert "everybody with the role: " in dung.get("/rules").text
