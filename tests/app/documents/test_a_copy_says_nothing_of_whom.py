"""The Basic Profile against the standard's own table: what is cleared, what is replaced alike, what stays exact."""

import copy
from collections.abc import Iterator
from datetime import date

import numpy as np
import pytest
from pydicom.datadict import dictionary_has_tag, dictionary_VR
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset

from app.archive.nameless import may_name
from app.documents.basic_profile import ACTIONS, Disguise, disguise
from tests.dicomgen import ct_dataset

HOW = Disguise("CASE-1", b"secret")
SHIFTED = Disguise("CASE-1", b"secret", -100)
SECRET = "NGUYEN"


def elements(ds: Dataset) -> Iterator[DataElement]:
    for element in ds:
        yield element
        if element.VR == "SQ":
            for item in element.value:
                yield from elements(item)


def talkative() -> Dataset:
    """A CT with a name in every text of the table, private data, overlays, and references."""
    ds = ct_dataset()
    for tag in ACTIONS:
        if tag >> 16 == 2 or not dictionary_has_tag(tag) or tag in ds:
            continue
        if dictionary_VR(tag) in {"CS", "LO", "LT", "PN", "SH", "ST", "UT"}:
            ds.add_new(tag, dictionary_VR(tag), SECRET)
    ds.PatientName = SECRET
    ds.private_block(0x0009, "ACME", create=True).add_new(1, "LO", SECRET)
    ds.add_new(0x60003000, "OW", b"\0" * 512)
    reference = Dataset()
    reference.ReferencedSOPClassUID, reference.ReferencedSOPInstanceUID = ds.SOPClassUID, ds.SOPInstanceUID
    reference.add_new(0x00081030, "LO", SECRET)
    ds.SourceImageSequence = [reference]
    return ds


def disguised(ds: Dataset, how: Disguise = HOW) -> Dataset:
    made = copy.deepcopy(ds)
    disguise(made, how)
    return made


def test_no_text_of_the_table_is_left() -> None:
    before = talkative()
    after = disguised(before)
    said = [element for element in elements(after) if SECRET in str(element.value)]
    assert said == []
    assert not any(element.tag.is_private for element in elements(after))
    assert 0x60003000 not in after
    assert (str(after.PatientName), after.PatientID, after.PatientBirthDate) == ("CASE-1", "CASE-1", "")
    assert after.StudyDate == ""
    assert "StudyDescription" not in after
    assert after.PatientIdentityRemoved == "YES"
    assert after.DeidentificationMethodCodeSequence[0].CodeValue == "113100"


def test_pixels_and_geometry_are_exact() -> None:
    before = talkative()
    after = disguised(before)
    assert after.PixelData == before.PixelData
    for keyword in ("ImagePositionPatient", "PixelSpacing", "RescaleIntercept", "WindowCenter", "Rows"):
        assert after[keyword].value == before[keyword].value
    assert np.array_equal(np.frombuffer(after.PixelData, "<u2"), np.frombuffer(before.PixelData, "<u2"))


def test_identifiers_are_replaced_alike_and_those_of_the_standard_stay() -> None:
    before = talkative()
    after = disguised(before)
    assert after.SOPClassUID == before.SOPClassUID
    assert after.SourceImageSequence[0].ReferencedSOPInstanceUID == after.SOPInstanceUID
    assert after.SOPInstanceUID != before.SOPInstanceUID
    assert disguised(before, Disguise("CASE-1", b"other")).SOPInstanceUID != after.SOPInstanceUID
    assert len(after.SOPInstanceUID) <= 64


def test_dates_move_together_and_a_birthday_never_stays() -> None:
    before = talkative()
    before.AcquisitionDateTime = "20260303081500"
    after = disguised(before, SHIFTED)
    assert after.StudyDate == f"{date(2026, 3, 2).fromordinal(date(2026, 3, 2).toordinal() - 100):%Y%m%d}"
    assert after.AcquisitionDateTime == "20251123081500"
    assert after.StudyTime == before.StudyTime
    assert after.PatientBirthDate == ""
    assert after.LongitudinalTemporalInformationModified == "MODIFIED"


@pytest.mark.parametrize(
    ("tag", "action"),
    [(0x00100010, "Z"), (0x0020000D, "U"), (0x00081030, "X"), (0x00080090, "Z"), (0x00080080, "X/Z/D")],
)
def test_the_table_is_the_standards(tag: int, action: str) -> None:
    assert ACTIONS[tag] == action
    assert len(ACTIONS) > 600


def test_the_time_of_birth_goes_where_dates_are_moved() -> None:
    ds = ct_dataset()
    ds.PatientBirthDate, ds.PatientBirthTime, ds.StudyDate = "19700102", "031500", "20260302"
    disguise(ds, SHIFTED)
    assert "PatientBirthTime" not in ds or not ds.PatientBirthTime
    assert not ds.get("PatientBirthDate")
    assert ds.StudyDate == "20251122"


def test_an_overlay_in_unused_bits_is_described_no_more() -> None:
    ds = ct_dataset()
    ds.add_new(0x60000010, "US", 4)
    ds.add_new(0x60000102, "US", 12)
    disguise(ds, HOW)
    assert not [element.tag for element in ds if element.tag.group == 0x6000]


@pytest.mark.parametrize(
    "uid", ["1.2.840.10008.5.1.4.1.1.3", "1.2.840.10008.5.1.4.1.1.6", "1.2.840.10008.5.1.4.1.1.6.1"]
)
def test_ultrasound_of_every_age_may_carry_a_name(uid: str) -> None:
    assert may_name(uid)
