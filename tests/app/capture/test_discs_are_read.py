"""The image of a disc is read like a ZIP: Joliet, Rock Ridge, UDF or bare ISO 9660 names, damage told."""

import io
from pathlib import Path
from typing import Any

import pycdlib
import pytest

from app.base.db import Database
from app.base.errors import HoichanError
from app.capture.containers import members_of
from app.capture.intake import Intake
from app.capture.models import FileState, UploadState
from app.capture.zip_members import Caps
from tests.app.capture.deliveries import Delivery
from tests.cast import Cast
from tests.dicomgen import ct_slice


def disc(files: dict[str, bytes], **kind: Any) -> bytes:
    """An ISO 9660 image with the files in one folder."""
    iso = pycdlib.PyCdlib()
    iso.new(interchange_level=3, **kind)
    iso.add_directory("/DICOM", **_names("/DICOM", "DICOM", kind))
    for name, data in files.items():
        plain = name.upper().partition(".")[0]
        iso.add_fp(io.BytesIO(data), len(data), f"/DICOM/{plain}.;1", **_names(f"/DICOM/{name}", name, kind))
    out = io.BytesIO()
    iso.write_fp(out)
    iso.close()
    return out.getvalue()


def _names(path: str, name: str, kind: dict[str, Any]) -> dict[str, Any]:
    return (
        ({"joliet_path": path} if "joliet" in kind else {})
        | ({"rr_name": name} if "rock_ridge" in kind else {})
        | ({"udf_path": path} if "udf" in kind else {})
    )


@pytest.mark.parametrize(
    "kind", [{"joliet": 3}, {"rock_ridge": "1.09"}, {"udf": "2.60"}, {}], ids=["joliet", "rr", "udf", "bare"]
)
def test_a_disc_from_another_hospital_is_stored_whole(
    sqlite_db: Database, intake_on_sqlite: Intake, cast_on_sqlite: Cast, kind: dict[str, Any]
) -> None:
    delivery = Delivery(sqlite_db, intake_on_sqlite, cast_on_sqlite.tam)
    files = {f"im{n}": ct_slice(n) for n in range(1, 4)} | {"dicomdir": b"x", "viewer.exe": b"MZ" * 80}
    (file,) = delivery.bring({"đĩa cd.iso": disc(files, **kind)}).values()
    assert file.state == FileState.EXPANDING
    delivery.unpack()
    info = delivery.info()
    assert info.state == UploadState.FINISHED
    assert (info.count(FileState.STORED), len(info.study_ids)) == (3, 1)
    assert len(delivery.left_out()) == 2


def test_a_disc_is_recognised_without_its_ending(
    sqlite_db: Database, intake_on_sqlite: Intake, cast_on_sqlite: Cast
) -> None:
    delivery = Delivery(sqlite_db, intake_on_sqlite, cast_on_sqlite.tam)
    (file,) = delivery.bring({"download": disc({"a": ct_slice(1)}, joliet=3)}).values()
    assert file.state == FileState.EXPANDING


def test_damage_anywhere_in_the_disc_s_tables_is_told(tmp_path: Path) -> None:
    whole = disc({f"im{n}": ct_slice(n) for n in range(1, 3)}, joliet=3, rock_ridge="1.09")
    codes = set()
    for at in range(32_768, 60_000, 137):
        wrong = bytearray(whole)
        wrong[at : at + 4] = b"\xff\xfe\xff\xff"
        codes.add(_told(tmp_path / "disc.iso", bytes(wrong)))
    assert codes == {"", "iso_damaged_disc", "zip_damaged"}


def _told(path: Path, data: bytes) -> str:
    """The code of what reading this disc raises; anything but our own errors fails the test."""
    path.write_bytes(data)
    try:
        with members_of(path, Caps(members=1000)) as members:
            for member in members:
                members.copy(member, lambda _: None)
    except HoichanError as told:
        return told.code
    return ""


def test_a_disc_cut_short_is_told(tmp_path: Path) -> None:
    whole = disc({"im1": ct_slice(1)}, joliet=3)
    path = tmp_path / "disc.iso"
    path.write_bytes(whole[: len(whole) - 200_000])
    with pytest.raises(HoichanError, match="damaged"), members_of(path, Caps()) as members:
        for member in members:
            members.copy(member, lambda _: None)
