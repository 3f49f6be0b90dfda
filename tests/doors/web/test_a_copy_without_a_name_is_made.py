"""The page that offers a de-identified copy, and the ZIP it sends."""

import io
import subprocess
import zipfile
from pathlib import Path

import pytest
from pydicom import dcmread
from sqlalchemy import select

from app.audit.models import AuditRecord
from app.base.db import Database
from tests.dicomgen import JPEG, cine, ct_slice, text_report
from tests.website import Website


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    return sqlite_db


@pytest.fixture
def study_id(site: Website) -> str:
    """Three slices, an ultrasound cine with writing in it, and a report."""
    files = [*(ct_slice(n) for n in (1, 2, 3)), cine(transfer_syntax=JPEG), text_report()]
    return site.store(site.cast.ct_a, files)


def copied(site: Website, study_id: str, **form: str) -> zipfile.ZipFile:
    alice = site.signed_in(site.cast.alice)
    answer = alice.post(f"/studies/{study_id}/deidentified", {"code": "CASE-1", "dates": "removed", **form})
    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    return zipfile.ZipFile(io.BytesIO(answer.data))


def images(packed: zipfile.ZipFile) -> list[bytes]:
    return [packed.read(name) for name in packed.namelist() if name.endswith(".dcm")]


def test_the_copy_holds_the_slices_and_nobodys_name(site: Website, study_id: str) -> None:
    page = site.signed_in(site.cast.alice).get(f"/studies/{study_id}/deidentified").text
    assert "3 images go into the copy" in page
    packed = copied(site, study_id)
    found = [dcmread(io.BytesIO(one)) for one in images(packed)]
    assert len(found) == 3
    assert len({ds.StudyInstanceUID for ds in found}) == len({ds.SeriesInstanceUID for ds in found}) == 1
    for one in images(packed):
        assert not any(word.encode() in one for word in ("NGUYỄN", "TRẦN", "BN0001", "19710528", "20260302"))
    assert [ds.file_meta.MediaStorageSOPInstanceUID for ds in found] == [ds.SOPInstanceUID for ds in found]
    assert b"Left out, because a name may be written in the picture: 1" in packed.read("CASE-1/README.txt")


def test_pictures_that_often_carry_a_name_come_only_when_asked_for(site: Website, study_id: str) -> None:
    assert len(images(copied(site, study_id, unread="1"))) == 4


def test_the_log_knows_of_the_copy(site: Website, study_id: str) -> None:
    copied(site, study_id, dates="moved")
    with site.services.db.reading() as tx:
        last = tx.session.scalars(select(AuditRecord).order_by(AuditRecord.id.desc())).first()
    assert last is not None
    assert (last.kind, last.subject_id) == ("110106", study_id)
    assert "NGUY" not in str(last.detail)


def test_it_is_the_own_hospitals_alone(site: Website, study_id: str) -> None:
    bob = site.signed_in(site.cast.bob)
    assert bob.get(f"/studies/{study_id}/deidentified").status_code == 404
    site.share(study_id, site.cast.b.id)
    assert bob.get(f"/studies/{study_id}/deidentified").status_code == 403
    assert bob.post(f"/studies/{study_id}/deidentified", {"code": "X"}).status_code == 403


def test_a_code_that_is_no_code_is_refused(site: Website, study_id: str) -> None:
    alice = site.signed_in(site.cast.alice)
    assert alice.post(f"/studies/{study_id}/deidentified", {"code": "../etc"}).status_code == 400


def test_dcmtk_reads_the_copy(site: Website, study_id: str, tmp_path: Path) -> None:
    file = tmp_path / "one.dcm"
    file.write_bytes(images(copied(site, study_id))[0])
    done = subprocess.run(["dcmdump", str(file)], capture_output=True, text=True, check=True, timeout=20)
    assert "CASE-1" in done.stdout
