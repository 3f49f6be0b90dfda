"""Tables of colours in every form beside pydicom's and DCMTK's; overlays hidden in pixels' words change no value."""

import shutil
import struct
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.pixels.processing import apply_color_lut

from tests import dicomgen, evidencefiles
from tests.app.render.test_independent_renderers import by_dcmtk
from tests.decoding import Darkroom

CHANNELS = ("Red", "Green", "Blue")


def indexed(values: NDArray[np.unsignedinteger[Any]]) -> Dataset:
    ds = dicomgen.base(sop_class=dicomgen.SECONDARY_CAPTURE, modality="OT")
    return dicomgen.add_pixels(ds, values, photometric="PALETTE COLOR")


def wide_indices() -> Dataset:
    """Indexes of 16 bits; the table begins at 100, so that smaller and larger ones take its ends."""
    ds = indexed((np.arange(64 * 80).reshape(64, 80) * 13 % 4600).astype(np.uint16))
    for place, name in enumerate(CHANNELS):
        entries = (np.arange(4096) * (place + 3) * 5 % 65536).astype("<u2")
        setattr(ds, f"{name}PaletteColorLookupTableDescriptor", [4096, 100, 16])
        setattr(ds, f"{name}PaletteColorLookupTableData", entries.tobytes())
    return ds


def segmented() -> Dataset:
    """Discrete, linear and indirect segments of 16 bits: 4 + 124 entries, then the first two once more."""
    ds = indexed((np.arange(64 * 80).reshape(64, 80) % 256).astype(np.uint8))
    for place, name in enumerate(CHANNELS):
        top = 60_000 - 9_000 * place
        words = [0, 4, 0, 700, 300, 1_000, 1, 124, top, 2, 2, 0, 0]
        setattr(ds, f"{name}PaletteColorLookupTableDescriptor", [256, 0, 16])
        setattr(ds, f"Segmented{name}PaletteColorLookupTableData", struct.pack(f"<{len(words)}H", *words))
    return ds


@pytest.mark.parametrize("make", [wide_indices, segmented])
def test_colours_agree_with_pydicom_and_dcmtk(darkroom: Darkroom, tmp_path: Path, make: Any) -> None:
    data = dicomgen.file(make())
    ours = darkroom.picture(data).astype(int)
    ds = dcmread(BytesIO(data))
    assert np.abs(ours - (apply_color_lut(ds.pixel_array, ds) >> 8)).max() <= 1
    if make is wide_indices and shutil.which("dcmj2pnm"):  # DCMTK reads no segments
        assert np.abs(ours - by_dcmtk(data, tmp_path)).max() <= 2


def test_an_overlay_in_the_pixels_words_changes_no_value_and_no_picture(darkroom: Darkroom) -> None:
    bits = np.random.default_rng(9).random((48, 40)) > 0.5
    with_overlay, without = (evidencefiles.embedded_overlay(one) for one in (bits, np.zeros_like(bits)))
    for ds in (with_overlay, without):
        ds.WindowCenter, ds.WindowWidth, ds.RescaleIntercept = 1000, 2000, 0
    files = [dicomgen.file(ds) for ds in (with_overlay, without)]
    first, second = (darkroom.values(data) for data in files)
    assert np.array_equal(first, second)
    assert first.max() < 4096
    shown, plain = (darkroom.picture(data) for data in files)
    assert np.array_equal(shown, plain)
