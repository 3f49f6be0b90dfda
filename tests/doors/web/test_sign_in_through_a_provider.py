"""OpenID Connect against a provider over real HTTP: one good sign-in, and every way an answer may lie."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jws import JWSRegistry
from joserfc.registry import HeaderParameter
from werkzeug.test import TestResponse

from app.audit.kinds import AuditKind
from app.audit.models import AuditRecord
from app.audit.queries import AuditFilter, list_records
from app.base.db import Database
from app.base.settings import OidcProvider, Settings
from app.edge.services import Services
from app.identity import actions, queries
from app.web import home, invitations, oidc, oidc_client, people, sign_in
from tests.cast import Cast
from tests.factories import browser, make_app
from tests.identity_provider import (
    CLIENT_ID,
    CLIENT_SECRET,
    Claims,
    Provider,
    foreign_key,
    running_provider,
    signed_by_hmac,
    unsigned,
)

HTML = {"Accept": "text/html"}


@pytest.fixture
def provider() -> Iterator[Provider]:
    with running_provider() as started:
        yield started


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    return sqlite_db


@pytest.fixture
def settings(settings: Settings, provider: Provider) -> Settings:
    own = OidcProvider(
        name="Tài khoản An Bình",
        hospital="an-binh",
        issuer=provider.issuer,
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
    )
    return settings.model_copy(update={"oidc": (own,)})


@pytest.fixture
def app(services: Services) -> Flask:
    doors = (home, invitations, oidc, people, sign_in)
    return make_app(services, *(door.blueprint(services) for door in doors))


@pytest.fixture
def linked(db: Database, cast: Cast, provider: Provider) -> Cast:
    with db.transaction() as tx:
        actions.set_oidc_subject(
            tx, cast.dung, person_id=cast.alice.id, issuer=provider.issuer, subject="person-7"
        )
    return cast


def go(client: FlaskClient, provider: Provider, start: str = "/oidc/0/start?next=/me") -> TestResponse:
    """To the provider and back."""
    to_provider = client.get(start, headers=HTML)
    assert to_provider.status_code == 303
    back = provider.authorize(to_provider.headers["Location"])
    return client.get("/oidc/callback", query_string=back, headers=HTML)


def signed_in(client: FlaskClient) -> bool:
    return client.get_cookie("hoichan") is not None


def test_the_linked_person_signs_in_and_goes_where_they_wanted(
    app: Flask, db: Database, linked: Cast, provider: Provider
) -> None:
    client = app.test_client()
    answer = go(client, provider)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/me")
    cookie = client.get_cookie("hoichan")
    assert cookie is not None
    with db.reading() as tx:
        actor, _ = queries.actor_for_session(tx, cookie.value, None)
    assert actor.id == linked.alice.id


def test_who_is_not_linked_is_refused_whatever_their_e_mail(
    app: Flask, db: Database, cast: Cast, provider: Provider
) -> None:
    with db.transaction() as tx:
        actions.update_person(tx, cast.dung, person_id=cast.alice.id, name="Alice", email="alice@example.vn")
    client = app.test_client()
    assert go(client, provider).status_code == 403
    assert not signed_in(client)


def test_an_invitation_links_the_account_once(
    app: Flask, db: Database, cast: Cast, provider: Provider
) -> None:
    with db.transaction() as tx:
        token = actions.invite_person(tx, cast.dung, person_id=cast.alice.id).token
    page = app.test_client().get(f"/invitations/{token}", headers=HTML)
    assert "/oidc/0/start?invitation=" in page.text
    client = app.test_client()
    assert go(client, provider, f"/oidc/0/start?invitation={token}").status_code == 303
    assert signed_in(client)
    assert app.test_client().get(f"/oidc/0/start?invitation={token}").status_code == 404
    with db.reading() as tx:
        alerts = tx.session.query(AuditRecord).filter_by(kind="110113", actor_id=cast.alice.id)
        assert [line.subject_id for line in alerts if '"oidc": true' in line.detail] == [cast.alice.id]


def test_an_administrator_connects_an_account_by_its_subject(
    app: Flask, db: Database, cast: Cast, provider: Provider
) -> None:
    dung, path = browser(app, db, cast.dung), f"/people/{cast.alice.id}"
    assert "Subject (sub)" in dung.get(path).text
    dung.post(f"{path}/provider", {"issuer": provider.issuer, "subject": "person-7"})
    assert go(app.test_client(), provider).status_code == 303
    unknown = dung.post(f"{path}/provider", {"issuer": "https://elsewhere.example", "subject": "x"})
    assert unknown.status_code == 400
    dung.post(f"{path}/provider", {"issuer": provider.issuer, "subject": ""})
    assert go(app.test_client(), provider).status_code == 403


def test_a_closed_account_stays_closed(app: Flask, db: Database, linked: Cast, provider: Provider) -> None:
    with db.transaction() as tx:
        actions.deactivate_person(tx, linked.dung, person_id=linked.alice.id)
    client = app.test_client()
    assert go(client, provider).status_code == 403
    assert not signed_in(client)


LIES: dict[str, Claims] = {
    "another issuer": {"iss": "https://elsewhere.example"},
    "another audience": {"aud": "another-program"},
    "several audiences without authorised party": {"aud": [CLIENT_ID, "another-program"]},
    "another authorised party": {"azp": "another-program"},
    "another nonce": {"nonce": "seen before"},
    "expired": {"exp": 1_000_000_000, "iat": 999_999_000},
    "made in the future": {"iat": 4_000_000_000, "exp": 4_000_000_300},
    "not valid yet": {"nbf": 4_000_000_000},
    "empty subject": {"sub": ""},
    "subject that is no text": {"sub": 7},
    "wrong hash of the access token": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
}


@pytest.mark.parametrize("lie", LIES)
def test_a_claim_that_lies_is_refused(
    app: Flask, db: Database, linked: Cast, provider: Provider, lie: str
) -> None:
    provider.spoil_claims = lambda claims: claims.update(LIES[lie])
    client = app.test_client()
    assert go(client, provider).status_code == 403
    assert not signed_in(client)
    with db.reading() as tx:
        newest = list_records(tx, linked.root, AuditFilter(kind=AuditKind.USER_AUTHENTICATION)).records[0]
    assert newest.outcome == 8


@pytest.mark.parametrize("missing", ["iss", "aud", "nonce", "exp", "iat", "sub"])
def test_a_missing_claim_is_refused(app: Flask, linked: Cast, provider: Provider, missing: str) -> None:
    def drop(claims: Claims) -> None:
        del claims[missing]

    provider.spoil_claims = drop
    client = app.test_client()
    assert go(client, provider).status_code == 403
    assert not signed_in(client)


def _none(provider: Provider, claims: Claims) -> str:
    return unsigned({"kid": "one"}, claims)


def _hs256_with_the_public_key(provider: Provider, claims: Claims) -> str:
    return signed_by_hmac({"kid": "one"}, claims, provider.key.as_pem(private=False))


def _foreign_key(provider: Provider, claims: Claims) -> str:
    return jwt.encode({"alg": "RS256", "kid": "one"}, claims, foreign_key())


def _unknown_kid(provider: Provider, claims: Claims) -> str:
    return jwt.encode({"alg": "RS256", "kid": "two"}, claims, provider.key)


def _own_key_in_the_header(provider: Provider, claims: Claims) -> str:
    foreign = foreign_key()
    header = {"alg": "RS256", "kid": "one", "jwk": foreign.as_dict(private=False)}
    return jwt.encode(header, claims, foreign)


def _unknown_critical_header(provider: Provider, claims: Claims) -> str:
    registry = JWSRegistry(header_registry={"odd": HeaderParameter("Odd", "bool")})
    header = {"alg": "RS256", "kid": "one", "crit": ["odd"], "odd": True}
    return jwt.encode(header, claims, provider.key, registry=registry)


FORGERIES = [
    _none,
    _hs256_with_the_public_key,
    _foreign_key,
    _unknown_kid,
    _own_key_in_the_header,
    _unknown_critical_header,
]


@pytest.mark.parametrize("forgery", FORGERIES, ids=lambda forgery: forgery.__name__.strip("_"))
def test_a_signature_that_is_not_the_provider_s_is_refused(
    app: Flask, linked: Cast, provider: Provider, forgery: object
) -> None:
    provider.sign = forgery  # type: ignore[assignment] # parametrised
    client = app.test_client()
    assert go(client, provider).status_code == 403
    assert not signed_in(client)


def test_no_id_token_is_refused(app: Flask, linked: Cast, provider: Provider) -> None:
    def drop(answer: Claims) -> None:
        del answer["id_token"]

    provider.spoil_tokens = drop
    client = app.test_client()
    assert go(client, provider).status_code == 403


def test_a_state_works_once(app: Flask, linked: Cast, provider: Provider) -> None:
    client = app.test_client()
    back = provider.authorize(client.get("/oidc/0/start").headers["Location"])
    assert client.get("/oidc/callback", query_string=back).status_code == 303
    again = client.get("/oidc/callback", query_string=back)
    assert (again.status_code, again.get_json()["code"]) == (403, "oidc_state")


def test_a_state_works_in_the_browser_that_began_only(app: Flask, linked: Cast, provider: Provider) -> None:
    back = provider.authorize(app.test_client().get("/oidc/0/start").headers["Location"])
    other = app.test_client()
    other.get("/oidc/0/start")
    assert other.get("/oidc/callback", query_string=back).get_json()["code"] == "oidc_state"


def test_a_code_of_another_sign_in_is_refused(app: Flask, linked: Cast, provider: Provider) -> None:
    attacker, victim = app.test_client(), app.test_client()
    stolen = provider.authorize(attacker.get("/oidc/0/start").headers["Location"])["code"]
    back = provider.authorize(victim.get("/oidc/0/start").headers["Location"])
    answer = victim.get("/oidc/callback", query_string={**back, "code": stolen})
    assert answer.status_code == 403
    assert not signed_in(victim)


def test_an_answer_in_another_provider_s_name_is_refused(
    app: Flask, linked: Cast, provider: Provider
) -> None:
    client = app.test_client()
    back = provider.authorize(client.get("/oidc/0/start").headers["Location"])
    answer = client.get("/oidc/callback", query_string={**back, "iss": "https://elsewhere.example"})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "spoiled",
    [{"issuer": "https://elsewhere.example"}, {"token_endpoint": "http://elsewhere.example/token"}],
)
def test_a_discovery_document_that_lies_is_refused(
    app: Flask, linked: Cast, provider: Provider, spoiled: Claims
) -> None:
    provider.spoil_discovery = lambda document: document.update(spoiled)
    assert app.test_client().get("/oidc/0/start").status_code == 403


def test_a_new_key_of_the_provider_is_fetched(
    app: Flask, linked: Cast, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert go(app.test_client(), provider).status_code == 303
    provider.key = foreign_key()
    provider.sign = lambda here, claims: jwt.encode({"alg": "RS256", "kid": "two"}, claims, here.key)
    too_soon = go(app.test_client(), provider)
    assert too_soon.status_code == 403  # whoever invents key ids cannot make us ask without end
    monkeypatch.setattr(oidc_client, "REFETCH_SECONDS", 0)
    assert go(app.test_client(), provider).status_code == 303
