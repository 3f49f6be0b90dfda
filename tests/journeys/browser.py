"""Debian's Chromium under Playwright, and signing in, for journeys and benchmarks."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-3d-apis",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


_running: list[Playwright] = []


@contextmanager
def playwright() -> Iterator[Playwright]:
    """The one of this process: a second is refused while the first runs."""
    if _running:
        yield _running[0]
        return
    with sync_playwright() as started:
        _running.append(started)
        try:
            yield started
        finally:
            _running.clear()


@contextmanager
def browser(executable: str = "/usr/bin/chromium") -> Iterator[Browser]:
    """Without WebGL, as on a weak PC."""
    with playwright() as running:
        chromium = running.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield chromium
        chromium.close()


def sign_in(context: BrowserContext, url: str, login: str, password: str) -> Page:
    page = context.new_page()
    page.goto(f"{url}/sign-in")
    fill_sign_in(page, login, password)
    return page


def fill_sign_in(page: Page, login: str, password: str) -> None:
    """On the page that asks who one is; to wherever it leads."""
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", password)
    page.click("button[type=submit]:has-text('Đăng nhập'), button[type=submit]:has-text('Sign in')")
    page.wait_for_url(lambda address: "/sign-in" not in address)
