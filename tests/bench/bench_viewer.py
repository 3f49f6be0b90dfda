"""The viewer as a person meets it, each figure with its goal beside it: how soon, how smoothly, for how many bytes.

The line is 10 Mbit/s with 60 ms there and back, the browser's cache empty. The first image, of Hoichan and of OHIF on
Orthanc alike, is the first picture of the screen with an image in it (on_screen.py). Hoichan's browser has no WebGL,
OHIF's has one by software, without which it shows nothing. No machine here has a graphics card.
"""

import shutil
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from tests.bench import bench_coding, ohif, orthanc, weight
from tests.bench.on_screen import HEIGHT, WIDTH, first_image
from tests.bench.shaper import thin_line
from tests.bench.viewer_data import address_of, chest, radiograph, send
from tests.bench.viewer_hands import drag, percentile, scroll
from tests.journeys.browser import browser, sign_in
from tests.running import Running, running

ROUNDS, OHIF_ROUNDS = 5, 2
SLICES, MANY = 150, 500
SOON, TIMES_SOONER, SCROLLABLE, SMALLEST = 0.6, 15, 4.0, 256
FRAME, TOO_LONG = 1000 / 60, 20
MARKS = """() => Object.fromEntries(performance.getEntriesByType('mark').filter(m => m.name.startsWith('hoichan:'))
    .map(m => [m.name.slice(8), m.startTime / 1000]))"""
REACHED = "name => performance.getEntriesByName('hoichan:' + name).length > 0"
BYTES = """() => performance.getEntriesByType('resource').map(r => [r.name.split('?')[0].split('.').pop(), r.encodedBodySize])
    .filter(([kind]) => ['js', 'css', 'woff2'].includes(kind))"""
# Jumps to so many places all over the stack and tells the quality written beside each picture shown.
JUMPS = """async places => { const slider = document.querySelector('.hv-slider input'), seen = {};
  const drawn = () => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 20))));
  for (const place of places) { slider.value = place; slider.dispatchEvent(new Event('input', {bubbles: true}));
    await drawn(); const quality = document.querySelector('.hv-quality').className.match(/hv-quality-(\\w+)/)[1];
    seen[quality] = (seen[quality] ?? 0) + 1; }
  return seen; }"""
# Sides of the previews as the browser decodes them, and how many there were.
WATCH_PREVIEWS = """window.previews = []; const plain = createImageBitmap;
  window.createImageBitmap = async (...given) => { const found = await plain(...given);
    window.previews.push([performance.now() / 1000, Math.max(found.width, found.height)]); return found; };"""


class House:
    """A running Hoichan with the studies in it, one person signed in, and a browser."""

    def __init__(self, hoichan: Running, chromium: Browser, folder: Path) -> None:
        self.hoichan, self.chromium = hoichan, chromium
        slices = list(chest("race", SLICES))
        self.study_uid, self.files = slices[0][0], [data for _, data in slices]
        send(hoichan, folder / "few", self.files)
        send(hoichan, folder / "many", (data for _, data in chest("many", MANY)))
        send(hoichan, folder / "large", (data for _, data in radiograph("large")))
        context = chromium.new_context()
        page = sign_in(context, hoichan.url, "hanh", hoichan.passwords["hanh"])
        self.paths = {name: address_of(page, hoichan.url, name) for name in ("race", "many", "large")}
        self.cookies: Any = context.cookies()
        context.close()
        self._wait_for_previews()

    def page(self, address: str, script: str = "") -> Page:
        context = self.chromium.new_context(viewport={"width": WIDTH, "height": HEIGHT}, locale="vi-VN")
        context.add_cookies(self.cookies)
        if script:
            context.add_init_script(script)
        page = context.new_page()
        page.goto(address, wait_until="commit")
        return page

    def forget_previews(self) -> None:
        """As on the first day after the cache was lost."""
        for folder in (self.hoichan.data_dir / "cache").iterdir():
            shutil.rmtree(folder)

    def _wait_for_previews(self) -> None:
        cache, deadline = self.hoichan.data_dir / "cache", time.monotonic() + 120
        while sum(1 for path in cache.rglob("*") if path.is_file()) < SLICES + MANY:
            assert time.monotonic() < deadline, "the previews were not made"
            time.sleep(0.5)


def _say(words: str, found: str, goal: str = "") -> None:
    print(f"  {words:58} {found}{f'   (goal {goal})' if goal else ''}", flush=True)


def _seconds(times: Sequence[float]) -> str:
    return f"{statistics.median(times):5.2f} s  [{min(times):.2f}..{max(times):.2f}]"


def tell_first_image(house: House, thin: str) -> float:
    """Seconds until ours."""
    address = house.hoichan.url + house.paths["race"]
    first_image(house.chromium, address, house.cookies)  # warms the server, not the browser
    near = [first_image(house.chromium, address, house.cookies) for _ in range(ROUNDS)]
    far = [first_image(house.chromium, thin + house.paths["race"], house.cookies) for _ in range(ROUNDS)]
    _say(f"first image, {SLICES}-slice CT", _seconds(far), f"at most {SOON} s")
    _say("  the same on loopback", _seconds(near))
    page = house.page(thin + house.paths["race"])
    for milestone in ("first-image", "stack-scrollable", "first-full-image"):
        page.wait_for_function(REACHED, arg=milestone, timeout=60_000)
    marks, sizes = page.evaluate(MARKS), page.evaluate(BYTES)
    page.context.close()
    for milestone, moment in marks.items():
        _say(f"  the viewer's own mark: {milestone}", f"{moment:5.2f} s")
    code = sum(size for kind, size in sizes if kind != "woff2") / 1000
    _say(
        "  script and style until then, and letters",
        f"{code:.1f} kB, {(sum(s for _, s in sizes) / 1000 - code):.1f} kB",
    )
    house.forget_previews()
    _say(
        "  with no preview kept on the server",
        f"{first_image(house.chromium, thin + house.paths['race'], house.cookies):5.2f} s",
    )
    return statistics.median(far)


def tell_ohif(house: House, folder: Path, ours: float) -> None:
    if not orthanc.installed() or not ohif.installed():
        _say("OHIF on Orthanc", "not installed: sh tests/install_tools.sh and Orthanc")
        return
    with (
        orthanc.orthanc(folder, nodelay=True) as archive,
        ohif.ohif(archive) as port,
        thin_line(port) as far,
        ohif.software_gl(house.chromium) as chromium,
    ):
        ohif.send(archive, house.files)
        path = f"/viewer?StudyInstanceUIDs={house.study_uid}"
        first_image(chromium, f"http://127.0.0.1:{port}{path}", seconds=120)  # warms Orthanc, not the browser
        times = [
            first_image(chromium, f"http://127.0.0.1:{far}{path}", seconds=120) for _ in range(OHIF_ROUNDS)
        ]
    _say(f"  OHIF {ohif.VERSION} on Orthanc, the same study and line", _seconds(times))
    _say("  so many times sooner", f"{statistics.median(times) / ours:5.1f}", f"at least {TIMES_SOONER}")


def tell_many(house: House, thin: str) -> None:
    """The previews of the large stack: with none kept, and with all."""
    house.forget_previews()
    for words in ("no preview kept", "previews kept"):
        page = house.page(thin + house.paths["many"], WATCH_PREVIEWS)
        page.wait_for_function(REACHED, arg="stack-scrollable", timeout=60_000)
        moment = page.evaluate(MARKS)["stack-scrollable"]
        shown = page.evaluate(JUMPS, list(range(3, MANY, MANY // 60)))
        sides = [side for _, side in page.evaluate("window.previews")]
        page.context.close()
        _say(f"all of {MANY} slices scrollable, {words}", f"{moment:5.2f} s", f"at most {SCROLLABLE} s")
        small = sum(1 for side in sides if side < SMALLEST)
        _say("  pictures decoded, of them smaller than 256", f"{len(sides)}, {small}", "0 smaller")
        _say("  what jumps all over the stack showed", str(shown), "no 'none'")


def tell_hands(house: House) -> None:
    """At full quality, on loopback: the line is not what is asked about."""
    page = house.page(house.hoichan.url + house.paths["many"])
    page.wait_for_function(REACHED, arg="first-full-image", timeout=60_000)
    page.wait_for_timeout(8000)
    pauses = scroll(page)
    late = sum(1 for pause in pauses if pause > TOO_LONG) / len(pauses)
    _say("wheel, frames a second", f"{1000 / statistics.mean(pauses):5.1f}", "60")
    _say(f"  frames longer than {TOO_LONG} ms", f"{100 * late:5.1f} %")
    page.wait_for_function("() => document.querySelector('.hv-quality-full')", timeout=60_000)
    _tell_drag(page, "window dragged, CT 512x512: p50 and p95")
    page.context.close()
    page = house.page(house.hoichan.url + house.paths["large"])
    page.wait_for_selector(".hv-quality-full, .hv-quality-rendered", timeout=60_000)
    page.wait_for_timeout(2000)
    _tell_drag(page, "  the same, DX 2000x2500")
    page.context.close()


def _tell_drag(page: Page, words: str) -> None:
    drawn = drag(page)
    found = f"{statistics.median(drawn):5.1f} ms, {percentile(drawn, 0.95):5.1f} ms"
    _say(words, found, f"p95 {TOO_LONG} ms")


def main() -> None:
    """Prints the figures."""
    with tempfile.TemporaryDirectory() as name, running(Path(name)) as hoichan, browser() as chromium:
        house = House(hoichan, chromium, Path(name))
        with thin_line(hoichan.web_port) as port:
            thin = f"http://127.0.0.1:{port}"
            tell_hands(house)
            ours = tell_first_image(house, thin)
            tell_ohif(house, Path(name), ours)
            tell_many(house, thin)
    print(weight.report())
    bench_coding.tell_sums(bench_coding.frames(bench_coding.CORPUS))


if __name__ == "__main__":
    main()
