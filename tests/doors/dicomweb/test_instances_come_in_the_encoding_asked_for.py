"""WADO-RS beyond bytes as stored: other transfer syntaxes, ranges, entity tags, damaged and rejected images."""

import io
import json

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.encaps import encapsulate
from sqlalchemy import select, update

from app.archive.models import Instance
from app.archive.queries import outgoing_of
from app.base.actor import SYSTEM
from app.base.db import Database
from app.dicomweb.metadata import key_of, prepare_metadata
from tests import dicomgen
from tests.cast import Cast
from tests.doors.dicomweb.conftest import Dicomweb, keep, parts_of

STUDY = dicomgen.uid("study-1")
HTJ2K, JPEG_LOSSLESS = "1.2.840.10008.1.2.4.201", "1.2.840.10008.1.2.4.70"


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    """Which database it is does not matter here."""
    return sqlite_db


def instance(number: int = 1, series: str = "series-1") -> str:
    uid = dicomgen.uid("study-1", series)
    return f"/studies/{STUDY}/series/{uid}/instances/{dicomgen.uid('study-1', series, number)}"


def video(*fragments: bytes) -> bytes:
    ds = dicomgen.add_pixels(dicomgen.base(modality="XC", series="video"), np.zeros((2, 2), np.uint8))
    ds.PixelData = encapsulate(list(fragments))
    ds["PixelData"].VR = "OB"
    ds["PixelData"].is_undefined_length = True
    return dicomgen.file(ds, dicomgen.H264)


def wish(transfer_syntax: str, *, multipart: bool = True) -> str:
    if not multipart:
        return f"application/dicom; transfer-syntax={transfer_syntax}"
    return f'multipart/related; type="application/dicom"; transfer-syntax={transfer_syntax}'


@pytest.mark.parametrize(
    "target", [dicomgen.EXPLICIT, JPEG_LOSSLESS, dicomgen.JPEG_LS, dicomgen.JPEG_2000, HTJ2K, dicomgen.RLE]
)
def test_a_study_comes_in_one_transfer_syntax(dicomweb: Dicomweb, cast: Cast, target: str) -> None:
    sent = [
        dicomgen.ct_slice(1),
        dicomgen.ct_slice(2, transfer_syntax=dicomgen.IMPLICIT),
        dicomgen.cine(2, transfer_syntax=dicomgen.JPEG_LS),
    ]
    keep(dicomweb.services, cast.ct_a, *sent)
    parts = parts_of(dicomweb.get(f"/studies/{STUDY}", wish(target)))
    assert {kind for kind, _ in parts} == {f"application/dicom; transfer-syntax={target}"}
    found = [dcmread(io.BytesIO(data)) for _, data in parts]
    assert {str(one.file_meta.TransferSyntaxUID) for one in found} == {target}
    assert sorted(one.SOPInstanceUID for one in found) == sorted(
        dcmread(io.BytesIO(data)).SOPInstanceUID for data in sent
    )


def test_without_a_transfer_syntax_named_it_is_explicit_little_endian(dicomweb: Dicomweb, cast: Cast) -> None:
    keep(dicomweb.services, cast.ct_a, dicomgen.cine(1, transfer_syntax=dicomgen.JPEG_LS))
    ((kind, data),) = parts_of(
        dicomweb.get(instance(series="cine"), 'multipart/related; type="application/dicom"')
    )
    assert kind.endswith(dicomgen.EXPLICIT)
    assert dcmread(io.BytesIO(data)).PixelData == dicomgen.cine_frame(0).tobytes()
    ((kind, _),) = parts_of(dicomweb.get(instance(series="cine"), wish("*")))
    assert kind.endswith(dicomgen.JPEG_LS)


def test_reports_among_images_come_uncompressed(dicomweb: Dicomweb, cast: Cast) -> None:
    keep(dicomweb.services, cast.ct_a, dicomgen.ct_slice(), dicomgen.text_report())
    kinds = {kind.partition("=")[2] for kind, _ in parts_of(dicomweb.get(f"/studies/{STUDY}", wish(HTJ2K)))}
    assert kinds == {HTJ2K, dicomgen.EXPLICIT}


def test_lossy_images_are_not_called_lossless(dicomweb: Dicomweb, cast: Cast) -> None:
    keep(dicomweb.services, cast.ct_a, dicomgen.cine(1, transfer_syntax=dicomgen.JPEG))
    refused = dicomweb.get(instance(series="cine"), wish(dicomgen.JPEG_LS))
    assert refused.status_code == 406
    told = json.loads(refused.text)["detail"]
    assert dicomgen.JPEG in told
    assert dicomgen.EXPLICIT in told
    assert dicomgen.JPEG_LS not in told


@pytest.mark.parametrize(
    "media_type", ["image/jls", "image/jp2", "image/jphc", "image/jpeg", "image/dicom-rle"]
)
def test_frames_are_compressed_on_request(dicomweb: Dicomweb, cast: Cast, media_type: str) -> None:
    keep(dicomweb.services, cast.ct_a, dicomgen.ct_slice())
    address = f"{instance()}/frames/1"
    ((kind, stream),) = parts_of(dicomweb.get(address, f'multipart/related; type="{media_type}"'))
    assert kind.startswith(media_type)
    alone = dicomweb.get(address, media_type)
    assert alone.data == stream
    assert 0 < len(stream) < 64 * 64 * 2


def test_any_range_of_an_instance_may_be_asked_for(dicomweb: Dicomweb, cast: Cast) -> None:
    file = dicomgen.ct_slice()
    keep(dicomweb.services, cast.ct_a, file)
    for asked, first, end in (
        ("bytes=0-9", 0, 10),
        ("bytes=100-199", 100, 200),
        ("bytes=300-", 300, len(file)),
        ("bytes=-50", len(file) - 50, len(file)),
        ("bytes=500-99999999", 500, len(file)),
    ):
        answer = dicomweb.get(instance(), "application/dicom", Range=asked)
        assert answer.status_code == 206
        assert answer.data == file[first:end]
        assert answer.headers["Content-Range"] == f"bytes {first}-{end - 1}/{len(file)}"
    beyond = dicomweb.get(instance(), "application/dicom", Range=f"bytes={len(file)}-")
    assert (beyond.status_code, beyond.headers["Content-Range"]) == (416, f"bytes */{len(file)}")
    for nonsense in ("bytes=9-1,4-5", "lines=1-2", "bytes=-"):
        assert dicomweb.get(instance(), "application/dicom", Range=nonsense).status_code == 200


def test_several_ranges_are_answered_with_the_whole(dicomweb: Dicomweb, cast: Cast) -> None:
    """RFC 9110 section 14.2: a server may ignore the header."""
    keep(dicomweb.services, cast.ct_a, dicomgen.ct_slice())
    answer = dicomweb.get(instance(), "application/dicom", Range="bytes=0-9,100-109")
    assert (answer.status_code, answer.data) == (200, dicomgen.ct_slice())
    assert "Content-Range" not in answer.headers


def test_nothing_has_no_range(dicomweb: Dicomweb, cast: Cast) -> None:
    keep(dicomweb.services, cast.ct_a, dicomgen.ct_slice(AccessionNumber=""))
    empty = f"{instance()}/bulkdata/00080050"
    assert dicomweb.get(empty).data == b""
    for asked in ("bytes=0-", "bytes=-5"):
        answer = dicomweb.get(empty, Range=asked)
        assert (answer.status_code, answer.headers["Content-Range"]) == (416, "bytes */0")


def test_what_cannot_be_decoded_comes_as_it_is_unless_its_encoding_was_asked_for(
    dicomweb: Dicomweb, cast: Cast
) -> None:
    keep(dicomweb.services, cast.ct_a, video(b"stream" * 100))
    for plain in ('multipart/related; type="application/dicom"', "application/dicom"):
        answer = dicomweb.get(instance(series="video"), plain)
        assert (answer.status_code, dicomgen.H264.encode() in answer.data) == (200, True)
    refused = dicomweb.get(instance(series="video"), wish(dicomgen.EXPLICIT))
    assert refused.status_code == 406


def test_a_range_of_something_that_changed_is_all_of_it(dicomweb: Dicomweb, cast: Cast) -> None:
    keep(dicomweb.services, cast.ct_a, dicomgen.ct_slice())
    mark = dicomweb.get(instance(), "application/dicom").headers["ETag"]
    headers = {"Range": "bytes=0-9", "If-Range": mark}
    assert dicomweb.get(instance(), "application/dicom", **headers).status_code == 206
    headers["If-Range"] = '"another"'
    assert dicomweb.get(instance(), "application/dicom", **headers).status_code == 200


def test_ranges_of_bulk_data_and_of_video(dicomweb: Dicomweb, cast: Cast) -> None:
    stream = bytes(range(256)) * 40
    keep(dicomweb.services, cast.ct_a, dicomgen.ct_slice(), video(stream[:6000], stream[6000:]))
    pixels = f"{instance()}/bulkdata/7FE00010"
    whole = dicomweb.get(pixels, "application/octet-stream").data
    assert dicomweb.get(pixels, "application/octet-stream", Range="bytes=10-29").data == whole[10:30]
    film = dicomweb.get(f"{instance(series='video')}/bulkdata/7FE00010", Range="bytes=5500-6499")
    assert (film.status_code, film.mimetype, film.data) == (206, "video/mp4", stream[5500:6500])
    for blob in dicomweb.services.blobs.objects.glob("*/*"):
        blob.unlink()
    gone = dicomweb.get(f"{instance(series='video')}/bulkdata/7FE00010")
    assert (gone.status_code, gone.get_json()["code"]) == (404, "blob_missing")


def test_what_is_known_already_is_not_sent_again(dicomweb: Dicomweb, cast: Cast) -> None:
    keep(dicomweb.services, cast.ct_a, dicomgen.ct_slice())
    for path, accept in (
        (instance(), "application/dicom"),
        (f"{instance()}/metadata", "application/dicom+json"),
        (f"{instance()}/rendered", "image/png"),
    ):
        first = dicomweb.get(path, accept)
        again = dicomweb.get(path, accept, **{"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
        weak = {"If-None-Match": f"W/{first.headers['ETag']}"}  # as a proxy that packs makes it
        assert dicomweb.get(path, accept, **weak).status_code == 304
    keep(dicomweb.services, cast.ct_a, dicomgen.ct_slice(2))
    series = f"/studies/{STUDY}/metadata"
    mark = dicomweb.get(series, "application/json").headers["ETag"]
    keep(dicomweb.services, cast.ct_a, dicomgen.ct_slice(3))
    assert dicomweb.get(series, "application/json", **{"If-None-Match": mark}).status_code == 200


def test_metadata_travel_packed_and_say_the_same_the_second_time(dicomweb: Dicomweb, cast: Cast) -> None:
    keep(dicomweb.services, cast.ct_a, *dicomgen.series(4))
    path = f"/studies/{STUDY}/metadata"
    first, second = dicomweb.ask(path), dicomweb.ask(path)
    packed = dicomweb.get(path, "application/dicom+json", **{"Accept-Encoding": "gzip"})
    assert first == second
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.data) < len(json.dumps(first)) / 3


def test_damaged_images_are_refused_with_a_sentence_and_left_out_of_a_study(
    dicomweb: Dicomweb, cast: Cast
) -> None:
    keep(dicomweb.services, cast.ct_a, *dicomgen.series(3))
    damaged = update(Instance).where(Instance.sop_instance_uid == instance(2).rpartition("/")[2])
    with dicomweb.services.db.transaction() as tx:
        tx.session.execute(damaged.values(damaged=True))
    assert len(parts_of(dicomweb.get(f"/studies/{STUDY}"))) == 2
    for path in (
        instance(2),
        f"{instance(2)}/rendered",
        f"{instance(2)}/metadata",
        f"{instance(2)}/frames/1",
    ):
        refused = dicomweb.get(path)
        assert refused.status_code == 503
        assert json.loads(refused.text)["code"] == "damaged"


def test_rejected_images_are_not_found(dicomweb: Dicomweb, cast: Cast) -> None:
    keep(dicomweb.services, cast.ct_a, dicomgen.ct_slice())
    with dicomweb.services.db.transaction() as tx:
        tx.session.execute(update(Instance).values(rejected="113001"))
    for path in (instance(), f"{instance()}/rendered", f"{instance()}/metadata", f"/studies/{STUDY}"):
        assert dicomweb.get(path).status_code == 404
    assert dicomweb.ask("/instances") == []


def test_metadata_of_a_series_that_has_come_are_made_before_anybody_asks(
    dicomweb: Dicomweb, cast: Cast
) -> None:
    keep(dicomweb.services, cast.ct_a, *dicomgen.series(2))
    with dicomweb.services.db.reading() as tx:
        series_id = tx.session.scalars(select(Instance.series_id)).first()
        files = outgoing_of(tx, SYSTEM, series_id=series_id)
    prepare_metadata(dicomweb.services, series_id or "")
    cache = dicomweb.services.renderer.cache
    assert len(files) == 2
    assert all(cache.get(file.digest, key_of(file)) for file in files)
    assert len(dicomweb.ask(f"/studies/{STUDY}/metadata")) == 2
