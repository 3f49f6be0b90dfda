"""Photos, scans, PDFs and videos become objects of a study: its identity, the file's own pixels, valid DICOM."""

import io
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.encaps import generate_frames

from app.archive.queries import outgoing_of
from app.base.blobs import Blobs
from app.base.db import Database
from app.base.errors import Forbidden, NotFound
from app.capture.actions import open_upload
from app.capture.intake import Intake
from app.capture.models import FileState
from app.capture.to_dicom import Shown
from app.render.codecs import Task
from app.render.decode import DecodeClient
from tests.app.capture.deliveries import Delivery, zipped
from tests.cast import Cast
from tests.decoding import running_decoder
from tests.dicomgen import ct_slice
from tests.mp4 import mp4

NAME = "Nguyễn^Thị Hường"


@pytest.fixture(scope="module")
def decoder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DecodeClient]:
    with running_decoder(tmp_path_factory.mktemp("decoder"), workers=1) as running:
        client = DecodeClient(running.path)
        yield client
        client.close()


class Desk:
    """A study of one image, and files added to it."""

    def __init__(self, db: Database, blobs: Blobs, intake: Intake, cast: Cast) -> None:
        self.db, self.blobs, self.intake, self.cast = db, blobs, intake, cast
        first = Delivery(db, intake, cast.tam)
        first.bring({"ct": ct_slice(1, patient_name=NAME, patient_id="BN-17")})
        (self.study_id,) = first.info().study_ids

    def add(self, files: dict[str, bytes], *, title: str = "", shown: Shown = Shown.PHOTO) -> Delivery:
        delivery = Delivery(
            self.db, self.intake, self.cast.tam, study_id=self.study_id, title=title, shown=shown
        )
        delivery.bring(files)
        delivery.unpack()
        return delivery

    def made(self) -> list[Dataset]:
        """What was added, as pydicom reads it."""
        with self.db.reading() as tx:
            files = outgoing_of(tx, self.cast.tam, study_id=self.study_id)
        read = [dcmread(self.blobs.path(file.digest)) for file in files]
        return [one for one in read if one.Modality != "CT"]

    def only(self) -> Dataset:
        (made,) = self.made()
        return made


@pytest.fixture
def desk(
    sqlite_db: Database, blobs: Blobs, tmp_path: Path, decoder: DecodeClient, cast_on_sqlite: Cast
) -> Desk:
    return Desk(
        sqlite_db, blobs, Intake(sqlite_db, blobs, tmp_path / "data", decoder=decoder), cast_on_sqlite
    )


def picture(rows: int = 40, columns: int = 60, mode: str = "RGB") -> Image.Image:
    y, x = np.mgrid[0:rows, 0:columns]
    red = np.stack([x * 4, y * 5, (x + y) * 2], axis=-1).astype(np.uint8)
    return Image.fromarray(red).convert(mode)


def coded(image: Image.Image, form: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def frame_of(data: Dataset) -> bytes:
    return next(generate_frames(data.PixelData, number_of_frames=1))


def test_a_photo_keeps_its_pixels_and_gets_the_study_s_identity(desk: Desk) -> None:
    photo = coded(picture(), "JPEG", quality=90)
    delivery = desk.add({"vết thương.jpg": photo}, title="Vết thương cẳng chân")
    assert delivery.info().count(FileState.STORED) == 1
    made = desk.only()
    assert (str(made.PatientName), made.PatientID, made.SeriesDescription) == (
        NAME,
        "BN-17",
        "Vết thương cẳng chân",
    )
    assert made.SOPClassUID == "1.2.840.10008.5.1.4.1.1.7"
    assert (made.Modality, made.ConversionType, made.Rows, made.Columns) == ("XC", "DI", 40, 60)
    assert made.LossyImageCompression == "01"
    with Image.open(io.BytesIO(frame_of(made))) as kept, Image.open(io.BytesIO(photo)) as sent:
        assert np.array_equal(np.asarray(kept), np.asarray(sent))


def test_what_a_phone_writes_beside_a_photo_does_not_enter(desk: Desk) -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x8825] = "SecretPhone", {1: "N", 2: (10.0, 46.0, 37.0)}
    photo = coded(picture(), "JPEG", exif=exif, comment=b"my home")
    assert b"SecretPhone" in photo
    desk.add({"a.jpg": photo})
    frame = frame_of(desk.only())
    assert b"SecretPhone" not in frame
    assert b"my home" not in frame


@pytest.mark.parametrize("turn", range(2, 9))
def test_a_photo_taken_aslant_stands_upright(desk: Desk, turn: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = turn
    photo = coded(picture(), "JPEG", quality=95, exif=exif)
    desk.add({"a.jpg": photo})
    made = desk.only()
    with Image.open(io.BytesIO(photo)) as sent, Image.open(io.BytesIO(frame_of(made))) as kept:
        upright = {2: 0, 3: 3, 4: 1, 5: 5, 6: 4, 7: 6, 8: 2}[turn]
        expected = np.asarray(sent.transpose(Image.Transpose(upright)).convert("RGB")).astype(int)
        assert (made.Rows, made.Columns) == expected.shape[:2]
        assert abs(np.asarray(kept.convert("RGB")).astype(int) - expected).mean() < 2


@pytest.mark.parametrize("mode", ["L", "P", "RGB", "RGBA", "LA"])
def test_a_screenshot_is_kept_without_loss(desk: Desk, decoder: DecodeClient, mode: str) -> None:
    desk.add({"màn hình.png": coded(picture(mode=mode), "PNG")}, shown=Shown.DOCUMENT)
    made = desk.only()
    expected = np.asarray(picture(mode=mode).convert("L" if mode in {"L", "LA"} else "RGB"))
    assert (made.Modality, made.LossyImageCompression) == ("DOC", "00")
    assert np.array_equal(_pixels(made, decoder), expected)


def test_a_picture_that_nothing_makes_smaller_is_kept_too(desk: Desk, decoder: DecodeClient) -> None:
    noise = np.random.default_rng(7).integers(0, 256, (200, 300, 3), dtype=np.uint8)
    delivery = desk.add({"nhiễu.png": coded(Image.fromarray(noise), "PNG")})
    assert delivery.left_out() == {}
    assert np.array_equal(_pixels(desk.only(), decoder), noise)


def _pixels(made: Dataset, decoder: DecodeClient) -> NDArray[Any]:
    task = Task(made.file_meta.TransferSyntaxUID, made.Rows, made.Columns, made.SamplesPerPixel, 8)
    return decoder.decode(task, frame_of(made)).values


@pytest.mark.parametrize("options", [{"progressive": True}, {"quality": 100, "subsampling": 0}])
def test_any_jpeg_is_taken(desk: Desk, options: dict[str, object]) -> None:
    photo = coded(picture(), "JPEG", **options)
    desk.add({"a.jpg": photo})
    with Image.open(io.BytesIO(frame_of(desk.only()))) as kept:
        assert abs(np.asarray(kept).astype(int) - np.asarray(picture()).astype(int)).mean() < 6


def test_a_pdf_is_kept_byte_by_byte(desk: Desk) -> None:
    letter = b"%PDF-1.7\n" + bytes(range(256)) * 9 + b"\n%%EOF"
    desk.add({"giấy chuyển viện.pdf": letter})
    made = desk.only()
    assert made.SOPClassUID == "1.2.840.10008.5.1.4.1.1.104.1"
    assert made.DocumentTitle == "giấy chuyển viện"
    assert made.EncapsulatedDocument[: made.EncapsulatedDocumentLength] == letter


@pytest.mark.parametrize(
    ("coding", "profile", "level", "syntax"),
    [(b"avc1", 100, 31, 102), (b"avc1", 77, 42, 104), (b"hvc1", 1, 120, 107), (b"hvc1", 2, 120, 108)],
)
def test_a_video_is_kept_byte_by_byte(
    desk: Desk, coding: bytes, profile: int, level: int, syntax: int
) -> None:
    video = mp4(coding=coding, profile=profile, level=level)
    desk.add({"siêu âm.mp4": video})
    made = desk.only()
    assert made.file_meta.TransferSyntaxUID == f"1.2.840.10008.1.2.4.{syntax}"
    assert (made.NumberOfFrames, made.Columns, made.Rows, made.FrameTime) == (50, 640, 360, 40)
    assert b"".join(generate_frames(made.PixelData, number_of_frames=1)).rstrip(b"\0") == video.rstrip(b"\0")


def test_what_cannot_be_kept_is_named_with_its_reason(desk: Desk) -> None:
    delivery = desk.add(
        {
            "cut.jpg": coded(picture(), "JPEG")[:300],
            "cut.png": coded(picture(), "PNG")[:-80],
            "cut.pdf": b"%PDF-1.4 and nothing",
            "cut.mp4": mp4()[:200],
            "old.mp4": mp4(coding=b"mp4v"),
            "huge.png": coded(picture(), "PNG")[:16] + b"\x00\x01\x00\x00" * 2 + b"\x08\x02" + bytes(50),
            "letter.docx.rar": b"Rar!" + bytes(200),
            "print.jpg": coded(picture(mode="CMYK"), "JPEG"),
            "noise.pdf": bytes(range(256)) * 4,
            "noise.mp4": b"",
            "lines.png": coded(picture(), "PNG").replace(b"\r\n", b"\n"),
        }
    )
    assert delivery.left_out() == {
        "cut.jpg": "picture_damaged",
        "cut.png": "picture_damaged",
        "cut.pdf": "pdf_damaged",
        "cut.mp4": "video_damaged",
        "old.mp4": "video_coding",
        "huge.png": "picture_size",
        "letter.docx.rar": "not_dicom_but",
        "print.jpg": "picture_colours",
        "noise.pdf": "not_addable",
        "noise.mp4": "not_addable",
        "lines.png": "not_addable",
    }
    for file in delivery.files_left_out():
        assert file.reason is not None
        assert "modality" not in file.reason, "this page asks for photos, papers and videos"
        assert "Add files" not in file.reason, "that page is this one"
    assert desk.made() == []


def test_the_same_file_sent_again_after_a_broken_line_is_one_object(desk: Desk) -> None:
    photo = coded(picture(), "JPEG")
    delivery = desk.add({"z.zip": zipped({"a.jpg": photo, "b.jpg": photo})})
    delivery.unpack()
    assert sorted(made.InstanceNumber for made in desk.made()) == [2, 3]


def test_without_a_study_a_photo_is_refused_with_the_way_to_go(desk: Desk) -> None:
    delivery = Delivery(desk.db, desk.intake, desk.cast.tam)
    delivery.bring({"a.jpg": coded(picture(), "JPEG")})
    (told,) = delivery.files_left_out()
    assert told.reason is not None
    assert "open its study" in told.reason


def test_only_the_study_s_own_hospital_adds_to_it(desk: Desk) -> None:
    with desk.db.transaction() as tx, pytest.raises((Forbidden, NotFound)):
        open_upload(tx, desk.cast.chi, study_id=desk.study_id)


def test_what_is_made_is_valid_dicom(desk: Desk, tmp_path: Path) -> None:
    checker = shutil.which("dciodvfy")
    if checker is None:
        pytest.skip("dicom3tools' dciodvfy is not installed")
    desk.add({"a.jpg": coded(picture(), "JPEG"), "b.png": coded(picture(), "PNG"), "d.mp4": mp4()})
    desk.add({"c.pdf": b"%PDF-1.7\n%%EOF"})
    for made in desk.made():
        path = tmp_path / f"{made.SOPInstanceUID}.dcm"
        made.save_as(path)
        said = subprocess.run([checker, path], capture_output=True, text=True, check=False).stderr
        assert [line for line in said.splitlines() if line.startswith("Error")] == [], made
