"""The viewer and the room for those without a mouse, without sight or with little of it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.axe import barriers
from tests.journeys.case import open_tab
from tests.journeys.windows import Windows, slice_number, vi, wait_for_image, wait_until

pytestmark = pytest.mark.journey

# What has the keyboard, and whether one sees that it has: an outline of its own.
_FOCUS = """() => { const has = document.activeElement, style = getComputedStyle(has);
  return [has.tagName, has.className, style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2]; }"""


def _open(windows: Windows) -> Page:
    page = windows.of("hanh", "/studies")
    page.locator("tr[data-key]", has_text="CT ngực").locator("a").first.press("Enter")
    wait_for_image(page)
    return page


def _in_every_panel(page: Page) -> Iterator[str]:
    more = page.locator(".hv-fold")
    if more.is_visible():
        more.click()
    for button in page.locator(".hv-popover > button").all():
        button.click()
        yield from barriers(page)
        page.keyboard.press("Escape")
    for key in ("j", "J", "T", "?"):
        page.locator(".hv-surface").first.press(key)
        expect(page.locator(".hv-side, dialog[open]").first).to_be_visible()
        page.wait_for_load_state("networkidle")
        yield from (f"{key} {problem}" for problem in barriers(page))
        page.keyboard.press("Escape")


def test_no_panel_tab_or_plane_keeps_anybody_out(windows: Windows) -> None:
    page = _open(windows)
    problems = list(_in_every_panel(page))
    page.get_by_role("button", name=vi("Planes and 3D")).click()
    expect(page.locator("[data-cell=axial] .hv-quality")).to_have_text(vi("Full values"), timeout=30_000)
    problems += [f"planes {problem}" for problem in barriers(page)]
    room = windows.of("hanh", "/consults?box=all")
    room.locator("a[href^='/consults/']", has_text="Nguyễn Văn An").first.click()
    wait_for_image(room)
    for tab in ("Case", "Talk", "Marks", "People"):
        open_tab(room, tab)
        problems += [f"{tab} {problem}" for problem in barriers(room)]
    assert not problems, "\n".join(problems)


def _focus_is_seen(page: Page) -> None:
    element, of, seen = page.evaluate(_FOCUS)
    assert seen, f"one does not see that the keyboard is at {element} {of}"


def test_a_study_is_read_with_the_keyboard_alone(windows: Windows) -> None:
    page = _open(windows)
    surface, past_the_tools = (
        page.get_by_role("application"),
        page.get_by_role("button", name=vi("To the picture")),
    )
    for _ in range(20):
        page.keyboard.press("Tab")
        _focus_is_seen(page)
        if past_the_tools.evaluate("(button) => button === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(surface).to_be_focused()
    first = slice_number(page)
    expect(surface).to_have_accessible_name(_name(first))
    page.keyboard.press("PageDown")
    wait_until(page, lambda: slice_number(page) == first + 10, "ten images on")
    expect(surface).to_have_accessible_name(_name(first + 10))
    page.keyboard.press("5")
    expect(page.locator(".hv-bottom-left").first).to_contain_text("C -600")
    for key in ("l", "Enter", "Enter", "Shift+ArrowRight", "Shift+ArrowRight", "Enter"):
        page.keyboard.press(key)
    expect(page.locator("svg.hv-marks .hv-mark")).to_have_count(1)
    page.keyboard.press("J")
    panel = page.get_by_role("complementary", name=vi("Marks"))
    expect(panel.locator("li")).to_have_count(1)
    _focus_is_seen(page)
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    expect(surface).to_be_focused()
    _focus_is_seen(page)
    page.keyboard.press("Delete")
    expect(page.locator("svg.hv-marks .hv-mark")).to_have_count(0)


def _name(number: int) -> str:
    return (
        f"CT, {vi('series {number}', number=1)}, {vi('image {number} of {count}', number=number, count=150)}"
    )
