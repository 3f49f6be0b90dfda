"""What reading a study takes is said before it is opened: the same in the list and in the manifest."""

from app.archive.manifest import manifest
from app.archive.weights import weight_of, weights_of
from tests import dicomgen
from tests.app.archive.conftest import Archive


def test_list_and_manifest_say_the_same(archive: Archive) -> None:
    stored = archive.send([dicomgen.ct_slice(number) for number in (1, 2, 3)])
    study_id = stored[0].study_id or ""
    with archive.db.reading() as tx:
        listed = weights_of(tx, archive.cast.alice, [study_id])[study_id]
        assert listed == manifest(tx, archive.cast.alice, study_id)["study"]["weight"]
        assert weights_of(tx, archive.cast.chi, [study_id]) == {}
    assert listed["files"] > listed["full"] > 0


def test_previews_cost_what_frames_they_have_and_pictures_without_pixels_nothing() -> None:
    frame = {"renderable": True, "rows": 512, "columns": 512, "frames": 500, "samples": 1, "stored": True,
             "bits_stored": 12}  # fmt: skip
    ct = weight_of(262_144_000, [("CT", frame)])
    assert 2_000_000 < ct["preview"] < 6_000_000
    assert 20_000_000 < ct["full"] < 100_000_000
    film = frame | {"samples": 3, "stored": False, "lossy": {"ratio": None, "method": "ISO_10918_1"}}
    assert weight_of(9_000_000, [("US", film)])["full"] == 9_000_000, "a colour JPEG travels as it is"
    document = weight_of(900, [("SR", {"renderable": False})])
    assert (document["preview"], document["full"]) == (0, 0)
