"""Key images and marks are saved as objects, and shown again after the page was opened anew."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.windows import Windows, vi, wait_for_image, wait_until

pytestmark = pytest.mark.journey

# How many points of the first viewport's layer are drawn on.
_DRAWN = """() => { const shown = document.querySelector('.hv-layers');
  const copy = new OffscreenCanvas(shown.width, shown.height).getContext('2d', {willReadFrequently: true});
  copy.drawImage(shown, 0, 0);
  const all = copy.getImageData(0, 0, shown.width, shown.height).data;
  let count = 0; for (let i = 3; i < all.length; i += 4) if (all[i] > 0) count++;
  return count; }"""


def _open(windows: Windows, path: str = "/studies") -> Page:
    page = windows.of("hanh", path)
    if path == "/studies":
        row = page.locator("tr[data-key]", has_text="CT sọ não không cản quang")
        row.locator("a").first.click()
    wait_for_image(page)
    return page


def _panel(page: Page) -> Locator:
    page.locator(".hv-surface").first.focus()
    page.keyboard.press("j")
    return page.get_by_role("complementary", name=vi("Key images and objects"))


def _drawn(page: Page) -> int:
    found: int = page.evaluate(_DRAWN)
    return found


def test_a_key_image_is_chosen_saved_and_found_again(windows: Windows) -> None:
    page = _open(windows)
    panel = _panel(page)
    expect(panel).to_be_visible()
    page.locator(".hv-surface").first.focus()
    page.keyboard.press("*")
    panel.get_by_label(vi("Note")).fill("Nốt cần xem lại")
    panel.get_by_label(vi("What for")).select_option(label=vi("For Conference"))
    panel.get_by_role("button", name=vi("Save the key images")).click()
    expect(page.get_by_text(vi("The key images are saved."))).to_be_visible()
    anew = _open(windows, page.url.removeprefix(windows.hoichan.url))
    panel = _panel(anew)
    panel.get_by_label(vi("For Conference")).check()
    expect(panel.get_by_text("Nốt cần xem lại")).to_be_visible()
    panel.get_by_role("button", name="CT").first.click()
    wait_until(anew, lambda: _drawn(anew) > 0, "the star of a key image")


def test_marks_are_saved_as_a_presentation_state_and_drawn_from_it(windows: Windows) -> None:
    page = _open(windows)
    box = page.locator(".hv-surface").first.bounding_box()
    assert box is not None
    page.locator(".hv-surface").first.focus()
    page.keyboard.press("l")
    page.mouse.move(box["x"] + 300, box["y"] + 300)
    page.mouse.down()
    page.mouse.move(box["x"] + 420, box["y"] + 380, steps=5)
    page.mouse.up()
    panel = _panel(page)
    panel.get_by_label(vi("Title"), exact=True).fill("Số đo hội chẩn")
    panel.get_by_role("button", name=vi("As a presentation state")).click()
    expect(page.get_by_text(vi("The marks are saved."))).to_be_visible()
    panel.get_by_role("button", name=vi("As a report of measurements")).click()
    expect(panel.get_by_label(re.compile("Số đo hội chẩn SR"))).to_be_visible()
    panel.get_by_label(re.compile("Số đo hội chẩn PR")).check()
    wait_until(page, lambda: _drawn(page) > 200, "the saved line and its words")
    panel.get_by_label(re.compile("Số đo hội chẩn PR")).uncheck()
    wait_until(page, lambda: _drawn(page) == 0, "nothing")
