"""A specialist shows a case alone and says something; the referrer plays it: the same images, pointer and voice."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.calling import browser_with_devices, press
from tests.journeys.case import id_in
from tests.journeys.windows import Windows, slice_number, vi, wait_for_image, wait_until
from tests.running import Running

TITLE = "Xem lại từng lát"
_SOUNDS = """window.sounds = []; const Real = window.Audio;
  window.Audio = function (address) { const sound = new Real(address); window.sounds.push(sound); return sound; };"""


@pytest.fixture(scope="module")
def talker(chromium: str) -> Iterator[Browser]:
    with browser_with_devices(chromium) as found:
        yield found


@pytest.fixture
def windows(talker: Browser, hoichan: Running) -> Iterator[Windows]:
    found = Windows(talker, hoichan)
    yield found
    found.close()
    assert not found.problems, "\n".join(found.problems)


def _room(windows: Windows) -> Page:
    page = windows.of("duc", "/consults?box=inbox")
    address = page.locator("tr[data-key]", has_text="Nguyễn Văn An").locator("a").first.get_attribute("href")
    assert address
    page.goto(f"{windows.hoichan.url}/consults/{id_in(address, 'consults')}")
    wait_for_image(page)
    return page


def _record(page: Page) -> list[int]:
    """Scrolls under a resting pointer; which images were on the screen, in order."""
    page.locator("summary", has_text=vi("Record…")).click()
    page.get_by_label(vi("What it shows (may stay empty)")).fill(TITLE)
    press(page, "Record a walk-through")
    page.get_by_role("button", name=vi("Stop recording")).wait_for()
    expect(page.locator(".hr-recording.on")).to_be_visible()
    box = page.locator(".hv-surface").first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + box["height"] * 0.5)
    page.wait_for_timeout(1_500)
    seen = [slice_number(page)]
    for _ in range(3):
        page.mouse.wheel(0, 100)
        wait_until(page, lambda: slice_number(page) != seen[-1], "the next image")
        seen.append(slice_number(page))
        page.wait_for_timeout(600)
    press(page, "Stop recording")
    return seen


def _go_to(page: Page, milliseconds: int) -> None:
    """As somebody who draws the time line's handle."""
    page.get_by_role("slider", name=vi("Time")).evaluate(
        "(line, at) => { line.value = at; line.dispatchEvent(new Event('input', {bubbles: true})); }",
        milliseconds,
    )


def _wait_for_slice(page: Page, number: int) -> None:
    wait_until(page, lambda: slice_number(page) == number, f"image {number}", seconds=40)


def test_a_walk_through_is_played_as_it_was_shown(windows: Windows) -> None:
    duc = _room(windows)
    seen = _record(duc)
    link = duc.locator("a.hr-play", has_text=TITLE)
    link.wait_for(timeout=60_000)
    address = link.get_attribute("href")

    hanh = windows.of("hanh")
    hanh.add_init_script(_SOUNDS)
    hanh.goto(f"{windows.hoichan.url}{address}")
    hanh.get_by_role("button", name=vi("Play"), exact=True).wait_for()
    told: dict[str, Any] = hanh.context.request.get(f"{windows.hoichan.url}{address}/track").json()
    shown = [
        (line[2], line[3]["sop_instance_uid"])
        for line in told["lines"]
        if line[1] == "v" and "sop_instance_uid" in line[3]
    ]
    changes = [after[0] for before, after in pairwise(shown) if before[1] != after[1]]
    for at, number in zip(changes[-3:], seen[-3:], strict=True):
        _go_to(hanh, at + 100)  # the slider's step
        _wait_for_slice(hanh, number)
    pointed = [line for line in told["lines"] if line[1] == "p"]
    assert pointed[-1][2] >= changes[-1], "the pointer stays while images pass under it"

    _go_to(hanh, 0)
    hanh.keyboard.press(" ")
    wait_until(
        hanh,
        lambda: hanh.evaluate("() => sounds.some((one) => !one.paused && one.currentTime > 0.5)"),
        "the voice is heard",
    )
    expect(hanh.get_by_role("button", name=vi("Pause"), exact=True)).to_be_visible()
    _wait_for_slice(hanh, seen[-1])
