"""STOW-RS at its edges: parts of every kind, answers with their reasons, metadata with bulk data apart (PS3.18 10.5)."""

import io
import json
from typing import Any

import pytest
from pydicom import dcmread

from app.base.db import Database
from tests import dicomgen
from tests.cast import Cast
from tests.doors.dicomweb.conftest import Dicomweb, keep, parts_of

STUDY, SERIES = dicomgen.uid("study-1"), dicomgen.uid("study-1", "series-1")


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    """Which database it is does not matter here."""
    return sqlite_db


def body(*parts: tuple[str, bytes], boundary: str = "frontier", end: bool = True) -> bytes:
    """Parts with their headers as they stand on the wire."""
    written = b"".join(f"--{boundary}\r\n{head}\r\n\r\n".encode() + data + b"\r\n" for head, data in parts)
    return written + (f"--{boundary}--\r\n".encode() if end else b"")


DICOM = "Content-Type: application/dicom"
MULTIPART = 'multipart/related; type="application/dicom"; boundary=frontier'
JSON_MULTIPART = 'multipart/related; type="application/dicom+json"; boundary=frontier'


def reasons(answer: Any, tag: str) -> list[int]:
    return [item["00081197"]["Value"][0] for item in json.loads(answer.data).get(tag, {}).get("Value", [])]


def metadata_of(data: bytes) -> tuple[dict[str, Any], bytes]:
    """The data set as JSON with its pixels named, and the pixels."""
    ds = dcmread(io.BytesIO(data))
    pixels: bytes = ds.PixelData
    del ds.PixelData
    found: dict[str, Any] = ds.to_json_dict()
    found["7FE00010"] = {"vr": "OW", "BulkDataURI": "http://here/pixels"}
    return found, pixels


def test_many_are_stored_and_one_in_the_middle_is_refused_by_name(dicomweb: Dicomweb, cast: Cast) -> None:
    keep(dicomweb.services, cast.ct_a, dicomgen.ct_slice(20))
    other = dicomgen.ct_slice(20, RescaleIntercept=-1000)
    answer = dicomweb.store(*dicomgen.series(19), other, *(dicomgen.ct_slice(n) for n in range(21, 41)))
    assert answer.status_code == 202
    assert reasons(answer, "00081198") == [0xC002]
    assert len(json.loads(answer.data)["00081199"]["Value"]) == 39
    assert len(dicomweb.ask("/instances?limit=100")) == 40


def test_the_same_twice_in_one_request_is_a_success_and_one_instance(dicomweb: Dicomweb) -> None:
    answer = dicomweb.store(dicomgen.ct_slice(), dicomgen.ct_slice())
    assert answer.status_code == 200
    assert len(dicomweb.ask("/instances")) == 1


def test_a_part_of_another_kind_is_told_and_the_others_are_stored(dicomweb: Dicomweb) -> None:
    sent = body((DICOM, dicomgen.ct_slice()), ("Content-Type: text/plain", b"hello"))
    answer = dicomweb.post(sent, MULTIPART)
    assert answer.status_code == 202
    assert len(reasons(answer, "0008119A")) == 1


def test_garbage_alone_is_a_conflict_with_a_reason(dicomweb: Dicomweb) -> None:
    answer = dicomweb.post(body((DICOM, b"garbage" * 100)), MULTIPART)
    assert answer.status_code == 409
    assert reasons(answer, "0008119A") == [0xC000]


def test_a_body_that_breaks_off_leaves_what_came_whole_and_nothing_of_the_rest(dicomweb: Dicomweb) -> None:
    whole = body((DICOM, dicomgen.ct_slice(1)), (DICOM, dicomgen.ct_slice(2)), end=False)
    answer = dicomweb.post(whole[:-3000], MULTIPART)
    assert answer.status_code == 202
    assert len(dicomweb.ask("/instances")) == 1
    assert list(dicomweb.services.blobs.objects.parent.joinpath("spool").iterdir()) == []


def test_the_study_of_the_address_is_the_only_one(dicomweb: Dicomweb) -> None:
    answer = dicomweb.store(
        dicomgen.ct_slice(1), dicomgen.ct_slice(1, study="another"), path=f"/studies/{STUDY}"
    )
    assert answer.status_code == 202
    assert reasons(answer, "00081198") == [0xA900]
    stored = json.loads(answer.data)
    assert stored["00081190"]["Value"][0].endswith(f"/studies/{STUDY}")


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("text/plain", 415),
        ("application/dicom+xml", 415),
        ('multipart/related; type="application/dicom"', 400),
        ("multipart/related; boundary=wrong", 400),
    ],
)
def test_a_request_that_makes_no_sense_is_refused_as_a_whole(
    dicomweb: Dicomweb, content_type: str, status: int
) -> None:
    answer = dicomweb.post(body((DICOM, dicomgen.ct_slice())), content_type)
    assert answer.status_code in {status, 409}
    assert dicomweb.ask("/studies") == []


def test_preamble_epilogue_and_strange_headers_do_not_matter(dicomweb: Dicomweb) -> None:
    sent = b"This is a preamble.\r\n" + body(
        ("content-type:application/dicom\r\nX-Extra: 1", dicomgen.ct_slice())
    )
    answer = dicomweb.post(
        sent + b"an epilogue", 'Multipart/Related;boundary="frontier";type=application/dicom'
    )
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("said", "head", "status"),
    [
        ("type=application/dicom+json; boundary=frontier", DICOM, 400),
        ('type="application/dicom+json"; boundary=frontier', DICOM, 400),
        ('type="application/dicom"; boundary=frontier', "Content-Type: application/dicom+json", 400),
        ('type="application/dicom"; boundary=frontier', "Content-Type: text/plain", 400),
        ('type="Application/DICOM"; boundary=frontier', f"{DICOM}; transfer-syntax={dicomgen.EXPLICIT}", 200),
        ("boundary=frontier", DICOM, 200),
        ('type="application/dicom"; boundary=frontier', "X-Nothing: said", 200),
        ('type="application/dicom+json"; start="<other>"; boundary=frontier', DICOM, 200),
    ],
)
def test_the_type_of_the_request_is_that_of_its_first_part(
    dicomweb: Dicomweb, said: str, head: str, status: int
) -> None:
    """PS3.18 8.6.1, RFC 2387 3.1. Where one of them says nothing, nothing is compared."""
    answer = dicomweb.post(body((head, dicomgen.ct_slice())), f"multipart/related; {said}")
    assert answer.status_code == status, answer.text
    assert len(dicomweb.ask("/instances")) == (status == 200)
    if status == 400:
        assert "Content-Type" in json.loads(answer.data)["detail"]


def test_json_by_its_plain_name_is_metadata_too(dicomweb: Dicomweb) -> None:
    metadata, pixels = metadata_of(dicomgen.ct_slice())
    sent = body(
        ("Content-Type: application/json", json.dumps([metadata]).encode()),
        ("Content-Type: application/octet-stream\r\nContent-Location: http://here/pixels", pixels),
    )
    assert dicomweb.post(sent, JSON_MULTIPART).status_code == 200


def test_metadata_and_pixels_apart_become_one_instance(dicomweb: Dicomweb) -> None:
    original = dicomgen.ct_slice()
    metadata, pixels = metadata_of(original)
    sent = body(
        ("Content-Type: application/dicom+json", json.dumps([metadata]).encode()),
        ("Content-Type: application/octet-stream\r\nContent-Location: http://here/pixels", pixels),
    )
    answer = dicomweb.post(sent, JSON_MULTIPART)
    assert answer.status_code == 200, answer.text
    ((_, stored),) = parts_of(dicomweb.get(f"/studies/{STUDY}"))
    assert dcmread(io.BytesIO(stored)) == dcmread(io.BytesIO(original))


def test_compressed_pixels_apart_keep_their_compression(dicomweb: Dicomweb) -> None:
    one = dicomgen.cine(1, transfer_syntax=dicomgen.JPEG_LS)
    metadata, _ = metadata_of(one)
    stream = dicomgen.encoded(dicomgen.cine_frame(0), dicomgen.JPEG_LS)
    sent = body(
        ("Content-Type: application/dicom+json", json.dumps(metadata).encode()),
        ("Content-Type: image/jls\r\nContent-Location: http://here/pixels", stream),
    )
    assert dicomweb.post(sent, JSON_MULTIPART).status_code == 200
    (found,) = dicomweb.ask("/instances")
    assert found["00083002"]["Value"] == [dicomgen.JPEG_LS]


def test_metadata_that_are_none_are_refused_with_a_reason(dicomweb: Dicomweb) -> None:
    for told in (b"{", b"[]", b"[1]", b'[{"00100010": 7}]', b"[" * 100_000):
        answer = dicomweb.post(body(("Content-Type: application/dicom+json", told)), JSON_MULTIPART)
        assert answer.status_code == 409, told[:20]
        assert dicomweb.ask("/studies") == []


ODD: list[dict[str, Any]] = [
    {"7FE00010": {"InlineBinary": "AAAA"}},
    {"7FE00010": {"vr": "OW", "InlineBinary": 7}},
    {"7FE00010": {"vr": "OW", "BulkDataURI": ["http://here/pixels"]}},
    {"7FE00010": 7},
    {"00083002": {"vr": "UI", "Value": {"a": 1}}},
    {"00280008": {"vr": "IS", "Value": ["many"]}},
    {"00280100": {"vr": "US", "Value": ["many"]}},
    {"00080018": {"vr": "UI", "Value": ["1." * 40_000]}},
    {"00080018": {"vr": "UI", "Value": [{"1": 2}]}},
    {"zzzz0018": {"vr": "UI", "Value": ["1"]}},
]


def test_odd_metadata_are_refused_and_what_comes_beside_them_is_stored(dicomweb: Dicomweb) -> None:
    metadata, pixels = metadata_of(dicomgen.ct_slice(1))
    metadata["00083002"] = {"vr": "UI", "Value": [dicomgen.EXPLICIT]}
    for odd in ODD:
        sent = body(
            ("Content-Type: application/dicom+json", json.dumps([{**metadata, **odd}]).encode()),
            (DICOM, dicomgen.ct_slice(2)),
            ("Content-Type: image/jpeg\r\nContent-Location: http://here/pixels", pixels),
        )
        answer = dicomweb.post(sent, JSON_MULTIPART)
        assert answer.status_code == 202, (odd, answer.text)
        assert len(dicomweb.ask("/instances")) == 1


def test_bulk_data_named_again_and_again_are_not_held_as_often(
    dicomweb: Dicomweb, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.dicomweb.assembling.MOST_HELD", 5_000)
    metadata, pixels = metadata_of(dicomgen.ct_slice())
    again = {f"0009{place:02X}01": {"vr": "OB", "BulkDataURI": "http://here/more"} for place in range(16, 27)}
    sent = body(
        ("Content-Type: application/dicom+json", json.dumps([{**metadata, **again}]).encode()),
        ("Content-Type: application/octet-stream\r\nContent-Location: http://here/pixels", pixels),
        ("Content-Type: application/octet-stream\r\nContent-Location: http://here/more", bytes(500)),
    )
    answer = dicomweb.post(sent, JSON_MULTIPART)
    assert answer.status_code == 409
    assert "Send the file" in answer.text


def test_bulk_data_that_did_not_come_are_missed(dicomweb: Dicomweb) -> None:
    metadata, _ = metadata_of(dicomgen.ct_slice())
    sent = body(("Content-Type: application/dicom+json", json.dumps([metadata]).encode()))
    answer = dicomweb.post(sent, JSON_MULTIPART)
    assert answer.status_code == 409
    assert "bulk data that did not come" in answer.text
