"""A video is played in the viewer by the browser itself; one that no browser plays is offered to be saved."""

import subprocess
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from pydicom.encaps import encapsulate

from tests.dicomgen import H264, base, ct_slice, file
from tests.journeys.windows import Windows, vi, wait_for_image

pytestmark = pytest.mark.journey

ENDOSCOPY = "1.2.840.10008.5.1.4.1.1.77.1.1.1"
MPEG2 = "1.2.840.10008.1.2.4.100"
WHO: dict[str, Any] = {"study": "endoscopy", "patient_id": "BN-8002", "patient_name": "ĐỖ^VĂN NAM"}
# Made for this test with libx264: three seconds of a yellow square that moves to the right.
MOVING_SQUARE = Path(__file__).parents[1] / "media" / "moving_square.mp4"


def video(stream: bytes, transfer_syntax: str, series: str) -> bytes:
    ds = base(sop_class=ENDOSCOPY, modality="ES", series=series, **WHO)
    ds.SeriesDescription = series
    ds.SamplesPerPixel, ds.PhotometricInterpretation, ds.PlanarConfiguration = 3, "YBR_PARTIAL_420", 0
    ds.Rows, ds.Columns, ds.NumberOfFrames, ds.FrameTime = 96, 128, 30, 100
    ds.BitsAllocated = ds.BitsStored = 8
    ds.HighBit, ds.PixelRepresentation = 7, 0
    ds.PixelData = encapsulate([stream + b"\0" * (len(stream) % 2)], has_bot=False)
    ds["PixelData"].VR = "OB"
    ds["PixelData"].is_undefined_length = True
    return file(ds, transfer_syntax)


@pytest.fixture
def sent(windows: Windows, tmp_path: Path) -> None:
    """A slice, a video in MP4, and one in MPEG-2."""
    files = [
        ct_slice(1, series="ct", **WHO),
        video(MOVING_SQUARE.read_bytes(), H264, "Played"),
        video(b"\0\0\1\xb3" + bytes(100), MPEG2, "Saved"),
    ]
    for number, data in enumerate(files):
        (tmp_path / f"{number}.dcm").write_bytes(data)
    to = ["-aet", "CT01", "-aec", "DONGXANH", "127.0.0.1", str(windows.hoichan.dicom_port)]
    command = ["dcmsend", "--scan-directories", *to, str(tmp_path)]
    subprocess.run(command, check=True, capture_output=True, timeout=60)


def _until(player: Locator, condition: str) -> None:
    """Playwright's own waiting would need `eval`, which the page forbids."""
    player.evaluate(
        f"""async video => {{
          while (!({condition})) await new Promise((later) => setTimeout(later, 20));
        }}"""
    )


def _colour(page: Page) -> list[int]:
    """Of a point of the square, as the browser decoded it."""
    found: list[int] = page.locator("video").evaluate(
        """video => {
          const canvas = Object.assign(document.createElement("canvas"), { width: 128, height: 96 });
          const context = canvas.getContext("2d");
          context.drawImage(video, 0, 0);
          return [...context.getImageData(15, 45, 1, 1).data];
        }"""
    )
    return found


@pytest.mark.usefixtures("sent")
def test_a_video_is_played_or_offered_to_be_saved(windows: Windows) -> None:
    page = windows.of("hanh", "/studies?q=BN-8002")
    page.locator("a[href^='/studies/']:has-text('ĐỖ')").first.click()
    wait_for_image(page)
    page.locator(".hv-thumbnail[title='Played']").click()
    player = page.locator("video")
    expect(player).to_be_visible()
    if not player.evaluate("video => video.canPlayType('video/mp4; codecs=\"avc1.64001f\"')"):
        pytest.skip("this build of the browser has no H.264")
    _until(player, "video.readyState >= 2")
    assert player.evaluate("video => [video.videoWidth, video.videoHeight, video.duration]") == [128, 96, 3]
    red, green, blue, _ = _colour(page)
    assert (red > 200, green > 180, blue < 120) == (True, True, True)
    player.evaluate("video => { video.muted = true; video.currentTime = 2; return video.play(); }")
    _until(player, "video.currentTime > 2.2")
    page.locator(".hv-thumbnail[title='Saved']").click()
    expect(page.locator(".hv-document-note")).to_contain_text("MPEG-2")
    with page.expect_download() as saved:
        page.locator(".hv-document-note a", has_text=vi("Save")).click()
    assert saved.value.suggested_filename.endswith(".mpg")
    assert windows.problems == []
