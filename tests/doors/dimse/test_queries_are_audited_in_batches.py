"""One Query record for an association and a kind of question: which keys were given, never their values."""

import json
import time

import pytest
from sqlalchemy import select

from app.audit.kinds import AuditKind
from app.audit.models import AuditRecord
from app.base.db import Database
from tests import dicomgen
from tests.doors.dimse.asking import STUDY_ROOT, associated, identifier
from tests.doors.dimse.conftest import Dicom
from tests.doors.dimse.dcmtk import store


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    return sqlite_db


def recorded(dicom: Dicom) -> list[str]:
    asked = select(AuditRecord.detail).where(AuditRecord.kind == AuditKind.QUERY)
    with dicom.db.reading() as tx:
        return list(tx.session.scalars(asked))


def test_three_queries_of_an_association_are_one_record(dicom: Dicom) -> None:
    store(dicom, dicomgen.ct_slice())
    query = identifier("STUDY", StudyInstanceUID="", PatientName="NGUYEN*")
    with associated(dicom, STUDY_ROOT) as association:
        for _turn in range(3):
            assert len(list(association.send_c_find(query, STUDY_ROOT))) == 2
    dicom.server.stop(seconds=5)
    (detail,) = recorded(dicom)
    assert "NGUYEN" not in detail
    record = json.loads(detail)
    assert (record["level"], record["queries"], record["answers"]) == ("STUDY", 3, 3)
    assert record["keys"] == ["00100010"]


def test_when_the_asker_pauses_its_queries_are_recorded(dicom: Dicom) -> None:
    with associated(dicom, STUDY_ROOT) as association:
        list(association.send_c_find(identifier("STUDY", StudyInstanceUID=""), STUDY_ROOT))
        until = time.monotonic() + 5
        while not recorded(dicom):
            assert time.monotonic() < until, "a sudden end of the process would lose them"
            time.sleep(0.05)
