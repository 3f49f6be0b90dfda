"""Frames a second while planes are moved by hand: each picture asked for, made on the server, drawn in the browser.

A CT of 512x512 and 300 slices unless told otherwise (`python -m tests.bench.bench_planes 500`), headless Chromium
without WebGL, loopback. What counts is a new picture on the canvas, not a question asked.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from playwright.sync_api import Page

from tests.dicomgen import add_pixels, ct_dataset, file
from tests.journeys.browser import browser, sign_in
from tests.running import Running, running

SIDE, SECONDS = 512, 4.0
PATIENT = "BENCH^PLANES"
# Counts, for each cell, the pictures that came to its canvas, and the longest wait between two.
WATCH = """() => { window.seen = {};
  for (const cell of document.querySelectorAll('[data-cell]')) {
    const canvas = cell.querySelector('canvas'), seen = window.seen[cell.dataset.cell] = [];
    let last = canvas.dataset.shown;
    new MutationObserver(() => {
      if (canvas.dataset.shown !== last) seen.push(performance.now());
      last = canvas.dataset.shown;
    }).observe(canvas, {attributeFilter: ['data-shown']});
  } }"""
MOVE = """(milliseconds) => new Promise((done) => {
  const surface = document.querySelector('[data-cell=axial] .hv-surface'), until = performance.now() + milliseconds;
  let count = 0;
  const move = () => {
    if (performance.now() > until) return done(count);
    surface.dispatchEvent(%s);
    count++;
    requestAnimationFrame(move);
  };
  move();
})"""


def _send(hoichan: Running, slices: int, folder: Path) -> None:
    random = np.random.default_rng(4)
    texture = random.integers(-60, 60, (SIDE, SIDE), np.int16)
    y, x = np.mgrid[0:SIDE, 0:SIDE] - SIDE / 2
    for number in range(1, slices + 1):
        body = np.hypot(y * 1.4, x) < SIDE * 0.4 * (0.7 + 0.3 * np.sin(number / 40))
        ds = ct_dataset(
            number, rows=SIDE, columns=SIDE, study="bench-planes", patient_name=PATIENT, patient_id="B-1"
        )
        add_pixels(ds, np.where(body, 1064 + np.roll(texture, number, 1), 24).astype(np.uint16))
        ds.BitsStored, ds.HighBit = 12, 11
        (folder / f"{number:04}.dcm").write_bytes(file(ds))
    to = ["-aet", "CT01", "-aec", "DONGXANH", "127.0.0.1", str(hoichan.dicom_port)]
    subprocess.run(["storescu", *to, "+sd", str(folder)], check=True, capture_output=True, timeout=300)


def _open(page: Page, hoichan: Running) -> float:
    """Seconds from the button to four pictures."""
    page.goto(f"{hoichan.url}/studies")
    page.locator("tr[data-key]", has_text="BENCH PLANES").locator("a").first.click()
    page.wait_for_function("() => performance.getEntriesByName('hoichan:first-full-image').length > 0")
    started = time.monotonic()
    page.evaluate("""() => [...document.querySelectorAll('.hv-toolbar button')]
        .find((button) => /^(Planes and 3D|Mặt phẳng và 3D)$/.test(button.ariaLabel)).click()""")
    page.locator("[data-cell=sagittal] .hv-quality-full").wait_for(timeout=120_000)
    return time.monotonic() - started


def _measure(page: Page, name: str, cells: tuple[str, ...], event: str) -> None:
    """Moves once in every drawn frame, as a hand on a good mouse does."""
    page.keyboard.press("x")
    page.wait_for_timeout(1500)
    page.evaluate(WATCH)
    moves = page.evaluate(MOVE % event, SECONDS * 1000)
    seen: dict[str, list[float]] = page.evaluate("() => window.seen")
    for cell in cells:
        waits = [after - before for before, after in zip(seen[cell], seen[cell][1:], strict=False)]
        print(
            f"  {name:34} {cell:9} {len(seen[cell]) / SECONDS:5.1f} pictures/s   between two: median"
            f" {statistics.median(waits or [0]):4.0f} ms, longest {max(waits, default=0):4.0f} ms"
            f"   ({moves / SECONDS:.0f} moves/s)"
        )


def _moves(page: Page) -> None:
    page.locator("[data-cell=axial] .hv-surface").focus()
    back = "Math.floor(count / 60) % 2"
    wheel = f"new WheelEvent('wheel', {{deltaY: {back} ? 120 : -120, bubbles: true, cancelable: true}})"
    key = "new KeyboardEvent('keydown', {key: KEY, shiftKey: SHIFT, bubbles: true, cancelable: true})"
    line = key.replace("KEY", f"{back} ? 'ArrowDown' : 'ArrowUp'").replace("SHIFT", "true")
    turn = key.replace("KEY", f"{back} ? 'e' : 'q'").replace("SHIFT", "false")
    _measure(page, "axial plane by the wheel", ("axial",), wheel)
    _measure(page, "a line moved", ("coronal",), line)
    _measure(page, "lines turned: two oblique planes", ("coronal", "sagittal"), turn)


def main(slices: int = 300) -> None:
    """Prints the figures."""
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as hoichan, browser() as chromium:
        sent = Path(folder) / "slices"
        sent.mkdir()
        _send(hoichan, slices, sent)
        context = chromium.new_context(viewport={"width": 1440, "height": 900})
        page = sign_in(context, hoichan.url, "hanh", hoichan.passwords["hanh"])
        print(f"{SIDE}x{SIDE}x{slices}, three planes and a body on a screen of 1440x900")
        print(f"  from the button to full planes: {_open(page, hoichan):.1f} s")
        _moves(page)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
