"""Copies without a name hold no image whole, leave no overlay in the pixels, and wait for one another."""

import io
import tracemalloc
import zipfile
from collections.abc import Callable

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset

from app.archive.models import Instance
from app.base.blobs import Blobs
from app.base.db import Database
from app.base.errors import Unavailable
from app.documents.deidentified import Copies, CopyWish, copy_pieces, copy_plan
from tests import dicomgen, evidencefiles
from tests.app.storing import store
from tests.cast import Cast, make_cast

WISH = CopyWish("CASE-1", keep_order=False, unread=True)
SYNTAXES = (
    dicomgen.EXPLICIT, dicomgen.IMPLICIT, dicomgen.DEFLATED, dicomgen.JPEG_LS, dicomgen.RLE,
)  # fmt: skip


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    return sqlite_db


@pytest.fixture
def copied(db: Database, blobs: Blobs) -> Callable[..., list[Dataset]]:
    """Stores files, and gives the images of the copy of their study."""
    cast: Cast = make_cast(db)

    def copied(*files: bytes) -> list[Dataset]:
        for data in files:
            study_id = store(db, blobs, cast.ct_a, data)
        with db.reading() as tx:
            plan = copy_plan(tx, cast.alice, study_id, unread=True)
        whole = io.BytesIO(b"".join(copy_pieces(blobs, plan, WISH)))
        with zipfile.ZipFile(whole) as packed:
            assert packed.testzip() is None
            names = [name for name in packed.namelist() if name.endswith(".dcm")]
            return [dcmread(io.BytesIO(packed.read(name))) for name in names]

    return copied


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_pixels_are_exact_in_every_encoding(copied: Callable[..., list[Dataset]], syntax: str) -> None:
    plain = {dicomgen.EXPLICIT, dicomgen.IMPLICIT, dicomgen.DEFLATED}
    data = (
        dicomgen.ct_slice(transfer_syntax=syntax)
        if syntax in plain
        else dicomgen.cine(3, transfer_syntax=syntax)
    )
    before = dcmread(io.BytesIO(data))
    (after,) = copied(data)
    assert np.array_equal(before.pixel_array, after.pixel_array)
    assert str(after.PatientName) == "CASE-1"


def test_big_endian_stays_exact(copied: Callable[..., list[Dataset]]) -> None:
    data = dicomgen.big_endian(dicomgen.ct_dataset())
    (after,) = copied(data)
    assert np.array_equal(dcmread(io.BytesIO(data)).pixel_array, after.pixel_array)


@pytest.mark.parametrize("signed", [0, 1])
def test_an_overlay_in_unused_bits_is_cleared(copied: Callable[..., list[Dataset]], signed: int) -> None:
    bits = np.indices((32, 32)).sum(axis=0) % 3 == 0
    ds = evidencefiles.embedded_overlay(bits)
    ds.PixelRepresentation = signed
    assert (np.frombuffer(ds.PixelData, "<u2") >> 15).any()
    (after,) = copied(dicomgen.file(ds))
    words = np.frombuffer(after.PixelData, "<u2").reshape(32, 32)
    before = np.frombuffer(ds.PixelData, "<u2").reshape(32, 32)
    assert np.array_equal(words & 0x0FFF, before & 0x0FFF)
    negative = (before & 0x0800 != 0) & bool(signed)
    assert np.array_equal(words >> 12, np.where(negative, 15, 0))
    assert not any(element.tag.group >> 8 == 0x60 for element in after)


def test_a_large_image_is_never_held(db: Database, blobs: Blobs) -> None:
    cast = make_cast(db)
    ds = dicomgen.ct_dataset(rows=64, columns=64)
    ds.NumberOfFrames, ds.PixelData = 4096, bytes(64 * 64 * 2 * 4096)  # 32 MB
    study_id = store(db, blobs, cast.ct_a, dicomgen.file(ds))
    with db.reading() as tx:
        plan = copy_plan(tx, cast.alice, study_id, unread=True)
    tracemalloc.start()
    try:
        length = sum(map(len, copy_pieces(blobs, plan, WISH)))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert length > 32 << 20
    assert peak < 8 << 20


@pytest.mark.parametrize("case", ["changed", "gone"])
def test_an_image_whose_file_is_changed_or_gone_is_left_out_and_counted_as_such(
    db: Database, blobs: Blobs, case: str
) -> None:
    cast = make_cast(db)
    for data in dicomgen.series(2):
        study_id = store(db, blobs, cast.ct_a, data)
    with db.transaction() as tx:
        for row in tx.session.query(Instance):
            row.verified_at = row.received_at.replace(year=2020)
        path = blobs.path(row.digest)
    if case == "gone":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:-1] + b"!")
    with db.reading() as tx:
        plan = copy_plan(tx, cast.alice, study_id)
    with zipfile.ZipFile(io.BytesIO(b"".join(copy_pieces(blobs, plan, WISH)))) as packed:
        assert sum(name.endswith(".dcm") for name in packed.namelist()) == 1
        words = packed.read("CASE-1/README.txt").decode()
    assert "Images: 1." in words
    assert "a name may be written in the picture: 0." in words
    assert "the stored file is damaged or gone: 1." in words


def test_the_third_waits_and_is_told(db: Database) -> None:
    copies = Copies(2, 0.01)
    ended = [copies.begin() for _ in range(2)]
    with pytest.raises(Unavailable):
        copies.begin()
    ended[0]()
    copies.begin()
