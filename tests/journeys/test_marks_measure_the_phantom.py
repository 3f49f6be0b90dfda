"""Marks drawn with the mouse on a known phantom with oblong pixels: the figures on the screen are numpy's."""

import math
import subprocess
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import ImageChops
from playwright.sync_api import Page, Route, expect

from tests.dicomfiles import phantom
from tests.dicomgen import ct_dataset, file
from tests.journeys.pictures import SHARE, differing, looks_as_kept, picture
from tests.journeys.windows import Windows, vi, wait_for_image, wait_until

pytestmark = pytest.mark.journey

ROWS, COLUMNS = 96, 128
DOWN, ALONG = 0.5, 0.8
PATIENT = "ĐO PHANTOM"


@pytest.fixture(scope="module")
def page(windows: Windows, storescu: str, tmp_path_factory: pytest.TempPathFactory) -> Page:
    image = ct_dataset(
        5, rows=ROWS, columns=COLUMNS, study="marks", patient_id="BN-7301", patient_name="ĐO^PHANTOM"
    )
    image.PixelSpacing = [DOWN, ALONG]
    path = tmp_path_factory.mktemp("phantom") / "1.dcm"
    path.write_bytes(file(image))
    to = ["-aet", "CT01", "-aec", "DONGXANH", "127.0.0.1", str(windows.hoichan.dicom_port), str(path)]
    subprocess.run([storescu, *to], check=True, capture_output=True, timeout=60)
    found = windows.of("hanh", "/studies")
    found.locator("tr[data-key]", has_text=PATIENT).locator("a").first.click()
    wait_for_image(found)
    expect(found.locator(".hv-quality").first).to_have_text(vi("Full quality"))
    return found


def test_the_picture_is_the_kept_one_through_windows_colours_and_filters(page: Page) -> None:
    """And a picture three pixels beside it, or of another window, is not."""
    surface = page.locator(".hv-surface").first
    as_it_came = picture(surface)
    looks_as_kept(surface, "window-as-it-came")
    beside = ImageChops.offset(as_it_came, 3, 0)
    assert differing(as_it_came, beside) > SHARE
    surface.press("5")
    expect(page.locator(".hv-bottom-left").first).to_contain_text("-600")
    looks_as_kept(surface, "window-lung")
    assert differing(as_it_came, picture(surface)) > SHARE
    surface.press("i")
    looks_as_kept(surface, "window-lung-inverted")
    surface.press("x")
    surface.press("I")
    panel = page.locator(".hv-picture-panel")
    for name in ("Sharper", "Smoother"):
        panel.get_by_role("button", name=vi(name)).click()
        looks_as_kept(surface, f"filter-{name.lower()}")
    panel.get_by_role("button", name=vi("As recorded")).click()
    panel.locator("[name=hv-colours]").nth(1).check()
    looks_as_kept(surface, "colours")
    panel.locator("[name=hv-colours]").nth(0).check()
    page.keyboard.press("Escape")
    wait_until(page, lambda: differing(as_it_came, picture(surface)) < SHARE, "as it came")


def _draw(page: Page, key: str, places: Sequence[tuple[float, float]]) -> dict[str, Any]:
    """The mark as the server keeps it."""
    before = {mark["id"] for mark in _kept(page)}
    _drag(page, key, places)
    wait_until(page, lambda: len(_kept(page)) > len(before), "the mark is kept")
    (mark,) = (mark for mark in _kept(page) if mark["id"] not in before)
    return mark


def _drag(page: Page, key: str, places: Sequence[tuple[float, float]]) -> None:
    """Over these places, in parts of the viewport from its middle."""
    surface = page.locator(".hv-surface").first
    box = surface.bounding_box()
    assert box is not None
    surface.press(key)
    for step, (x, y) in enumerate(places):
        page.mouse.move(box["x"] + box["width"] / 2 + x * box["height"], box["y"] + (0.5 + y) * box["height"])
        if step == 0:
            page.mouse.down()
    page.mouse.up()


def _kept(page: Page) -> list[dict[str, Any]]:
    address = page.url.split("?", maxsplit=1)[0] + "/annotations"
    found: list[dict[str, Any]] = page.context.request.get(address).json()["annotations"]
    return found


def _expected(mark: dict[str, Any]) -> NDArray[np.int16]:
    """The phantom's values whose centres lie inside, by a rule of this test's own."""
    image = phantom(ROWS, COLUMNS, 5)
    y, x = np.mgrid[:ROWS, :COLUMNS] + 0.5
    points = np.array(mark["points"])
    if mark["kind"] == "circle":
        (cx, cy), radius = points.mean(axis=0), np.ptp(points[:, 0]) / 2 * ALONG
        inside: NDArray[np.bool_] = np.hypot((x - cx) * ALONG, (y - cy) * DOWN) <= radius
        return image[inside]
    turns = np.zeros((ROWS, COLUMNS))
    for (ax, ay), (bx, by) in zip(points, np.roll(points, -1, axis=0), strict=True):
        turn = np.arctan2(by - y, bx - x) - np.arctan2(ay - y, ax - x)
        turns += (turn + math.pi) % (2 * math.pi) - math.pi
    return image[np.abs(turns) > math.pi]


def test_every_region_has_numpys_figures_and_says_them_beside_it(page: Page) -> None:
    ring = [(0.2 * math.cos(a / 5), 0.25 * math.sin(a / 5)) for a in range(31)]
    for key, places in (("u", [(-0.3, -0.2), (0.12, 0.31)]), ("E", [(0.05, 0), (0.3, 0.05)]), ("k", ring)):
        mark = _draw(page, key, places)
        expected, told = _expected(mark), mark["values"]
        assert (told["count"], told["min"], told["max"]) == (expected.size, expected.min(), expected.max())
        assert told["mean"] == pytest.approx(expected.mean(), rel=1e-9)
        assert told["sd"] == pytest.approx(expected.std(), rel=1e-9)
        assert told["area_mm2"] == pytest.approx(expected.size * DOWN * ALONG, rel=0.05)
        mean = f"{told['mean']:.1f}".replace(".", ",")
        expect(page.locator("svg.hv-marks")).to_contain_text(mean)
    line = _draw(page, "l", [(-0.2, -0.1), (0.2, 0.2)])
    (x1, y1), (x2, y2) = line["points"]
    assert line["values"]["length"] == pytest.approx(math.hypot((x2 - x1) * ALONG, (y2 - y1) * DOWN))
    probe = _draw(page, "o", [(0.12, 0.01)])
    ((x, y),) = probe["points"]
    looks_as_kept(page.locator(".hv-surface").first, "marks")
    assert probe["values"] == {"value": int(phantom(ROWS, COLUMNS, 5)[int(y), int(x)]), "unit": "HU"}


def test_marks_are_listed_hidden_removed_and_brought_back_by_keys(page: Page) -> None:
    surface = page.locator(".hv-surface").first
    shown = page.locator("svg.hv-marks .hv-mark")
    expect(shown).to_have_count(5)
    surface.press("J")
    panel = page.get_by_role("complementary", name=vi("Marks"))
    expect(panel.locator("li")).to_have_count(5)
    panel.locator("li", has_text=vi("Rectangle")).locator(".hv-mark-jump").click()
    expect(panel.get_by_role("img")).to_have_count(1)  # its histogram
    surface.press("H")
    expect(shown).to_have_count(0)
    surface.press("H")
    expect(shown).to_have_count(5)
    surface.press("Delete")
    expect(panel.locator("li")).to_have_count(4)
    surface.press("Control+z")
    expect(panel.locator("li")).to_have_count(5)
    surface.press("Control+y")
    expect(panel.locator("li")).to_have_count(4)
    wait_until(page, lambda: len(_kept(page)) == 4, "the server knows")


def test_a_mark_drawn_while_the_line_is_cut_is_kept_over_a_reload_and_then_sent(
    page: Page, windows: Windows
) -> None:
    """The address of the marks alone is cut, so that the page itself can be loaded again."""
    marks = page.locator("svg.hv-marks .hv-mark")
    count = marks.count()
    page.route("**/annotations/*", lambda route: route.abort())
    _drag(page, "l", [(-0.3, 0.3), (0.3, 0.35)])
    expect(page.locator("svg.hv-marks .hv-unsaved")).to_have_count(1)
    expect(page.locator(".hv-line-state")).to_contain_text(vi("Not saved yet"))
    page.reload()
    wait_for_image(page)
    expect(page.locator("svg.hv-marks .hv-unsaved")).to_have_count(1)
    expect(marks).to_have_count(count + 1)
    page.unroute("**/annotations/*")
    page.evaluate("dispatchEvent(new Event('online'))")
    wait_until(page, lambda: len(_kept(page)) == count + 1, "the server has it")
    expect(page.locator("svg.hv-marks .hv-unsaved")).to_have_count(0)
    windows.forgive("ERR_FAILED")


def test_words_are_typed_where_they_are_to_stand(page: Page) -> None:
    surface = page.locator(".hv-surface").first
    _drag(page, "t", [(-0.2, -0.3)])
    expect(page.get_by_label(vi("Text of the mark"))).to_be_focused()
    page.keyboard.type("hạch")
    page.keyboard.press("Enter")
    expect(page.locator("svg.hv-marks")).to_contain_text("hạch")
    expect(surface).to_be_focused()


def test_kept_marks_stand_on_the_image_though_what_draws_them_comes_after_it(
    page: Page, windows: Windows
) -> None:
    tam, kept = windows.of("tam"), _kept(page)
    late: list[Route] = []

    def hold(route: Route) -> None:  # a method of a list is no handler to Playwright
        late.append(route)

    tam.route("**/afterwards-*.js", hold)
    tam.goto(page.url)
    wait_for_image(tam)
    wait_until(tam, lambda: bool(late), "what draws marks is asked for")
    expect(tam.locator(".hv-quality").first).to_have_text(vi("Full quality"))
    tam.wait_for_timeout(500)  # whatever else makes a picture be drawn again has been
    for route in late:
        route.continue_()
    expect(tam.locator("svg.hv-marks .hv-mark")).to_have_count(len(kept))


def test_a_technician_measures_for_themselves_and_is_told_that_it_is_not_kept(
    page: Page, windows: Windows
) -> None:
    tam = windows.of("tam", page.url.removeprefix(windows.hoichan.url))
    wait_for_image(tam)
    marks, kept = tam.locator("svg.hv-marks .hv-mark"), _kept(tam)
    expect(marks).to_have_count(len(kept))
    _drag(tam, "l", [(-0.3, 0.1), (0.3, 0.15)])
    said = tam.locator(".hv-message")
    expect(said).to_contain_text(vi("This mark is not kept: your role may look, not mark."))
    expect(marks).to_have_count(len(kept) + 1)
    undo = tam.get_by_role("button", name=vi("Undo"))
    undo.click()
    expect(marks).to_have_count(len(kept))
    expect(undo).to_be_disabled()
    assert _kept(tam) == kept
