"""A sample of `python -m tests.bench.corpus_pictures`: the server's picture, the viewer's own and other renderers'."""

import pytest

from tests.bench.corpus import CORPUS, rows
from tests.bench.corpus_pictures import run, verdict
from tests.bench.independent import DCMJ2PNM

SAMPLE = (
    "pydicom/CT_small.dcm", "pydicom/MR_small_bigendian.dcm", "pydicom-data/MR-SIEMENS-DICOM-WithOverlays.dcm",
    "pydicom-data/OBXXXX1A_expb.dcm", "pydicom-data/mlut_18.dcm", "pydicom-data/vlut_04.dcm",
    "pydicom-data/eCT_Supplemental.dcm", "highdicom/dx_image.dcm", "synthetic/mod/MG_14bit_voilut.dcm",
    "synthetic/mod/PT_suv/PT_03.dcm", "synthetic/px/gray16_signed_rescale_padding.dcm", "synthetic/px/gray12_highbit15.dcm",
    "synthetic/px/palette8_short_lut_offset.dcm", "synthetic/px/ybr_full_422.dcm", "synthetic/px/non_square_pixels.dcm",
    "synthetic/mf/j2k_20f_eot.dcm", "synthetic/hostile/window_nan.dcm",
)  # fmt: skip
ROWS = [row for row in rows() if row["file"] in SAMPLE] if CORPUS.is_dir() else []


@pytest.mark.skipif(not ROWS or DCMJ2PNM is None, reason="the reference data or DCMTK is not here")
def test_every_renderer_shows_the_same_picture_and_the_same_edges() -> None:
    found = run(ROWS)
    assert {one.file for one in found} == set(SAMPLE)
    assert [one for one in found if verdict(one) not in {"within 1", "tolerated", "explained"}] == []
    compared = {name for one in found for name in one.differences}
    assert compared >= {"dcmtk", "dcmtk min-max", "pydicom", "viewer", "letters", "aspect"}
