"""A hand on the viewer, in a real browser: the window dragged, the stack scrolled, and how long each drawing took."""

import itertools
from collections.abc import Sequence

from playwright.sync_api import Page

MOVES = 150
SECONDS = 4
WATCH_DRAG = """() => { const line = new MessageChannel(), began = []; window.drawn = [];
  line.port1.onmessage = () => { window.drawn.push(performance.now() - began.shift()); };
  document.addEventListener('pointermove', () => { began.push(performance.now());
    requestAnimationFrame(() => line.port2.postMessage(0)); }, {capture: true}); }"""
SCROLL = """seconds => new Promise(done => {
  const surface = document.querySelector('.hv-surface'), line = new MessageChannel(), times = [];
  let turn = 0, way = 1;
  line.port1.onmessage = () => {
    if (++turn % 60 === 0) way = -way;
    surface.dispatchEvent(new WheelEvent('wheel', {deltaY: 120 * way, bubbles: true, cancelable: true})); };
  const step = now => { times.push(now);
    if (now - times[0] > seconds * 1000) return done(times);
    line.port2.postMessage(0); requestAnimationFrame(step); };
  requestAnimationFrame(step); })"""


def percentile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def drag(page: Page) -> list[float]:
    """Milliseconds from each move's handing over to the end of the drawing it caused."""
    box = page.locator(".hv-surface").first.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.evaluate(WATCH_DRAG)
    page.keyboard.press("w")
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(MOVES):
        page.mouse.move(x + step % 50, y + (step * 7) % 60)
    page.mouse.up()
    page.wait_for_timeout(200)
    found: list[float] = page.evaluate("() => window.drawn")
    return found[2:]


def scroll(page: Page) -> list[float]:
    """Milliseconds between two drawn frames while the wheel turns one notch for each of them."""
    times: list[float] = page.evaluate(SCROLL, SECONDS)
    return [after - before for before, after in itertools.pairwise(times)]
