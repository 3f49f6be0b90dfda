"""Every transfer syntax gives back the stored values that went in."""

import io
import zlib
from collections.abc import Callable
from typing import Any

import imagecodecs
import numpy as np
import pydicom
import pytest
from numpy.typing import NDArray
from pydicom.uid import RLELossless

from tests import dicomgen
from tests.decoding import Darkroom, compressed

ROWS, COLUMNS = 37, 53  # odd on purpose: padding bytes show
ROOT = "1.2.840.10008.1.2"
Encoder = Callable[[NDArray[Any], int], bytes]


def grey(bits: int, *, signed: bool = False) -> NDArray[Any]:
    """Values from the whole range, both ends and runs of neighbours among them."""
    low = -(1 << bits - 1) if signed else 0
    values = np.random.default_rng(bits).integers(low, low + (1 << bits), (ROWS, COLUMNS))
    values[5:9] = values[5, 0]
    values[0, :2] = low, low + (1 << bits) - 1
    return values.astype(f"{'i' if signed else 'u'}{1 if bits <= 8 else 2}")


def colour() -> NDArray[np.uint8]:
    return np.random.default_rng(3).integers(0, 256, (ROWS, COLUMNS, 3), np.uint8)


def dataset(values: NDArray[Any], bits: int) -> Any:
    ds = dicomgen.add_pixels(dicomgen.base(sop_class=dicomgen.SECONDARY_CAPTURE, modality="OT"), values)
    ds.BitsStored, ds.HighBit = bits, bits - 1
    return ds


def codes(values: NDArray[Any], bits: int) -> NDArray[Any]:
    """What encoders without signs are given: two's complement in BitsStored."""
    unsigned = values.view(f"u{values.dtype.itemsize}")
    found: NDArray[Any] = unsigned & unsigned.dtype.type((1 << bits) - 1)
    return found


def jpeg_lossless(values: NDArray[Any], bits: int) -> bytes:
    return bytes(imagecodecs.ljpeg_encode(codes(values, bits), bitspersample=bits))


def jpeg_lossless_predictor_6(values: NDArray[Any], bits: int) -> bytes:
    return bytes(
        imagecodecs.jpeg8_encode(codes(values, bits), lossless=True, predictor=6, bitspersample=bits)
    )


def jpeg_ls(values: NDArray[Any], bits: int) -> bytes:
    return bytes(imagecodecs.jpegls_encode(codes(values, bits)))


def jpeg_2000(values: NDArray[Any], bits: int) -> bytes:
    return bytes(
        imagecodecs.jpeg2k_encode(values, level=0, codecformat="J2K", bitspersample=bits, reversible=True)
    )


def htj2k(values: NDArray[Any], _: int) -> bytes:
    return bytes(imagecodecs.htj2k_encode(values, reversible=True))


def jpeg_xl(values: NDArray[Any], _: int) -> bytes:
    return bytes(imagecodecs.jpegxl_encode(values, lossless=True))


def deflated_frame(values: NDArray[Any], _: int) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(values.tobytes()) + packer.flush()


@pytest.mark.parametrize("syntax", ["", ".1", ".1.99", ".2"])
@pytest.mark.parametrize(("bits", "signed"), [(8, False), (8, True), (12, False), (12, True), (16, True)])
def test_uncompressed_values_come_back(darkroom: Darkroom, syntax: str, bits: int, signed: bool) -> None:
    values = grey(bits, signed=signed)
    ds = dataset(values, bits)
    if syntax == ".2":
        ds.PixelData = values.astype(values.dtype.newbyteorder(">")).tobytes() + b"\0" * (values.nbytes % 2)
    found = darkroom.values(dicomgen.file(ds, ROOT + syntax))[0]
    assert found.dtype.kind == values.dtype.kind
    np.testing.assert_array_equal(found, values)


@pytest.mark.parametrize(
    ("syntax", "encode"),
    [
        (".4.57", jpeg_lossless_predictor_6),
        (".4.70", jpeg_lossless),
        (".4.80", jpeg_ls),
        (".4.90", jpeg_2000),
        (".4.201", htj2k),
        (".4.202", htj2k),
        (".4.110", jpeg_xl),
        (".8.1", deflated_frame),
    ],
)
@pytest.mark.parametrize(("bits", "signed"), [(8, False), (12, False), (12, True), (16, False), (16, True)])
def test_lossless_compression_gives_back_every_value(
    darkroom: Darkroom, syntax: str, encode: Encoder, bits: int, signed: bool
) -> None:
    if signed and syntax == ".4.110":
        return  # JPEG XL has no signed samples
    values = grey(bits, signed=signed)
    data = compressed(dataset(values, bits), ROOT + syntax, [encode(values, bits)])
    found = darkroom.values(data)[0]
    assert found.dtype.kind == values.dtype.kind
    np.testing.assert_array_equal(found, values)


@pytest.mark.parametrize(
    ("syntax", "encode"),
    [
        (
            ".4.70",
            lambda values: imagecodecs.jpeg8_encode(
                values, lossless=True, colorspace="RGB", outcolorspace="RGB"
            ),
        ),
        (".4.80", imagecodecs.jpegls_encode),
        (".4.90", lambda values: imagecodecs.jpeg2k_encode(values, codecformat="J2K", reversible=True)),
        (".4.201", lambda values: imagecodecs.htj2k_encode(values, reversible=True)),
        (".4.110", lambda values: imagecodecs.jpegxl_encode(values, lossless=True)),
    ],
)
def test_colour_comes_back_from_lossless_compression(
    darkroom: Darkroom, syntax: str, encode: Callable[[NDArray[np.uint8]], bytes]
) -> None:
    values = colour()
    data = compressed(dataset(values, 8), ROOT + syntax, [bytes(encode(values))])
    np.testing.assert_array_equal(darkroom.values(data)[0], values)
    np.testing.assert_array_equal(darkroom.picture(data), values)


@pytest.mark.parametrize("values", [grey(8), grey(12), grey(16, signed=True), colour()], ids=str)
def test_run_lengths_of_another_encoder_come_back(darkroom: Darkroom, values: NDArray[Any]) -> None:
    ds = dataset(values, 12 if values.max() == 4095 else values.dtype.itemsize * 8)
    ds = pydicom.dcmread(io.BytesIO(dicomgen.file(ds)))
    ds.compress(RLELossless, encoding_plugin="pydicom", generate_instance_uid=False)
    np.testing.assert_array_equal(darkroom.values(dicomgen.file(ds, str(RLELossless)))[0], values)


@pytest.mark.parametrize("bits", [8, 12])
def test_lossy_jpeg_stays_near(darkroom: Darkroom, bits: int) -> None:
    y, x = np.mgrid[:ROWS, :COLUMNS]
    values = ((y + x) * ((1 << bits) - 1) // (ROWS + COLUMNS)).astype("u1" if bits == 8 else "u2")
    stream = bytes(imagecodecs.jpeg8_encode(values, level=98, bitspersample=bits))
    data = compressed(dataset(values, bits), ROOT + (".4.50" if bits == 8 else ".4.51"), [stream])
    found = darkroom.values(data)[0].astype(int)
    assert abs(found - values).max() <= (1 << bits) // 64


def test_near_lossless_overshoot_is_clamped_and_not_wrapped_to_black(darkroom: Darkroom) -> None:
    values = np.full((ROWS, COLUMNS), 4095, np.uint16)
    values[::2] = 4093
    stream = bytes(imagecodecs.jpegls_encode(values, level=2))
    data = compressed(dataset(values, 12), ROOT + ".4.81", [stream])
    found = darkroom.values(data)[0].astype(int)
    assert found.max() <= 4095
    assert abs(found - values).max() <= 2


def test_lossy_values_beyond_the_bits_stored_are_clamped_with_their_sign(darkroom: Darkroom) -> None:
    wide = np.array([[-3000, -2048, 2047, 3000]] * 4, np.int16)
    stream = bytes(imagecodecs.jpeg2k_encode(wide, codecformat="J2K", reversible=True))
    ds = dataset(wide, 12)
    assert darkroom.values(compressed(ds, ROOT + ".4.91", [stream]))[0, 0].tolist() == [
        -2048,
        -2048,
        2047,
        2047,
    ]


def test_each_frame_of_a_compressed_cine_is_its_own(darkroom: Darkroom) -> None:
    data = dicomgen.cine(4, transfer_syntax=dicomgen.JPEG_LS)
    assert [int(frame[0, 0]) for frame in darkroom.values(data)] == [20, 25, 30, 35]


def test_one_bit_frames_begin_inside_bytes(darkroom: Darkroom) -> None:
    data, bits = dicomgen.one_bit()
    np.testing.assert_array_equal(darkroom.values(data), bits)


def test_one_bit_frames_come_back_from_run_lengths_and_deflated(darkroom: Darkroom) -> None:
    bits = np.random.default_rng(4).integers(0, 2, (16, 24), np.uint8)
    packed = np.packbits(bits, bitorder="little").tobytes()
    ds = dataset(bits, 1)
    ds.BitsAllocated = 1
    for syntax, stream in (
        (".8.1", deflated_frame(np.frombuffer(packed, np.uint8), 1)),
        (
            ".5",
            (1).to_bytes(4, "little")
            + (64).to_bytes(4, "little")
            + bytes(56)
            + bytes([len(packed) - 1])
            + packed,
        ),
    ):
        data = compressed(ds, ROOT + syntax, [stream])
        np.testing.assert_array_equal(darkroom.values(data)[0], bits)
