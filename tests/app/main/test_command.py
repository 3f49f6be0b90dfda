"""`hoichan` refuses with one sentence that says what to do, and sets up a real installation without demonstration."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from app.base.db import Database
from app.base.settings import Settings, SettingsError, WebSettings
from app.identity.setup import has_demonstration, has_platform_administrator
from app.main.guard import check_exposure, check_tls, hold_folder
from tests.running import ROOT, free_port

VIEWER = ROOT / "app" / "web" / "static" / "viewer" / "manifest.json"


def hoichan(*arguments: str, given: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "app.main", *arguments],
        capture_output=True,
        text=True,
        input=given,
        cwd=ROOT,
        env={**os.environ, **environment},
        check=False,
        timeout=60,
    )


@pytest.fixture
def place(tmp_path: Path) -> dict[str, str]:
    ports = {"HOICHAN_WEB__PORT": str(free_port()), "HOICHAN_DICOM__PORT": str(free_port())}
    return {"HOICHAN_DATA_DIR": str(tmp_path / "data"), **ports}


@pytest.fixture
def built() -> None:
    if not VIEWER.exists():
        pytest.skip("the viewer is not built: `make build`")


def _one_sentence(result: subprocess.CompletedProcess[str]) -> str:
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    lines = result.stderr.strip().splitlines()
    assert len(lines) == 1, lines
    return lines[0]


def test_a_port_in_use_is_named_with_its_remedy(place: dict[str, str], built: None) -> None:
    with socket.create_server(("127.0.0.1", int(place["HOICHAN_WEB__PORT"]))):
        said = _one_sentence(hoichan("run", **place))
    assert place["HOICHAN_WEB__PORT"] in said
    assert "HOICHAN_WEB__PORT" in said


def test_a_wrong_setting_stops_the_start(place: dict[str, str]) -> None:
    assert "web.threads" in _one_sentence(hoichan("run", **{**place, "HOICHAN_WEB__THREADS": "many"}))


def test_a_data_folder_that_cannot_be_written_is_named(place: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    said = _one_sentence(hoichan("run", **{**place, "HOICHAN_DATA_DIR": str(tmp_path / "file" / "data")}))
    assert str(tmp_path / "file" / "data") in said


def test_another_address_without_tls_is_refused(place: dict[str, str], built: None) -> None:
    said = _one_sentence(
        hoichan("run", **{**place, "HOICHAN_WEB__HOST": "127.0.0.1", "HOICHAN_DICOM__HOST": "0.0.0.0"})
    )
    assert "TLS is off" in said


def test_an_unknown_part_is_named(place: dict[str, str]) -> None:
    assert "'radar'" in _one_sentence(hoichan("migrate", **{**place, "HOICHAN_PARTS": "radar"}))


def test_setup_makes_the_first_administrator_and_no_demonstration(
    place: dict[str, str], tmp_path: Path
) -> None:
    arguments = ("setup", "--name", "Lê Thị Quản Trị", "--login", "quantri", "--password-from-stdin")
    assert hoichan(*arguments, given="mot-mat-khau-dai-9\n", **place).returncode == 0
    db = Database(f"sqlite:///{tmp_path / 'data' / 'hoichan.db'}")
    with db.reading() as tx:
        assert has_platform_administrator(tx)
        assert not has_demonstration(tx)
    db.dispose()
    assert "already" in _one_sentence(hoichan(*arguments, given="mot-mat-khau-dai-9\n", **place))


def test_a_second_start_on_the_same_folder_is_refused(
    place: dict[str, str], tmp_path: Path, built: None
) -> None:
    (tmp_path / "data").mkdir()
    with hold_folder(tmp_path / "data"):
        said = _one_sentence(hoichan("run", **place))
    assert str(os.getpid()) in said


def test_one_port_for_both_doors_is_refused(place: dict[str, str], built: None) -> None:
    said = _one_sentence(hoichan("run", **{**place, "HOICHAN_DICOM__PORT": place["HOICHAN_WEB__PORT"]}))
    assert "HOICHAN_DICOM__PORT" in said


def test_a_file_that_is_no_database_is_named(place: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "hoichan.db").write_bytes(
        b"not a database at all, but long enough to be looked at" * 20
    )
    assert "hoichan.db" in _one_sentence(hoichan("migrate", **place))


def test_files_that_are_no_certificate_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "tls.pem"
    file.write_text("no certificate")
    with pytest.raises(SettingsError, match="tls_certificate"):
        check_tls(Settings(web=WebSettings(tls_certificate=file, tls_key=file)))


def test_setup_without_anybody_to_answer_says_what_to_give(place: dict[str, str]) -> None:
    assert "--login" in _one_sentence(hoichan("setup", **place))


def test_a_weak_password_is_refused_with_the_rule(place: dict[str, str]) -> None:
    said = _one_sentence(
        hoichan("setup", "--name", "A B", "--login", "abc", "--password-from-stdin", given="short\n", **place)
    )
    assert "10" in said


def test_the_demonstration_is_never_served_behind_a_public_address() -> None:
    behind = Settings(web=WebSettings(public_url="https://hoichan.example"))
    with pytest.raises(SettingsError, match=r"web\.public_url"):
        check_exposure(behind, demonstration=True)
    check_exposure(behind, demonstration=False)
