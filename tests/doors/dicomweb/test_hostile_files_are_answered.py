"""Every hostile file gets its line in the answer of STOW-RS; the server lives (T2, F9)."""

import resource
import time
from pathlib import Path
from typing import Any

import pytest

from app.base.db import Database
from tests import dicomgen
from tests.doors.dicomweb.conftest import Dicomweb

MEMORY_KB = 300_000
ALREADY_HERE = 0xC002  # most of them are variants of one image
KEPT = {
    "garbage_after",
    "meta_mismatch",
    "name_64k",
    "name_control",
    "name_markup",
    "no_preamble",
    "only_dataset",
    "preamble_pe",
    "rle_bomb",
    "unknown_transfer_syntax",
    "window_nan",
}


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    """Which database it is does not matter here."""
    return sqlite_db


def reason(dicomweb: Dicomweb, name: str, file: bytes) -> int:
    """0 when stored, else the failure reason; every failure says why."""
    begun = time.perf_counter()
    answer = dicomweb.store(file)
    assert time.perf_counter() - begun < 5, name
    assert answer.status_code in {200, 409}, (name, answer.text)
    told: dict[str, Any] = answer.get_json(force=True)
    if answer.status_code == 200:
        return 0
    (item,) = (told.get("00081198") or told["0008119A"])["Value"]
    assert item["00000902"]["Value"][0], name
    return int(item["00081197"]["Value"][0])


def test_those_made_by_code(dicomweb: Dicomweb) -> None:
    files = {name: make() for name, make in dicomgen.HOSTILE.items()}
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    reasons = {name: reason(dicomweb, name, file) for name, file in files.items()}
    assert {name for name, code in reasons.items() if code in {0, ALREADY_HERE}} == KEPT
    assert reasons["private_sop_class"] == 0x0122
    assert list((dicomweb.services.settings.data_dir / "spool").iterdir()) == []
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MEMORY_KB


def test_names_with_markup_come_back_as_the_text_they_are(dicomweb: Dicomweb) -> None:
    assert reason(dicomweb, "name_markup", dicomgen.hostile("name_markup")) == 0
    answer = dicomweb.get("/studies", "application/dicom+json")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.content_type == "application/dicom+json"
    (found,) = dicomweb.ask("/studies")
    assert found["00100010"]["Value"][0]["Alphabetic"].startswith("<script>")


def test_those_of_the_corpus(dicomweb: Dicomweb, corpus: Path) -> None:
    folder = corpus / "synthetic" / "hostile"
    if not folder.is_dir():
        pytest.skip("the corpus holds no hostile files")
    reasons = {
        file.stem: reason(dicomweb, file.stem, file.read_bytes()) for file in sorted(folder.glob("*.dcm"))
    }
    assert len(reasons) == 74
    assert (reasons["dup_sop_A"], reasons["dup_sop_B"]) == (0, ALREADY_HERE)
    assert all(reasons[name] for name in reasons if name.startswith("uid_"))
    for study in dicomweb.ask("/studies?limit=200"):
        uid = study["0020000D"]["Value"][0]
        assert dicomweb.ask(f"/studies/{uid}/metadata"), uid
