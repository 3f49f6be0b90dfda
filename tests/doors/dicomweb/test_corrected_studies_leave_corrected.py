"""WADO-RS and QIDO-RS of a corrected study: files and metadata say what its rows say; what is rejected is not there."""

import io

from pydicom import dcmread
from sqlalchemy import select

from app.archive import actions
from app.archive.models import Study
from app.archive.states import RejectionReason
from tests.cast import Cast
from tests.dicomgen import ct_slice, uid
from tests.doors.dicomweb.conftest import Dicomweb, parts_of


def test_files_metadata_and_searches_agree_on_the_correction(dicomweb: Dicomweb, cast: Cast) -> None:
    assert dicomweb.store(ct_slice()).status_code == 200
    study = f"/studies/{uid('study-1')}"
    dicomweb.ask(f"{study}/metadata")  # what was kept of it must not come again
    db = dicomweb.services.db
    with db.transaction() as tx:
        study_id = tx.session.scalars(select(Study.id)).one()
        wanted = {"description": "CT BỤNG"}
        actions.edit_study(tx, cast.tam, study_id=study_id, wanted=wanted, reason="x")
    ((_, body),) = parts_of(dicomweb.get(study, 'multipart/related; type="application/dicom"'))
    found = dcmread(io.BytesIO(body))
    assert found.StudyDescription == "CT BỤNG"
    assert len(found.OriginalAttributesSequence) == 1
    (metadata,) = dicomweb.ask(f"{study}/metadata")
    (answer,) = dicomweb.ask("/studies")
    assert metadata["00081030"] == answer["00081030"] == {"vr": "LO", "Value": ["CT BỤNG"]}
    with db.transaction() as tx:
        actions.reject(tx, cast.tam, code=RejectionReason.QUALITY, reason="x", study_id=study_id)
    assert dicomweb.get(study, "*/*").status_code == 404
    assert dicomweb.get(f"{study}/metadata", "application/dicom+json").status_code == 404
    assert dicomweb.ask("/studies") == []
