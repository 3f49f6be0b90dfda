"""Mails leave for those who are away, together where that was wished, and never twice; without a server they stay here."""

import json
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any, Literal

import pytest

from app.base.errors import Conflict, Forbidden, Invalid, NotFound
from app.base.settings import MailSettings
from app.identity.actions import deactivate_person, update_person
from app.notify.actions import (
    read_all_notices,
    resend_failed,
    resend_outgoing,
    set_preference,
    stop_outgoing,
    try_mail,
)
from app.notify.lifecycle import Digest, Kind, Peace, wait_after
from app.notify.preferences import Preference
from tests.app.notify.conftest import Office
from tests.app.notify.servers import MailServer, mail_server


def _with_mail(
    office: Office,
    server: MailServer,
    sender: str = "hoichan@example.vn",
    security: Literal["none", "starttls"] = "none",
) -> None:
    mail = MailSettings(host="127.0.0.1", port=server.port, security=security, sender=sender)
    office.settings = office.settings.model_copy(update={"mail": mail})


def _wishes(office: Office, **wish: Any) -> None:
    with office.db.transaction() as tx:
        set_preference(tx, office.cast.alice, preference=replace(Preference(), **wish))


def test_who_is_away_gets_one_mail_with_a_link_and_no_more_than_was_told(office: Office) -> None:
    with mail_server() as server:
        _with_mail(office, server)
        office.tell(office.cast.alice)
        assert office.send() == 0, "whoever sits in front of it gets none"
        office.wait(minutes=3)
        assert (office.send(), office.send()) == (1, 0)
    (mail,) = server.mails
    assert (mail["To"], mail["From"]) == ("alice@example.vn", "hoichan@example.vn")
    assert mail["Subject"] == "Hoichan: The study fetched from PACS is here."
    assert "https://hoichan.example/studies" in mail.get_content()
    assert office.states() == ["sent"]


def test_what_was_read_meanwhile_is_not_mailed(office: Office) -> None:
    office.tell(office.cast.alice)
    with office.db.transaction() as tx:
        read_all_notices(tx, office.cast.alice)
    office.wait(minutes=3)
    assert office.send() == 0
    assert office.states() == ["dropped"]


def test_kinds_that_nobody_wants_mailed_and_people_without_an_address_stay_at_the_bell(
    office: Office,
) -> None:
    office.tell(office.cast.alice, kind=Kind.MESSAGE)
    office.tell(office.cast.dao)
    assert office.rows() == []


def test_without_a_mail_server_the_mail_stands_in_the_outbox_and_may_be_sent_later(office: Office) -> None:
    office.tell(office.cast.alice, urgent=True)
    office.send()
    assert office.states() == ["kept"]
    with mail_server() as server:
        _with_mail(office, server)
        with office.db.transaction() as tx:
            resend_outgoing(tx, office.cast.dung, outgoing_id=office.rows()[0].id)
        assert office.send() == 1
    assert (len(server.mails), office.states()) == (1, ["sent"])


def test_a_digest_is_one_mail_and_an_emergency_does_not_wait_for_it(office: Office) -> None:
    _wishes(office, digest=Digest.HOURLY)
    with mail_server() as server:
        _with_mail(office, server)
        for name in ("A", "B", "C"):
            office.tell(office.cast.alice, name=name)
        office.tell(office.cast.alice, name="NOW", urgent=True)
        assert office.send() == 1
        office.wait(hours=1, minutes=3)
        office.send()
    urgent, digest = server.mails
    assert "NOW" in urgent["Subject"]
    assert digest["Subject"] == "Hoichan: 3 notices"
    assert all(f"from {name} is" in digest.get_content() for name in "ABC")
    assert set(office.states()) == {"sent"}


def test_a_server_that_refuses_for_good_is_not_asked_again_and_a_busy_one_is(office: Office) -> None:
    with mail_server() as server:
        _with_mail(office, server)
        for refuse, state in ((550, "failed"), (451, "waiting")):
            server.refuse = refuse
            office.tell(office.cast.alice, urgent=True, name=str(refuse))
            office.send()
            assert office.states()[-1] == state
        with office.db.transaction() as tx:
            stop_outgoing(tx, office.cast.dung, outgoing_id=office.rows()[-1].id)
    assert office.states() == ["failed", "dropped"]


def test_what_waits_for_somebody_follows_their_new_address_and_ends_with_their_account(
    office: Office,
) -> None:
    alice, dung = office.cast.alice, office.cast.dung
    office.tell(alice)
    with office.db.transaction() as tx:
        update_person(tx, dung, person_id=alice.id, name=alice.name, email="new@example.vn")
    assert office.rows()[0].address == "new@example.vn"
    with office.db.transaction() as tx:
        deactivate_person(tx, dung, person_id=alice.id)
    assert office.states() == ["dropped"]
    office.tell(office.cast.bob)
    with office.db.transaction() as tx:
        update_person(tx, office.cast.giang, person_id=office.cast.bob.id, name="Bob", email=None)
    assert office.states() == ["dropped", "dropped"]


def test_the_outbox_says_what_is_wrong_with_the_mail_server_and_all_that_failed_goes_again(
    office: Office,
) -> None:
    with mail_server() as server:
        _with_mail(office, server, security="starttls")
        office.tell(office.cast.alice, urgent=True)
        office.send()
        office.wait(hours=24)
        office.send()
        (row,) = office.rows()
        assert (row.state, json.loads(row.last_error)[0]) == ("failed", "mail_cannot")
        _with_mail(office, server, sender="Hội chẩn <hoichan@example.vn>")
        with office.db.transaction() as tx:
            assert resend_failed(tx, office.cast.giang) == 0, "of another hospital"
            assert resend_failed(tx, office.cast.dung) == 1
        office.send()
    (mail,) = server.mails
    assert (office.states(), mail["From"]) == (["sent"], "Hội chẩn <hoichan@example.vn>")
    assert str(mail["Message-ID"]).endswith("@example.vn>")


def test_who_keeps_the_outbox_sends_a_trial_to_themselves(office: Office) -> None:
    with mail_server() as server:
        _with_mail(office, server)
        with office.db.transaction() as tx:
            try_mail(tx, office.cast.dung, email="dung@example.vn", language="en")
        office.send()
        with pytest.raises(Conflict), office.db.transaction() as tx:
            try_mail(tx, office.cast.dung, email="", language="")
        for other in (office.cast.alice, office.cast.root):
            with pytest.raises((Forbidden, NotFound)), office.db.transaction() as tx:
                try_mail(tx, other, email="x@example.vn", language="")
    assert [str(mail["To"]) for mail in server.mails] == ["dung@example.vn"]


def test_tries_grow_apart_and_end_after_a_day(office: Office) -> None:
    office.settings = office.settings.model_copy(
        update={"mail": MailSettings(host="127.0.0.1", port=9, security="none", sender="a@example.vn")}
    )
    office.tell(office.cast.alice, urgent=True)
    tries = 0
    while office.states() == ["waiting"] and tries < 40:
        tries += office.send()
        office.wait(hours=4)
    assert office.states() == ["failed"]
    assert "mail_away" in office.rows()[0].last_error
    assert [wait_after(n) // timedelta(minutes=1) for n in (1, 2, 3, 9, 30)] == [1, 2, 4, 240, 240]


@pytest.mark.parametrize(
    ("told", "leaves"),
    [("21:00", "21:02"), ("22:30", "06:00"), ("03:00", "06:00"), ("05:59", "06:01")],
)
def test_quiet_hours_hold_what_is_not_pressing_over_midnight(told: str, leaves: str) -> None:
    hour, minute = map(int, told.split(":"))
    at = datetime(2026, 3, 2, hour, minute, tzinfo=UTC) - timedelta(hours=7)
    peace = Peace(time(22), time(6))
    due, held = peace.leaves_at(at, urgent=False)
    assert f"{due.astimezone(UTC) + timedelta(hours=7):%H:%M}" == leaves
    assert held is (leaves == "06:00")
    assert peace.leaves_at(at, urgent=True) == (at, False)


def test_a_daily_digest_leaves_at_seven() -> None:
    peace = Peace(digest=Digest.DAILY)
    due, held = peace.leaves_at(datetime(2026, 3, 2, 3, tzinfo=UTC), urgent=False)
    assert (due.astimezone(UTC), held) == (datetime(2026, 3, 3, 0, tzinfo=UTC), True)


def test_quiet_hours_need_both_ends(office: Office) -> None:
    with pytest.raises(Invalid):
        _wishes(office, quiet_from="22:00")
    with pytest.raises(Invalid):
        _wishes(office, quiet_from="25:00", quiet_to="06:00")
