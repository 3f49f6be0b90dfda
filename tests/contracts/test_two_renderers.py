"""The processor and WebGL2 give the same picture: at most one grey level apart, whatever window, zoom, turn, filter.

In a real browser with its software imitation of a graphics card, which the viewer itself would refuse.
"""

import subprocess
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import sync_playwright

VIEWER = Path(__file__).parents[2] / "viewer_js"
ARGUMENTS = [
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
]


@pytest.fixture(scope="module")
def answer(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What viewer_js/test/browser/two_renderers.ts found."""
    bundle = tmp_path_factory.mktemp("renderers") / "bundle.js"
    bundler = VIEWER / "node_modules" / ".bin" / "rolldown"
    program = VIEWER / "test" / "browser" / "two_renderers.ts"
    command = [
        str(bundler),
        str(program),
        "--file",
        str(bundle),
        "--format",
        "iife",
        "--external",
        "virtual:*",
    ]
    subprocess.run(command, cwd=VIEWER, check=True, capture_output=True, timeout=60)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        page = browser.new_page()
        page.add_script_tag(path=bundle)
        found = page.evaluate("() => twoRenderers()")
        browser.close()
    return found


def test_both_renderers_are_at_most_one_grey_level_apart(answer: Any) -> None:
    apart = [one for one in answer["found"] if one["worst"] > 1]
    assert apart == []
    assert len(answer["found"]) == answer["painted"] == 48
    assert sum(one["greys"] > 20 for one in answer["found"]) > 20, "pictures, not empty canvases"


def test_graphics_by_programs_counts_as_none(answer: Any) -> None:
    assert answer["refused"]


def test_a_lost_context_falls_back_at_once_and_comes_back(answer: Any) -> None:
    assert answer["loss"] == {"lost": True, "fellBack": True, "worst": 0, "changes": 2}
