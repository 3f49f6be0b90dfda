"""Objects of other makers drawn over the phantom, against kept pictures."""

import subprocess
from io import BytesIO
from pathlib import Path
from typing import Any

import highdicom as hd
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests import dicomgen, evidencefiles
from tests.journeys.pictures import GOLDEN, SHARE, differing, looks_as_kept, picture
from tests.journeys.windows import Windows, vi, wait_for_image, wait_until

pytestmark = pytest.mark.journey

# An arrowhead of millimetres about the middle of the second slice.
_CONTOUR = [[-6.0, -5.0, 2.0], [5.5, -1.0, 2.0], [-5.0, 6.0, 2.0], [-2.0, 0.5, 2.0]]
_POINTS_DRAWN = """() => { const shown = document.querySelector('.hv-layers'); if (!shown?.width) return 0;
  const copy = new OffscreenCanvas(shown.width, shown.height).getContext('2d', {willReadFrequently: true});
  copy.drawImage(shown, 0, 0);
  const all = copy.getImageData(0, 0, shown.width, shown.height).data;
  let count = 0; for (let i = 3; i < all.length; i += 4) if (all[i] > 0) count++;
  return count; }"""


def _segmentation() -> bytes:
    mask = np.zeros((3, 64, 64), bool)
    mask[:, 26:38, 24:40] = True
    mask[:, 30:34, 28:33] = False
    return evidencefiles.segmentation(mask)


def _state() -> bytes:
    """A curve and a circle on the second slice, drawn by highdicom."""
    image = evidencefiles.datasets()[1]
    drawn: list[Any] = [
        hd.pr.GraphicObject(kind, np.array(points, float), units="PIXEL")
        for kind, points in (
            ("POLYLINE", [[22, 40], [28, 24], [34, 40], [41, 25]]),
            ("CIRCLE", [[32, 32], [32, 40]]),
        )
    ]
    layer = hd.pr.GraphicLayer("DRAWN", order=1)
    annotation = hd.pr.GraphicAnnotation([image], layer, graphic_objects=drawn)
    made = evidencefiles.state(image, graphic_layers=[layer], graphic_annotations=[annotation])
    out = BytesIO()
    made.save_as(out)
    return out.getvalue()


@pytest.fixture
def page(windows: Windows, tmp_path: Path) -> Page:
    """Three slices and three objects that speak of them, open in the viewer with the list of objects."""
    objects = [evidencefiles.structures(_CONTOUR, slice_=2), _segmentation(), _state()]
    for number, data in enumerate([*dicomgen.series(3), *objects]):
        (tmp_path / f"{number}.dcm").write_bytes(data)
    to = ["-aet", "CT01", "-aec", "DONGXANH", "127.0.0.1", str(windows.hoichan.dicom_port)]
    command = ["dcmsend", "--scan-directories", *to, str(tmp_path)]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    page = windows.of("hanh", "/studies?q=BN0001")
    page.locator("a[href^='/studies/']:has-text('NGUYỄN VĂN AN')").first.click()
    wait_for_image(page)
    page.locator(".hv-surface").first.press("j")
    expect(page.get_by_role("complementary", name=vi("Key images and objects"))).to_be_visible()
    return page


def test_each_kind_of_object_is_drawn_as_it_was(page: Page) -> None:
    surface = page.locator(".hv-surface").first
    expect(page.locator(".hv-quality")).to_have_text(vi("Full quality"))
    bare = picture(surface)
    for kind in ("RTSTRUCT", "SEG", "PR"):
        chosen = page.get_by_label(kind)
        chosen.check()
        wait_until(page, lambda: page.evaluate(_POINTS_DRAWN) > 500, f"{kind} is drawn")
        page.wait_for_load_state("networkidle")
        looks_as_kept(surface, f"object-{kind.lower()}")
        kept = Image.open(GOLDEN / f"object-{kind.lower()}.png").convert("RGB")
        assert differing(bare, kept) > 3 * SHARE, f"without {kind} the picture would pass"
        chosen.uncheck()
        wait_until(page, lambda: page.evaluate(_POINTS_DRAWN) == 0, f"{kind} is gone")
