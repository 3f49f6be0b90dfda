"""When a picture comes to the screen, whoever draws it: Chromium's own screencast is watched, not the page's scripts.

The first image is there with the first picture of the screen in whose middle at least a fifth of the pixels are grey
and neither black nor white. Words, spinners, coloured panels and empty pages do not reach that.
"""

import base64
import contextlib
from collections.abc import Mapping
from typing import Any

import imagecodecs
import numpy as np
from playwright.sync_api import Browser, CDPSession, Error, Page

WIDTH, HEIGHT = 1440, 900
_SHARE = 0.2
_TINT = 12
_DARKEST, _BRIGHTEST = 24, 236


def shows_image(picture: bytes) -> bool:
    """Whether the middle of a JPEG of the whole window is an image."""
    values = np.asarray(imagecodecs.jpeg8_decode(picture), dtype=np.int16)
    rows, columns = values.shape[:2]
    middle = values[rows * 2 // 5 : rows * 4 // 5, columns * 2 // 5 : columns * 4 // 5]
    tint = middle.max(axis=2) - middle.min(axis=2)
    level = middle.mean(axis=2)
    return bool(((tint <= _TINT) & (level >= _DARKEST) & (level <= _BRIGHTEST)).mean() >= _SHARE)


class Screen:
    """Watches a page from before its navigation on."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._cdp: CDPSession = page.context.new_cdp_session(page)
        self.first_image: float | None = None
        self._cdp.on("Page.screencastFrame", self._seen)
        options = {"format": "jpeg", "quality": 70, "maxWidth": WIDTH // 2, "maxHeight": HEIGHT // 2}
        self._cdp.send("Page.startScreencast", options)

    def _seen(self, event: Mapping[str, Any]) -> None:
        if self.first_image is None:
            with contextlib.suppress(Error):  # the page was just closed
                self._cdp.send("Page.screencastFrameAck", {"sessionId": event["sessionId"]})
        if self.first_image is None and shows_image(base64.b64decode(event["data"])):
            self.first_image = float(event["metadata"]["timestamp"])

    def wait(self, seconds: float) -> float:
        """Seconds from the beginning of the navigation to the first image."""
        for _ in range(int(seconds * 20)):
            if self.first_image is not None:
                break
            self._page.wait_for_timeout(50)
        assert self.first_image is not None, "no image came to the screen"
        began = float(self._page.evaluate("performance.timeOrigin")) / 1000
        return self.first_image - began


def first_image(chromium: Browser, address: str, cookies: Any = (), seconds: float = 90) -> float:
    """Opens the address in a window with nothing in its cache."""
    context = chromium.new_context(viewport={"width": WIDTH, "height": HEIGHT}, locale="vi-VN")
    context.add_cookies(cookies)
    page = context.new_page()
    screen = Screen(page)
    page.goto(address, wait_until="commit")
    found = screen.wait(seconds)
    context.close()
    return found
