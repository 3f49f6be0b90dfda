"""A file becomes the picture its header asks for."""

from dataclasses import replace
from typing import Any

import imagecodecs
import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from app.base.errors import Invalid, Unsupported
from app.render.params import FrameParams, Window
from tests import dicomgen
from tests.decoding import Darkroom, compressed, pixels_of

ROOT = "1.2.840.10008.1.2."
EIGHT = np.arange(256, dtype=np.uint8).reshape(16, 16)


def image(values: NDArray[Any], photometric: str = "", **attributes: Any) -> Dataset:
    ds = dicomgen.base(sop_class=dicomgen.SECONDARY_CAPTURE, modality="OT")
    dicomgen.add_pixels(ds, values, photometric=photometric)
    for keyword, value in attributes.items():
        setattr(ds, keyword, value)
    return ds


def shown(darkroom: Darkroom, ds: Dataset, **params: Any) -> NDArray[np.uint8]:
    return darkroom.picture(dicomgen.file(ds), FrameParams(**params))


def test_eight_bits_without_a_window_are_shown_as_they_are(darkroom: Darkroom) -> None:
    np.testing.assert_array_equal(shown(darkroom, image(EIGHT)), EIGHT)


def test_monochrome1_shows_small_values_bright(darkroom: Darkroom) -> None:
    np.testing.assert_array_equal(shown(darkroom, image(EIGHT, "MONOCHROME1")), 255 - EIGHT)


def test_monochrome1_with_the_inverse_shape_is_one_inversion_not_two(darkroom: Darkroom) -> None:
    ds = image(EIGHT, "MONOCHROME1", PresentationLUTShape="INVERSE")
    np.testing.assert_array_equal(shown(darkroom, ds), 255 - EIGHT)


def test_inverting_on_request_turns_it_round_again(darkroom: Darkroom) -> None:
    np.testing.assert_array_equal(shown(darkroom, image(EIGHT, "MONOCHROME1"), invert=True), EIGHT)


def test_a_window_acts_on_real_world_values(darkroom: Darkroom) -> None:
    picture = shown(darkroom, dicomgen.ct_dataset(), window=Window(0, 2001))
    assert picture[32, 33] == round((900 + 0.5) / 2000 * 255 + 127.5)
    assert picture[0, 0] == 0
    assert abs(int(picture[32, 12]) - 128) <= 1


def test_the_first_declared_window_is_the_default(darkroom: Darkroom) -> None:
    ds = dicomgen.ct_dataset()
    np.testing.assert_array_equal(shown(darkroom, ds), shown(darkroom, ds, window=Window(40, 400)))


def test_padding_is_black_also_where_small_values_are_bright(darkroom: Darkroom) -> None:
    ds = image(EIGHT, "MONOCHROME1")
    ds.add_new(0x00280120, "US", 0)
    assert shown(darkroom, ds)[0, 0] == 0
    assert shown(darkroom, ds)[0, 1] == 254


def lut(values: list[int], first: int, bits: int) -> Dataset:
    item = Dataset()
    item.add_new(0x00283002, "US", [len(values), first, bits])
    item.add_new(0x00283006, "OW", np.array(values, "<u2").tobytes())
    item.ModalityLUTType = "HU"
    return item


def test_a_modality_table_replaces_slope_and_intercept(darkroom: Darkroom) -> None:
    ds = image(EIGHT, ModalityLUTSequence=[lut([10, 20, 30], 100, 8)], WindowCenter=127.5, WindowWidth=255)
    ds.VOILUTFunction = "LINEAR_EXACT"
    picture = shown(darkroom, ds)
    assert set(picture.reshape(-1).tolist()) == {10, 20, 30}
    assert picture.reshape(-1)[[0, 100, 101, 102, 255]].tolist() == [10, 10, 20, 30, 30]


def test_a_voi_table_is_used_where_there_is_no_window_and_where_asked_for(darkroom: Darkroom) -> None:
    ds = image(EIGHT, VOILUTSequence=[lut([0, 4095], 128, 12), lut([4095, 0], 128, 12)])
    assert shown(darkroom, ds).reshape(-1)[[0, 128, 129, 255]].tolist() == [0, 0, 255, 255]
    assert shown(darkroom, ds, voi_lut_index=1).reshape(-1)[[0, 128, 129, 255]].tolist() == [255, 255, 0, 0]
    with pytest.raises(Invalid):
        shown(darkroom, ds, voi_lut_index=2)


def palette(values: dict[str, list[int]], bits: int, first: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, entries in values.items():
        found[f"{name}PaletteColorLookupTableDescriptor"] = [len(entries), first, bits]
        found[f"{name}PaletteColorLookupTableData"] = np.array(entries, "<u2").tobytes()
    return found


def greys(entries: list[int]) -> dict[str, list[int]]:
    return {"Red": entries, "Green": entries, "Blue": entries}


def test_palette_indices_become_colours_and_those_outside_clamp(darkroom: Darkroom) -> None:
    tables = {"Red": [0x1000, 0x2000, 0xFF00], "Green": [0, 0x8000, 0], "Blue": [0xFF00, 0, 0x0100]}
    ds = image(EIGHT, "PALETTE COLOR", **palette(tables, 16, first=16))
    picture = shown(darkroom, ds).reshape(-1, 3)
    assert picture[[0, 16, 17, 18, 255]].tolist() == [
        [0x10, 0, 0xFF],
        [0x10, 0, 0xFF],
        [0x20, 0x80, 0],
        [0xFF, 0, 1],
        [0xFF, 0, 1],
    ]


def test_a_palette_that_fills_only_the_lower_byte_is_not_black(darkroom: Darkroom) -> None:
    ds = image(EIGHT, "PALETTE COLOR", **palette(greys([0, 128, 255]), 16))
    assert shown(darkroom, ds).reshape(-1, 3)[1].tolist() == [128, 128, 128]


def test_palette_indices_of_sixteen_bits(darkroom: Darkroom) -> None:
    indices = np.array([[0, 1], [2, 60000]], np.uint16)
    table = [0x0000, 0x4000, 0x8000]
    ds = image(indices, "PALETTE COLOR", **palette(greys(table), 16))
    assert shown(darkroom, ds)[..., 0].tolist() == [[0, 0x40], [0x80, 0x80]]


COLOURS = np.array([[[255, 0, 0], [0, 255, 0]], [[0, 0, 255], [200, 100, 50]]], np.uint8)
YBR = np.array([[[76, 85, 255], [150, 44, 21]], [[29, 255, 107], [124, 86, 182]]], np.uint8)


def test_rgb_is_shown_as_it_is_by_pixel_and_by_plane(darkroom: Darkroom) -> None:
    np.testing.assert_array_equal(shown(darkroom, image(COLOURS)), COLOURS)
    planes = image(COLOURS, PlanarConfiguration=1)
    planes.PixelData = COLOURS.transpose(2, 0, 1).tobytes()
    np.testing.assert_array_equal(shown(darkroom, planes), COLOURS)


def test_rgb_of_sixteen_bits_keeps_its_upper_eight(darkroom: Darkroom) -> None:
    np.testing.assert_array_equal(shown(darkroom, image(COLOURS.astype(np.uint16) * 257)), COLOURS)


def test_ybr_full_becomes_rgb(darkroom: Darkroom) -> None:
    picture = shown(darkroom, image(YBR, "YBR_FULL")).astype(int)
    assert abs(picture - COLOURS).max() <= 2


def test_ybr_at_half_resolution_gives_both_neighbours_the_same_colour(darkroom: Darkroom) -> None:
    ds = image(YBR, "YBR_FULL_422")
    ds.PixelData = bytes([76, 150, 85, 255, 29, 124, 255, 107])
    full = YBR.copy()
    full[:, 1, 1:] = full[:, 0, 1:]
    np.testing.assert_array_equal(shown(darkroom, ds), shown(darkroom, image(full, "YBR_FULL")))


@pytest.mark.parametrize("photometric", ["YBR_FULL_422", "YBR_FULL", "RGB"])
def test_a_jpeg_with_a_jfif_mark_is_ybr_whatever_the_header_says(
    darkroom: Darkroom, photometric: str
) -> None:
    flat = np.full((16, 16, 3), (200, 100, 50), np.uint8)
    stream = bytes(imagecodecs.jpeg8_encode(flat, level=95))
    picture = darkroom.picture(compressed(image(flat, photometric), ROOT + "4.50", [stream]))
    assert abs(picture.astype(int) - flat).max() <= 3


def test_a_jpeg_that_marks_its_samples_as_rgb_is_not_converted(darkroom: Darkroom) -> None:
    flat = np.full((16, 16, 3), (200, 100, 50), np.uint8)
    stream = bytes(imagecodecs.jpeg8_encode(flat, level=95, colorspace="RGB", outcolorspace="RGB"))
    picture = darkroom.picture(compressed(image(flat, "YBR_FULL_422"), ROOT + "4.50", [stream]))
    assert abs(picture.astype(int) - flat).max() <= 3


def test_colour_is_inverted_on_request(darkroom: Darkroom) -> None:
    np.testing.assert_array_equal(shown(darkroom, image(COLOURS), invert=True), 255 - COLOURS)


def test_bits_outside_those_stored_are_not_image(darkroom: Darkroom) -> None:
    values = np.array([[0xF123, 0x0FFF]], np.uint16)
    low = image(values, BitsStored=12, HighBit=11)
    high = image(values, BitsStored=12, HighBit=15)
    signed = image(values, BitsStored=12, HighBit=11, PixelRepresentation=1)
    assert darkroom.values(dicomgen.file(low)).tolist() == [[[0x123, 0xFFF]]]
    assert darkroom.values(dicomgen.file(high)).tolist() == [[[0xF12, 0x0FF]]]
    assert darkroom.values(dicomgen.file(signed)).tolist() == [[[0x123, -1]]]


def test_eight_bit_cells_written_as_words_of_a_big_endian_file_are_put_in_order(darkroom: Darkroom) -> None:
    ds = image(EIGHT)
    ds.PixelData = EIGHT.reshape(-1, 2)[:, ::-1].tobytes()
    ds["PixelData"].VR = "OW"
    np.testing.assert_array_equal(darkroom.values(dicomgen.file(ds, dicomgen.BIG_ENDIAN))[0], EIGHT)


@pytest.mark.parametrize(("keyword", "kind"), [("FloatPixelData", "<f4"), ("DoubleFloatPixelData", "<f8")])
def test_real_numbers_are_shown_from_darkest_to_brightest(
    darkroom: Darkroom, keyword: str, kind: str
) -> None:
    ds = image(EIGHT)
    values = (EIGHT / 256).astype(kind)
    for name in ("PixelData", "BitsStored", "HighBit", "PixelRepresentation"):
        delattr(ds, name)
    ds.BitsAllocated = 8 * values.dtype.itemsize
    setattr(ds, keyword, values.tobytes())
    data = dicomgen.file(ds)
    np.testing.assert_array_equal(darkroom.values(data)[0], values)
    assert abs(darkroom.picture(data).astype(int) - EIGHT).max() <= 3


def test_thirty_two_bit_doses_are_shown(darkroom: Darkroom) -> None:
    doses = EIGHT.astype(np.uint32) * 5_000_000
    picture = darkroom.picture(dicomgen.file(image(doses)))
    assert abs(picture.astype(int) - EIGHT).max() <= 3


def test_a_box_shrinks_by_averaging_and_never_enlarges(darkroom: Darkroom) -> None:
    values = np.zeros((40, 80), np.uint8)
    values[:, ::2] = 200
    data = dicomgen.file(image(values))
    small = darkroom.picture(data, FrameParams(box=(40, 100)))
    assert small.shape == (20, 40)
    assert set(small.reshape(-1).tolist()) == {100}
    assert darkroom.picture(data, FrameParams(box=(500, 500))).shape == (40, 80)
    assert darkroom.picture(data, FrameParams(box=(1, 1))).shape == (1, 1)


def test_jpeg_is_near_the_exact_picture(darkroom: Darkroom) -> None:
    location = darkroom.keep(dicomgen.ct_slice(1, rows=128, columns=128))[0]
    exact = pixels_of(darkroom.renderer.rendered_frame(location, FrameParams(media_type="image/png")))
    near = pixels_of(darkroom.renderer.rendered_frame(location, FrameParams(quality=95)))
    assert np.abs(exact.astype(int) - near).mean() < 1


def test_a_shorter_file_than_the_index_promised_is_refused_with_a_sentence(darkroom: Darkroom) -> None:
    location = darkroom.keep(dicomgen.ct_slice())[0]
    path = darkroom.blobs.path(location.digest)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(Unsupported, match="incomplete"):
        darkroom.renderer.values(location)


def test_video_and_unknown_compression_are_refused_with_a_sentence(darkroom: Darkroom) -> None:
    for syntax, words in (("1.2.840.10008.1.2.4.102", "Video"), ("1.2.3.4", "1.2.3.4")):
        location = replace(darkroom.keep(dicomgen.ct_slice())[0], transfer_syntax_uid=syntax)
        with pytest.raises(Unsupported, match=words):
            darkroom.renderer.values(replace(location, frame_number=len(words)))
