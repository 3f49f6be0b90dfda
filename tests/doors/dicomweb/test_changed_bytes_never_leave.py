"""A byte that changed in storage never leaves as good: it is met on the way out, before the weekly reading comes by."""

import io
import json
from datetime import timedelta
from pathlib import Path

import pytest
from pydicom import dcmread
from sqlalchemy import select

from app.archive.models import Instance
from app.base.clock import shifted
from app.base.db import Database
from app.base.errors import Unavailable
from app.main.scrub import verify_doubted
from tests import dicomgen
from tests.cast import Cast
from tests.doors.dicomweb.conftest import Dicomweb, keep, parts_of
from tests.doors.dicomweb.test_instances_come_in_the_encoding_asked_for import instance, wish

STUDY = dicomgen.uid("study-1")
LATER = timedelta(days=2)  # what was read a day ago is taken as good


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    return sqlite_db


def flip(path: Path, at: int = -1) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


def flip_image(dicomweb: Dicomweb, number: int) -> str:
    with dicomweb.services.db.reading() as tx:
        digest = tx.session.scalars(select(Instance.digest).where(Instance.number == number)).one()
    flip(dicomweb.services.blobs.path(digest))
    return digest


@pytest.mark.parametrize(
    "accept", ["application/dicom; transfer-syntax=*", wish(dicomgen.IMPLICIT, multipart=False)]
)
def test_a_changed_file_is_refused_as_it_is_and_written_anew(
    dicomweb: Dicomweb, cast: Cast, accept: str
) -> None:
    keep(dicomweb.services, cast.ct_a, *dicomgen.series(3))
    digest = flip_image(dicomweb, 2)
    with shifted(LATER):
        refused = dicomweb.get(instance(2), accept)
        assert (refused.status_code, json.loads(refused.text)["code"]) == (503, "damaged")
        assert dicomweb.get(instance(1), accept).status_code == 200
        assert len(parts_of(dicomweb.get(f"/studies/{STUDY}"))) == 2
        assert dicomweb.services.blobs.doubted() == [digest]
        found = verify_doubted(dicomweb.services)
    assert [one.digest for one in found.damaged] == [digest]
    assert dicomweb.services.blobs.doubted() == []
    for path in ("", "/rendered", "/thumbnail", "/metadata", "/frames/1", "/bulkdata/7FE00010"):
        assert dicomweb.get(instance(2) + path).status_code == 503


def test_a_long_file_breaks_off_before_its_end(dicomweb: Dicomweb, cast: Cast) -> None:
    data = dicomgen.ct_slice(1, rows=1024, columns=1024)
    keep(dicomweb.services, cast.ct_a, data)
    accept = "application/dicom; transfer-syntax=*"
    with shifted(LATER):
        assert dcmread(io.BytesIO(dicomweb.get(instance(1), accept).data)).Rows == 1024
        flip_image(dicomweb, 1)
        answer, came = dicomweb.get(instance(1), accept), bytearray()
        with pytest.raises(Unavailable):
            for piece in answer.iter_encoded():
                came += piece
    assert answer.content_length == len(data)  # so that the asker knows that something is missing
    assert 0 < len(came) < len(data)
