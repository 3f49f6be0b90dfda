"""Odd headers are read as far as they make sense; what makes none is left out with a note, or refused with a sentence."""

from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.tag import Tag

from app.archive.uids import IMPLICIT_LITTLE
from app.base.errors import Unsupported
from app.render.description import ImageDescription
from app.render.lut import Lut, expand_segments
from app.render.params import Window
from tests import dicomgen

PIXEL_DATA = b"\xe0\x7f\x10\x00"


def described(ds: Dataset, transfer_syntax: str = dicomgen.EXPLICIT) -> ImageDescription:
    data = dicomgen.file(ds, transfer_syntax)
    length = data.rindex(PIXEL_DATA)
    return ImageDescription.from_header(data[: length + 6], length, transfer_syntax)


def raw(ds: Dataset, keyword: str, text: str) -> Dataset:
    """The attribute with a value that pydicom would not write."""
    tag = Tag(keyword)
    ds.add_new(tag, "LO", text)
    return ds


def test_a_usual_ct() -> None:
    found = described(dicomgen.ct_dataset())
    assert (found.rows, found.columns, found.bits_stored, found.signed) == (64, 64, 12, False)
    assert found.grey.windows == (Window(40, 400),)
    assert (found.grey.slope, found.grey.intercept, found.grey.unit) == (1, -1024, "HU")
    assert found.grey.spacing == (0.5, 0.5)
    assert found.notes == ()


def test_implicit_headers_say_the_same() -> None:
    explicit, implicit = described(dicomgen.ct_dataset()), described(dicomgen.ct_dataset(), IMPLICIT_LITTLE)
    assert explicit.grey == implicit.grey
    assert explicit.frame_bits == implicit.frame_bits


@pytest.mark.parametrize(
    ("keyword", "value"),
    [
        ("WindowWidth", "0"),
        ("WindowWidth", "-400"),
        ("WindowWidth", "NaN"),
        ("WindowCenter", "inf"),
        ("WindowCenter", "forty"),
        ("RescaleSlope", "1e400"),
        ("RescaleSlope", "1e308"),
        ("RescaleSlope", "0"),
        ("RescaleIntercept", "NaN"),
    ],
)
def test_a_number_that_makes_no_sense_is_left_out_with_a_note(keyword: str, value: str) -> None:
    found = described(raw(dicomgen.ct_dataset(), keyword, value))
    assert f"{keyword} ignored" in found.notes
    assert found.grey.windows == (() if keyword.startswith("Window") else (Window(40, 400),))
    assert found.grey.slope == 1


def test_a_missing_colour_model_follows_from_the_samples() -> None:
    ds = dicomgen.ct_dataset()
    del ds.PhotometricInterpretation
    assert described(ds).photometric == "MONOCHROME2"


@pytest.mark.parametrize(
    "attributes",
    [
        {"Rows": 0},
        {"SamplesPerPixel": 3},
        {"PhotometricInterpretation": "HSV"},
        {"BitsAllocated": 13},
        {"BitsStored": 17},
        {"HighBit": 30},
        {"PhotometricInterpretation": "PALETTE COLOR"},
        {"Rows": 65535, "Columns": 65535},
    ],
)
def test_a_header_no_pixels_could_fit_is_refused(attributes: dict[str, Any]) -> None:
    ds = dicomgen.ct_dataset()
    for keyword, value in attributes.items():
        setattr(ds, keyword, value)
    with pytest.raises(Unsupported) as caught:
        described(ds)
    assert caught.value.code == "undecodable"


def test_padding_has_the_sign_of_the_pixels() -> None:
    ds = dicomgen.ct_dataset()
    ds.PixelRepresentation = 1
    ds.add_new(0x00280120, "SS", -2000)
    ds.add_new(0x00280121, "SS", -1500)
    assert described(ds).padding == (-2000, -1500)
    assert described(ds, IMPLICIT_LITTLE).padding == (-2000, -1500)


def group(**sequences: dict[str, Any]) -> Dataset:
    found = Dataset()
    for keyword, attributes in sequences.items():
        item = Dataset()
        for name, value in attributes.items():
            setattr(item, name, value)
        setattr(found, keyword, [item])
    return found


def test_functional_groups_of_a_frame_go_before_the_shared_ones() -> None:
    ds = dicomgen.ct_dataset()
    for keyword in ("RescaleSlope", "RescaleIntercept", "WindowCenter", "WindowWidth", "PixelSpacing"):
        delattr(ds, keyword)
    ds.SharedFunctionalGroupsSequence = [
        group(
            PixelMeasuresSequence={"PixelSpacing": [0.7, 0.8]},
            PixelValueTransformationSequence={
                "RescaleSlope": 2,
                "RescaleIntercept": -10,
                "RescaleType": "HU",
            },
        )
    ]
    ds.PerFrameFunctionalGroupsSequence = [
        group(FrameVOILUTSequence={"WindowCenter": 50, "WindowWidth": 300}),
        group(
            FrameVOILUTSequence={"WindowCenter": 60, "WindowWidth": 80, "VOILUTFunction": "SIGMOID"},
            PixelValueTransformationSequence={"RescaleSlope": 3, "RescaleIntercept": 5, "RescaleType": "US"},
        ),
    ]
    found = described(ds)
    first, second, beyond = (found.grey_of(number) for number in (1, 2, 3))
    assert (first.slope, first.intercept, first.windows, first.spacing) == (
        2,
        -10,
        (Window(50, 300),),
        (0.7, 0.8),
    )
    assert (second.slope, second.intercept, second.unit) == (3, 5, "")
    assert second.windows == (Window(60, 80, "SIGMOID"),)
    assert (beyond.slope, beyond.windows) == (2, ())


def test_several_windows_keep_their_order_and_the_nonsense_among_them_goes() -> None:
    ds = dicomgen.ct_dataset()
    ds.WindowCenter, ds.WindowWidth = [40, -600, 300], [400, 0, 1500]
    assert described(ds).grey.windows == (Window(40, 400), Window(300, 1500))


@pytest.mark.parametrize(
    ("words", "wide", "values"),
    [
        ([0, 3, 5, 6, 7], True, [5, 6, 7]),
        ([0, 1, 0, 1, 4, 8], True, [0, 2, 4, 6, 8]),
        ([0, 2, 1, 2, 2, 1, 0, 0], True, [1, 2, 1, 2]),
        ([0, 2, 1, 2, 2, 1, 0, 0, 0, 0], False, [1, 2, 1, 2]),
        ([1, 4, 8], True, []),
        ([2, 1, 0, 0], True, []),
        ([0, 1, 9, 2, 200, 0, 0], True, []),
    ],
    ids=[
        "discrete",
        "linear",
        "indirect words",
        "indirect bytes",
        "line from nowhere",
        "itself",
        "past the end",
    ],
)
def test_segmented_tables_are_expanded(words: list[int], wide: bool, values: list[int]) -> None:
    assert expand_segments(words, wide=wide) == values


def test_tables_clamp_inputs_outside_them() -> None:
    lut = Lut(np.array([10, 20, 30], "<u2").tobytes(), 100, 8)
    assert lut.look_up(np.array([-5, 100, 101, 102, 5000])).tolist() == [10, 10, 20, 30, 30]
