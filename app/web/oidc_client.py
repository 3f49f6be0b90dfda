"""OpenID Connect with a hospital's identity provider: discovery, code with PKCE, a verified ID token.

OpenID Connect Core 1.0, sections 3.1.2 and 3.1.3; discovery 1.0; RFC 7636 (S256); RFC 9207. Algorithms are fixed
here, keys come from the provider's own set only, and every claim that says for whom the token is, is checked.
"""

import json
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import extract_compact

from app.base import clock
from app.base.errors import Forbidden, Unavailable
from app.base.settings import OidcProvider, is_loopback
from app.base.signing import equal
from app.identity.sign_in import StartedFlow, TakenFlow

log = logging.getLogger("hoichan.oidc")

ALGORITHMS = ("ES256", "PS256", "RS256")
KEY_KINDS = ("EC", "RSA")
SKEW_SECONDS = 60
TIMEOUT_SECONDS = 10
MAX_DOCUMENT = 256 * 1024
KEEP_SECONDS = 3600
REFETCH_SECONDS = 30


class Refused(Forbidden):
    """The provider's answer proves nothing. `reason` is for the audit."""

    def __init__(self, reason: str, provider: OidcProvider) -> None:
        super().__init__(
            "oidc_refused",
            "Signing in through {name} did not work. Try again; if it happens again, tell your administrator.",
            name=provider.name,
        )
        self.reason = reason


@dataclass(frozen=True)
class _Document:
    content: dict[str, Any]
    fetched_at: float


class OidcClient:
    """All providers of the settings. Documents are kept for an hour."""

    def __init__(self, redirect_uri: str) -> None:
        self._redirect_uri = redirect_uri
        self._documents: dict[str, _Document] = {}
        self._lock = threading.Lock()

    def authorization_url(self, provider: OidcProvider, flow: StartedFlow) -> str:
        """Where the browser goes. Raises Unavailable when the provider does not answer."""
        metadata = self._metadata(provider)
        with self._session(provider) as session:
            url, _state = session.create_authorization_url(
                metadata["authorization_endpoint"],
                state=flow.state,
                code_verifier=flow.code_verifier,
                nonce=flow.nonce,
            )
        return str(url)

    def subject(self, provider: OidcProvider, flow: TakenFlow, *, code: str, answered_by: str | None) -> str:
        """Exchanges the code and returns the verified subject. Raises Refused, or Unavailable."""
        metadata = self._metadata(provider)
        if answered_by is not None and answered_by != provider.issuer:  # RFC 9207: no mix-up of providers
            raise Refused("issuer of the answer", provider)
        token = self._exchange(provider, metadata, flow, code)
        id_token = token.get("id_token")
        if not isinstance(id_token, str):
            raise Refused("no ID token", provider)
        claims, header = self._verified(provider, metadata, id_token)
        return _check_claims(provider, flow, claims, header, str(token.get("access_token", "")))

    def _session(self, provider: OidcProvider) -> OAuth2Session:
        session = OAuth2Session(
            provider.client_id,
            provider.client_secret,
            scope="openid",
            redirect_uri=self._redirect_uri,
            code_challenge_method="S256",
            default_timeout=TIMEOUT_SECONDS,
        )
        session.trust_env = False
        return session

    def _exchange(
        self, provider: OidcProvider, metadata: dict[str, Any], flow: TakenFlow, code: str
    ) -> dict[str, Any]:
        try:
            with self._session(provider) as session:
                answer: dict[str, Any] = session.fetch_token(
                    metadata["token_endpoint"],
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=flow.code_verifier,
                    allow_redirects=False,
                )
        except requests.RequestException as error:
            raise _away(provider) from error
        except (AuthlibBaseError, ValueError) as error:
            raise Refused("code", provider) from error
        return answer

    def _verified(
        self, provider: OidcProvider, metadata: dict[str, Any], id_token: str
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Claims and header of a token whose signature is by a key of the provider."""
        try:
            kid = extract_compact(id_token.encode()).headers().get("kid")
            keys = self._keys(provider, metadata["jwks_uri"], kid)
            token = jwt.decode(id_token, keys, algorithms=ALGORITHMS)
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise Refused(f"signature: {type(error).__name__}", provider) from error
        return dict(token.claims), dict(token.header)

    def _keys(self, provider: OidcProvider, address: str, kid: str | None) -> KeySet:
        """The provider's signing keys with this id; asked for again when the id is new: providers change keys."""
        found = _signing_keys(self._document(provider, address), kid)
        if not found:
            found = _signing_keys(self._document(provider, address, no_older_than=REFETCH_SECONDS), kid)
        if len(found) != 1:
            raise Refused("key", provider)
        return KeySet.import_key_set({"keys": found})

    def _metadata(self, provider: OidcProvider) -> dict[str, Any]:
        address = provider.issuer.rstrip("/") + "/.well-known/openid-configuration"
        metadata = self._document(provider, address)
        if metadata.get("issuer") != provider.issuer:
            raise Refused("issuer of the discovery document", provider)
        for name in ("authorization_endpoint", "jwks_uri", "token_endpoint"):
            _check_address(provider, metadata.get(name))
        return metadata

    def _document(
        self, provider: OidcProvider, address: str, *, no_older_than: float = KEEP_SECONDS
    ) -> dict[str, Any]:
        with self._lock:
            kept = self._documents.get(address)
        if kept is not None and time.monotonic() - kept.fetched_at < no_older_than:
            return kept.content
        _check_address(provider, address)
        content = _fetch(provider, address)
        with self._lock:
            self._documents[address] = _Document(content, time.monotonic())
        return content


def _fetch(provider: OidcProvider, address: str) -> dict[str, Any]:
    try:
        with requests.Session() as session:
            session.trust_env = False
            answer = session.get(address, timeout=TIMEOUT_SECONDS, allow_redirects=False, stream=True)
            if answer.status_code != 200:
                raise _away(provider)
            raw = answer.raw.read(MAX_DOCUMENT + 1, decode_content=True)
            if len(raw) > MAX_DOCUMENT:
                raise _away(provider)
            content = json.loads(raw)
    except (requests.RequestException, ValueError, OSError) as error:
        raise _away(provider) from error
    if not isinstance(content, dict):
        raise _away(provider)
    return content


def _away(provider: OidcProvider) -> Unavailable:
    log.warning("the identity provider of %s did not answer as expected", provider.hospital)
    return Unavailable(
        "oidc_away",
        "{name} does not answer. Try again in a moment, or use your password.",
        name=provider.name,
    )


def _check_address(provider: OidcProvider, address: Any) -> None:
    """TLS only; a provider on this machine itself may do without."""
    parts = urlsplit(address) if isinstance(address, str) else None
    secure = parts is not None and parts.scheme == "https"
    local = parts is not None and parts.scheme == "http" and is_loopback(parts.hostname or "")
    if not (secure or local):
        raise Refused("address without TLS", provider)


def _signing_keys(document: dict[str, Any], kid: str | None) -> list[dict[str, Any]]:
    keys = document.get("keys")
    usable = [
        key
        for key in (keys if isinstance(keys, list) else [])
        if isinstance(key, dict) and key.get("kty") in KEY_KINDS and key.get("use", "sig") == "sig"
    ]
    return usable if kid is None else [key for key in usable if key.get("kid") == kid]


def _check_claims(
    provider: OidcProvider, flow: TakenFlow, claims: dict[str, Any], header: dict[str, Any], access_token: str
) -> str:
    """OpenID Connect Core 3.1.3.7: issuer, audience, authorised party, times, nonce."""
    at = int(clock.now().timestamp())
    expected: dict[str, Any] = {
        "iss": {"essential": True, "value": provider.issuer},
        "aud": {"essential": True, "value": provider.client_id},
        "nonce": {"essential": True, "value": flow.nonce},
    }
    params = {"client_id": provider.client_id, "nonce": flow.nonce, "access_token": access_token}
    try:
        CodeIDToken(claims, header, expected, params).validate(now=at, leeway=SKEW_SECONDS)
    except (JoseError, AuthlibBaseError, ValueError, TypeError) as error:
        raise Refused(f"claim: {getattr(error, 'claim', None) or type(error).__name__}", provider) from error
    subject = claims.get("sub")
    checks: tuple[tuple[str, Callable[[], bool]], ...] = (
        ("iat", lambda: isinstance(claims.get("iat"), int) and claims["iat"] <= at + SKEW_SECONDS),
        ("nonce", lambda: equal(str(claims["nonce"]), flow.nonce)),
        ("sub", lambda: isinstance(subject, str) and 0 < len(subject) <= 255),
    )
    for name, holds in checks:
        if not holds():
            raise Refused(f"claim: {name}", provider)
    return str(subject)
