"""OHIF and dwv, which nobody here wrote, list and draw a study by our DICOMweb and meet no error."""

import io
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from pydicom import dcmread

from tests.foreign_viewers import DRAWN, SLICES, STUDY, TOOLS, Watch, images, served


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if not all((TOOLS / name / "package").is_dir() for name in ("ohif-app", "dwv")):
        if os.environ.get("CI") == "true":
            pytest.fail("OHIF and dwv are missing: sh tests/install_tools.sh")
        pytest.skip("OHIF and dwv are not installed: sh tests/install_tools.sh")
    with served(tmp_path_factory.mktemp("viewers")) as found:
        yield found


@pytest.fixture(scope="module")
def page(browser: Browser, chromium: str) -> Iterator[Page]:
    """With WebGL by software, which OHIF needs: another browser of the same Playwright."""
    arguments = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
    other = browser.browser_type.launch(executable_path=chromium, args=arguments)
    yield other.new_page(viewport={"width": 1400, "height": 850})
    other.close()


def test_ohif_lists_and_draws(page: Page, address: str) -> None:
    watch = Watch(page)
    page.goto(address)
    page.get_by_text("Nguyễn, Văn Thử").first.wait_for(timeout=60_000)
    page.goto(f"{address}/viewer?StudyInstanceUIDs={STUDY}")
    page.wait_for_function(DRAWN, timeout=90_000)
    assert watch.wrong == []
    assert watch.asked["an-binh/studies"] >= 1
    assert any("frames/N" in kind for kind in watch.asked)


def test_dwv_loads_every_instance(page: Page, address: str, tmp_path: Path) -> None:
    watch = Watch(page)
    page.goto(f"{address}/dwv.html")
    page.wait_for_function("window.told?.size || window.told?.wrong.length", timeout=60_000)
    told = page.evaluate("window.told")
    assert told["wrong"] == []
    assert watch.wrong == []
    assert told["size"][:3] == [256, 256, SLICES]
    assert told["range"] == _range_sent()


def _range_sent() -> list[int]:
    """The smallest and the largest stored value of the series."""
    sent = [dcmread(io.BytesIO(data)).pixel_array for data in images()]
    return [int(min(one.min() for one in sent)), int(max(one.max() for one in sent))]
