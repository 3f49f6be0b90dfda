"""A room with a series of 300 and of 3,000 images on a device of little memory: everything scrolled through, and what is kept.

python -m tests.bench.many_images [images ...]

The browser says that it has 4 GB, as a usual phone does: then the viewer keeps 320 decoded previews and 128 MiB of full
images. Counted is what is held after the browser has collected its garbage.
"""

import collections
import json
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page

from tests.bench.viewer_data import address_of, send
from tests.dicomgen import ct_dataset, file
from tests.journeys.browser import browser, sign_in
from tests.journeys.windows import wait_for_image
from tests.running import Running, running

IMAGES = (300, 3000)
SIDE = 256
MEBIBYTE = 1 << 20
# Of the viewer (frame_cache.ts, workspace.ts) for 4 GB; beside them what is on the screen, rendered or in thumbnails.
PREVIEWS, FULL_BYTES = 320, 128 * MEBIBYTE
BESIDE_IMAGES, BESIDE_BYTES = 64, 16 * MEBIBYTE
# For the frames round about the last one to come in full.
REST_MS = 15_000
# JavaScript's own heap: no pixels lie in it.
HEAP_BYTES = 128 * MEBIBYTE
LITTLE_MEMORY = "Object.defineProperty(navigator, 'deviceMemory', {get: () => 4})"
# One image further with each drawn frame, to the end; the heap's highest mark on the way.
SCROLL = """() => new Promise(done => { window.sameWindow = true;
  const slider = document.querySelector('.hv-slider input'), last = Number(slider.max); let place = 0, heap = 0;
  const step = () => { slider.value = place; slider.dispatchEvent(new Event('input', {bubbles: true}));
    heap = Math.max(heap, performance.memory.usedJSHeapSize);
    if (++place > last) return done(heap);
    requestAnimationFrame(step); };
  step(); })"""


def slices(images: int) -> Iterator[bytes]:
    for number in range(1, images + 1):
        yield file(
            ct_dataset(
                number,
                rows=SIDE,
                columns=SIDE,
                study=f"room-{images}",
                patient_id=f"many{images}",
                patient_name=f"MANY{images}",
            )
        )


@dataclass
class Held:
    """What somebody still holds: of the class of each object how many, and bytes of buffers outside the heap."""

    objects: collections.Counter[str]
    buffers: int


def held(devtools: CDPSession) -> Held:
    """From a snapshot of the heap, before which the browser collects garbage."""
    parts: list[str] = []
    devtools.on("HeapProfiler.addHeapSnapshotChunk", lambda told: parts.append(told["chunk"]))
    devtools.send("HeapProfiler.takeHeapSnapshot", {"reportProgress": False})
    heap = json.loads("".join(parts))
    fields, nodes, names = heap["snapshot"]["meta"]["node_fields"], heap["nodes"], heap["strings"]
    name, size = fields.index("name"), fields.index("self_size")
    found = Held(collections.Counter(), 0)
    for start in range(0, len(nodes), len(fields)):
        kind = names[nodes[start + name]]
        found.objects[kind] += 1
        if kind == "system / JSArrayBufferData":
            found.buffers += nodes[start + size]
    return found


def resident(chromium: Browser) -> int:
    """Bytes of memory of the largest of the browser's processes that show pages."""
    told: Any = chromium.new_browser_cdp_session().send("SystemInfo.getProcessInfo")
    pages = [process["id"] for process in told["processInfo"] if process["type"] == "renderer"]
    return max(int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) for pid in pages) * 4096


def room(page: Page, hoichan: Running, name: str) -> None:
    """A consult about the study, asked for as a person does, and its room."""
    study = address_of(page, hoichan.url, name).rpartition("/")[2]
    page.goto(f"{hoichan.url}/consults/new?study={study}")
    page.locator("[name=question]").first.fill("Có gãy xương không?")
    page.locator("[name=whom]").select_option(index=1)
    page.locator("[name=ground]").select_option("patient-request")
    page.locator("[name=informed]").check()
    page.locator("button[name=do][value=send]").click()
    page.wait_for_url("**/consults/*")
    wait_for_image(page)


def _say(words: str, found: str, goal: str = "") -> None:
    print(f"  {words:58} {found}{f'   (at most {goal})' if goal else ''}", flush=True)


def _bounded(words: str, found: int, most: int, unit: int = MEBIBYTE) -> None:
    figure = f"{found / unit:8.1f} MiB" if unit == MEBIBYTE else f"{found:8}"
    _say(words, figure, f"{most // unit}")
    assert found <= most, words


def tell(hoichan: Running, chromium: Browser, folder: Path, images: int) -> None:
    send(hoichan, folder / str(images), slices(images))
    context = chromium.new_context(viewport={"width": 390, "height": 844}, locale="vi-VN")
    context.add_init_script(LITTLE_MEMORY)
    page = sign_in(context, hoichan.url, "hanh", hoichan.passwords["hanh"])
    crashes: list[str] = []
    page.on("crash", lambda _: crashes.append("the page crashed"))
    page.on("pageerror", lambda error: crashes.append(str(error)))
    room(page, hoichan, f"many{images}")
    print(f"{images} images of {SIDE} x {SIDE} in a room", flush=True)
    loaded: list[str] = []
    page.on("framenavigated", lambda frame: loaded.append(frame.url))
    heap = max(page.evaluate(SCROLL) for _ in range(2))
    page.wait_for_timeout(REST_MS)
    devtools = context.new_cdp_session(page)
    _bounded("JavaScript's heap, at its highest", int(heap), HEAP_BYTES)
    kept = held(devtools)
    _bounded("decoded pictures kept", kept.objects["ImageBitmap"], PREVIEWS + BESIDE_IMAGES, 1)
    _bounded("bytes of frames kept in full", kept.buffers, FULL_BYTES + BESIDE_BYTES)
    _bounded("compressed previews kept", kept.objects["Blob"] + kept.objects["Uint8Array"], images + 1000, 1)
    _say("memory of the page's process", f"{resident(chromium) / MEBIBYTE:8.1f} MiB")
    assert page.evaluate("() => window.sameWindow"), "the page was loaded anew"
    assert not loaded + crashes, loaded + crashes
    _say("loaded anew, crashed, errors", f"{0:8}")
    context.close()


def main(*counts: int) -> None:
    folder = Path(tempfile.mkdtemp(prefix="hoichan-many-"))
    try:
        with running(folder, HOICHAN_STUDY__COMPLETE_AFTER_SECONDS="3") as hoichan, browser() as chromium:
            for images in counts or IMAGES:
                tell(hoichan, chromium, folder, images)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main(*(int(text) for text in sys.argv[1:]))
