"""A ZIP is read by its real bytes: bombs, nests, links, foreign paths and damage are refused with their reason."""

import io
import stat
import struct
import zipfile
from pathlib import Path

import pytest

from app.base.blobs import Blobs
from app.base.db import Database
from app.base.errors import Invalid, TooLarge
from app.capture.intake import Intake
from app.capture.models import FileState, UploadState
from app.capture.zip_members import Caps, zip_members
from tests.app.capture.deliveries import Delivery, files_below, zipped
from tests.cast import Cast
from tests.dicomgen import ct_slice

SMALL = Caps(members=100, member_bytes=8 << 20, total_bytes=32 << 20, ratio=20, free_bytes=1 << 20)


def test_a_zip_of_a_series_is_stored_whole(db: Database, intake: Intake, cast: Cast) -> None:
    delivery = Delivery(db, intake, cast.tam)
    content = {f"DICOM/CT{n:03}": ct_slice(n) for n in range(1, 6)} | {
        "DICOMDIR": b"x",
        "viewer.exe": b"MZ" * 80,
    }
    (file,) = delivery.bring({"cd.zip": zipped(content)}).values()
    assert file.state == FileState.EXPANDING
    assert delivery.info().state == UploadState.RECEIVING
    delivery.unpack()
    info = delivery.info()
    assert info.state == UploadState.FINISHED
    assert (info.count(FileState.STORED), len(info.study_ids)) == (5, 1)
    assert delivery.left_out() == {"DICOMDIR": "dicomdir", "viewer.exe": "not_dicom_but"}
    assert not intake.parts.path(file.id).exists()


def test_a_zip_is_recognised_without_its_ending(db: Database, intake: Intake, cast: Cast) -> None:
    delivery = Delivery(db, intake, cast.tam)
    (file,) = delivery.bring({"download": zipped({"a": ct_slice(1)})}).values()
    assert file.state == FileState.EXPANDING


def test_a_run_that_was_cut_off_is_continued_once(db: Database, intake: Intake, cast: Cast) -> None:
    delivery = Delivery(db, intake, cast.tam)
    delivery.bring({"cd.zip": zipped({f"{n}": ct_slice(n) for n in range(1, 5)})})
    delivery.unpack()
    delivery.unpack()
    assert delivery.info().count(FileState.STORED) == 4


def test_names_that_leave_the_folder_are_refused_and_nothing_is_written_there(
    db: Database, intake: Intake, cast: Cast, tmp_path: Path
) -> None:
    before = files_below(tmp_path.parent)
    delivery = Delivery(db, intake, cast.tam)
    wicked = {"../../escape.dcm": ct_slice(1), "/etc/escape.dcm": ct_slice(2), "C:\\escape.dcm": ct_slice(3)}
    delivery.bring({"cd.zip": zipped({**wicked, "good.dcm": ct_slice(4)})})
    delivery.unpack()
    assert set(delivery.left_out().values()) == {"zip_path"}
    assert delivery.info().count(FileState.STORED) == 1
    new = {name for name in files_below(tmp_path.parent) - before if "escape" in name}
    assert not new


def test_a_link_is_not_followed(db: Database, intake: Intake, cast: Cast) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        link = zipfile.ZipInfo("passwd.dcm")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    delivery = Delivery(db, intake, cast.tam)
    delivery.bring({"cd.zip": out.getvalue()})
    delivery.unpack()
    assert delivery.left_out() == {"passwd.dcm": "zip_link"}


def test_a_bomb_stops_at_the_cap_and_says_so(db: Database, intake: Intake, cast: Cast, blobs: Blobs) -> None:
    delivery = Delivery(db, intake, cast.tam)
    delivery.bring({"cd.zip": zipped({"first.dcm": ct_slice(1), "bomb.dcm": b"\0" * (6 << 20)})})
    delivery.unpack(SMALL)
    assert delivery.left_out() == {"cd.zip": "zip_bomb", "bomb.dcm": "zip_bomb"}
    info = delivery.info()
    assert info.count(FileState.STORED) == 1
    assert info.state == UploadState.FINISHED


def test_a_nested_zip_is_refused_by_name_and_by_content(db: Database, intake: Intake, cast: Cast) -> None:
    inner = zipped({"a.dcm": ct_slice(1)})
    delivery = Delivery(db, intake, cast.tam)
    delivery.bring({"cd.zip": zipped({"inner.zip": inner, "IMG0001": inner})})
    delivery.unpack()
    assert delivery.left_out() == {"inner.zip": "zip_nested", "IMG0001": "zip_nested"}


def test_a_lying_directory_never_allocates_what_it_claims(tmp_path: Path) -> None:
    data = bytearray(zipped({"a": b"x" * 100}))
    end = data.rindex(b"PK\x05\x06")
    data[end + 12 : end + 16] = struct.pack("<I", 0xF0000000)  # size of the central directory
    path = tmp_path / "lie.zip"
    path.write_bytes(data)
    with pytest.raises((Invalid, TooLarge)), zip_members(path):
        pass


@pytest.mark.parametrize("cut", [4, 30, 200])
def test_a_zip_cut_short_is_damaged(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "cut.zip"
    path.write_bytes(zipped({f"{n}": ct_slice(n) for n in range(3)})[:-cut])
    with pytest.raises(Invalid) as refused, zip_members(path):
        pass
    assert refused.value.code == "zip_damaged"


def test_a_member_with_wrong_checksum_is_refused_and_the_others_are_stored(
    db: Database, intake: Intake, cast: Cast
) -> None:
    data = bytearray(zipped({"a.dcm": ct_slice(1), "b.dcm": ct_slice(2)}, method=zipfile.ZIP_STORED))
    data[data.index(b"DICM") + 2000] ^= 0xFF
    delivery = Delivery(db, intake, cast.tam)
    delivery.bring({"cd.zip": bytes(data)})
    delivery.unpack()
    assert delivery.left_out() == {"a.dcm": "zip_damaged"}
    assert delivery.info().count(FileState.STORED) == 1


def test_too_many_members_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "many.zip"
    path.write_bytes(zipped({f"{n}": b"" for n in range(101)}))
    with pytest.raises(TooLarge) as refused, zip_members(path, SMALL):
        pass
    assert refused.value.code == "zip_members"


def test_other_packings_and_passwords_are_refused(db: Database, intake: Intake, cast: Cast) -> None:
    locked = bytearray(zipped({"a.dcm": ct_slice(1)}, method=zipfile.ZIP_STORED))
    for mark, flag in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.index(mark) + flag] |= 1
    delivery = Delivery(db, intake, cast.tam)
    delivery.bring({"l.zip": zipped({"z.dcm": ct_slice(1)}, method=zipfile.ZIP_LZMA), "p.zip": bytes(locked)})
    delivery.unpack()
    assert delivery.left_out() == {"z.dcm": "zip_method", "a.dcm": "zip_encrypted"}


def test_cancelling_stops_the_unpacking(db: Database, intake: Intake, cast: Cast) -> None:
    delivery = Delivery(db, intake, cast.tam)
    delivery.bring({"cd.zip": zipped({f"{n}": ct_slice(n) for n in range(1, 5)})})
    intake.cancel(cast.tam, delivery.id)
    delivery.unpack()
    assert delivery.info().count(FileState.STORED) == 0
