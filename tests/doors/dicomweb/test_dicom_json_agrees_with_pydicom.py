"""DICOM JSON written from the encoded bytes says what pydicom, an independent reader, says of the same file."""

import io
import json
from typing import Any

import pytest
from pydicom import dcmread

from app.archive.outgoing_headers import parsed
from app.dicomweb.dicom_json import data_set
from tests import dicomgen

PIXEL_DATA = "7FE00010"


def ours(file: bytes) -> dict[str, Any]:
    meta = dcmread(io.BytesIO(file), stop_before_pixels=True)
    start = 144 + int(meta.file_meta.FileMetaInformationGroupLength)
    header = parsed(file, str(meta.file_meta.TransferSyntaxUID), start)
    found: dict[str, Any] = json.loads(json.dumps(data_set(header, lambda path: f"bulk/{path}")))
    return found


def theirs(file: bytes) -> dict[str, Any]:
    ds = dcmread(io.BytesIO(file))
    del ds.PixelData
    found: dict[str, Any] = ds.to_json_dict()
    found["00080005"] = {"vr": "CS", "Value": ["ISO_IR 192"]}
    return found


@pytest.mark.parametrize("transfer_syntax", [dicomgen.EXPLICIT, dicomgen.IMPLICIT, dicomgen.BIG_ENDIAN])
def test_a_ct_slice_reads_alike_in_every_byte_order(transfer_syntax: str) -> None:
    file = dicomgen.ct_slice(transfer_syntax=transfer_syntax, ImageComments="Ảnh\\một", PixelPaddingValue=0)
    assert ours(file) == theirs(file)


def test_sequences_and_names_with_three_writings_read_alike() -> None:
    item = dicomgen.base(PatientName="Yamada^Tarou=山田^太郎=やまだ^たろう")
    file = dicomgen.file(dicomgen.ct_dataset(ReferencedPatientSequence=[item, dicomgen.base()]))
    assert ours(file) == theirs(file)


def test_vietnamese_that_nobody_declared_is_repaired() -> None:
    ds = dicomgen.ct_dataset(PatientName="Nguyễn^Văn Thử")
    file = dicomgen.file(ds).replace(b"ISO_IR 192", b"ISO_IR 100")
    assert ours(file)["00100010"]["Value"] == [{"Alphabetic": "Nguyễn^Văn Thử"}]


def test_long_binary_values_become_addresses_that_lead_through_sequences() -> None:
    item = dicomgen.base(EncryptedContent=b"x" * 5000)
    found = ours(dicomgen.file(dicomgen.ct_dataset(ReferencedPatientSequence=[item])))
    assert found["00081120"]["Value"][0]["04000520"] == {
        "vr": "OB",
        "BulkDataURI": "bulk/00081120/0/04000520",
    }


def test_empty_values_between_others_are_null() -> None:
    found = ours(dicomgen.ct_slice(ImageType=["ORIGINAL", "", "AXIAL"]))
    assert found["00080008"]["Value"] == ["ORIGINAL", None, "AXIAL"]


def test_numbers_that_are_none_stay_text() -> None:
    found = ours(dicomgen.ct_slice().replace(b"DS\x04\x0040.0", b"DS\x04\x00NaN "))
    assert found["00281050"]["Value"] == ["NaN"]


def test_the_pixels_of_an_implicit_signed_image_have_signed_limits() -> None:
    ds = dicomgen.ct_dataset(PixelRepresentation=1)
    ds.SmallestImagePixelValue = -1000
    found = ours(dicomgen.file(ds, dicomgen.IMPLICIT))
    assert found["00280106"] == {"vr": "SS", "Value": [-1000]}


def test_pixel_data_are_not_in_it() -> None:
    assert PIXEL_DATA not in ours(dicomgen.ct_slice())
