"""Wrong settings stop the start with a sentence that says what and where; the folder's page tells every setting."""

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from app.base.settings import Settings, SettingsError, is_loopback, load_settings

ROOT = Path(__file__).parents[3]


def test_defaults_listen_on_loopback_only() -> None:
    settings = Settings()
    assert is_loopback(settings.web.host)
    assert is_loopback(settings.dicom.host)


def test_the_environment_wins_over_the_files(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("[web]\nport = 9000\nthreads = 64\n")
    settings = load_settings(tmp_path, {"HOICHAN_WEB__PORT": "9001", "HOICHAN_PARTS": ""})
    assert (settings.web.port, settings.web.threads, settings.parts) == (9001, 64, ())


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({"HOICHAN_WEB__PORT": "http"}, ["web.port", "HOICHAN_WEB__PORT"]),
        ({"HOICHAN_WEB__PORT": "70000"}, ["web.port", "65535"]),
        ({"HOICHAN_WEB__PROT": "80"}, ["web.prot"]),
        ({"HOICHAN_DATABASE_URL": "mysql://x"}, ["sqlite:///", "postgresql"]),
        ({"HOICHAN_WEB__TLS_CERTIFICATE": "/nowhere/cert.pem"}, ["web", "both or neither"]),
        ({"HOICHAN_LANGUAGE": "fr"}, ["language"]),
    ],
)
def test_a_wrong_value_is_one_sentence_that_names_it(
    environ: dict[str, str], words: list[str], tmp_path: Path
) -> None:
    with pytest.raises(SettingsError) as told:
        load_settings(tmp_path, environ)
    for word in words:
        assert word in str(told.value)


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("[web\n")
    with pytest.raises(SettingsError, match=re.escape("a.toml")):
        load_settings(tmp_path, {})


def _names(model: type[BaseModel], prefix: str = "") -> list[str]:
    found = []
    for name, field in model.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            found += _names(inner, f"{prefix}{name}.")
        else:
            found.append(f"{prefix}{name}")
    return found


def test_config_readme_explains_every_setting_and_no_other() -> None:
    told = re.findall(
        r"^\| `([a-z_.]+)` \|", (ROOT / "config" / "README.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert sorted(told) == sorted(_names(Settings))
