"""The viewer on a phone, by fingers, in a browser without WebGL."""

import re
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Page, WebSocketRoute, expect

from tests.journeys.windows import Windows, middle_row, slice_number, vi, wait_for_image, wait_until

pytestmark = pytest.mark.journey

SLICES = 150


@pytest.fixture(scope="module")
def page(windows: Windows) -> Page:
    """The demonstration's CT of 150 slices on a phone."""
    found = windows.phone("hanh", "/studies")
    row = found.locator("tr[data-key]", has_text=vi("{count} images", count=150))
    row.locator("a").first.click()
    wait_for_image(found)
    return found


class Fingers:
    """Real touch input, as the screen's driver gives it to the browser."""

    def __init__(self, page: Page) -> None:
        self._line: CDPSession = page.context.new_cdp_session(page)
        box = page.locator(".hv-surface").first.bounding_box()
        assert box is not None
        self.middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    def move(self, *ways: tuple[tuple[float, float], tuple[float, float]], steps: int = 12) -> None:
        """Each finger from one place to another, measured from the middle of the image, all at once."""
        for step in range(steps + 1):
            kind = "touchStart" if step == 0 else "touchMove"
            self._send(kind, [self._between(*way, step / steps) for way in ways])
        self._send("touchEnd", [])

    def _between(self, start: tuple[float, float], end: tuple[float, float], part: float) -> dict[str, float]:
        (x, y), (x1, y1), (x2, y2) = self.middle, start, end
        return {"x": x + x1 + (x2 - x1) * part, "y": y + y1 + (y2 - y1) * part}

    def _send(self, kind: str, points: list[dict[str, float]]) -> None:
        numbered: list[dict[str, Any]] = [{**point, "id": n} for n, point in enumerate(points)]
        self._line.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": numbered})


def _zoom(page: Page) -> int | None:
    """In percent of the screen's pixels, as it stands in the corner; None: fitted."""
    if vi("Fit") in page.locator(".hv-bottom-left").first.inner_text().splitlines():
        return None
    pattern = re.escape(vi("Zoom {percent} %", percent="#")).replace(r"\#", r"(\d+)")
    found = re.search(pattern, page.locator(".hv-bottom-left").first.inner_text())
    assert found is not None
    return int(found.group(1))


def test_it_draws_without_webgl(page: Page) -> None:
    assert page.evaluate("() => document.createElement('canvas').getContext('webgl2')") is None
    assert page.evaluate("() => document.createElement('canvas').getContext('webgl')") is None
    assert len({grey for _, grey in middle_row(page)}) > 10
    expect(page.locator(".hv-quality").first).to_have_text(vi("Full quality"))


def test_one_finger_scrolls_through_the_stack(page: Page) -> None:
    before, picture = slice_number(page), middle_row(page)
    Fingers(page).move(((0, -100), (0, 120)))
    wait_until(page, lambda: slice_number(page) != before, "another image")
    wait_until(page, lambda: middle_row(page) != picture, "another picture")
    assert page.evaluate("() => [scrollX, scrollY]") == [0, 0], "the page itself stands still"


def test_two_fingers_zoom_and_move(page: Page) -> None:
    shown = slice_number(page)
    assert _zoom(page) is None
    apart = ((-40, 0), (-80, 0)), ((40, 0), (80, 0))
    Fingers(page).move(*apart)
    wait_until(page, lambda: _zoom(page) is not None, "larger than fitted")
    page.wait_for_timeout(200)  # the last of the pinch is drawn
    once = _zoom(page) or 0
    Fingers(page).move(((-40, 0), (-120, 0)), ((40, 0), (120, 0)))
    wait_until(page, lambda: 2.5 < (_zoom(page) or 0) / once < 3.5, "three times as large")
    assert slice_number(page) == shown, "a pinch does not scroll"
    assert page.evaluate("() => visualViewport.scale") == 1, "the page itself is not zoomed"
    page.locator(".hv-toolbar").get_by_role("button", name=vi("Fit to the viewport")).click()
    wait_until(page, lambda: _zoom(page) is None, "fitted again")


def test_a_finger_on_a_preset_sets_the_window(page: Page) -> None:
    page.get_by_role("button", name=vi("Window presets and numbers")).tap()
    page.get_by_role("button", name=vi("Lung")).tap()
    expect(page.locator(".hv-bottom-left").first).to_contain_text("-600")


def test_frames_come_over_the_channel_and_by_http_when_it_is_lost(windows: Windows) -> None:
    """The socket goes through this test's hands; then it is closed in the middle of a series."""
    page = windows.phone("hanh")
    lines: list[WebSocketRoute] = []
    frames: list[int] = []

    def between(line: WebSocketRoute) -> None:
        lines.append(line)
        server = line.connect_to_server()

        def pass_on(message: str | bytes) -> None:
            frames.append(len(message))
            line.send(message)

        server.on_message(pass_on)

    page.route_web_socket(re.compile(r"/stream/[^/]+/channel"), between)
    page.goto(windows.hoichan.url + "/studies")
    page.locator("tr[data-key]", has_text=vi("{count} images", count=150)).locator("a").first.click()
    wait_for_image(page)
    wait_until(page, lambda: len(frames) > 3, "frames over the channel")
    with page.expect_request("**/stored/**"):
        lines[-1].close()
    page.locator(".hv-surface").first.focus()
    page.keyboard.press("End")
    wait_until(page, lambda: slice_number(page) == SLICES, "the last image")
    expect(page.locator(".hv-quality").first).to_have_text(vi("Full quality"))
