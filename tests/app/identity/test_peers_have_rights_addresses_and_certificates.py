"""What a peer is registered for is what it may do; where it calls from and with what is looked at each time."""

import base64
from hashlib import sha256

import pytest

from app.base.actor import SYSTEM, Permission, Right
from app.base.db import Database
from app.base.errors import Invalid
from app.identity import actions, queries
from app.identity.devices import USUAL_RIGHTS, CallerRefused, DeviceKind
from app.identity.fields import address_allowed, certificate_digest
from app.identity.registering import MOST_UNKNOWN
from tests.cast import Cast, make_cast

DER = b"\x30\x82" + bytes(300)
DIGEST = sha256(DER).hexdigest()


@pytest.fixture
def cast(sqlite_db: Database) -> Cast:
    return make_cast(sqlite_db)


def refused(db: Database, *, calling: str = "CT01", address: str = "127.0.0.1", certificate: str = "") -> str:
    """Why; empty when it is let in."""
    try:
        with db.reading() as tx:
            queries.actor_for_device(
                tx,
                called_ae_title="ANBINH",
                calling_ae_title=calling,
                address=address,
                certificate_sha256=certificate,
            )
    except CallerRefused as error:
        return error.reason if error.code == "unknown_calling_ae" else error.code
    return ""


@pytest.mark.parametrize(("kind", "rights"), USUAL_RIGHTS.items())
def test_a_new_peer_may_do_what_is_usual_for_its_kind(
    sqlite_db: Database, cast: Cast, kind: DeviceKind, rights: frozenset[Right]
) -> None:
    with sqlite_db.transaction() as tx:
        made = actions.register_device(
            tx, cast.dung, hospital_id=cast.a.id, ae_title="NEW", name="New", kind=kind
        )
        actor = queries.actor_for_device(
            tx, called_ae_title="ANBINH", calling_ae_title="NEW", address="127.0.0.1"
        )
    assert made.rights == actor.rights == rights


def test_a_right_taken_away_is_gone_with_the_next_call(sqlite_db: Database, cast: Cast) -> None:
    with sqlite_db.transaction() as tx:
        actions.set_device_rights(
            tx,
            cast.dung,
            device_id=cast.ct_a.id,
            rights={Right.QUERY},
            max_associations=2,
            max_images_per_minute=600,
        )
        actor = queries.actor_for_device(
            tx, called_ae_title="ANBINH", calling_ae_title="CT01", address="127.0.0.1"
        )
    assert actor.has_right(Right.QUERY)
    assert not actor.has_right(Right.STORE)
    assert not actor.allows(Permission.STUDY_STORE)


@pytest.mark.parametrize(
    ("registered", "address", "allowed"),
    [
        (None, "10.9.9.9", True),
        ("192.168.1.20", "192.168.1.20", True),
        ("192.168.1.20 10.0.0.0/8", "10.9.9.9", True),
        ("192.168.1.20 10.0.0.0/8", "11.0.0.1", False),
        ("192.168.1.20", "::ffff:192.168.1.20", True),
        ("fd00::/8", "fd12::1", True),
        ("192.168.1.20", None, False),
        ("192.168.1.20", "nonsense", False),
    ],
)
def test_addresses_and_networks(registered: str | None, address: str | None, allowed: bool) -> None:
    assert address_allowed(registered, address) is allowed


def test_several_addresses_are_kept_in_their_short_form(sqlite_db: Database, cast: Cast) -> None:
    with sqlite_db.transaction() as tx:
        kept = actions.update_device(
            tx,
            cast.dung,
            device_id=cast.ct_a.id,
            ae_title="CT01",
            name="CT",
            address="127.0.0.1, 192.168.1.7/24  127.0.0.1",
            active=True,
        )
    assert kept.address == "127.0.0.1 192.168.1.0/24"
    assert refused(sqlite_db, address="192.168.1.200") == ""
    assert refused(sqlite_db, address="192.168.2.1") == "wrong_address"


def test_a_certificate_once_asked_for_must_be_the_one(sqlite_db: Database, cast: Cast) -> None:
    with sqlite_db.transaction() as tx:
        actions.set_device_certificate(
            tx, cast.dung, device_id=cast.ct_a.id, certificate_sha256=DIGEST.upper()
        )
    assert refused(sqlite_db) == "no_certificate"
    assert refused(sqlite_db, certificate="00" * 32) == "wrong_certificate"
    assert refused(sqlite_db, certificate=DIGEST) == ""


def test_a_certificate_is_read_from_pem_and_der() -> None:
    pem = b"-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(DER) + b"-----END CERTIFICATE-----\n"
    assert certificate_digest(pem) == certificate_digest(DER) == DIGEST
    for wrong in (b"", b"GIF89a", b"-----BEGIN CERTIFICATE-----\nxx"):
        with pytest.raises(Invalid):
            certificate_digest(wrong)


@pytest.mark.parametrize(("host", "port"), [("http://pacs", 104), ("pacs", None), ("pacs", 0), ("a b", 104)])
def test_where_we_reach_it_must_make_sense(
    sqlite_db: Database, cast: Cast, host: str, port: int | None
) -> None:
    with pytest.raises(Invalid), sqlite_db.transaction() as tx:
        actions.set_device_reach(tx, cast.dung, device_id=cast.ct_a.id, host=host, port=port, tls=False)


def test_who_calls_unknown_is_offered_for_registering_and_gone_when_registered(
    sqlite_db: Database, cast: Cast
) -> None:
    with sqlite_db.transaction() as tx:
        for _ in range(2):
            actions.note_unknown_caller(
                tx, SYSTEM, hospital_id=cast.a.id, ae_title="CT02", address="10.0.0.7"
            )
    with sqlite_db.reading() as tx:
        (caller,) = queries.unknown_callers(tx, cast.dung)
        assert (caller.ae_title, caller.address, caller.count) == ("CT02", "10.0.0.7", 2)
        assert queries.unknown_callers(tx, cast.giang) == ()
        assert len(queries.unknown_callers(tx, cast.root)) == 1
    with sqlite_db.transaction() as tx:
        actions.register_device(tx, cast.dung, hospital_id=cast.a.id, ae_title="CT02", name="CT")
        assert queries.unknown_callers(tx, cast.dung) == ()


def test_whoever_tries_a_thousand_titles_fills_no_page(sqlite_db: Database, cast: Cast) -> None:
    with sqlite_db.transaction() as tx:
        for number in range(MOST_UNKNOWN + 20):
            actions.note_unknown_caller(
                tx, SYSTEM, hospital_id=cast.a.id, ae_title=f"SCAN{number}", address="10.0.0.7"
            )
        assert len(queries.unknown_callers(tx, cast.dung)) == MOST_UNKNOWN
