"""Pictures of the screen against pictures kept in tests/golden/pictures.

Letters are hidden: fonts differ between machines. `HOICHAN_WRITE_GOLDEN=1` keeps what is on the screen as right; look
at it before it is committed.
"""

import io
import os
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Locator

GOLDEN = Path(__file__).parents[1] / "golden" / "pictures"
# CSS pixels; the middle of what is compared.
SIDE = 320
# A point differs by more than antialiasing does; and how many of all may.
LEVELS, SHARE = 16, 0.005
MOST_BYTES = 30_000
_NO_LETTERS = """.hv-corners, .hv-corner, .hv-edge, .hv-mark-text, .hv-slider, .hv-message, .hv-line-state,
  .hv-mpr-title { visibility: hidden !important }
  .hv-marks [stroke] { stroke: #fff !important }  .hv-marks [fill] { fill: #fff !important }
  * { caret-color: transparent !important; animation: none !important; transition: none !important }"""

# Marks are white: which colour an author has follows from an id that is another one every time. A sheet made by script: the content security policy allows no style element.
_STYLED = """(_, style) => { const sheet = new CSSStyleSheet(); sheet.replaceSync(style);
  document.adoptedStyleSheets = [sheet]; }"""


def picture(of: Locator, *, scaled_to: int | None = None) -> Image.Image:
    """An element as it is on the screen, without letters: its middle, or the whole of it, so many points wide."""
    of.evaluate(_STYLED, _NO_LETTERS)
    shot = of.screenshot(caret="initial")
    of.evaluate("() => { document.adoptedStyleSheets = []; }")
    shown = Image.open(io.BytesIO(shot)).convert("RGB")
    if scaled_to:
        size = (scaled_to, round(shown.height * scaled_to / shown.width))
        return shown.resize(size, Image.Resampling.BOX)
    width, height = min(SIDE, shown.width), min(SIDE, shown.height)
    left, top = (shown.width - width) // 2, (shown.height - height) // 2
    return shown.crop((left, top, left + width, top + height))


def differing(one: Image.Image, other: Image.Image) -> float:
    """The share of points that differ; 1 when the sizes do."""
    return 1.0 if one.size != other.size else float((_distances(one, other) > LEVELS).mean())


def looks_as_kept(of: Locator, name: str, *, scaled_to: int | None = None) -> None:
    """Fails with a folder of what is shown, what was kept and where they differ."""
    shown, kept = picture(of, scaled_to=scaled_to), GOLDEN / f"{name}.png"
    if os.environ.get("HOICHAN_WRITE_GOLDEN") == "1":
        kept.parent.mkdir(parents=True, exist_ok=True)
        shown.save(kept, optimize=True)
        assert kept.stat().st_size <= MOST_BYTES, f"{kept} is too large to be kept"
    expected = Image.open(kept).convert("RGB")
    share = differing(shown, expected)
    if share >= SHARE:
        folder = Path(tempfile.mkdtemp(prefix=f"hoichan-{name}-"))
        shown.save(folder / "shown.png")
        expected.save(folder / "kept.png")
        if shown.size == expected.size:
            wrong = (_distances(shown, expected) > LEVELS).astype(np.uint8) * 255
            Image.fromarray(wrong).save(folder / "differing.png")
        raise AssertionError(f"{name}: {share:.2%} of its points differ from {kept}; see {folder}")


def _distances(one: Image.Image, other: Image.Image) -> NDArray[np.int16]:
    found: NDArray[np.int16] = np.abs(np.asarray(one, np.int16) - np.asarray(other, np.int16)).max(axis=2)
    return found
