"""An independent client (dicomweb-client) over real HTTP: search, store, retrieve."""

import io
import threading
import warnings
from collections.abc import Iterator

import numpy as np
import pytest
import requests
from pydicom import dcmread
from werkzeug.serving import make_server

from app.base.db import Database
from tests import dicomgen
from tests.doors.dicomweb.conftest import Dicomweb

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the client's own imports warn
    from dicomweb_client.api import DICOMwebClient

STUDY, SERIES = dicomgen.uid("study-1"), dicomgen.uid("study-1", "series-1")
INSTANCE = dicomgen.uid("study-1", "series-1", 1)


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    """Which database it is does not matter here."""
    return sqlite_db


@pytest.fixture
def client(dicomweb: Dicomweb) -> Iterator[DICOMwebClient]:
    server = make_server("127.0.0.1", 0, dicomweb.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {dicomweb.token}"
        yield DICOMwebClient(f"http://127.0.0.1:{server.port}{dicomweb.root}", session=session)
    server.shutdown()
    thread.join()
    server.server_close()


def test_it_stores_finds_and_fetches(client: DICOMwebClient) -> None:
    files = [dcmread(io.BytesIO(data)) for data in dicomgen.series(3)]
    stored = client.store_instances(files)
    assert len(stored.ReferencedSOPSequence) == 3
    (study,) = client.search_for_studies(search_filters={"PatientID": "BN0001"}, fuzzymatching=True)
    assert study["0020000D"]["Value"] == [STUDY]
    assert len(client.search_for_series(STUDY)) == 1
    assert len(client.search_for_instances(STUDY, SERIES, limit=2)) == 2
    assert client.search_for_studies(search_filters={"PatientID": "NOBODY"}) == []
    assert len(client.retrieve_series_metadata(STUDY, SERIES)) == 3
    assert client.retrieve_instance(STUDY, SERIES, INSTANCE).PatientName == files[0].PatientName
    assert len(client.retrieve_study(STUDY)) == 3


@pytest.mark.parametrize("media_types", [None, (("application/octet-stream", "1.2.840.10008.1.2.1"),)])
def test_it_fetches_frames_with_and_without_naming_the_encoding(
    client: DICOMwebClient, media_types: tuple[tuple[str, str], ...] | None
) -> None:
    file = dcmread(io.BytesIO(dicomgen.ct_slice()))
    client.store_instances([file])
    (frame,) = client.retrieve_instance_frames(STUDY, SERIES, INSTANCE, [1], media_types=media_types)
    assert frame == file.PixelData


def test_it_fetches_pictures(client: DICOMwebClient) -> None:
    client.store_instances([dcmread(io.BytesIO(dicomgen.ct_slice()))])
    for media_type, start in (("image/jpeg", b"\xff\xd8"), ("image/png", b"\x89PNG")):
        picture = client.retrieve_instance_rendered(STUDY, SERIES, INSTANCE, media_types=(media_type,))
        assert picture.startswith(start)


def test_it_decodes_nothing_itself_when_it_asks_for_explicit_little_endian(client: DICOMwebClient) -> None:
    file = dcmread(io.BytesIO(dicomgen.cine(2, transfer_syntax=dicomgen.JPEG_LS)))
    client.store_instances([file])
    wanted = (("application/octet-stream", "1.2.840.10008.1.2.1"),)
    series, instance = file.SeriesInstanceUID, file.SOPInstanceUID
    (frame,) = client.retrieve_instance_frames(STUDY, series, instance, [2], media_types=wanted)
    assert np.array_equal(np.frombuffer(frame, np.uint8), np.full(48 * 64, 25, np.uint8))
