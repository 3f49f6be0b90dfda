"""A folder with good and bad files and a ZIP, dropped into the browser; and a line that breaks in the middle."""

import io
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.dicomgen import ct_slice, hostile, series
from tests.journeys.windows import Windows, vi, wait_until

pytestmark = pytest.mark.journey

BROKEN = "The line is broken. Sending goes on by itself when it is back."


def _zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def _disc(folder: Path) -> Path:
    """As a patient brings it: images in folders, what a viewer program left beside them, and a ZIP."""
    who = {"study": "disc", "patient_id": "BN-7001", "patient_name": "CAO^VĂN LÂM"}
    images = folder / "disc" / "IMAGES"
    images.mkdir(parents=True)
    for number, data in enumerate(series(8, series="one", **who), 1):
        (images / f"IM{number:04}").write_bytes(data)
    (folder / "disc" / "DICOMDIR").write_bytes(hostile("html"))
    (folder / "disc" / "letter.pdf").write_bytes(b"%PDF-1.7\n" + b"x" * 500)
    (images / "CUT.dcm").write_bytes(ct_slice(9, series="one", **who)[:900])
    inside = {f"S2/{n}.dcm": data for n, data in enumerate(series(5, series="two", **who), 1)}
    packed = _zipped({**inside, "../../outside.dcm": ct_slice(99, series="three", **who)})
    (folder / "disc" / "more.zip").write_bytes(packed)
    return folder / "disc"


def _uploading(windows: Windows) -> Page:
    page = windows.of("tam", "/uploads")
    expect(page.locator("[data-upload-zone]")).to_be_visible()
    return page


def test_a_folder_is_taken_and_what_is_refused_is_listed_with_its_reason(
    windows: Windows, tmp_path: Path
) -> None:
    page = _uploading(windows)
    page.set_input_files("[data-upload-folder]", _disc(tmp_path))
    summary = page.locator("[data-upload-summary]")
    expect(summary).to_contain_text(
        vi("{count} images stored in {studies} studies.", count=13, studies=1), timeout=60_000
    )
    left_out = page.locator("[data-upload-left-out]")
    for name, reason in {
        "letter.pdf": vi("Not DICOM: it looks like a {kind} file.", kind="PDF"),
        "CUT.dcm": vi(
            "The file ends too early (at {where}). Send it again from the source.", where="(0028,0030)"
        ),
        "outside.dcm": vi("Its name points outside the ZIP. It was not opened."),
    }.items():
        expect(left_out.locator("li", has_text=name)).to_contain_text(reason)
    assert "<script>" not in left_out.inner_text()
    page.get_by_role("link", name=vi("Show the studies")).click()
    row = page.locator("tr[data-key]", has_text="CAO VĂN LÂM")
    expect(row).to_contain_text(vi("{count} images", count=13))
    expect(row).to_contain_text(vi("{count} series", count=2))


def test_a_broken_line_only_delays(windows: Windows, tmp_path: Path) -> None:
    who = {"study": "broken-line", "patient_id": "BN-7002", "patient_name": "ĐINH^THỊ SEN"}
    folder = tmp_path / "long"
    folder.mkdir()
    for number, data in enumerate(series(40, rows=512, columns=512, **who), 1):
        (folder / f"{number:03}.dcm").write_bytes(data)
    page = _uploading(windows)
    line = page.context.new_cdp_session(page)

    def line_of(bytes_a_second: int, *, offline: bool = False) -> None:
        speed = {"downloadThroughput": bytes_a_second, "uploadThroughput": bytes_a_second, "latency": 0}
        line.send("Network.emulateNetworkConditions", {"offline": offline, **speed})

    line.send("Network.enable")
    line_of(4_000_000)
    bar = page.locator("[data-upload-bar]")
    page.set_input_files("[data-upload-folder]", folder)
    wait_until(page, lambda: float(bar.get_attribute("value") or 0) > 1e6, "the first images have gone")
    line_of(0, offline=True)
    status = page.locator("[data-upload-status]")
    expect(status).to_contain_text(vi(BROKEN))
    at_the_break = float(bar.get_attribute("value") or 0)
    assert at_the_break < float(bar.get_attribute("max") or 0), "it broke in the middle"
    line_of(-1)
    summary = page.locator("[data-upload-summary]")
    expect(summary).to_contain_text(
        vi("{count} images stored in {studies} studies.", count=40, studies=1), timeout=60_000
    )
    expect(page.locator("[data-upload-left-out-part]")).to_be_hidden()
    windows.forgive("net::ERR_INTERNET_DISCONNECTED")
