"""The marks both sides made in a consult become objects of the study, at the hospital of the images."""

import pytest
from pydicom import dcmread

from app.archive.queries import files_of
from app.edge.services import Services
from tests import dicomgen
from tests.consults.conftest import Clinic
from tests.consults.rooms import hall
from tests.factories import browser


@pytest.fixture
def talk(sqlite_clinic: Clinic) -> tuple[Clinic, str]:
    """A consult with a mark of each side."""
    clinic = sqlite_clinic
    consult_id = clinic.accepted()
    for who in (clinic.cast.alice, clinic.cast.bob):
        clinic.wish(who, "annotation.put", consult_id=consult_id, annotation=clinic.mark())
    return clinic, consult_id


@pytest.fixture
def db(sqlite_clinic: Clinic) -> object:
    """The services work on the clinic's database."""
    return sqlite_clinic.db


def test_the_asking_hospital_keeps_the_marks_of_both_with_their_names(
    talk: tuple[Clinic, str], services: Services
) -> None:
    clinic, consult_id = talk
    alice, bob = clinic.cast.alice, clinic.cast.bob
    with hall(services) as opened:
        address = f"/consults/{consult_id}/studies/{clinic.study_id}/objects"
        saved = browser(opened.app, clinic.db, alice).send_json("POST", address, {"form": "gsps"})
        refused = browser(opened.app, clinic.db, bob).send_json("POST", address, {"form": "gsps"})
        stranger = browser(opened.app, clinic.db, clinic.cast.chi).send_json("POST", address, {"form": "sr"})
    assert (saved.status_code, refused.status_code, stranger.status_code) == (201, 403, 404)
    assert saved.json is not None
    with clinic.db.reading() as tx:
        (file,) = files_of(
            tx,
            alice,
            hospital_id=alice.hospital_id or "",
            study_instance_uid=dicomgen.uid("study-1"),
            sop_instance_uid=saved.json["sop_instance_uids"][0],
        )
    state = dcmread(clinic.blobs.path(file.digest))
    described = [layer.GraphicLayerDescription for layer in state.GraphicLayerSequence]
    assert [text.split(",")[0] for text in described] == [alice.name, bob.name]
