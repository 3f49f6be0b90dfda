"""A small OpenID provider over real HTTP on this machine, whose every answer a test may spoil."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

from app.base import clock

CLIENT_ID = "hoichan"
CLIENT_SECRET = "between us"

Claims = dict[str, Any]
Spoil = Callable[[Claims], None]


@cache
def own_key() -> RSAKey:
    """Making a key is slow; one is enough for every test."""
    return RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})


@cache
def foreign_key() -> RSAKey:
    """A key that is not the provider's."""
    return RSAKey.generate_key(2048, {"kid": "two", "use": "sig"})


def signed_by_hmac(header: Claims, claims: Claims, secret: bytes) -> str:
    """A token with `alg: HS256`, made by hand: libraries refuse a public key as the secret."""
    text = unsigned(header, claims, alg="HS256").rstrip(".")
    mac = hmac.digest(secret, text.encode(), "sha256")
    return text + "." + base64.urlsafe_b64encode(mac).decode().rstrip("=")


def unsigned(header: Claims, claims: Claims, alg: str = "none") -> str:
    """A token with `alg: none` and no signature."""
    parts = [json.dumps({**header, "alg": alg}), json.dumps(claims)]
    return ".".join(base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in parts) + "."


@dataclass
class Provider:
    """What it says, and what it was told. `sign` replaces the honest signature."""

    issuer: str
    key: RSAKey = field(default_factory=own_key)
    subject: str = "person-7"
    spoil_claims: Spoil = lambda _claims: None
    spoil_discovery: Spoil = lambda _document: None
    spoil_tokens: Spoil = lambda _answer: None
    sign: Callable[["Provider", Claims], str] | None = None
    granted: dict[str, dict[str, str]] = field(default_factory=dict)

    def authorize(self, address: str) -> dict[str, str]:
        """Plays the person who signs in there: returns what the browser brings back."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert asked["client_id"] == CLIENT_ID
        assert asked["code_challenge_method"] == "S256"
        code = f"code-{len(self.granted)}"
        self.granted[code] = asked
        return {"code": code, "state": asked["state"]}

    def discovery(self) -> Claims:
        document = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
        }
        self.spoil_discovery(document)
        return document

    def keys(self) -> Claims:
        return {"keys": [self.key.as_dict(private=False)]}

    def token(self, form: dict[str, str]) -> tuple[int, Claims]:
        asked = self.granted.pop(form.get("code", ""), None)
        challenge = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        proof = base64.urlsafe_b64encode(challenge).decode().rstrip("=")
        if asked is None or proof != asked["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        answer = {"access_token": "access", "token_type": "Bearer", "id_token": self._id_token(asked)}
        self.spoil_tokens(answer)
        return 200, answer

    def _id_token(self, asked: dict[str, str]) -> str:
        at = int(clock.now().timestamp())
        claims: Claims = {
            "iss": self.issuer,
            "sub": self.subject,
            "aud": CLIENT_ID,
            "nonce": asked["nonce"],
            "iat": at,
            "exp": at + 300,
            "email": "alice@example.vn",
            "email_verified": False,
        }
        self.spoil_claims(claims)
        if self.sign is not None:
            return self.sign(self, claims)
        return jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.key)


class _Handler(BaseHTTPRequestHandler):
    provider: Provider

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        documents = {
            "/.well-known/openid-configuration": self.provider.discovery,
            "/keys": self.provider.keys,
        }
        self._answer(200, documents[path]()) if path in documents else self._answer(404, {})

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        basic = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        if self.headers["Authorization"] != f"Basic {basic}":
            self._answer(401, {"error": "invalid_client"})
            return
        self._answer(*self.provider.token({name: values[0] for name, values in form.items()}))

    def _answer(self, status: int, document: Claims) -> None:
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's signature
        """Quiet."""


@contextmanager
def running_provider() -> Iterator[Provider]:
    """Listens on a free port of this machine until the block ends."""
    handler = type("Handler", (_Handler,), {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    provider = Provider(issuer=f"http://127.0.0.1:{server.server_address[1]}")
    handler.provider = provider  # type: ignore[attr-defined] # the class is made above for this server
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
