"""First image and scrollable stack of a 150-slice CT over 10 Mbit/s with 60 ms, cold browser, our own bytes included.

Baselines of the same run: the same page without the thin line, and one slice as a DICOM file through the line.
"""

import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from tests.bench.shaper import thin_line
from tests.journeys.browser import browser, sign_in
from tests.running import Running, running

ROUNDS = 5
FRAMES = 150
MILESTONES = ("first-image", "stack-scrollable", "first-full-image")
MARKS = """() => Object.fromEntries(performance.getEntriesByType('mark').filter(m => m.name.startsWith('hoichan:'))
    .map(m => [m.name.slice(8), m.startTime]))"""
BYTES = """() => performance.getEntriesByType('resource').filter(r => /\\.(js|css|woff2)(\\?|$)/.test(r.name))
    .map(r => [r.name.split('?')[0].split('.').pop(), r.encodedBodySize])"""


def _study(page: Page, url: str) -> str:
    page.goto(f"{url}/studies?words=DX-251877")
    links = page.eval_on_selector_all(
        "tr a, li a, article a",
        "all => all.map(a => [a.getAttribute('href'), a.closest('tr, li, article').textContent])",
    )
    found: str = next(href for href, text in links if f"{FRAMES} " in text and href.count("/") == 2)
    return found


def _open_cold(
    chromium: Browser, url: str, cookies: Any, path: str
) -> tuple[dict[str, float], list[tuple[str, int]]]:
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    context.add_cookies(cookies)
    page = context.new_page()
    page.goto(url + path, wait_until="commit")
    page.wait_for_function(
        "() => performance.getEntriesByName('hoichan:stack-scrollable').length > 0", timeout=60000
    )
    page.wait_for_function(
        "() => performance.getEntriesByName('hoichan:first-full-image').length > 0", timeout=60000
    )
    found = page.evaluate(MARKS), page.evaluate(BYTES)
    context.close()
    return found


def _wait_for_previews(hoichan: Running) -> None:
    cache, deadline = hoichan.data_dir / "cache", time.monotonic() + 120
    while sum(1 for path in cache.rglob("*") if path.is_file()) < 330 and time.monotonic() < deadline:
        time.sleep(0.5)


def _tell(name: str, rounds: list[dict[str, float]]) -> None:
    for milestone in MILESTONES:
        times = [found[milestone] / 1000 for found in rounds]
        print(
            f"  {name:22} {milestone:18} {statistics.median(times):5.2f} s  [{min(times):.2f}..{max(times):.2f}]"
        )


def main() -> None:
    """Prints the figures."""
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as hoichan, browser() as chromium:
        context = chromium.new_context()
        page = sign_in(context, hoichan.url, "hanh", hoichan.passwords["hanh"])
        path, cookies = _study(page, hoichan.url), context.cookies()
        _wait_for_previews(hoichan)
        with thin_line(hoichan.web_port) as port:
            thin = f"http://127.0.0.1:{port}"
            _open_cold(chromium, hoichan.url, cookies, path)  # warms the server's files, not the browser
            near = [_open_cold(chromium, hoichan.url, cookies, path) for _ in range(ROUNDS)]
            far = [_open_cold(chromium, thin, cookies, path) for _ in range(ROUNDS)]
        _tell("loopback", [marks for marks, _ in near])
        _tell("10 Mbit/s, 60 ms", [marks for marks, _ in far])
        sizes = far[-1][1]
        code = sum(size for kind, size in sizes if kind in {"js", "css"})
        fonts = sum(size for kind, size in sizes if kind == "woff2")
        print(
            f"  the viewer's own bytes over the line: {code / 1000:.1f} kB of script and style, {fonts / 1000:.1f} kB of fonts"
        )


if __name__ == "__main__":
    main()
