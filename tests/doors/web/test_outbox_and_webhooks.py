"""The pages of the outbox, of webhooks, and of how one wants to be told: what each person sees and may do."""

import re

import pytest
from flask import Flask
from sqlalchemy import select

from app.base.actor import SYSTEM
from app.base.db import Database
from app.edge.services import Services
from app.identity.models import Person
from app.identity.notices import tell_people
from app.notify.lifecycle import Digest, Kind
from app.notify.models import Outgoing
from app.notify.notices import News
from app.notify.queries import own_preference
from app.notify.sending import Post, send_due
from app.web import notices, outbox, webhooks
from tests.cast import Cast
from tests.factories import Browser, browser, make_app


@pytest.fixture
def app(services: Services) -> Flask:
    return make_app(services, *(door.blueprint(services) for door in (notices, outbox, webhooks)))


def _tell(db: Database, cast: Cast) -> str:
    """Alice is told of an emergency; the id of the mail."""
    with db.transaction() as tx:
        tx.session.get_one(Person, cast.alice.id).email = "alice@example.vn"
        news = News(Kind.CASE, "The study fetched from {name} is here.", "/x", {"name": "PACS"}, urgent=True)
        tell_people(tx, SYSTEM, person_ids=[cast.alice.id], news=news)
    with db.reading() as tx:
        return tx.session.scalars(select(Outgoing.id)).one()


def test_the_administrator_sees_what_stays_here_and_tries_it_again(
    app: Flask, services: Services, db: Database, cast: Cast
) -> None:
    mail_id = _tell(db, cast)
    send_due(Post(db, services.settings))
    dung = browser(app, db, cast.dung, language="vi")
    page = dung.get("/outbox").text
    assert "alice@example.vn" in page
    assert "Chỉ nằm tại đây" in page
    assert "Ca chụp lấy từ PACS" in page
    assert "alice@example.vn" in browser(app, db, cast.root).get("/outbox?state=kept").text
    assert dung.post(f"/outbox/{mail_id}/again").status_code == 303
    dung.post(f"/outbox/{mail_id}/stop")
    assert "alice@example.vn" not in dung.get("/outbox?state=open").text


def test_others_find_nothing_of_the_outbox(app: Flask, db: Database, cast: Cast) -> None:
    mail_id = _tell(db, cast)
    vinh = browser(app, db, cast.vinh)
    assert "alice@" not in vinh.get("/outbox").text
    for verb in ("again", "stop"):
        assert vinh.post(f"/outbox/{mail_id}/{verb}").status_code == 404
        assert browser(app, db, cast.alice).post(f"/outbox/{mail_id}/{verb}").status_code == 403
    for path in ("/outbox", "/webhooks", "/webhooks/new"):
        assert browser(app, db, cast.alice).get(path).status_code == 403
        assert app.test_client().get(path, headers={"Accept": "application/json"}).status_code == 401


def test_all_that_failed_goes_again_and_a_trial_mail_is_sent(app: Flask, db: Database, cast: Cast) -> None:
    mail_id = _tell(db, cast)
    with db.transaction() as tx:
        tx.session.get_one(Outgoing, mail_id).state = "failed"
    dung, vinh = browser(app, db, cast.dung), browser(app, db, cast.vinh)
    assert "1 has failed." in dung.get("/outbox").text
    assert "1 has failed" not in vinh.get("/outbox").text
    vinh.post("/outbox/failed")
    assert "alice@" in dung.get("/outbox?state=failed").text
    assert dung.post("/outbox/failed").status_code == 303
    assert "alice@" in dung.get("/outbox?state=open").text
    dung.post("/outbox/trial")
    assert "no e-mail address" in dung.get("/outbox").text
    with db.transaction() as tx:
        tx.session.get_one(Person, cast.dung.id).email = "dung@example.vn"
    dung.post("/outbox/trial")
    assert "dung@example.vn" in dung.get("/outbox?state=open").text
    for path in ("/outbox/failed", "/outbox/trial"):
        assert browser(app, db, cast.alice).post(path).status_code == 403
        assert app.test_client().post(path).status_code in {302, 303, 400, 401}


def _made(who: Browser) -> str:
    form = {"name": "HIS", "url": "https://his.example.vn/hook", "kind": ["case"], "use": ["active"]}
    found = re.search("[0-9a-z]{26}", who.post("/webhooks/new", form).headers["Location"])
    assert found
    return found.group(0)


def test_a_webhook_is_made_tried_changed_and_deleted(app: Flask, db: Database, cast: Cast) -> None:
    dung = browser(app, db, cast.dung)
    wrong = dung.post("/webhooks/new", {"name": "HIS", "url": "his"})
    assert (wrong.status_code, "must begin with https" in wrong.text) == (400, True)
    webhook_id = _made(dung)
    page = dung.get(f"/webhooks/{webhook_id}").text
    secret = re.search(r"whsec_[\w+/=]+", page)
    assert secret
    assert dung.post(f"/webhooks/{webhook_id}/try").headers["Location"] == "/outbox"
    assert "webhook.test" in dung.get("/outbox").text
    dung.post(f"/webhooks/{webhook_id}/secret")
    assert secret.group(0) not in dung.get(f"/webhooks/{webhook_id}").text
    dung.post(f"/webhooks/{webhook_id}", {"name": "HIS 2", "url": "https://his.example.vn/2"})
    assert "HIS 2" in dung.get("/webhooks").text
    dung.post(f"/webhooks/{webhook_id}/delete")
    assert "No webhook yet" in dung.get("/webhooks").text


def test_another_hospitals_webhook_is_not_found(app: Flask, db: Database, cast: Cast) -> None:
    webhook_id = _made(browser(app, db, cast.dung))
    for who in (cast.vinh, cast.root):
        stranger = browser(app, db, who)
        assert stranger.get(f"/webhooks/{webhook_id}").status_code == 404
        for verb in ("", "/try", "/secret", "/delete"):
            assert stranger.post(f"/webhooks/{webhook_id}{verb}").status_code == 404


def test_everybody_says_how_they_want_to_be_told(app: Flask, db: Database, cast: Cast) -> None:
    alice = browser(app, db, cast.alice)
    assert "How you are told" in alice.get("/notices/settings").text
    form = {"mail": ["case", "nonsense"], "quiet_from": "22:00", "quiet_to": "06:00", "digest": "hourly"}
    assert alice.post("/notices/settings", form).status_code == 303
    wrong = alice.post("/notices/settings", form | {"quiet_to": ""})
    assert (wrong.status_code, "Quiet hours need" in wrong.text) == (400, True)
    with db.reading() as tx:
        kept = own_preference(tx, cast.alice)
        assert own_preference(tx, cast.dao) == own_preference(tx, cast.bob)
    assert (kept.mail_kinds, kept.quiet_from, kept.digest) == (frozenset({Kind.CASE}), "22:00", Digest.HOURLY)
