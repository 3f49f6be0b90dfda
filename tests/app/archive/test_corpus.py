"""The public test images: kept with their frames, or refused for a reason that is written here."""

import csv
import time
import warnings
from pathlib import Path

import pydicom
import pytest

from app.archive.part10 import Part10, read_part10
from app.base.errors import HoichanError

# Files that are no whole, identifiable objects. All others must be kept.
REFUSED = {
    "charset_pydicom/chrJapMulti.dcm": "truncated",
    "charset_pydicom/chrJapMultiExplicitIR6.dcm": "truncated",
    "charset_pydicom/chrKoreanMulti.dcm": "truncated",  # an MR image without its pixels
    "charset_pydicom/chrSQEncoding.dcm": "missing_uid",
    "charset_pydicom/chrSQEncoding1.dcm": "missing_uid",
    "dicomdir/DICOMDIR": "dicomdir",
    "pydicom/MR_truncated.dcm": "truncated",
    "pydicom/UN_sequence.dcm": "missing_uid",
    "pydicom/badVR.dcm": "bad_frames",
    "pydicom/empty_charset_LEI.dcm": "missing_uid",
    "pydicom/meta_missing_tsyntax.dcm": "missing_uid",
    "pydicom/nested_priv_SQ.dcm": "missing_uid",
    "pydicom/no_meta.dcm": "not_dicom",  # its first byte belongs to nothing
    "pydicom/no_meta_group_length.dcm": "missing_uid",
    "pydicom/priv_SQ.dcm": "missing_uid",
    "pydicom/rtplan_truncated.dcm": "truncated",
}
# Codecs' test images that were never part of a study.
WITHOUT_STUDY = (
    "pydicom-data/HTJ2K", "pydicom-data/JLS", "pydicom/JPEGLSNearLossless_16", "pydicom/SC_rgb_jls",
)  # fmt: skip
WITHOUT_FRAMES = {"no_pixel_data", "video", "unknown_transfer_syntax"}


def rows(corpus: Path) -> list[dict[str, str]]:
    with (corpus / "manifest.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def read(path: Path) -> Part10 | HoichanError:
    try:
        return read_part10(path)
    except HoichanError as error:
        return error


def test_every_image_is_kept_with_its_frames(corpus: Path) -> None:
    wrong = []
    for row in rows(corpus):
        name = row["file"]
        if "hostile" in name or name in REFUSED or name.startswith(WITHOUT_STUDY):
            continue
        found = read(corpus / name)
        if isinstance(found, HoichanError):
            wrong.append((name, found.code))
        elif found.frames.reason not in WITHOUT_FRAMES and found.frames.count != int(row["frames"] or 1):
            wrong.append((name, f"{found.frames.count} frames {found.frames.reason}"))
    assert wrong == []


def test_what_is_refused_is_refused_for_its_reason(corpus: Path) -> None:
    found = {name: read(corpus / name) for name in REFUSED if (corpus / name).exists()}

    assert {name: getattr(one, "code", "kept") for name, one in found.items()} == {
        name: REFUSED[name] for name in found
    }


def test_names_read_as_an_independent_reader_reads_them(corpus: Path) -> None:
    different = []
    for path in sorted((corpus / "charset_pydicom").iterdir()) + sorted(
        (corpus / "synthetic/charset").iterdir()
    ):
        found = read(path)
        if isinstance(found, Part10) and "charset_repaired" not in found.notes:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # pydicom's remarks on old files
                expected = str(pydicom.dcmread(path).PatientName)
            if found.patient.name.rstrip("=") != expected.rstrip("="):
                different.append((path.name, found.patient.name, expected))
    assert different == []


def test_hostile_files_are_answered_within_a_second_each(corpus: Path) -> None:
    folder = corpus / "synthetic/hostile"
    if not folder.is_dir():
        pytest.skip("the hostile files are not here")
    answers = {}
    for path in sorted(folder.iterdir()):
        before = time.monotonic()
        found = read(path)
        assert time.monotonic() - before < 1, path.name
        answers[path.stem] = found.code if isinstance(found, HoichanError) else "kept"

    assert {name for name in answers if name.startswith("uid_") and answers[name] == "kept"} == set()
    assert {answers[name] for name in answers if name.startswith(("pn_", "preamble_"))} == {"kept"}
    assert answers["nested_sq_20000"] == "too_deep"
    assert answers["deflate_bomb_200MB"] == "inflate_too_large"
    assert answers["truncated_pixels"] == "truncated"
