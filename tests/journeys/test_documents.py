"""A dose report, a curve and a paper are read in the viewer, attributes are searched, a picture is saved."""

import io
import subprocess
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.curves import ecg
from tests.dicomgen import ct_slice, pdf_document
from tests.journeys.pictures import looks_as_kept
from tests.journeys.windows import Windows, vi, wait_for_image
from tests.reports import ct_dose_report

pytestmark = pytest.mark.journey

WHO: dict[str, Any] = {"study": "papers", "patient_id": "BN-8001", "patient_name": "LÝ^THỊ THƯ"}


@pytest.fixture
def sent(windows: Windows, tmp_path: Path) -> None:
    """Two slices, a dose report, a curve and a paper of one study, from a CT."""
    slices = [ct_slice(number, series="ct", **WHO) for number in (1, 2)]
    files = [*slices, ct_dose_report(**WHO), ecg(**WHO), pdf_document(b"%PDF-1.4\n%%EOF\n", **WHO)]
    for number, data in enumerate(files):
        (tmp_path / f"{number}.dcm").write_bytes(data)
    to = ["-aet", "CT01", "-aec", "DONGXANH", "127.0.0.1", str(windows.hoichan.dicom_port)]
    command = ["dcmsend", "--scan-directories", *to, str(tmp_path)]
    subprocess.run(command, check=True, capture_output=True, timeout=60)


def _open(windows: Windows) -> Page:
    page = windows.of("hanh", "/studies?q=BN-8001")
    page.locator("a[href^='/studies/']:has-text('LÝ')").first.click()
    wait_for_image(page)
    return page


@pytest.mark.usefixtures("sent")
def test_a_doctor_reads_what_is_no_image(windows: Windows) -> None:
    page = _open(windows)
    page.keyboard.press("T")
    page.get_by_label(vi("Search the attributes")).fill("ly thi thu")
    expect(page.locator(".hv-tags li b")).to_have_text(["PatientName"])
    page.keyboard.press("Escape")
    page.get_by_role("button", name=vi("Save and print")).click()
    with page.expect_download() as saved:
        page.get_by_role("button", name="PNG").click()
    picture = Image.open(io.BytesIO(Path(saved.value.path()).read_bytes()))
    assert picture.getextrema() != ((0, 0), (0, 0), (0, 0))
    page.locator(".hv-thumbnail[title='Dose Report']").click()
    table = page.locator(".hv-report table")
    expect(table).to_contain_text("Sọ não")
    expect(table).to_contain_text("800 mGy·cm")
    looks_as_kept(page.locator(".hv-report"), "dose-report", scaled_to=240)
    page.locator(".hv-thumbnail[title='ECG']").click()
    sheet = page.locator(".hv-curves-sheet canvas")
    expect(sheet).to_be_visible()
    page.wait_for_load_state("networkidle")
    looks_as_kept(sheet, "curves")
    page.locator(".hv-thumbnail:has-text('DOC')").click()
    expect(page.locator("iframe.hv-document-frame")).to_be_visible()
    assert windows.problems == []
