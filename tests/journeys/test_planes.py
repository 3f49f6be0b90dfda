"""A series in three planes: a bright ball of known place and size, seen from the side, in a slab, on a phone."""

import re
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.dicomgen import add_pixels, ct_dataset, file
from tests.journeys.pictures import looks_as_kept
from tests.journeys.windows import Windows, slice_number, vi, wait_for_image, wait_until

pytestmark = pytest.mark.journey

PATIENT = "ĐOÀN THỊ CẦU"
COLUMNS, SLICES = 96, 40
PIXEL, STEP = 0.5, 2.0
# Millimetres L, P, H: the ball, and the middle of the block in which the planes begin.
BALL, RADIUS = (8.0, -6.0, 56.0), 7.0
MIDDLE = (-0.25, -0.25, STEP * (1 + SLICES) / 2)

# The bright part of a plane, in CSS pixels from the middle of its picture; the lines are no part of the canvas.
_BRIGHT = """(cell) => { const canvas = document.querySelector(`[data-cell=${cell}] canvas`);
  const { width, height } = canvas, found = { count: 0, x0: width, x1: -1, y0: height, y1: -1 };
  if (!width) return [0, 0, 0, 0, 0];
  const copy = new OffscreenCanvas(width, height).getContext('2d', {willReadFrequently: true});
  copy.drawImage(canvas, 0, 0);
  const data = copy.getImageData(0, 0, width, height).data;
  for (let y = 0, i = 0; y < height; y++) for (let x = 0; x < width; x++, i += 4) {
    if (data[i] < 128) continue;
    found.count++;
    found.x0 = Math.min(found.x0, x); found.x1 = Math.max(found.x1, x);
    found.y0 = Math.min(found.y0, y); found.y1 = Math.max(found.y1, y);
  }
  return [found.count, (found.x0 + found.x1 + 1 - width) / 2, (found.y0 + found.y1 + 1 - height) / 2,
    found.x1 + 1 - found.x0, found.y1 + 1 - found.y0]; }"""


class Spot(NamedTuple):
    """In CSS pixels; `right` and `down` from the middle."""

    pixels: int
    right: float
    down: float
    width: float
    height: float


def _slice(number: int) -> bytes:
    y, x = (np.mgrid[0:COLUMNS, 0:COLUMNS] - COLUMNS / 2) * PIXEL
    height = STEP * number
    from_ball = np.sqrt((x - BALL[0]) ** 2 + (y - BALL[1]) ** 2 + (height - BALL[2]) ** 2)
    ds = ct_dataset(
        number,
        rows=COLUMNS,
        columns=COLUMNS,
        study="planes",
        patient_id="BN-8801",
        patient_name="ĐOÀN^THỊ CẦU",
        ImagePositionPatient=[-COLUMNS / 2 * PIXEL, -COLUMNS / 2 * PIXEL, height],
        SliceThickness=STEP,
    )
    add_pixels(ds, np.where(from_ball < RADIUS, 2024, 24).astype(np.uint16))
    ds.BitsStored, ds.HighBit = 12, 11
    return file(ds)


@pytest.fixture(scope="module")
def study(windows: Windows, storescu: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Where the page of the study is."""
    folder: Path = tmp_path_factory.mktemp("ball")
    for number in range(1, SLICES + 1):
        (folder / f"{number:03}.dcm").write_bytes(_slice(number))
    to = ["-aet", "CT01", "-aec", "DONGXANH", "127.0.0.1", str(windows.hoichan.dicom_port)]
    subprocess.run([storescu, *to, "+sd", str(folder)], check=True, capture_output=True, timeout=60)
    page = windows.of("hanh", "/studies")
    row = page.locator("tr[data-key]", has_text=PATIENT)
    wait_until(page, lambda: str(SLICES) in row.inner_text(), "all images in the list")
    path = row.locator("a").first.get_attribute("href")
    assert path is not None
    return path


def _open_planes(page: Page) -> None:
    wait_for_image(page)
    page.get_by_role("button", name=vi("Planes and 3D")).click()
    expect(page.locator("[data-cell=axial] .hv-quality")).to_have_text(vi("Full values"), timeout=30_000)


def _is_image(page: Page, number: int) -> None:
    corner = page.locator("[data-cell=axial] .hv-bottom-left")
    expect(corner).to_contain_text(vi("Image {number} of {count}", number=number, count=SLICES))


def _spot(page: Page, cell: str) -> Spot:
    found: list[Any] = page.evaluate(_BRIGHT, cell)
    return Spot(*found)


def _scale(page: Page, cell: str) -> float:
    """CSS pixels for a millimetre, by the bar in the picture."""
    ruler = page.locator(f"[data-cell={cell}] .hv-ruler")
    number, unit = re.fullmatch(r"\s*([\d.,]+) (cm|mm)\s*", ruler.inner_text()).groups()  # type: ignore[union-attr]  # a bar always says so
    box = ruler.locator("i").bounding_box()
    assert box is not None
    return box["width"] / (float(number.replace(",", ".")) * (10 if unit == "cm" else 1))


def _drag_line(page: Page, cell: str, of: str, *, down: float) -> None:
    """The part of the line between its handle and the middle."""
    box = page.locator(f"[data-cell={cell}] .hv-surface").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2 + 40, box["y"] + box["height"] / 2
    assert page.locator(f"[data-cell={cell}] .hv-mpr-line.hv-mpr-{of}").count() == 1
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + down, steps=8)
    page.mouse.up()


def _plays(page: Page) -> None:
    """The film of the slices runs and rests; the slice through the ball is then the kept one."""
    wait_for_image(page)
    surface, first = page.locator(".hv-surface").first, slice_number(page)
    surface.press(" ")
    wait_until(page, lambda: slice_number(page) != first, "the film runs")
    surface.press(" ")
    for key in ("Home", "PageDown", "PageDown", *["ArrowDown"] * 7):
        surface.press(key)
    wait_until(page, lambda: slice_number(page) == 28, "the slice through the ball")
    expect(page.locator(".hv-quality").first).to_have_text(vi("Full quality"))
    looks_as_kept(surface, "cine-rested")


def test_a_ball_lies_in_every_plane_where_it_lies_in_the_body(windows: Windows, study: str) -> None:
    page = windows.of("hanh", study)
    _plays(page)
    for _ in range(8):
        page.locator(".hv-surface").first.press("ArrowUp")
    _open_planes(page)
    _is_image(page, 20)
    before, scale = _spot(page, "coronal"), _scale(page, "axial")
    assert _spot(page, "axial").pixels == 0, "the ball lies above the first axial plane"

    _drag_line(page, "axial", "coronal", down=(BALL[1] - MIDDLE[1]) * scale)
    wait_until(page, lambda: _spot(page, "coronal").width > before.width * 1.3, "a cut nearer to the middle")
    expect(page.locator("[data-cell=coronal] .hv-quality")).to_have_text(vi("Full values"))
    ball, scale = _spot(page, "coronal"), _scale(page, "coronal")
    assert ball.right / scale == pytest.approx(BALL[0] - MIDDLE[0], abs=0.6)
    assert ball.down / scale == pytest.approx(MIDDLE[2] - BALL[2], abs=1.1), "two of three slices high"
    assert ball.width / scale == pytest.approx(2 * RADIUS, abs=0.8)

    looks_as_kept(page.locator("[data-cell=coronal] .hv-surface"), "planes-coronal")
    slab = page.get_by_label(vi("Slab"), exact=True).locator("input")
    slab.fill("40")
    wait_until(page, lambda: _spot(page, "axial").pixels > 0, "the ball within 20 mm of the axial plane")

    page.locator("[data-cell=axial] .hv-surface").press("ArrowDown")
    _is_image(page, 21)
    page.mouse.wheel(0, 300)
    gone = int(page.locator("[data-cell=axial] [data-slice]").get_attribute("data-slice") or 0)
    page.keyboard.press("Escape")
    expect(page.locator(".hv-mpr")).to_have_count(0)
    assert slice_number(page) == gone > 20, "the image whose number the plane bore"


def test_on_a_phone_one_picture_is_shown_and_a_finger_scrolls(windows: Windows, study: str) -> None:
    page = windows.phone("hanh", study)
    wait_for_image(page)
    _open_planes(page)
    number = page.locator("[data-cell=axial] [data-slice]")
    before = number.get_attribute("data-slice")
    page.locator("[data-cell=axial] .hv-surface").press("ArrowUp")
    expect(number).not_to_have_attribute("data-slice", before or "")
    page.get_by_role("tab", name=vi("Sagittal")).tap()
    expect(page.locator("[data-cell=sagittal]")).to_be_visible()
    expect(page.locator("[data-cell=axial]")).to_be_hidden()
    page.get_by_role("tab", name=vi("3D")).tap()
    wait_until(page, lambda: _spot(page, "last").pixels > 0, "the ball as a body")
    page.get_by_role("button", name=vi("Back to the images")).tap()
    expect(page.locator(".hv-mpr")).to_have_count(0)
    _open_planes(page)
    address = page.url
    page.evaluate("history.back()")
    expect(page.locator(".hv-mpr")).to_have_count(0)
    wait_for_image(page)
    assert page.url == address, "Back leaves the planes, not the viewer"
