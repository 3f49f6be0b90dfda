"""Reading beside one another: grid, tiles, series by hand, an earlier study, keys of one's own, and what is kept."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.pictures import looks_as_kept
from tests.journeys.windows import Windows, slice_number, vi, wait_for_image, wait_until

pytestmark = pytest.mark.journey

TWO_BY_TWO = 4


@pytest.fixture(scope="module")
def page(windows: Windows) -> Page:
    """The demonstration's chest CT, of a patient who has an X-ray of the chest as well."""
    found = windows.of("tam", "/studies")
    found.locator("tr[data-key]", has_text="CT ngực").locator("a").first.click()
    wait_for_image(found)
    return found


def test_layouts_tiles_and_an_earlier_study(page: Page) -> None:
    page.get_by_label(vi("Viewports"), exact=True).first.click()
    page.get_by_label(vi("{rows} rows, {columns} columns", rows=2, columns=2)).click()
    expect(page.locator(".hv-viewport")).to_have_count(TWO_BY_TWO)
    page.keyboard.press("Shift+G")
    before = slice_number(page)
    wait_until(page, lambda: _slices(page) == [before + n for n in range(TWO_BY_TWO)], "the tiles")
    page.keyboard.press("PageDown")
    wait_until(page, lambda: _slices(page) == [before + 10 + n for n in range(TWO_BY_TWO)], "the next tiles")
    expect(page.locator(".hv-quality-full")).to_have_count(TWO_BY_TWO)
    looks_as_kept(page.locator(".hv-stage"), "layouts-tiles", scaled_to=220)
    page.keyboard.press("Shift+G")
    page.keyboard.press("m")
    expect(page.locator(".hv-viewport")).to_have_count(1)
    page.locator(".hv-prior").first.click()
    expect(page.locator(".hv-viewport")).to_have_count(2)
    expect(page.locator(".hv-other-study")).to_have_text(vi("Other study"))
    page.locator(".hv-thumbnail").first.drag_to(page.locator(".hv-viewport").nth(1))
    expect(page.locator(".hv-other-study")).to_have_count(0)


def test_a_page_loaded_again_shows_what_it_showed_and_one_opened_anew_begins_anew(page: Page) -> None:
    """A phone drops pages it has no memory for; the place is this tab's alone."""
    page.goto(page.url)
    wait_for_image(page)
    expect(page.locator(".hv-viewport")).to_have_count(1)
    page.locator(".hv-prior").first.click()
    expect(page.locator(".hv-other-study")).to_have_text(vi("Other study"))
    for _ in range(6):
        page.keyboard.press("ArrowDown")
    here = slice_number(page)
    assert here > 1
    page.reload()
    wait_for_image(page)
    expect(page.locator(".hv-viewport")).to_have_count(2)
    wait_until(page, lambda: slice_number(page) == here, "the image it was")
    expect(page.locator(".hv-other-study")).to_have_text(vi("Other study"))
    page.goto(page.url)
    wait_for_image(page)
    expect(page.locator(".hv-viewport")).to_have_count(1)


def _slices(page: Page) -> list[int]:
    """Which image each viewport shows, from 1."""
    numbers = [re.search(r"(\d+)\s*/", text) for text in page.locator(".hv-slice").all_inner_texts()]
    return [int(found.group(1)) for found in numbers if found]


def test_a_key_of_ones_own_is_kept_for_the_next_time(page: Page) -> None:
    page.keyboard.press("?")
    page.get_by_label(vi("Set the key of: {name}", name=vi("Invert"))).click()
    expect(page.locator(".hv-key-field")).to_be_focused()
    with page.expect_response("**/viewer/preferences/shortcuts") as kept:
        page.keyboard.press("!")
    assert kept.value.status == 200
    page.keyboard.press("Escape")
    page.reload()
    wait_for_image(page)
    inverted = page.get_by_role("button", name=vi("Invert"), exact=True)
    expect(inverted).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("!")
    expect(inverted).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("i")
    expect(inverted).to_have_attribute("aria-pressed", "true")
