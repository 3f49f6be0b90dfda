"""Our pictures against two renderers that are not ours: pydicom's functions and, where installed, DCMTK's dcmj2pnm."""

import io
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from numpy.typing import NDArray
from PIL import Image
from pydicom.dataset import Dataset
from pydicom.pixels.processing import apply_color_lut, apply_modality_lut, apply_voi_lut, convert_color_space

from app.render.params import FrameParams
from tests import dicomgen
from tests.decoding import Darkroom

DCMJ2PNM = shutil.which("dcmj2pnm")


def ct(**attributes: Any) -> Dataset:
    return dicomgen.ct_dataset(3, rows=96, columns=80, **attributes)


def signed() -> Dataset:
    ds = ct(WindowCenter=-100, WindowWidth=1200)
    dicomgen.add_pixels(ds, dicomgen.phantom(96, 80))
    ds.RescaleIntercept = 0
    return ds


def table(values: NDArray[np.integer], first: int, bits: int) -> Dataset:
    item = Dataset()
    item.add_new(0x00283002, "US", [len(values), first, bits])
    item.add_new(0x00283006, "OW", values.astype("<u2").tobytes())
    item.ModalityLUTType = "US"
    return item


def with_voi_table() -> Dataset:
    ds = ct()
    del ds.WindowCenter, ds.WindowWidth, ds.RescaleSlope, ds.RescaleIntercept, ds.RescaleType
    ds.VOILUTSequence = [table((np.linspace(0, 1, 2000) ** 2 * 4095).astype(int), 0, 12)]
    return ds


def with_modality_table() -> Dataset:
    ds = ct(WindowCenter=2048, WindowWidth=4096)
    del ds.RescaleSlope, ds.RescaleIntercept, ds.RescaleType
    ds.ModalityLUTSequence = [table((np.linspace(1, 0, 2100) * 4000).astype(int), 0, 16)]
    return ds


GREY = {
    "soft tissue": ct(),
    "lung": ct(WindowCenter=-600, WindowWidth=1500),
    "narrow": ct(WindowCenter=0, WindowWidth=2),
    "sigmoid": ct(VOILUTFunction="SIGMOID"),
    "linear exact": ct(VOILUTFunction="LINEAR_EXACT"),
    "fractional slope": ct(RescaleSlope="0.3333333", RescaleIntercept="-77.5"),
    "signed": signed(),
    "voi table": with_voi_table(),
    "modality table": with_modality_table(),
    "monochrome1": ct(PhotometricInterpretation="MONOCHROME1"),
}


@pytest.mark.parametrize("name", GREY)
def test_grey_agrees_with_pydicom_within_one_level(darkroom: Darkroom, name: str) -> None:
    data = dicomgen.file(GREY[name])
    ds = pydicom.dcmread(io.BytesIO(data))
    values = apply_voi_lut(apply_modality_lut(ds.pixel_array, ds), ds).astype(float)
    darkest, brightest = ends_of_pydicom(ds)
    expected = (values - darkest) / (brightest - darkest) * 255
    if ds.PhotometricInterpretation == "MONOCHROME1":
        expected = 255 - expected
    assert np.abs(darkroom.picture(data) - expected).max() <= 1


def ends_of_pydicom(ds: Dataset) -> tuple[float, float]:
    """pydicom gives a table's entries, and spreads a window over the range of the modality transformation."""
    if "VOILUTSequence" in ds:
        return 0, (1 << ds.VOILUTSequence[0].LUTDescriptor[2]) - 1
    if "ModalityLUTSequence" in ds:
        return 0, (1 << ds.ModalityLUTSequence[0].LUTDescriptor[2]) - 1
    levels = 1 << ds.BitsStored
    lowest = -levels // 2 if ds.PixelRepresentation else 0
    slope, intercept = float(ds.RescaleSlope), float(ds.RescaleIntercept)
    return lowest * slope + intercept, (lowest + levels - 1) * slope + intercept


@pytest.mark.skipif(DCMJ2PNM is None, reason="dcmj2pnm (Debian's dcmtk) is not installed")
@pytest.mark.parametrize("name", GREY)
def test_grey_agrees_with_dcmtk_within_one_level(darkroom: Darkroom, tmp_path: Path, name: str) -> None:
    data = dicomgen.file(GREY[name])
    expected = by_dcmtk(data, tmp_path, "+Wl" if name == "voi table" else "+Wi")
    assert np.abs(darkroom.picture(data).astype(int) - expected).max() <= 1


def by_dcmtk(data: bytes, folder: Path, voi: str = "") -> NDArray[np.int64]:
    source, target = folder / "in.dcm", folder / "out.pnm"
    source.write_bytes(data)
    options = [voi, "1"] if voi else []
    subprocess.run(
        [str(DCMJ2PNM), "+op", *options, str(source), str(target)], check=True, capture_output=True
    )
    with Image.open(target) as image:
        return np.asarray(image).astype(int)


def colour_file(kind: str) -> bytes:
    ds = dicomgen.base(sop_class=dicomgen.SECONDARY_CAPTURE, modality="OT")
    y, x = np.mgrid[:64, :80]
    samples = np.dstack([x * 3, y * 3, (x + y) * 2 % 256]).astype(np.uint8)
    if kind == "PALETTE COLOR":
        dicomgen.add_pixels(ds, samples[..., 2], photometric=kind)
        for channel, name in enumerate(("Red", "Green", "Blue")):
            entries = (np.arange(256) * (channel + 1) * 257 % 65536).astype("<u2")
            setattr(ds, f"{name}PaletteColorLookupTableDescriptor", [256, 0, 16])
            setattr(ds, f"{name}PaletteColorLookupTableData", entries.tobytes())
    else:
        dicomgen.add_pixels(ds, samples, photometric=kind)
    return dicomgen.file(ds)


@pytest.mark.parametrize("kind", ["RGB", "YBR_FULL", "PALETTE COLOR"])
def test_colour_agrees_with_pydicom_within_one_level(darkroom: Darkroom, kind: str) -> None:
    data = colour_file(kind)
    ds = pydicom.dcmread(io.BytesIO(data))
    if kind == "PALETTE COLOR":
        expected = apply_color_lut(ds.pixel_array, ds) >> 8
    else:
        ds.pixel_array_options(raw=True)  # pydicom converts by itself otherwise
        expected = convert_color_space(ds.pixel_array, kind, "RGB")
    assert np.abs(darkroom.picture(data).astype(int) - expected).max() <= 1


@pytest.mark.skipif(DCMJ2PNM is None, reason="dcmj2pnm (Debian's dcmtk) is not installed")
@pytest.mark.parametrize("kind", ["RGB", "YBR_FULL", "PALETTE COLOR"])
def test_colour_agrees_with_dcmtk_within_two_levels(darkroom: Darkroom, tmp_path: Path, kind: str) -> None:
    data = colour_file(kind)
    assert np.abs(darkroom.picture(data).astype(int) - by_dcmtk(data, tmp_path)).max() <= 2


@pytest.mark.skipif(DCMJ2PNM is None, reason="dcmj2pnm (Debian's dcmtk) is not installed")
def test_values_that_end_at_another_high_bit_agree_with_dcmtk(darkroom: Darkroom, tmp_path: Path) -> None:
    ds = ct()
    values = np.frombuffer(ds.PixelData, "<u2") << 4
    ds.PixelData, ds.HighBit = values.tobytes(), 15
    data = dicomgen.file(ds)
    expected = by_dcmtk(data, tmp_path, "+Wi")
    assert np.abs(darkroom.picture(data, FrameParams()).astype(int) - expected).max() <= 1
