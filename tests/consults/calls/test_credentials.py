"""What a browser is given to reach a TURN server: names and passwords as coturn makes them, and never the secret."""

import base64
import hashlib
import hmac
import shutil
import subprocess
from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from app.base.settings import CallSettings, load_settings
from consults.calls.ice import credentials, ice_servers

SECRET = "mot-bi-mat-cua-coturn"
AT = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
SETTINGS = CallSettings(
    stun_urls=("stun:turn.example.vn:3478",), turn_urls=("turn:turn.example.vn:3478",), turn_secret=SECRET
)


def test_the_name_says_its_end_and_the_password_is_coturn_s() -> None:
    name, password = credentials(SECRET, "nguoi-1", AT)
    assert name == f"{int(AT.timestamp()) + 3600}:nguoi-1"
    # coturn, src/client/ns_turn_msg.c: password = base64(hmac(sha1, key=secret, message=name))
    assert base64.b64decode(password) == hmac.new(SECRET.encode(), name.encode(), hashlib.sha1).digest()


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_openssl_makes_the_same_password() -> None:
    name, password = credentials(SECRET, "nguoi-1", AT)
    command = f"printf '%s' '{name}' | openssl dgst -sha1 -hmac '{SECRET}' -binary | openssl base64"
    made = subprocess.run(["/bin/sh", "-c", command], check=True, capture_output=True, text=True, timeout=20)
    assert made.stdout.strip() == password


def test_browsers_are_told_servers_and_never_the_secret() -> None:
    servers = ice_servers(SETTINGS, "nguoi-1", AT)
    assert servers[0] == {"urls": ["stun:turn.example.vn:3478"]}
    assert servers[1]["urls"] == ["turn:turn.example.vn:3478"]
    assert SECRET not in str(servers)
    assert ice_servers(CallSettings(), "nguoi-1", AT) == []


def test_a_list_is_written_with_commas_in_the_environment() -> None:
    environ = {
        "HOICHAN_CALL__TURN_URLS": "turn:a.example.vn:3478, turns:a.example.vn:5349",
        "HOICHAN_CALL__TURN_SECRET": SECRET,
    }
    call = load_settings(environ=environ).call
    assert call.turn_urls == ("turn:a.example.vn:3478", "turns:a.example.vn:5349")


@pytest.mark.parametrize(
    "wrong",
    [
        {"turn_urls": ("turn:a.example.vn",)},
        {"turn_urls": ("turn:a.example.vn",), "turn_secret": "short"},
        {"stun_urls": ("http://a.example.vn",)},
        {"max_mesh": 20},
    ],
)
def test_settings_that_cannot_work_stop_the_start(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        CallSettings.model_validate(wrong)
