"""How the viewer answers a hand, without graphics hardware: dragging the window and scrolling, at full quality.

A real browser with the whole viewer in it, 1440x900, one and four viewports, CT slices of 512x512 and radiographs of
2500x3000. A drag is measured from the browser's handing over of a mouse's move to the end of the drawing it caused; a
scroll as images that came to the screen in a second, one notch of the wheel for each drawn frame.
"""

import statistics
import subprocess
import tempfile
from pathlib import Path

from playwright.sync_api import Page

from tests.bench.viewer_hands import drag, percentile, scroll
from tests.dicomgen import ct_dataset, file
from tests.journeys.browser import browser, sign_in
from tests.journeys.windows import wait_for_image
from tests.running import Running, running

SLICES, SERIES = 40, 4
# Large images come as exact means of stored values, as fine as the screen: they are not marked as full then.
FULL = """count => { const all = [...document.querySelectorAll('.hv-quality')];
  return all.length === count && all.every(one => /hv-quality-(full|rendered)/.test(one.className)); }"""


def _send(hoichan: Running, folder: Path, name: str, rows: int, columns: int, slices: int) -> None:
    for series in range(SERIES):
        for number in range(1, slices + 1):
            at = (series * slices + number) % 64
            slice_ = ct_dataset(
                number,
                rows=rows,
                columns=columns,
                study=name,
                series=f"{name}-{series}",
                patient_id=name,
                patient_name=name.upper(),
                InstanceNumber=at + 1,
            )
            (folder / f"{name}-{series}-{number:03}.dcm").write_bytes(file(slice_))
    files = [str(path) for path in sorted(folder.glob(f"{name}-*.dcm"))]
    to = ["-aet", "CT01", "-aec", "DONGXANH", "127.0.0.1", str(hoichan.dicom_port)]
    subprocess.run(["storescu", *to, *files], check=True, capture_output=True, timeout=120)


def _open(page: Page, url: str, name: str, viewports: int) -> None:
    page.goto(f"{url}/studies?words={name}")
    page.locator("tr[data-key]", has_text=name.upper()).locator("a").first.click()
    wait_for_image(page)
    while page.locator(".hv-viewport").count() != viewports:
        page.keyboard.press("m")
        page.wait_for_timeout(100)
    page.wait_for_function(FULL, arg=viewports, timeout=60000)


def _tell(page: Page, words: str, scrolls: bool) -> None:
    drawn = drag(page)
    text = f"drag p50 {statistics.median(drawn):5.1f} ms  p95 {percentile(drawn, 0.95):5.1f} ms"
    if scrolls:
        pauses = scroll(page)
        rate, pause = 1000 / statistics.mean(pauses), percentile(pauses, 0.95)
        text += f"   scroll {rate:4.1f} images/s, p95 between two {pause:4.1f} ms"
    print(f"  {words:34} {text}", flush=True)


def main() -> None:
    """Prints the figures."""
    with tempfile.TemporaryDirectory() as name, running(Path(name)) as hoichan, browser() as chromium:
        folder = Path(name)
        _send(hoichan, folder, "slices", 512, 512, SLICES)
        _send(hoichan, folder, "radiographs", 3000, 2500, 1)
        context = chromium.new_context(viewport={"width": 1440, "height": 900})
        sign_in(context, hoichan.url, "hanh", hoichan.passwords["hanh"]).close()
        for study, size, scrolls in (("slices", "512x512", True), ("radiographs", "2500x3000", False)):
            for viewports in (1, 4):
                page = context.new_page()
                _open(page, hoichan.url, study, viewports)
                page.wait_for_timeout(1500)
                _tell(page, f"{size}, viewports: {viewports}", scrolls)
                page.close()


if __name__ == "__main__":
    main()
