"""C-GET and C-FIND of a corrected study, as DCMTK asks: corrected values, untouched pixels, nothing of what is rejected."""

import io
import subprocess
from pathlib import Path

import pytest
from pydicom import dcmread
from sqlalchemy import select

from app.archive import actions
from app.archive.models import Instance, Series, Study
from app.archive.states import RejectionReason
from app.base.actor import SYSTEM, Actor, ActorKind, Role
from app.base.db import Database
from tests import dicomgen
from tests.doors.dimse.conftest import Dicom
from tests.doors.dimse.dcmtk import findscu, program, run, store

NEW = {"name": "Đặng^Thị Hường", "patient_id": "BN77", "sex": "F"}


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    return sqlite_db


@pytest.fixture
def technician(dicom: Dicom) -> Actor:
    return Actor(ActorKind.PERSON, SYSTEM.id, "KTV", dicom.hospital_id, frozenset({Role.TECHNICIAN}))


def test_dcmtk_receives_corrected_values_and_the_same_pixels(
    dicom: Dicom, technician: Actor, tmp_path: Path
) -> None:
    store(dicom, dicomgen.ct_slice(1), dicomgen.ct_slice(2, transfer_syntax=dicomgen.IMPLICIT))
    with dicom.db.transaction() as tx:
        study_id = tx.session.scalars(select(Study.id)).one()
        actions.move_study(tx, technician, study_id=study_id, new_patient=NEW, reason="x")
        bad = tx.session.scalars(select(Instance.id).where(Instance.number == 2)).one()
    key = ("-S", "-k", "QueryRetrieveLevel=STUDY", "-k", f"StudyInstanceUID={dicomgen.uid('study-1')}")
    folder = tmp_path / "got"
    folder.mkdir()
    assert run("getscu", dicom, "-od", str(folder), *key).returncode == 0
    files = [path for path in folder.iterdir() if path.is_file()]
    assert len(files) == 2
    for path in files:
        found = dcmread(path)
        original = dcmread(io.BytesIO(dicomgen.ct_slice(int(found.InstanceNumber))))
        assert (str(found.PatientName), found.PatientID, found.PatientSex) == ("Đặng^Thị Hường", "BN77", "F")
        assert found.PixelData == original.PixelData
        dump = subprocess.run([program("dcmdump"), "-q", "+U8", str(path)], capture_output=True, check=True)
        assert "Đặng^Thị Hường" in dump.stdout.decode()
        assert "OriginalAttributesSequence" in dump.stdout.decode()
    with dicom.db.transaction() as tx:
        actions.reject(tx, technician, code=RejectionReason.QUALITY, reason="x", instance_id=bad)
    images = ("-S", "-k", "QueryRetrieveLevel=IMAGE", "-k", "SOPInstanceUID", "-k", key[-1])
    with dicom.db.reading() as tx:
        series = tx.session.scalars(select(Series.series_instance_uid)).one()
    assert len(findscu(dicom, tmp_path / "rsp", *images, "-k", f"SeriesInstanceUID={series}")) == 1
