"""The manifest's facts of one instance: what the viewer divides by is a number, never nonsense."""

from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset

from app.archive.part10 import read_part10
from tests import dicomgen


def facts(data: bytes) -> dict[str, Any]:
    return read_part10(data).facts


def ct(**attributes: Any) -> dict[str, Any]:
    return facts(dicomgen.ct_slice(3, **attributes))


def test_a_ct_slice_tells_all_a_viewer_needs() -> None:
    found = ct()

    assert found["position"] == [-16.0, -16.0, 3.0]
    assert found["orientation"] == [1, 0, 0, 0, 1, 0]
    assert (found["spacing"], found["spacing_source"]) == ([0.5, 0.5], "pixel")
    assert (found["slope"], found["intercept"], found["unit"]) == (1, -1024, "HU")
    assert found["windows"] == [{"center": 40, "width": 400, "function": "LINEAR", "explanation": ""}]
    assert (found["rows"], found["columns"], found["bits_stored"], found["signed"]) == (64, 64, 12, False)
    assert (found["stored"], found["stored_bytes"], found["renderable"]) == (True, 64 * 64 * 2, True)
    assert found["frame_overrides"] is None


@pytest.mark.parametrize(
    ("center", "width", "count"),
    [(["40", "600"], ["400", "1600"], 2), ("40", "0", 0), ("40", "0.5", 0), ("1E300", "400", 0)],
)
def test_windows_that_cannot_be_are_left_out(center: Any, width: Any, count: int) -> None:
    assert len(ct(WindowCenter=center, WindowWidth=width)["windows"]) == count


def test_no_number_in_a_window_is_no_window() -> None:
    assert facts(dicomgen.hostile("window_nan"))["windows"] == []


def test_a_width_below_one_is_fine_for_a_sigmoid() -> None:
    assert ct(WindowWidth="0.5", VOILUTFunction="SIGMOID")["windows"][0]["function"] == "SIGMOID"


@pytest.mark.parametrize(
    ("pixel", "imager", "expected"),
    [
        ([0.2, 0.2], None, ([0.2, 0.2], "pixel")),
        ([0.2, 0.2], [0.2, 0.2], ([0.2, 0.2], "imager")),
        ([0.18, 0.18], [0.2, 0.2], ([0.18, 0.18], "calibrated")),
        (None, [0.2, 0.2], ([0.2, 0.2], "imager")),
        ([0, 0.2], None, (None, "none")),
        (None, None, (None, "none")),
    ],
)
def test_spacing_says_where_it_was_measured(pixel: Any, imager: Any, expected: Any) -> None:
    ds = dicomgen.ct_dataset()
    del ds.PixelSpacing
    if pixel:
        ds.PixelSpacing = pixel
    if imager:
        ds.ImagerPixelSpacing = imager
    found = facts(dicomgen.file(ds))

    assert (found["spacing"], found["spacing_source"]) == expected


DIGITAL_XRAY, TOMOSYNTHESIS = "1.2.840.10008.5.1.4.1.1.1.1", "1.2.840.10008.5.1.4.1.1.13.1.3"


@pytest.mark.parametrize(
    ("sop_class", "modality", "attributes", "source"),
    [
        (DIGITAL_XRAY, "DX", {}, "uncertain"),
        ("1.2.840.10008.5.1.4.1.1.1", "CR", {}, "uncertain"),
        ("1.2.840.10008.5.1.4.1.1.1.2", "MG", {}, "uncertain"),
        ("1.2.840.10008.5.1.4.1.1.12.1", "XA", {}, "uncertain"),
        (dicomgen.SECONDARY_CAPTURE, "CR", {}, "uncertain"),
        (DIGITAL_XRAY, "DX", {"PixelSpacingCalibrationType": "FIDUCIAL"}, "calibrated"),
        (DIGITAL_XRAY, "DX", {"ImagerPixelSpacing": [0.2, 0.2]}, "imager"),
        (DIGITAL_XRAY, "DX", {"ImagerPixelSpacing": [0.3, 0.3]}, "calibrated"),
        (dicomgen.SECONDARY_CAPTURE, "CR", {"NominalScannedPixelSpacing": [0.2, 0.2]}, "imager"),
        (dicomgen.SECONDARY_CAPTURE, "MR", {}, "pixel"),
        (dicomgen.CT, "CT", {}, "pixel"),
        (TOMOSYNTHESIS, "MG", {}, "pixel"),
    ],
)
def test_a_projection_that_does_not_say_how_it_was_scaled_is_uncertain(
    sop_class: str, modality: str, attributes: dict[str, Any], source: str
) -> None:
    """PS3.3 10.7.1.3: Pixel Spacing alone does not tell whether it was corrected for magnification."""
    found = ct(SOPClassUID=sop_class, Modality=modality, PixelSpacing=[0.2, 0.2], **attributes)

    assert (found["spacing"], found["spacing_source"]) == ([0.2, 0.2], source)


@pytest.mark.parametrize("transfer_syntax", [dicomgen.EXPLICIT, dicomgen.IMPLICIT])
def test_padding_below_zero_is_read_in_every_encoding(transfer_syntax: str) -> None:
    ds = dicomgen.ct_dataset()
    dicomgen.add_pixels(ds, dicomgen.phantom())
    ds.PixelPaddingValue = -2000

    assert facts(dicomgen.file(ds, transfer_syntax))["padding"] == -2000


def test_colour_and_lut_images_are_rendered_by_the_server() -> None:
    lut = Dataset()
    lut.LUTDescriptor, lut.LUTData = [2, 0, 16], [0, 1]
    lut["LUTDescriptor"].VR, lut["LUTData"].VR = "US", "US"
    colour = dicomgen.base(series="colour")
    dicomgen.add_pixels(colour, np.zeros((8, 8, 3), np.uint8))

    assert not ct(ModalityLUTSequence=[lut])["stored"]
    assert not facts(dicomgen.file(colour))["stored"]


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"FrameTime": 40}, 40),
        ({"FrameTimeVector": [0, 30, 50]}, 40),
        ({"CineRate": 25}, 40),
        ({"FrameTime": 0}, None),
    ],
)
def test_frame_time_from_whatever_says_it(attributes: dict[str, Any], expected: float | None) -> None:
    assert ct(**attributes)["frame_time_ms"] == expected


def test_a_lossy_image_says_so() -> None:
    told = ct(
        LossyImageCompression="01", LossyImageCompressionRatio=12, LossyImageCompressionMethod="ISO_10918_1"
    )

    assert told["lossy"] == {"ratio": 12, "method": "ISO_10918_1"}
    assert facts(dicomgen.cine())["lossy"] == {"ratio": None, "method": None}
    assert ct()["lossy"] is None


def test_an_object_without_pixels_has_a_reason() -> None:
    found = facts(dicomgen.pdf_document())

    assert (found["frames"], found["renderable"], found["reason"]) == (0, False, "This object has no images.")


def test_functional_groups_become_facts_of_all_or_of_each_frame() -> None:
    found = facts(dicomgen.enhanced_ct(3))

    assert found["frames"] == 3
    assert (found["spacing"], found["spacing_source"]) == ([0.7, 0.7], "pixel")
    assert found["orientation"] == [1, 0, 0, 0, 1, 0]
    assert (found["slope"], found["intercept"]) == (1, -1024)
    assert found["windows"][0]["width"] == 400
    assert found["frame_overrides"] == [
        {"position": [0, 0, 1]},
        {"position": [0, 0, 2]},
        {"position": [0, 0, 3]},
    ]


def test_a_slope_beyond_all_measure_is_none() -> None:
    """The same bound as the server's renderer has: both show the same picture."""
    assert ct(RescaleSlope="1E308")["slope"] == 1


def test_the_side_of_a_tomosynthesis_stands_in_its_functional_groups() -> None:
    ds = dicomgen.ct_dataset(3)
    anatomy, group = Dataset(), Dataset()
    anatomy.FrameLaterality = "L"
    group.FrameAnatomySequence = [anatomy]
    ds.SharedFunctionalGroupsSequence = [group]
    assert facts(dicomgen.file(ds))["laterality"] == "L"
