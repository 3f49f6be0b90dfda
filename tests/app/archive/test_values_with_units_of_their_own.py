"""Ultrasound regions and the factor of the standardised uptake value, read from headers at arrival."""

from pathlib import Path
from typing import Any

import pydicom
import pytest
from pydicom.dataset import Dataset

from app.archive.facts_suv import REASONS
from app.archive.part10 import read_part10
from tests import dicomgen

FDG_HALF_LIFE = 6586.2  # seconds
PET = {
    "Modality": "PT",
    "Units": "BQML",
    "DecayCorrection": "START",
    "PatientWeight": "70",
    "SeriesDate": "20260102",
    "SeriesTime": "101112",
    "AcquisitionDate": "20260102",
    "AcquisitionTime": "101312.5",
}

ELSEWHERE = {"RadiopharmaceuticalStartDateTime": "20260102084112.00+0700"}  # the scan says of no zone


def facts(**attributes: Any) -> dict[str, Any]:
    return read_part10(dicomgen.ct_slice(3, **attributes)).facts


def tracer(**changes: Any) -> list[Dataset]:
    item = Dataset()
    item.RadiopharmaceuticalStartTime = "091112"
    item.RadionuclideTotalDose = "350000000"
    item.RadionuclideHalfLife = str(FDG_HALF_LIFE)
    for name, value in changes.items():
        setattr(item, name, value)
    return [item]


def pet(injected: list[Dataset] | None = None, **changes: Any) -> dict[str, Any]:
    given = tracer() if injected is None else injected
    return facts(**PET | {"RadiopharmaceuticalInformationSequence": given} | changes)


def test_an_hour_after_the_injection_the_dose_has_decayed_by_an_hour() -> None:
    expected = 70 * 1000 / (350e6 * 2 ** (-3600 / FDG_HALF_LIFE))
    assert pet()["suv_factor"] == pytest.approx(expected, rel=1e-12)
    assert "suv_reason" not in pet()


def test_pixels_corrected_to_the_injection_need_no_times() -> None:
    found = pet(DecayCorrection="ADMIN", SeriesTime="")
    assert found["suv_factor"] == pytest.approx(70 * 1000 / 350e6, rel=1e-12)


@pytest.mark.parametrize(
    ("injected", "hours"),
    [
        ({"RadiopharmaceuticalStartDateTime": "20260102084112.00"}, 1.5),
        ({"RadiopharmaceuticalStartDateTime": "20260102014112.00+0000"}, 1.5),
        ({"RadiopharmaceuticalStartDateTime": "20260101204112-0500"}, 1.5),
        ({"RadiopharmaceuticalStartTime": "231112"}, 11),
    ],
)
def test_a_whole_moment_goes_before_a_time_which_may_be_of_the_evening_before(
    injected: dict[str, str], hours: float
) -> None:
    expected = 70 * 1000 / (350e6 * 2 ** (-hours * 3600 / FDG_HALF_LIFE))
    found = pet(tracer(**injected), TimezoneOffsetFromUTC="+0700")
    assert found["suv_factor"] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"Units": "CNTS"}, "unit"),
        ({"PatientWeight": ""}, "weight"),
        ({"PatientWeight": "0"}, "weight"),
        ({"RadiopharmaceuticalInformationSequence": []}, "dose"),
        ({"RadiopharmaceuticalInformationSequence": tracer(RadionuclideTotalDose="")}, "dose"),
        ({"RadiopharmaceuticalInformationSequence": tracer(RadionuclideHalfLife="0")}, "half_life"),
        ({"RadiopharmaceuticalInformationSequence": tracer(RadiopharmaceuticalStartTime="")}, "time"),
        ({"RadiopharmaceuticalInformationSequence": tracer(**ELSEWHERE)}, "time"),
        (
            {"RadiopharmaceuticalInformationSequence": tracer(**ELSEWHERE), "TimezoneOffsetFromUTC": "ICT"},
            "time",
        ),
        ({"DecayCorrection": "NONE"}, "decay"),
        ({"SeriesTime": ""}, "time"),
        ({"SeriesTime": "111500"}, "time"),  # made after the images were: a later processing
    ],
)
def test_what_is_missing_is_said_instead_of_a_guess(changes: dict[str, Any], reason: str) -> None:
    found = pet(**changes)
    assert found["suv_reason"] == REASONS[reason]
    assert "suv_factor" not in found


def test_values_that_are_suv_already_stay_as_they_are_and_others_have_none() -> None:
    assert pet(Units="GML")["suv_factor"] == 1
    assert pet(Units="GML", SUVType="LBM")["suv_reason"] == REASONS["unit"]
    assert not {"suv_factor", "suv_reason"} & set(facts())


def region(corners: tuple[int, int, int, int], units: tuple[int, int], **more: Any) -> Dataset:
    item = Dataset()
    for name, value in zip(("MinX0", "MinY0", "MaxX1", "MaxY1"), corners, strict=True):
        setattr(item, f"RegionLocation{name}", value)
    item.RegionSpatialFormat, item.RegionDataType, item.RegionFlags = 1, 1, 2
    item.PhysicalUnitsXDirection, item.PhysicalUnitsYDirection = units
    item.PhysicalDeltaX, item.PhysicalDeltaY = 0.05, 0.025
    for name, value in more.items():
        setattr(item, name, value)
    return item


def test_each_region_of_an_ultrasound_image_keeps_its_own_units() -> None:
    tissue = region((2, 4, 40, 30), (3, 3))
    doppler = region(
        (0, 32, 63, 63),
        (4, 7),
        RegionSpatialFormat=3,
        PhysicalDeltaY=-2.5,
        ReferencePixelX0=0,
        ReferencePixelY0=16,
        ReferencePixelPhysicalValueX=0.0,
        ReferencePixelPhysicalValueY=0.0,
    )
    found = facts(Modality="US", SequenceOfUltrasoundRegions=[tissue, doppler])["ultrasound_regions"]
    assert found[0] == {
        "x0": 2, "y0": 4, "x1": 40, "y1": 30, "unit_x": "cm", "unit_y": "cm", "delta_x": 0.05, "delta_y": 0.025,
        "type": "2D",
    }  # fmt: skip
    assert (found[1]["unit_x"], found[1]["unit_y"], found[1]["delta_y"]) == ("s", "cm/s", -2.5)
    assert (found[1]["reference_y"], found[1]["value_y"], found[1]["type"]) == (16, 0, "spectral")


def test_the_uppermost_region_comes_first_and_one_without_units_is_left_out() -> None:
    below = region((0, 0, 63, 63), (3, 3), RegionFlags=1)
    above = region((10, 10, 20, 20), (3, 3), RegionFlags=0)
    nothing = region((0, 0, 9, 9), (0, 0))
    backwards = region((9, 9, 0, 0), (3, 3))
    found = facts(SequenceOfUltrasoundRegions=[below, nothing, backwards, above])["ultrasound_regions"]
    assert [one["x0"] for one in found] == [10, 0]
    assert "ultrasound_regions" not in facts(SequenceOfUltrasoundRegions=[nothing])


def test_real_files_are_read_alike(corpus: Path) -> None:
    ultrasound = corpus / "pydicom" / "examples_palette.dcm"
    told = pydicom.dcmread(ultrasound, stop_before_pixels=True).SequenceOfUltrasoundRegions[0]
    found = read_part10(ultrasound.read_bytes()).facts["ultrasound_regions"][0]
    assert (found["delta_x"], found["unit_x"]) == (told.PhysicalDeltaX, "cm")
    assert (found["x0"], found["y1"]) == (told.RegionLocationMinX0, told.RegionLocationMaxY1)
    scan = (corpus / "synthetic" / "mod" / "PT_suv" / "PT_00.dcm").read_bytes()
    assert read_part10(scan).facts["suv_factor"] == pytest.approx(
        70e3 / (350e6 * 2 ** (-3600 / FDG_HALF_LIFE))
    )
