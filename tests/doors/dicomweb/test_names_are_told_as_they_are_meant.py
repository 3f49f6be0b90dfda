"""Of a machine that writes TCVN3 under another label, or none: searches and metadata tell the name that is meant, in
UTF-8; the file itself leaves as it came. What the device sent is counted, and what it was refused for.
"""

import pytest

from app.archive.actions import confirm_charset
from app.archive.charset import AS_DECLARED
from app.archive.connectivity import device_state
from app.archive.models import DeviceProfile
from tests import dicomgen
from tests.cast import Cast
from tests.doors.dicomweb.conftest import Dicomweb, parts_of
from tests.vietnamese_names import encoded

NAME = "Nguyễn^Thị^Hường"
STUDY = f"/studies/{dicomgen.uid('study-1')}"


def file(label: str | None = "ISO_IR 100") -> bytes:
    """Written with Latin-1 letters whose bytes are TCVN3's."""
    return dicomgen.ct_slice(
        patient_name=encoded(NAME, "TCVN3").decode("latin-1"),
        SpecificCharacterSet="ISO_IR 100",
        StudyDescription="CT",
        ReferringPhysicianName="",
    ).replace(b"ISO_IR 100", (label or "").encode().ljust(10))


@pytest.mark.parametrize("label", ["ISO_IR 100", None])
def test_searches_and_metadata_say_the_same_and_the_file_stays(dicomweb: Dicomweb, label: str | None) -> None:
    sent = file(label)
    assert dicomweb.store(sent).status_code == 200
    for path in ("/studies?PatientName=huong&fuzzymatching=true", f"{STUDY}/metadata"):
        (found,) = dicomweb.ask(path)
        assert found["00100010"]["Value"] == [{"Alphabetic": NAME}]
    assert dicomweb.ask(f"{STUDY}/metadata")[0]["00080005"]["Value"] == ["ISO_IR 192"]
    ((_, given),) = parts_of(dicomweb.get(STUDY, 'multipart/related; type="application/dicom"'))
    assert given[132:].endswith(sent[400:])  # only the meta group may be ours


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_once_a_person_said_otherwise_metadata_follow(dicomweb: Dicomweb, cast: Cast) -> None:
    dicomweb.store(file())
    before = dicomweb.get(f"{STUDY}/metadata", "application/dicom+json").headers["ETag"]
    with dicomweb.services.db.transaction() as tx:
        confirm_charset(tx, cast.tam, device_id=cast.ct_a.id, charset=AS_DECLARED)
    again = dicomweb.get(f"{STUDY}/metadata", "application/dicom+json", **{"If-None-Match": before})
    assert again.status_code == 200
    (found,) = again.get_json(force=True)
    assert found["00100010"]["Value"][0]["Alphabetic"].startswith("NguyÔn^ThÞ")


def test_what_a_device_stores_and_is_refused_for_is_counted(dicomweb: Dicomweb, cast: Cast) -> None:
    dicomweb.store(file(), dicomgen.hostile("html"))
    with dicomweb.services.db.reading() as tx:
        state = device_state(tx, cast.dung, cast.ct_a.id)
        assert tx.session.get_one(DeviceProfile, cast.ct_a.id).last_image_at is not None
    assert state.images_last_hour == 1
    assert [told.code for told in state.refusals] == ["not_dicom"]
