"""Windows of signed-in people and of patients, and what went wrong in them."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, ViewportSize

from app.base.i18n import catalogue_for, translate
from tests.journeys.browser import sign_in
from tests.running import Running

DESKTOP: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
# Notes what the content security policy forbade; the console says it too, but not in every browser.
WATCH = "addEventListener('securitypolicyviolation', (e) => console.error('CSP: ' + e.violatedDirective + ' ' + e.blockedURI))"


def vi(message: str, **params: Any) -> str:
    """The sentence as a Vietnamese page says it."""
    assert message in catalogue_for("vi"), f"no page says {message!r}"
    return translate("vi", message, **params)


@dataclass
class Windows:
    """Opens windows; each person signs in once and has further windows with the same session."""

    browser: Browser
    hoichan: Running
    problems: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)
    sessions: dict[str, Any] = field(default_factory=dict)

    def of(self, login: str | None = None, path: str = "", **options: Any) -> Page:
        """A window of its own, of a person or of nobody; `options` are those of a browser context."""
        context = self.browser.new_context(
            **{"viewport": DESKTOP, "locale": "vi-VN", "timezone_id": "Asia/Ho_Chi_Minh", **options},
            storage_state=self._session(login) if login else None,
        )
        context.set_default_timeout(30_000)
        context.add_init_script(WATCH)
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.problems.append(f"{page.url}: {error}"))
        if path:
            page.goto(self.hoichan.url + path)
        return page

    def phone(self, login: str | None = None, path: str = "", **options: Any) -> Page:
        """As `of`, with the screen and the finger of a phone."""
        return self.of(login, path, viewport=PHONE, has_touch=True, is_mobile=True, **options)

    def forgive(self, part: str) -> None:
        """What a test has provoked stands in the console rightly."""
        assert any(part in problem for problem in self.problems), self.problems
        self.problems = [problem for problem in self.problems if part not in problem]

    def tolerate(self, part: str) -> None:
        """The same, of what a test may have provoked, or may not, as it happens."""
        self.problems = [problem for problem in self.problems if part not in problem]

    def close(self) -> None:
        for context in self.contexts:
            context.close()
        self.contexts.clear()

    def _session(self, login: str) -> Any:
        if login not in self.sessions:
            context = self.browser.new_context(locale="vi-VN")
            sign_in(context, self.hoichan.url, login, self.hoichan.passwords[login])
            self.sessions[login] = context.storage_state()
            context.close()
        return self.sessions[login]

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.problems.append(f"{message.location.get('url', '')}: {message.text}")


def wait_for_image(page: Page) -> None:
    """The viewer has drawn its first image."""
    page.wait_for_function("() => performance.getEntriesByName('hoichan:first-image').length > 0")


# How many different greys stand on the screen, from a row of points across the middle of the first viewport.
_GREYS = """() => { const shown = document.querySelector('.hv-surface canvas'), box = shown.getBoundingClientRect();
  const copy = new OffscreenCanvas(shown.width, 1).getContext('2d', {willReadFrequently: true});
  copy.drawImage(shown, 0, -(shown.height >> 1));
  const row = copy.getImageData(0, 0, shown.width, 1).data;
  return Array.from({length: shown.width}, (_, i) => [box.left + (i + 0.5) * box.width / shown.width, row[4 * i]]); }"""


def middle_row(page: Page) -> list[tuple[float, int]]:
    """Points of the middle row of the first viewport as they are on screen: place from the left, and grey."""
    found: list[tuple[float, int]] = page.evaluate(_GREYS)
    return found


def slice_number(page: Page) -> int:
    """Which image of its series the first viewport shows, from 1."""
    pattern = (
        re.escape(vi("Image {number} of {count}"))
        .replace(r"\{number\}", r"(\d+)")
        .replace(r"\{count\}", r"\d+")
    )
    found = re.search(pattern, page.locator(".hv-slice").first.inner_text())
    assert found is not None, page.locator(".hv-slice").first.inner_text()
    return int(found.group(1))


def wait_until(page: Page, holds: Callable[[], bool], what: str, seconds: float = 20) -> None:
    """Looks again every 50 ms, with the page's events coming in meanwhile."""
    for _ in range(int(seconds * 20)):
        if holds():
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"not within {seconds} s: {what}")
