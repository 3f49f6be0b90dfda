"""Rejected studies, series and images, and studies merged away, are behind no door; they can be restored."""

import pytest

from app.archive import actions
from app.archive.access import opening_for
from app.archive.queries import (
    Search,
    StudyQuery,
    corrections_of_study,
    file_of,
    files_of,
    hidden_studies,
    list_studies,
    locate_frame,
    manifest,
    outgoing_of,
    search_instances,
    search_series,
    search_studies,
    series_frames,
    series_ids,
    series_version,
    study_info,
    study_to_correct_info,
)
from app.archive.states import GranteeType, RejectionReason
from app.base.db import Tx
from app.base.errors import NotFound
from tests.app.archive.conftest import Archive
from tests.dicomgen import ct_slice, uid
from tests.factories import in_session

QUALITY = RejectionReason.QUALITY


def seen(tx: Tx, archive: Archive, study_id: str) -> dict[str, int]:
    """How many images each door tells of."""
    alice, home = archive.cast.alice, archive.cast.a.id
    listed = [one for one in list_studies(tx, alice, StudyQuery()).studies if one.id == study_id]
    search = Search({"StudyInstanceUID": uid("study-1")}, hospital_id=home)
    told = manifest(tx, alice, study_id)["series"]
    return {
        "list": sum(one.instance_count for one in listed),
        "qido studies": sum(item["00201208"]["Value"][0] for item in search_studies(tx, alice, search).items),
        "qido series": sum(item["00201209"]["Value"][0] for item in search_series(tx, alice, search).items),
        "qido instances": len(search_instances(tx, alice, search).items),
        "manifest": sum(len(series["instances"]) for series in told),
        "frames": sum(len(series_frames(tx, alice, one)) for one in series_ids(tx, alice, study_id)),
        "files": len(files_of(tx, alice, hospital_id=home, study_instance_uid=uid("study-1"))),
        "outgoing": len(outgoing_of(tx, alice, study_id=study_id)),
    }


def stored_study(archive: Archive) -> str:
    """Two series, of two and of one image."""
    for number, series in ((1, "one"), (2, "one"), (1, "two")):
        stored = archive.store(ct_slice(number, series=series))
    assert stored.study_id is not None
    return stored.study_id


def images_of(archive: Archive, study_id: str) -> list[str]:
    with archive.db.reading() as tx:
        return [one.instance_id for one in outgoing_of(tx, archive.cast.alice, study_id=study_id)]


def test_one_image_is_gone_from_every_door_and_comes_back(
    sqlite_archive: Archive,
) -> None:
    archive, study_id = sqlite_archive, stored_study(sqlite_archive)
    image = images_of(archive, study_id)[0]
    with archive.db.transaction() as tx:
        done = actions.reject(tx, archive.cast.tam, code=QUALITY, reason="moved", instance_id=image)
    with archive.db.reading() as tx:
        assert set(seen(tx, archive, study_id).values()) == {2}
        for look in (
            lambda: locate_frame(tx, archive.cast.alice, instance_id=image, frame_number=1),
            lambda: file_of(tx, archive.cast.alice, image),
        ):
            with pytest.raises(NotFound):
                look()
    with archive.db.transaction() as tx:
        actions.undo_correction(tx, archive.cast.tam, correction_id=done)
    with archive.db.reading() as tx:
        assert set(seen(tx, archive, study_id).values()) == {3}


def test_a_series_goes_with_its_last_image(
    sqlite_archive: Archive,
) -> None:
    archive, study_id = sqlite_archive, stored_study(sqlite_archive)
    with archive.db.transaction() as tx:
        series = study_to_correct_info(tx, archive.cast.tam, study_id).series
        single = next(one for one in series if one.images == 1)
        actions.reject(tx, archive.cast.tam, code=QUALITY, reason="x", series_id=single.id)
    with archive.db.reading() as tx:
        assert set(seen(tx, archive, study_id).values()) == {2}
        assert study_info(tx, archive.cast.alice, study_id).series_count == 1


def test_a_study_is_found_by_nobody_not_by_grants_openings_or_other_hospitals(
    archive: Archive,
) -> None:
    study_id = stored_study(archive)
    alice = in_session(archive.db, archive.cast.alice)
    with archive.db.transaction() as tx:
        opening = actions.open_study(tx, alice, study_id=study_id, session_id=alice.session_id or "")
        actions.grant_study(
            tx, alice, study_id=study_id, grantee_type=GranteeType.PERSON, grantee_id=archive.cast.bob.id,
            scope="view", expires_at=None, reason="consult", reason_ref="one",
        )  # fmt: skip
        study_info(tx, archive.cast.bob, study_id)
    with archive.db.transaction() as tx:
        actions.reject(
            tx, archive.cast.tam, code=RejectionReason.WRONG_PATIENT, reason="x", study_id=study_id
        )
    with archive.db.reading() as tx:
        for actor in (archive.cast.alice, archive.cast.bob, archive.cast.tam, archive.cast.ct_a):
            with pytest.raises(NotFound):
                study_info(tx, actor, study_id)
            assert not list_studies(tx, actor, StudyQuery()).studies
            assert not outgoing_of(tx, actor, study_id=study_id)
        with pytest.raises(NotFound):
            opening_for(tx, alice, opening.key)
        assert [one.id for one in hidden_studies(tx, archive.cast.tam)] == [study_id]
        assert not hidden_studies(tx, archive.cast.giang)


def test_sent_again_it_stays_rejected_and_the_sender_hears_success(
    sqlite_archive: Archive,
) -> None:
    archive, study_id = sqlite_archive, stored_study(sqlite_archive)
    image = images_of(archive, study_id)[0]
    with archive.db.transaction() as tx:
        actions.reject(tx, archive.cast.tam, code=QUALITY, reason="x", instance_id=image)
    for number, series in ((1, "one"), (2, "one"), (1, "two")):
        again = archive.store(ct_slice(number, series=series))
        assert (again.outcome, again.error) == ("duplicate", None)
    with archive.db.reading() as tx:
        assert set(seen(tx, archive, study_id).values()) == {2}


def test_a_new_image_of_a_rejected_study_is_shown_alone(
    sqlite_archive: Archive,
) -> None:
    archive, study_id = sqlite_archive, stored_study(sqlite_archive)
    with archive.db.transaction() as tx:
        done = actions.reject(tx, archive.cast.tam, code=QUALITY, reason="x", study_id=study_id)
    assert archive.store(ct_slice(9, series="one")).study_id == study_id
    with archive.db.reading() as tx:
        assert set(seen(tx, archive, study_id).values()) == {1}
    with archive.db.transaction() as tx:
        actions.undo_correction(tx, archive.cast.tam, correction_id=done)
    with archive.db.reading() as tx:
        assert set(seen(tx, archive, study_id).values()) == {4}


def test_what_was_rejected_before_stays_so_when_the_study_is_restored(
    sqlite_archive: Archive,
) -> None:
    archive, study_id = sqlite_archive, stored_study(sqlite_archive)
    image = images_of(archive, study_id)[0]
    with archive.db.transaction() as tx:
        actions.reject(tx, archive.cast.tam, code=QUALITY, reason="first", instance_id=image)
        actions.reject(tx, archive.cast.tam, code=QUALITY, reason="second", study_id=study_id)
    with archive.db.transaction() as tx:
        last = corrections_of_study(tx, archive.cast.tam, study_id)[0]
        actions.undo_correction(tx, archive.cast.tam, correction_id=last.id)
    assert image not in images_of(archive, study_id)
    assert len(images_of(archive, study_id)) == 2


def test_one_image_for_another_makes_another_version_of_the_series(sqlite_archive: Archive) -> None:
    """Volumes are kept by it: as many images and the same newest one is not enough."""
    archive = sqlite_archive
    for number in (1, 2, 3):
        study_id = archive.store(ct_slice(number)).study_id or ""
    first, second, _ = images_of(archive, study_id)
    with archive.db.reading() as tx:
        (series_id,) = series_ids(tx, archive.cast.alice, study_id)
    versions = []
    for gone in (first, second):
        with archive.db.transaction() as tx:
            done = actions.reject(tx, archive.cast.tam, code=QUALITY, reason="x", instance_id=gone)
        with archive.db.reading() as tx:
            versions.append(series_version(tx, archive.cast.alice, series_id, study_id=study_id))
        with archive.db.transaction() as tx:
            actions.undo_correction(tx, archive.cast.tam, correction_id=done)
    assert len(set(versions)) == 2


def test_whoever_put_it_right_is_told_that_a_rejected_study_was_sent_again(sqlite_archive: Archive) -> None:
    archive, study_id = sqlite_archive, stored_study(sqlite_archive)
    tam = archive.cast.tam
    with archive.db.transaction() as tx:
        actions.reject(tx, tam, code=QUALITY, reason="x", study_id=study_id)
    with archive.db.reading() as tx:
        assert study_to_correct_info(tx, tam, study_id).sent_again is None
    archive.store(ct_slice(1, series="one"), association_id="later")
    with archive.db.reading() as tx:
        told = study_to_correct_info(tx, tam, study_id).sent_again
    assert told is not None
    assert told[0] == "CT01"
