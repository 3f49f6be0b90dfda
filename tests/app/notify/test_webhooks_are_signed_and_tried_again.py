"""Programs hear what their hospital's webhooks ask for: signed, tried again, and never inside our own network unasked."""

import base64
import hashlib
import hmac
import json
import socket
import ssl
from pathlib import Path
from typing import Any

import pytest

from app.base.actor import SYSTEM
from app.base.errors import Conflict, Invalid, NotFound, Unavailable
from app.base.settings import WebhookSettings
from app.notify import calling
from app.notify.actions import (
    create_webhook,
    delete_webhook,
    renew_secret,
    set_preference,
    tell_programs,
    try_webhook,
    update_webhook,
)
from app.notify.calling import call, is_public
from app.notify.lifecycle import Kind
from app.notify.preferences import Preference
from app.notify.progress import claim, due
from app.notify.queries import webhook_info
from app.notify.signing import signature
from app.notify.webhooks import WebhookInput
from tests.app.notify.conftest import Office
from tests.app.notify.servers import Program, dripping, program
from tests.certificates import OPENSSL, authority

KINDS = frozenset({Kind.CASE, Kind.PROGRESS})


def _hook(office: Office, url: str, **more: Any) -> str:
    with office.db.transaction() as tx:
        return create_webhook(tx, office.cast.dung, wish=WebhookInput("HIS", url, KINDS, **more))


def _happens(office: Office, hospital_id: str, kind: Kind = Kind.CASE) -> int:
    with office.db.transaction() as tx:
        return tell_programs(
            tx, SYSTEM, hospital_id=hospital_id, kind=kind, type_="consult.requested", data={"id": "x"}
        )


def _secret(office: Office, webhook_id: str) -> str:
    with office.db.reading() as tx:
        return webhook_info(tx, office.cast.dung, webhook_id).secret


def _check(heard: tuple[dict[str, str], bytes], secret: str) -> dict[str, Any]:
    """As a receiver does it, by the words of the standard."""
    headers, body = heard
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    made = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{made}"
    told: dict[str, Any] = json.loads(body)
    return told


def test_the_signature_is_that_of_the_standards_example() -> None:
    body = b'{"test": 2432232314}'
    made = signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body
    )
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_program_hears_what_it_asked_for_and_can_check_it(office: Office) -> None:
    with program() as his:
        webhook_id = _hook(office, his.address)
        assert _happens(office, office.cast.a.id) == 1
        assert _happens(office, office.cast.a.id, Kind.MESSAGE) == 0
        assert _happens(office, office.cast.b.id) == 0
        office.send()
    (heard,) = his.heard
    told = _check(heard, _secret(office, webhook_id))
    assert (told["type"], told["data"]) == ("consult.requested", {"id": "x"})
    assert office.states() == ["sent"]


def test_a_call_that_fails_is_tried_again_under_the_same_id_until_it_is_taken(office: Office) -> None:
    with program() as his:
        his.answers = [500, 503, 200]
        _hook(office, his.address)
        _happens(office, office.cast.a.id)
        for _ in range(3):
            office.send()
            office.wait(minutes=5)
        assert office.send() == 0
    assert len({headers["webhook-id"] for headers, _ in his.heard}) == 1
    assert (len(his.heard), office.states()) == (3, ["sent"])


def test_a_program_that_is_away_holds_up_its_own_calls_alone(office: Office) -> None:
    for port in (9, 10):
        _hook(office, f"http://127.0.0.1:{port}/")
    for _ in range(3):
        _happens(office, office.cast.a.id)
    office.tell(office.cast.alice, urgent=True)
    with office.db.transaction() as tx:
        first = due(tx)
        assert len(first) == 3, "one of each program, and the mail"
        assert claim(tx, first[0])
        assert due(tx) == first[1:], "none of a program that is being called"


@pytest.mark.skipif(OPENSSL is None, reason="needs the openssl program")
def test_an_encrypted_answer_that_never_ends_is_cut_off_and_an_unknown_certificate_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with dripping(authority(tmp_path)) as address:
        with pytest.raises(Unavailable) as problem:
            call(address, {}, b"{}", allow_private=True)
        assert problem.value.code == "webhook_untrusted"
        monkeypatch.setattr(ssl, "create_default_context", ssl._create_unverified_context)
        monkeypatch.setattr(calling, "_WHOLE_CALL", 0.5)
        with pytest.raises(Unavailable) as problem:
            call(address, {}, b"{}", allow_private=True)
        assert problem.value.code == "webhook_away"


def test_a_redirection_is_no_answer(office: Office) -> None:
    with program() as his, program() as other:
        his.answers, his.location = [302], other.address
        _hook(office, his.address)
        _happens(office, office.cast.a.id)
        office.send()
    assert (len(his.heard), other.heard, office.states()) == (1, [], ["waiting"])


def _guarded(office: Office) -> None:
    office.settings = office.settings.model_copy(update={"webhooks": WebhookSettings()})


def test_our_own_network_is_not_called_unless_the_settings_say_so(office: Office) -> None:
    with program() as his:
        _hook(office, his.address)
        _guarded(office)
        _happens(office, office.cast.a.id)
        office.send()
    assert his.heard == []
    assert office.states() == ["failed"]
    assert "private_address" in office.rows()[0].last_error


def test_a_name_that_leads_inside_is_found_out_when_the_line_is_opened(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def rebound(_host: str, port: int, **_more: Any) -> list[Any]:
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))
            for address in ("8.8.8.8", "10.0.0.7")
        ]

    _hook(office, "https://his.example.vn/hook")
    _guarded(office)
    monkeypatch.setattr(socket, "getaddrinfo", rebound)
    _happens(office, office.cast.a.id)
    office.send()
    assert "private_address" in office.rows()[0].last_error


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2606:4700::1111", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:10.0.0.1", False),
        ("64:ff9b::a00:1", False),
        ("2002:7f00:1::", False),
        ("fec0::1", False),
        ("3fff::1", False),
        ("3fff:fff:ffff::1", False),
        ("192.0.0.8", False),
        ("::ffff:192.0.0.8", False),
    ],
)
def test_which_addresses_are_of_the_open_internet(address: str, public: bool) -> None:
    assert is_public(address) is public


@pytest.mark.parametrize(
    "url", ["ftp://his.vn", "his.vn", "https://a:b@his.vn", "https://", "http://h:99999", "http://a b"]
)
def test_an_address_that_is_none_is_refused(office: Office, url: str) -> None:
    with pytest.raises(Invalid):
        _hook(office, url)


def test_a_program_that_is_switched_off_or_deleted_is_called_no_more(office: Office) -> None:
    with program() as his:
        first, second = _hook(office, his.address), _hook(office, his.address)
        _happens(office, office.cast.a.id)
        with office.db.transaction() as tx:
            update_webhook(
                tx, office.cast.dung, webhook_id=first, wish=WebhookInput("HIS", his.address, active=False)
            )
            delete_webhook(tx, office.cast.dung, webhook_id=second)
            with pytest.raises(Conflict):
                try_webhook(tx, office.cast.dung, webhook_id=first)
        office.send()
    assert (his.heard, office.states()) == ([], ["dropped", "dropped"])


def test_a_new_secret_signs_the_next_call(office: Office) -> None:
    with program() as his:
        webhook_id = _hook(office, his.address)
        before = _secret(office, webhook_id)
        with office.db.transaction() as tx:
            renew_secret(tx, office.cast.dung, webhook_id=webhook_id)
            try_webhook(tx, office.cast.dung, webhook_id=webhook_id)
        office.send()
    assert _secret(office, webhook_id) != before
    assert _check(his.heard[0], _secret(office, webhook_id))["type"] == "webhook.test"


def test_a_gateway_passes_on_what_a_person_wants_on_their_telephone(office: Office) -> None:
    with program() as gateway:
        _hook(office, gateway.address, gateway=True)
        wish = Preference(frozenset(), frozenset({Kind.CASE}), "+84 912 345 678")
        with office.db.transaction() as tx:
            set_preference(tx, office.cast.alice, preference=wish)
        office.tell(office.cast.alice, urgent=True)
        office.send()
    assert _heard(gateway) == {
        "type": "person.notice",
        "data": {
            "to": "+84 912 345 678",
            "text": "The study fetched from PACS is here.\nhttps://hoichan.example/studies",
        },
    }


def _heard(his: Program) -> Any:
    return json.loads(his.heard[-1][1])


def test_another_hospitals_webhooks_are_not_found(office: Office) -> None:
    webhook_id = _hook(office, "https://his.example.vn")
    for who in (office.cast.vinh, office.cast.giang, office.cast.root):
        with office.db.transaction() as tx, pytest.raises(NotFound):
            renew_secret(tx, who, webhook_id=webhook_id)
