"""Frames of an enhanced object run through the patient, in whatever order its file has them."""

import io

import pytest
from pydicom import dcmread

from app.archive.part10 import read_part10
from app.archive.queries import series_frames, series_ids
from app.base.blobs import Blobs
from app.base.db import Database
from tests import dicomgen
from tests.app.storing import store
from tests.cast import make_cast

Position = list[float]


def enhanced(positions: list[Position]) -> bytes:
    ds = dcmread(io.BytesIO(dicomgen.enhanced_ct(len(positions))))
    for item, position in zip(ds.PerFrameFunctionalGroupsSequence, positions, strict=True):
        item.PlanePositionSequence[0].ImagePositionPatient = position
    return dicomgen.file(ds)


@pytest.mark.parametrize(
    ("depths", "order"),
    [
        ([1, 2, 3, 4], None),
        ([4, 3, 2, 1], None),  # upside down is an order too
        ([1, 3, 2, 4], [1, 3, 2, 4]),
        ([4, 2, 3, 1], [1, 3, 2, 4]),
        ([1, 2, 1, 2], None),  # two phases: nobody knows which comes first
    ],
)
def test_the_order_is_that_of_the_positions(depths: list[int], order: list[int] | None) -> None:
    found = read_part10(enhanced([[0, 0, depth] for depth in depths])).facts
    assert found.get("frame_order") == order


def test_the_server_lists_frames_in_the_same_order_as_the_viewer(sqlite_db: Database, blobs: Blobs) -> None:
    from_cast = make_cast(sqlite_db)
    study_id = store(sqlite_db, blobs, from_cast.ct_a, enhanced([[0, 0, depth] for depth in (1, 3, 2, 4)]))
    with sqlite_db.reading() as tx:
        (series_id,) = series_ids(tx, from_cast.alice, study_id)
        frames = series_frames(tx, from_cast.alice, series_id)
    assert [frame.frame_number for frame in frames] == [1, 3, 2, 4]
