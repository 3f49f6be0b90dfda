"""A file that contradicts what is here waits for a person, or for a comparison that shows it is the same image."""

import tempfile
from pathlib import Path
from typing import Any

import pytest
from pydicom.dataset import FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import ExplicitVRLittleEndian
from sqlalchemy import select

from app.archive import actions
from app.archive.comparing import differences, open_stored
from app.archive.models import PatientCollision, SetAside
from app.archive.queries import (
    has_set_asides,
    manifest,
    outgoing_of,
    patient_collisions,
    set_aside_case,
    set_asides,
    set_asides_alike,
    study_info,
)
from app.archive.set_asides import COMPARED
from app.archive.states import SetAsideDecision
from app.base.errors import Conflict, Invalid
from app.render.cache import FileCache
from app.render.decode import DecodeClient
from app.render.frames import Renderer
from app.render.same_image import compare_set_aside
from tests.app.archive.conftest import Archive
from tests.app.archive.test_a_study_is_corrected import leaving, stored_bytes
from tests.decoding import running_decoder
from tests.dicomgen import IMPLICIT, RLE, ct_dataset, ct_slice, file, uid

D = SetAsideDecision


def waiting(archive: Archive) -> list[str]:
    with archive.db.reading() as tx:
        return [one.id for one in set_asides(tx, archive.cast.tam)]


def decide(archive: Archive, set_aside_id: str, decision: SetAsideDecision) -> None:
    with archive.db.reading() as tx:
        digest = set_aside_case(tx, archive.cast.tam, set_aside_id).digest
    part10 = open_stored(archive.blobs, digest).part10
    with archive.db.transaction() as tx:
        actions.resolve_set_aside(
            tx, archive.cast.tam, set_aside_id=set_aside_id, decision=decision, part10=part10
        )


def collided(archive: Archive) -> tuple[str, str]:
    """(study, file set aside): another image under the same identifier."""
    study_id = archive.store(ct_slice()).study_id
    again = archive.store(ct_slice(StudyDescription="another"))
    assert (again.outcome, study_id is not None) == ("set-aside", True)
    with pytest.raises(Conflict):
        again.check()
    (found,) = waiting(archive)
    return study_id or "", found


def test_the_first_is_kept_and_the_same_file_again_is_a_repetition(sqlite_archive: Archive) -> None:
    archive = sqlite_archive
    study_id, found = collided(archive)
    archive.store(ct_slice(StudyDescription="another"))  # while it waits: it waits once
    assert waiting(archive) == [found]
    decide(archive, found, D.DISCARD)
    assert archive.store(ct_slice(StudyDescription="another")).outcome == "duplicate"
    with archive.db.reading() as tx:
        assert not has_set_asides(tx, archive.cast.tam)
        assert study_info(tx, archive.cast.alice, study_id).instance_count == 1


def test_the_new_one_takes_the_place_of_the_first(sqlite_archive: Archive) -> None:
    archive = sqlite_archive
    study_id, found = collided(archive)
    decide(archive, found, D.REPLACE)
    with archive.db.reading() as tx:
        (image,) = manifest(tx, archive.cast.alice, study_id)["series"][0]["instances"]
        assert image["sop_instance_uid"] == uid("study-1", "series-1", 1)
        (file_,) = outgoing_of(tx, archive.cast.alice, study_id=study_id)
    assert file_.digest == set_aside_digest(archive, found)
    assert archive.store(ct_slice()).outcome == "duplicate"  # the first again: still rejected
    assert not waiting(archive)


def set_aside_digest(archive: Archive, set_aside_id: str) -> str:
    with archive.db.reading() as tx:
        return tx.session.get_one(SetAside, set_aside_id).digest


def test_both_are_kept_and_the_new_one_leaves_under_its_own_identifier(archive: Archive) -> None:
    study_id, found = collided(archive)
    before = stored_bytes(archive.blobs)
    decide(archive, found, D.KEEP_BOTH)
    uids = {one.SOPInstanceUID for one in leaving(archive, study_id)}
    metas = {one.file_meta.MediaStorageSOPInstanceUID for one in leaving(archive, study_id)}
    assert len(uids) == 2
    assert uids == metas
    assert uid("study-1", "series-1", 1) in uids
    assert archive.store(ct_slice(StudyDescription="another")).outcome == "duplicate"
    assert stored_bytes(archive.blobs) == before


def mixed_up(archive: Archive) -> tuple[str, str]:
    """(study, file set aside): an image of another patient in the same study."""
    study_id = archive.store(ct_slice()).study_id
    other = archive.store(ct_slice(2, patient_id="BN7", patient_name="LÝ^MAI"))
    assert other.outcome == "set-aside"
    archive.store(ct_slice(3, patient_id="BN7", patient_name="LÝ^MAI"))
    return study_id or "", waiting(archive)[-1]


def test_the_image_belongs_to_the_studys_patient_and_the_next_ones_go_there(sqlite_archive: Archive) -> None:
    archive = sqlite_archive
    study_id, found = mixed_up(archive)
    with archive.db.reading() as tx:
        alike = set_asides_alike(tx, archive.cast.tam, found)
    for one in (found, *(set_aside for set_aside, _ in alike)):
        decide(archive, one, D.THIS_PATIENT)
    late = archive.store(ct_slice(4, patient_id="BN7", patient_name="LÝ^MAI"))
    assert (late.outcome, late.study_id) == ("stored", study_id)
    leaves = leaving(archive, study_id)
    assert {(str(one.PatientName), one.PatientID) for one in leaves} == {("NGUYỄN^VĂN AN", "BN0001")}
    assert len(leaves) == 4


def test_the_image_belongs_to_the_other_patient_and_becomes_a_study_of_its_own(
    sqlite_archive: Archive,
) -> None:
    archive = sqlite_archive
    study_id, found = mixed_up(archive)
    decide(archive, found, D.OTHER_STUDY)
    late = archive.store(ct_slice(4, patient_id="BN7", patient_name="LÝ^MAI"))
    assert late.outcome == "stored"
    assert late.study_id not in {None, study_id}
    first, others = leaving(archive, study_id), leaving(archive, late.study_id or "")
    assert {one.PatientID for one in others} == {"BN7"}
    assert len({one.StudyInstanceUID for one in [*first, *others]}) == 2
    assert archive.store(ct_slice(5)).study_id == study_id


def test_a_decision_that_makes_no_sense_or_comes_twice_is_refused(sqlite_archive: Archive) -> None:
    _, found = collided(sqlite_archive)
    with pytest.raises(Invalid):
        decide(sqlite_archive, found, D.THIS_PATIENT)
    decide(sqlite_archive, found, D.DISCARD)
    with pytest.raises(Conflict):
        decide(sqlite_archive, found, D.REPLACE)


def test_what_differs_is_told_attribute_by_attribute(sqlite_archive: Archive) -> None:
    archive = sqlite_archive
    _, found = collided(archive)
    with archive.db.reading() as tx:
        case = set_aside_case(tx, archive.cast.tam, found)
    first, other = (open_stored(archive.blobs, one or "") for one in (case.first_digest, case.digest))
    (difference,) = differences(first.header, other.header)
    assert (difference.keyword, difference.other) == ("StudyDescription", "another")


def compressed(**attributes: Any) -> bytes:
    ds = ct_dataset(**attributes)
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.compress(RLE, generate_instance_uid=False)
    return file(ds, RLE)


@pytest.mark.parametrize("again", [lambda: ct_slice(transfer_syntax=IMPLICIT), compressed])
def test_the_same_image_in_another_encoding_settles_itself(sqlite_archive: Archive, again: object) -> None:
    assert callable(again)
    archive = sqlite_archive
    archive.store(ct_slice())
    sent = archive.store(again())
    assert (sent.outcome, sent.error) == ("set-aside", None)  # the sender is told success
    compare_all(archive)
    assert not waiting(archive)
    assert archive.store(again()).outcome == "duplicate"


def test_other_pixels_or_another_header_in_another_encoding_wait_for_a_person(
    sqlite_archive: Archive,
) -> None:
    archive = sqlite_archive
    archive.store(ct_slice())
    other = ct_dataset()
    other.PixelData = bytes(reversed(other.PixelData))
    archive.store(file(other, IMPLICIT))
    archive.store(compressed(SeriesDescription="another"))
    inverted = ct_dataset(PhotometricInterpretation="MONOCHROME1")
    archive.store(file(inverted, IMPLICIT))
    compare_all(archive)
    assert told(archive) == ["headers", "headers", "pixels"]


def told(archive: Archive) -> list[str]:
    """What the list says of each: which answer of the comparison."""
    with archive.db.reading() as tx:
        reasons = [one.reason for one in set_asides(tx, archive.cast.tam)]
    return sorted(found for reason in reasons for found, sentence in COMPARED.items() if sentence == reason)


def test_what_cannot_be_compared_is_said_so(sqlite_archive: Archive) -> None:
    archive = sqlite_archive
    broken = ct_dataset()
    broken.PixelData = encapsulate([b"no stream of any kind" * 2])
    broken["PixelData"].is_undefined_length = True
    archive.store(ct_slice())
    archive.store(file(broken, "1.2.840.10008.1.2.4.90"))
    compare_all(archive)
    assert told(archive) == ["undecodable"]
    set_aside_id = waiting(archive)[0]
    archive.blobs.path(set_aside_digest(archive, set_aside_id)).unlink()
    compare_all(archive)
    assert told(archive) == ["missing"]


def compare_all(archive: Archive) -> None:
    cache = FileCache(archive.blobs.objects.parent / "cache", 1 << 20)
    folder = Path(tempfile.mkdtemp())  # a socket's path may not be long
    with running_decoder(folder, workers=1) as decoder:
        client = DecodeClient(decoder.path)
        renderer = Renderer(archive.blobs, client, cache)
        for one in waiting(archive):
            compare_set_aside(archive.db, archive.blobs, renderer, one)
        client.close()


def test_two_people_under_one_number_are_one_or_two(archive: Archive) -> None:
    first = archive.store(ct_slice()).study_id
    other = archive.store(ct_slice(study="study-2", patient_name="NGUYEN^VAN ANH")).study_id
    archive.store(ct_slice(study="study-3", patient_name="NGUYEN^VAN ANH"))
    with archive.db.reading() as tx:
        (pair,) = patient_collisions(tx, archive.cast.tam)
        assert not patient_collisions(tx, archive.cast.giang)
    with archive.db.transaction() as tx:
        actions.decide_collision(
            tx, archive.cast.tam, collision_id=pair.id, keep_id=pair.first.id, reason="one person"
        )
    with archive.db.reading() as tx:
        keys = {study_info(tx, archive.cast.alice, one or "").patient_key for one in (first, other)}
        assert keys == {pair.first.id}
    # What still arrives under the other spelling belongs to the same person.
    late = archive.store(ct_slice(study="study-4", patient_name="NGUYEN^VAN ANH")).study_id
    with archive.db.reading() as tx:
        assert study_info(tx, archive.cast.alice, late or "").patient_key == pair.first.id
        assert tx.session.scalars(select(PatientCollision.decision)).all() == ["same"]
    assert {str(one.PatientName) for one in leaving(archive, other or "")} == {"NGUYỄN^VĂN AN"}
