"""How long a chat line and a drawn point take from one doctor's browser to the other's, on loopback.

From the key (or the pointer's move) in one page to the changed document in the other; both pages share a clock.
"""

import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.journeys.browser import browser, sign_in
from tests.running import Running, running

LINES = 40
MOVES = 60
# The receiver notes when a text first stands in its document, or when its marks change.
LISTEN = """() => { window.seen = {}; window.drawn = [];
  const now = () => performance.timeOrigin + performance.now();
  new MutationObserver(() => { for (const m of document.body.textContent.matchAll(/bench-line-\\d+/g)) window.seen[m[0]] ??= now(); })
    .observe(document.body, {childList: true, subtree: true, characterData: true});
  new MutationObserver(() => window.drawn.push(now())).observe(document.querySelector('svg.hv-marks'), {childList: true, subtree: true, attributes: true}); }"""
# The sender notes when Enter was pressed, and when its pointer moved while drawing.
NOTE = """() => { window.sent = []; window.moved = [];
  const now = () => performance.timeOrigin + performance.now();
  addEventListener('keydown', (e) => e.key === 'Enter' && window.sent.push(now()), true);
  addEventListener('pointermove', () => window.moved.push(now()), true); }"""


def _room(chromium: Browser, hoichan: Running, login: str) -> Page:
    page = sign_in(
        chromium.new_context(viewport={"width": 1440, "height": 900}),
        hoichan.url,
        login,
        hoichan.passwords[login],
    )
    page.goto(f"{hoichan.url}/consults")
    page.click("a[href^='/consults/0']")
    page.wait_for_function(
        "() => performance.getEntriesByName('hoichan:first-image').length > 0", timeout=30000
    )
    return page


def _chat(sender: Page, receiver: Page) -> list[float]:
    sender.get_by_role("tab").nth(1).click()
    receiver.get_by_role("tab").nth(1).click()
    receiver.evaluate(LISTEN)
    sender.evaluate(NOTE)
    box = sender.locator("textarea").last
    for number in range(LINES):
        box.fill(f"bench-line-{number}")
        box.press("Enter")
        sender.wait_for_timeout(120)
    receiver.wait_for_function(f"() => window.seen['bench-line-{LINES - 1}']", timeout=10000)
    sent: list[float] = sender.evaluate("() => window.sent")
    seen: dict[str, float] = receiver.evaluate("() => window.seen")
    return [seen[f"bench-line-{number}"] - sent[number] for number in range(LINES)]


def _drawing(sender: Page, receiver: Page) -> list[float]:
    surface = sender.locator(".hv-surface").first
    surface.focus()
    sender.keyboard.press("l")
    area = surface.bounding_box()
    assert area is not None
    x, y = area["x"] + area["width"] * 0.4, area["y"] + area["height"] * 0.4
    sender.mouse.move(x, y)
    sender.mouse.down()
    delays = []
    for number in range(MOVES):
        receiver.evaluate("() => { window.drawn = []; }")
        sender.evaluate("() => { window.moved = []; }")
        sender.mouse.move(x + 20 + number * 2, y + 10 + number)
        receiver.wait_for_function("() => window.drawn.length > 0", timeout=5000, polling=5)
        delays.append(receiver.evaluate("() => window.drawn[0]") - sender.evaluate("() => window.moved[0]"))
        sender.wait_for_timeout(70)  # above the throttle of 15 to 20 a second
    sender.mouse.up()
    return delays


def _tell(name: str, delays: list[float]) -> None:
    ordered = sorted(delays)
    p95 = ordered[int(len(ordered) * 0.95) - 1]
    print(
        f"  {name:12} median {statistics.median(ordered):6.1f} ms   p95 {p95:6.1f} ms   worst {ordered[-1]:6.1f} ms"
    )


def main() -> None:
    """Prints the figures."""
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as hoichan, browser() as chromium:
        hanh, duc = _room(chromium, hoichan, "hanh"), _room(chromium, hoichan, "duc")
        _tell("chat line", _chat(hanh, duc))
        _tell("drawn point", _drawing(hanh, duc))


if __name__ == "__main__":
    main()
