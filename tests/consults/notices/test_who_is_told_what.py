"""What happens in a consult reaches the bells of those it concerns, and of nobody else; programs of both hospitals hear it."""

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.base import clock
from app.base.actor import Actor
from app.notify.actions import create_webhook
from app.notify.lifecycle import Kind
from app.notify.models import Notice, Outgoing
from app.notify.queries import notices_of
from app.notify.webhooks import WebhookInput
from consults.actions import enter_room
from consults.all_events import EVENTS
from consults.notices import TOLD
from consults.promise import warn_of_promises
from tests.consults.conftest import Clinic


def _told(clinic: Clinic, who: Actor) -> list[str]:
    """Newest last."""
    with clinic.db.reading() as tx:
        return [notice.message.split(": ")[-1] for notice in reversed(notices_of(tx, who))]


def _enter(clinic: Clinic, who: Actor, consult_id: str) -> None:
    with clinic.db.transaction() as tx:
        enter_room(tx, who, consult_id=consult_id, is_open=[])


def test_a_new_case_reaches_those_who_may_take_it_and_nobody_else(clinic: Clinic) -> None:
    cast = clinic.cast
    clinic.asked()
    assert _told(clinic, cast.bob) == _told(clinic, cast.binh) == ["{hospital} asks for a consultation."]
    for who in (cast.alice, cast.dao, cast.chi, cast.vinh, cast.giang, cast.dung, cast.lan):
        assert _told(clinic, who) == []


def test_who_was_asked_by_name_is_told_alone(sqlite_clinic: Clinic) -> None:
    clinic = sqlite_clinic
    clinic.asked(hospital_id=None, person_id=clinic.cast.bob.id)
    assert len(_told(clinic, clinic.cast.bob)) == 1
    assert _told(clinic, clinic.cast.binh) == []


def test_the_referrer_hears_how_it_goes_on_and_nobody_hears_of_themselves(sqlite_clinic: Clinic) -> None:
    clinic = sqlite_clinic
    clinic.completed()
    assert _told(clinic, clinic.cast.alice) == [
        "{number} has been accepted by {hospital}.",
        "a question has been answered.",
        "the opinion is there.",
    ]
    assert _told(clinic, clinic.cast.bob) == ["{hospital} asks for a consultation.", "{number} is completed."]
    assert _told(clinic, clinic.cast.dao) == [], "a colleague who has not been in it"


def test_many_lines_are_one_notice_until_it_is_read(sqlite_clinic: Clinic) -> None:
    clinic = sqlite_clinic
    consult_id = clinic.accepted()
    _enter(clinic, clinic.cast.alice, consult_id)
    for text in ("một", "hai", "ba"):
        clinic.say(clinic.cast.bob, consult_id, text)
    assert _told(clinic, clinic.cast.alice).count("new messages.") == 1
    _enter(clinic, clinic.cast.alice, consult_id)
    clinic.say(clinic.cast.bob, consult_id, "bốn")
    assert _told(clinic, clinic.cast.alice).count("new messages.") == 2


def test_coming_into_the_room_reads_what_was_told_of_it(sqlite_clinic: Clinic) -> None:
    clinic = sqlite_clinic
    consult_id, other = clinic.accepted(), clinic.accepted()
    _enter(clinic, clinic.cast.alice, consult_id)
    with clinic.db.reading() as tx:
        unread = {notice.path for notice in notices_of(tx, clinic.cast.alice) if not notice.read}
    assert unread == {f"/consults/{other}"}


def test_a_line_for_few_and_a_mention_reach_only_those(sqlite_clinic: Clinic) -> None:
    clinic, cast = sqlite_clinic, sqlite_clinic.cast
    consult_id = clinic.accepted()
    for who in (cast.alice, cast.dao, cast.bob):
        _enter(clinic, who, consult_id)
    said: dict[str, Any] = {"consult_id": consult_id, "text": "@Bổng xem giúp", "mentions": [cast.bob.id]}
    clinic.wish(cast.alice, "message.post", client_id="line-0001", recipients=[cast.bob.id], **said)
    assert _told(clinic, cast.bob)[-1] == "you were mentioned in a message."
    assert "new messages." not in _told(clinic, cast.bob)
    assert _told(clinic, cast.dao) == []


def test_no_notice_names_the_patient_or_repeats_what_was_said(sqlite_clinic: Clinic) -> None:
    clinic = sqlite_clinic
    consult_id = clinic.answered()
    clinic.say(clinic.cast.bob, consult_id, "Bệnh nhân An")
    with clinic.db.reading() as tx:
        told = " ".join(row.message + row.params + row.path for row in tx.session.scalars(select(Notice)))
        (name,) = {clinic.state(clinic.cast.bob, consult_id)["consult"]["patient"]["name"]}
    assert name not in told
    assert "An" not in told.replace("An Bình", "")


def test_both_hospitals_programs_hear_it_and_a_third_ones_does_not(sqlite_clinic: Clinic) -> None:
    clinic, cast = sqlite_clinic, sqlite_clinic.cast
    wish = WebhookInput("HIS", "https://his.example.vn", frozenset({Kind.CASE, Kind.PROGRESS}))
    with clinic.db.transaction() as tx:
        hooks = {who.id: create_webhook(tx, who, wish=wish) for who in (cast.dung, cast.giang, cast.vinh)}
    consult_id = clinic.accepted()
    with clinic.db.reading() as tx:
        rows = list(tx.session.scalars(select(Outgoing).order_by(Outgoing.id)))
    heard = [(row.webhook_id, json.loads(row.content)["type"]) for row in rows]
    assert sorted(heard) == sorted(
        (hooks[who.id], type_)
        for who in (cast.dung, cast.giang)
        for type_ in ("consult.requested", "consult.accepted")
    )
    data = json.loads(rows[-1].content)["data"]
    assert (data["consult_id"], data["state"], data["urgency"]) == (consult_id, "accepted", "urgent")


def test_a_promise_at_risk_is_told_once_to_who_has_the_case(
    sqlite_clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    clinic = sqlite_clinic
    clinic.accepted()
    assert warn_of_promises(clinic.db) == 0
    with clinic.db.reading() as tx:
        later = tx.now + timedelta(hours=23)
    monkeypatch.setattr(clock, "now", lambda: later)
    wish = WebhookInput("HIS", "https://his.example.vn", frozenset({Kind.REMINDER}))
    with clinic.db.transaction() as tx:
        create_webhook(tx, clinic.cast.giang, wish=wish)
    assert (warn_of_promises(clinic.db), warn_of_promises(clinic.db)) == (1, 0)
    with clinic.db.reading() as tx:
        assert [row.kind for row in tx.session.scalars(select(Outgoing))] == ["promise.at-risk"]
    assert _told(clinic, clinic.cast.bob)[-1].startswith("the promised time is near")


def test_programs_hear_of_a_promise_at_risk_once_where_there_is_nobody_to_tell(sqlite_clinic: Clinic) -> None:
    clinic = sqlite_clinic
    clinic.asked()
    wish = WebhookInput("HIS", "https://his.example.vn", frozenset({Kind.REMINDER}))
    with clinic.db.transaction() as tx:
        create_webhook(tx, clinic.cast.giang, wish=wish)
    with clock.shifted(timedelta(hours=23)):
        assert (warn_of_promises(clinic.db), warn_of_promises(clinic.db)) == (1, 0)
    with clinic.db.reading() as tx:
        assert [row.kind for row in tx.session.scalars(select(Outgoing))] == ["promise.at-risk"]


def test_the_table_names_events_that_there_are() -> None:
    assert set(TOLD) <= set(EVENTS)
    assert list(TOLD) == sorted(TOLD)
