"""Metadata and searches as XML (PS3.18 8.7.3.2), read by the standard library and compared with what DCMTK writes."""

import re
import subprocess
from pathlib import Path
from xml.etree.ElementTree import Element, fromstring

import numpy as np
import pytest
from pydicom import Dataset

from app.base.db import Database
from app.dicomweb.dicom_xml import native_xml
from tests import dicomgen
from tests.cast import Cast
from tests.doors.dicomweb.conftest import Dicomweb, keep, parts_of

STUDY = dicomgen.uid("study-1")
XML = 'multipart/related; type="application/dicom+xml"'
NAME = "Nguyễn^Văn^Thử=阮^文^試"


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    """Which database it is does not matter here."""
    return sqlite_db


def slice_with_everything() -> bytes:
    item = Dataset()
    item.CodeValue, item.CodeMeaning = "T-D4000", 'Abdomen & "Pelvis" <both>'
    ds = dicomgen.add_pixels(dicomgen.base(patient_name=NAME), np.zeros((2, 2), np.uint8))
    ds.ProcedureCodeSequence = [item]
    ds.ImageType = ["ORIGINAL", "", "AXIAL"]
    ds.add_new(0x00091001, "LO", "secret")
    ds.add_new(0x00090010, "LO", "SOMEBODY 1")
    ds.add_new(0x00091002, "OB", b"\1\2\3\4")
    return dicomgen.file(ds, dicomgen.EXPLICIT)


def written_by_dcmtk(data: bytes, folder: Path) -> Element:
    file = folder / "one.dcm"
    file.write_bytes(data)
    command = ["dcm2xml", "--native-format", "--convert-to-utf8", "--encode-base64", str(file)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return fromstring(re.sub(r"<!DOCTYPE[^>]*>", "", done.stdout))


def values(document: Element, path: str = "") -> dict[str, tuple[str, ...]]:
    """Texts of every attribute, by the way to it."""
    found: dict[str, tuple[str, ...]] = {}
    for one in document:
        here = f"{path}/{one.get('tag')}{one.get('vr')}{one.get('privateCreator') or ''}"
        inner = [item for item in one if item.tag.endswith("Item")]
        for item in inner:
            found |= values(item, f"{here}/{item.get('number')}")
        if not inner:
            texts = [(text.tag.rpartition("}")[2], (text.text or "").strip()) for text in one.iter()]
            found[here] = tuple(f"{name} {text}" for name, text in texts if text)
    return found


def test_dcmtk_writes_the_same_of_the_file(dicomweb: Dicomweb, cast: Cast, tmp_path: Path) -> None:
    file = slice_with_everything()
    keep(dicomweb.services, cast.ct_a, file)
    ((kind, document),) = parts_of(dicomweb.get(f"/studies/{STUDY}/metadata", XML))
    assert kind == "application/dicom+xml"
    ours, theirs = values(fromstring(document)), values(written_by_dcmtk(file, tmp_path))
    of_the_door = {path for path in ours if path.startswith(("/00081190", "/00083002", "/7FE00010"))}
    assert len(of_the_door) == 3
    assert {path: ours[path] for path in ours if path not in of_the_door} == {
        path: theirs[path] for path in theirs if not path.startswith("/7FE00010")
    }


def test_binary_values_are_told_by_their_address(dicomweb: Dicomweb, cast: Cast) -> None:
    keep(dicomweb.services, cast.ct_a, *dicomgen.series(2))
    parts = parts_of(dicomweb.get(f"/studies/{STUDY}/metadata", XML))
    assert len(parts) == 2
    addresses = re.findall(rb'<BulkData uri="([^"]+)"', parts[0][1])
    (told,) = [one["7FE00010"]["BulkDataURI"] for one in dicomweb.ask(f"/studies/{STUDY}/metadata")][:1]
    assert addresses == [told.encode()]


def test_searches_come_as_xml_and_none_is_no_content(dicomweb: Dicomweb, cast: Cast) -> None:
    keep(dicomweb.services, cast.ct_a, *dicomgen.series(2))
    parts = parts_of(dicomweb.get("/instances", XML))
    found = [values(fromstring(document))["/00080018UI"] for _, document in parts]
    told = [one["00080018"]["Value"] for one in dicomweb.ask("/instances")]
    assert found == [(f"Value {uid}",) for (uid,) in told]
    assert dicomweb.get("/studies?PatientID=nobody", XML).status_code == 204


def test_what_no_xml_may_hold_is_replaced() -> None:
    document = native_xml({"00104000": {"vr": "LT", "Value": ["a\0b\x1b\ud800<&>\r\nend"]}})
    (value,) = [one for one in fromstring(document).iter() if one.tag.endswith("Value")]
    assert value.text == "a\ufffdb\ufffd\ufffd<&>\r\nend"
