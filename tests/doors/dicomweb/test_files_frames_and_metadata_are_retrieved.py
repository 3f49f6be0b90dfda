"""WADO-RS: what was stored comes back, whole, in parts or as metadata."""

import io

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.encaps import encapsulate
from pydicom.pixels.utils import pixel_array

from app.base.db import Database
from app.base.errors import Unsupported
from tests import dicomgen
from tests.cast import Cast
from tests.doors.dicomweb.conftest import Dicomweb, keep, parts_of

STUDY, SERIES = dicomgen.uid("study-1"), dicomgen.uid("study-1", "series-1")
OHIF = "multipart/related; type=application/octet-stream; transfer-syntax=*"
EXPLICIT = 'multipart/related; type="application/octet-stream"'


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    """Which database it is does not matter here."""
    return sqlite_db


def instance(number: int = 1, series: str = "series-1") -> str:
    return f"/studies/{STUDY}/series/{dicomgen.uid('study-1', series)}/instances/{dicomgen.uid('study-1', series, number)}"


def test_a_study_a_series_and_an_instance_come_back_byte_for_byte(dicomweb: Dicomweb, cast: Cast) -> None:
    files = dicomgen.series(3)
    keep(dicomweb.services, cast.ct_a, *files)
    wanted = [("application/dicom; transfer-syntax=1.2.840.10008.1.2.1", data) for data in files]
    assert parts_of(dicomweb.get(f"/studies/{STUDY}")) == wanted
    assert parts_of(dicomweb.get(f"/studies/{STUDY}/series/{SERIES}")) == wanted
    assert parts_of(dicomweb.get(instance(2))) == wanted[1:2]
    one = dicomweb.get(instance(2), "application/dicom")
    assert (one.mimetype, one.data) == ("application/dicom", files[1])
    assert one.headers["Content-Disposition"].startswith("attachment")
    assert one.headers["X-Content-Type-Options"] == "nosniff"


def test_a_preamble_that_is_a_program_goes_out_empty(dicomweb: Dicomweb, cast: Cast) -> None:
    keep(dicomweb.services, cast.ct_a, dicomgen.hostile("preamble_pe"))
    ((_, data),) = parts_of(dicomweb.get(instance()))
    assert data[:128] == bytes(128)
    assert dcmread(io.BytesIO(data)).PatientID == "BN0001"


def test_a_tiff_preamble_is_kept(dicomweb: Dicomweb, cast: Cast) -> None:
    preamble = b"II*\0" + bytes(124)
    keep(dicomweb.services, cast.ct_a, dicomgen.file(dicomgen.ct_dataset(), preamble=preamble))
    assert parts_of(dicomweb.get(instance()))[0][1][:128] == preamble


@pytest.mark.parametrize("name", ["no_preamble", "only_dataset"])
def test_what_came_without_a_header_goes_out_with_one(dicomweb: Dicomweb, cast: Cast, name: str) -> None:
    keep(dicomweb.services, cast.ct_a, dicomgen.hostile(name))
    ((_, data),) = parts_of(dicomweb.get(instance()))
    assert dcmread(io.BytesIO(data)).PatientID == "BN0001"


def test_a_transfer_syntax_that_cannot_be_had_is_refused_with_those_that_can(
    dicomweb: Dicomweb, cast: Cast
) -> None:
    keep(dicomweb.services, cast.ct_a, dicomgen.ct_slice())
    wish = 'multipart/related; type="application/dicom"; transfer-syntax='
    refused = dicomweb.get(instance(), wish + dicomgen.H264)
    assert refused.status_code == 406
    assert dicomgen.JPEG_LS in refused.text
    assert dicomweb.get(instance(), wish + dicomgen.EXPLICIT).status_code == 200


def test_metadata_of_a_series_is_one_document_with_addresses_for_bulk_data(
    dicomweb: Dicomweb, cast: Cast
) -> None:
    lut = dicomgen.base(EncryptedContent=b"x" * 5000)
    keep(
        dicomweb.services,
        cast.ct_a,
        dicomgen.file(dicomgen.ct_dataset(1, ReferencedPatientSequence=[lut])),
        dicomgen.ct_slice(2),
    )
    first, second = dicomweb.ask(f"/studies/{STUDY}/series/{SERIES}/metadata")
    assert (first["00200013"]["Value"], second["00200013"]["Value"]) == ([1], [2])
    assert first["00083002"]["Value"] == [dicomgen.EXPLICIT]
    pixels = first["7FE00010"]["BulkDataURI"].removeprefix("http://localhost" + dicomweb.root)
    inner = first["00081120"]["Value"][0]["04000520"]["BulkDataURI"].removeprefix(
        "http://localhost" + dicomweb.root
    )
    assert dicomweb.get(pixels).data == dcmread(io.BytesIO(dicomgen.ct_slice())).PixelData
    assert dicomweb.get(inner, "application/octet-stream").data == b"x" * 5000
    assert len(dicomweb.ask(f"/studies/{STUDY}/metadata")) == 2
    assert len(dicomweb.ask(f"{instance()}/metadata")) == 1


def test_a_way_that_leads_nowhere_is_not_found(dicomweb: Dicomweb, cast: Cast) -> None:
    keep(dicomweb.services, cast.ct_a, dicomgen.ct_slice())
    for where in ("00100011", "0", "00081120/7/04000520", "../../x", "00081120", "zzzzzzzz", "00081120/0/"):
        assert dicomweb.get(f"{instance()}/bulkdata/{where}").status_code == 404, where


@pytest.mark.parametrize(
    "transfer_syntax", [dicomgen.EXPLICIT, dicomgen.IMPLICIT, dicomgen.BIG_ENDIAN, dicomgen.DEFLATED]
)
def test_an_uncompressed_frame_is_explicit_little_endian_whatever_it_was(
    dicomweb: Dicomweb, cast: Cast, transfer_syntax: str
) -> None:
    ds = dicomgen.ct_dataset()
    if transfer_syntax == dicomgen.BIG_ENDIAN:
        ds.PixelData = np.frombuffer(ds.PixelData, "<u2").astype(">u2").tobytes()
    keep(dicomweb.services, cast.ct_a, dicomgen.file(ds, transfer_syntax))
    for accept in (OHIF, EXPLICIT, "*/*"):
        ((content_type, data),) = parts_of(dicomweb.get(f"{instance()}/frames/1", accept))
        assert content_type == "application/octet-stream; transfer-syntax=1.2.840.10008.1.2.1"
        assert data == dcmread(io.BytesIO(dicomgen.ct_slice())).PixelData


@pytest.mark.parametrize("transfer_syntax", [dicomgen.JPEG_LS, dicomgen.JPEG_2000, dicomgen.RLE])
def test_a_compressed_frame_goes_out_as_stored_or_decoded(
    dicomweb: Dicomweb, cast: Cast, transfer_syntax: str
) -> None:
    file = dicomgen.cine(3, transfer_syntax=transfer_syntax)
    keep(dicomweb.services, cast.ct_a, file)
    address = f"{instance(series='cine')}/frames/2"
    ((content_type, stored),) = parts_of(dicomweb.get(address, OHIF))
    assert content_type == f"application/octet-stream; transfer-syntax={transfer_syntax}"
    assert stored in file
    assert len(stored) != 48 * 64
    ((_, decoded),) = parts_of(dicomweb.get(address, EXPLICIT))
    assert decoded == np.full((48, 64), 25, np.uint8).tobytes()


def test_the_compressed_media_type_may_be_named(dicomweb: Dicomweb, cast: Cast) -> None:
    keep(dicomweb.services, cast.ct_a, dicomgen.cine(1, transfer_syntax=dicomgen.JPEG_LS))
    address = f"{instance(series='cine')}/frames/1"
    ((content_type, _),) = parts_of(dicomweb.get(address, 'multipart/related; type="image/jls"'))
    assert content_type == f"image/jls; transfer-syntax={dicomgen.JPEG_LS}"
    refused = dicomweb.get(address, 'multipart/related; type="video/mp4"')
    assert refused.status_code == 406
    assert "image/jp2" in refused.text


def test_several_frames_come_in_the_order_asked_for(dicomweb: Dicomweb, cast: Cast) -> None:
    keep(dicomweb.services, cast.ct_a, dicomgen.cine(4, transfer_syntax=dicomgen.JPEG_LS))
    found = parts_of(dicomweb.get(f"{instance(series='cine')}/frames/4,1", EXPLICIT))
    assert [data[0] for _, data in found] == [35, 20]


@pytest.mark.parametrize("address", ["frames/1,2", "bulkdata/7FE00010"])
def test_only_the_first_frame_is_decoded_before_the_answer_begins(
    dicomweb: Dicomweb, cast: Cast, address: str
) -> None:
    """A thousand decoded frames would not fit into the memory; an error further on breaks the answer off."""
    good = dicomgen.cine(2, transfer_syntax=dicomgen.JPEG_LS)
    second = good.rindex(b"\xff\xd8")
    keep(dicomweb.services, cast.ct_a, good[:second] + bytes(20) + good[second + 20 :])
    cine = instance(series="cine")
    assert dicomweb.get(f"{cine}/frames/2,1", EXPLICIT).status_code == 415
    answer = dicomweb.get(f"{cine}/{address}", EXPLICIT)
    assert answer.status_code == 200
    with pytest.raises(Unsupported):
        _ = answer.data


def test_frames_of_one_bit_begin_at_a_byte(dicomweb: Dicomweb, cast: Cast) -> None:
    file, frames = dicomgen.one_bit()
    keep(dicomweb.services, cast.ct_a, file)
    for number, frame in enumerate(frames, start=1):
        ((_, data),) = parts_of(dicomweb.get(f"{instance(series='bits')}/frames/{number}", OHIF))
        bits = np.unpackbits(np.frombuffer(data, np.uint8), bitorder="little")[: frame.size]
        assert np.array_equal(bits.reshape(frame.shape), frame)


@pytest.mark.parametrize(("numbers", "status"), [("0", 404), ("2", 404), ("a", 400), ("1,,2", 400)])
def test_frames_that_are_not_there_are_told(
    dicomweb: Dicomweb, cast: Cast, numbers: str, status: int
) -> None:
    keep(dicomweb.services, cast.ct_a, dicomgen.ct_slice())
    assert dicomweb.get(f"{instance()}/frames/{numbers}", OHIF).status_code == status


def test_an_encapsulated_document_is_bulk_data(dicomweb: Dicomweb, cast: Cast) -> None:
    body = b"%PDF-1.4\n" + b"x" * 4000
    keep(dicomweb.services, cast.ct_a, dicomgen.pdf_document(body))
    (found,) = dicomweb.ask(f"{instance(series='doc')}/metadata")
    address = found["00420011"]["BulkDataURI"].removeprefix("http://localhost" + dicomweb.root)
    assert dicomweb.get(address, "application/octet-stream").data.startswith(body)


def test_a_video_is_bulk_data_in_one_piece(dicomweb: Dicomweb, cast: Cast) -> None:
    ds = dicomgen.base(series="video", modality="ES", sop_class="1.2.840.10008.5.1.4.1.1.77.1.1.1")
    dicomgen.add_pixels(ds, np.zeros((48, 64, 3), np.uint8), frames=20)
    ds.PixelData = encapsulate([b"begin" * 1000, b"end!" * 1000])
    ds["PixelData"].VR = "OB"
    ds["PixelData"].is_undefined_length = True
    keep(dicomweb.services, cast.ct_a, dicomgen.file(ds, dicomgen.H264))
    (found,) = dicomweb.ask(f"{instance(series='video')}/metadata")
    address = found["7FE00010"]["BulkDataURI"].removeprefix("http://localhost" + dicomweb.root)
    assert dicomweb.get(address).data == b"begin" * 1000 + b"end!" * 1000
    assert dicomweb.get(f"{instance(series='video')}/frames/1").status_code == 404


def test_pictures_and_thumbnails_are_drawn(dicomweb: Dicomweb, cast: Cast) -> None:
    keep(dicomweb.services, cast.ct_a, *dicomgen.series(2))
    picture = dicomweb.get(f"{instance()}/rendered?window=40,400,linear&viewport=32,32", "image/png")
    assert (picture.content_type, picture.data[:4]) == ("image/png", b"\x89PNG")
    for address in (
        f"/studies/{STUDY}",
        f"/studies/{STUDY}/series/{SERIES}",
        instance(),
        f"{instance()}/frames/1",
    ):
        thumbnail = dicomweb.get(f"{address}/thumbnail", "image/jpeg")
        assert (thumbnail.content_type, thumbnail.data[:2]) == ("image/jpeg", b"\xff\xd8")
    assert dicomweb.get(f"{instance()}/frames/1/rendered", "image/*").data[:2] == b"\xff\xd8"
    assert dicomweb.get(f"{instance()}/rendered", "video/mp4").status_code == 406
    assert dicomweb.get(f"{instance()}/rendered?window=40").status_code == 400
    assert dicomweb.get(f"{instance()}/rendered?viewport=0,0").status_code == 400


def test_decoded_pixels_agree_with_pydicom(dicomweb: Dicomweb, cast: Cast) -> None:
    file = dicomgen.ct_slice()
    keep(dicomweb.services, cast.ct_a, file)
    ((_, data),) = parts_of(dicomweb.get(f"{instance()}/frames/1", EXPLICIT))
    assert np.array_equal(np.frombuffer(data, "<u2").reshape(64, 64), pixel_array(io.BytesIO(file)))
