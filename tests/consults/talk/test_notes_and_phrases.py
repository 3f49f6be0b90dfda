"""One's own note stays one's own, phrases come from a file that may change, and who has seen a line is told."""

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app.audit.models import AuditRecord
from app.base.ids import new_id
from app.edge.services import Services
from consults import web
from consults.talk.glossary import phrases
from consults.talk.queries import seen_in
from tests.consults.conftest import Clinic
from tests.consults.rooms import hall
from tests.factories import browser, make_app

GLOSSARY = Path("config/glossary.csv")


@pytest.fixture
def app(services: Services) -> Flask:
    consult = services.settings.consult.model_copy(update={"glossary": GLOSSARY.absolute()})
    settings = services.settings.model_copy(update={"consult": consult})
    services = replace(services, settings=settings)
    return make_app(services, web.blueprint(services))


def test_a_note_is_its_writer_s_alone_and_no_event(clinic: Clinic, app: Flask) -> None:
    consult_id = clinic.accepted()
    alice, bob = (browser(app, clinic.db, who) for who in (clinic.cast.alice, clinic.cast.bob))
    before = clinic.state(clinic.cast.bob, consult_id)

    kept = alice.send_json("PUT", f"/consults/{consult_id}/note", {"text": "Hỏi lại gia đình"})

    assert kept.status_code == 200
    assert alice.get_json(f"/consults/{consult_id}/note").get_json() == {"text": "Hỏi lại gia đình"}
    assert bob.get_json(f"/consults/{consult_id}/note").get_json() == {"text": ""}
    assert clinic.state(clinic.cast.bob, consult_id) == before
    with clinic.db.reading() as tx:
        assert not [row for row in tx.session.scalars(select(AuditRecord.detail)) if "gia đình" in row]


def test_a_stranger_finds_no_note_and_no_place_for_one(clinic: Clinic, app: Flask) -> None:
    consult_id = clinic.accepted()
    chi = browser(app, clinic.db, clinic.cast.chi)
    for unknown in (consult_id, new_id()):
        assert chi.get_json(f"/consults/{unknown}/note").status_code == 404
        assert chi.send_json("PUT", f"/consults/{unknown}/note", {"text": "x"}).status_code == 404
    giang = browser(app, clinic.db, clinic.cast.giang)
    assert giang.get_json("/consults/glossary").status_code == 403
    nobody = app.test_client()
    for path in ("/consults/glossary", f"/consults/{consult_id}/note"):
        assert nobody.get(path).status_code in {302, 303, 401}


def test_pinned_phrases_are_each_person_s_own(clinic: Clinic, app: Flask) -> None:
    alice, bob = (browser(app, clinic.db, who) for who in (clinic.cast.alice, clinic.cast.bob))

    alice.send_json("PUT", "/consults/glossary/pins", {"terms": ["kính mờ", "xẹp phổi", "kính mờ"]})

    told = alice.get_json("/consults/glossary").get_json()
    assert told["pins"] == ["kính mờ", "xẹp phổi"]
    assert {"vi": "kính mờ", "en": "ground-glass opacity", "short": "GGO"} in told["phrases"]
    assert bob.get_json("/consults/glossary").get_json()["pins"] == []


def test_the_glossary_has_150_phrases_each_once_in_both_languages() -> None:
    found = phrases(GLOSSARY)
    assert len(found) >= 150
    assert len({phrase.vi for phrase in found}) == len(found)
    assert len({phrase.en for phrase in found}) == len(found)


def test_a_changed_file_is_read_again_and_a_half_written_line_breaks_nothing(tmp_path: Path) -> None:
    file = tmp_path / "phrases.csv"
    assert phrases(file) == []
    file.write_text("vi,en,short\nnang,cyst,\nthiếu\n", encoding="utf-8-sig")
    assert [phrase.en for phrase in phrases(file)] == ["cyst"]
    file.write_text('en,vi\ncyst,nang\nmass,"khối, u"\n', encoding="utf-8")
    assert [phrase.vi for phrase in phrases(file)] == ["nang", "khối, u"]


def test_who_saw_a_line_is_told_to_those_here_and_to_those_who_come_later(
    clinic: Clinic, services: Services
) -> None:
    alice, bob = clinic.cast.alice, clinic.cast.bob
    consult_id = clinic.accepted()
    number = clinic.say(alice, consult_id, "Xin chào")["number"]
    with hall(services) as opened:
        here, reader = (opened.in_room(who, consult_id) for who in (alice, bob))
        here.wait(lambda doctor: len(doctor.presence) > 0 and bob.name in doctor.presence[-1])
        reader.show("talk.seen", consult_id=consult_id, number=number)
        here.wait(lambda doctor: any("person" in told for told in doctor.seen))
        told = next(told for told in here.seen if "person" in told)
        assert (told["person"]["id"], told["number"]) == (bob.id, number)
        reader.wish("consult.leave", consult_id=consult_id)

        late = opened.in_room(clinic.cast.binh, consult_id)
        late.wait(lambda doctor: len(doctor.seen) > 0)
        assert late.seen[0]["people"][bob.id] == number
    with clinic.db.reading() as tx:
        assert seen_in(tx, alice, consult_id)[bob.id] == number
