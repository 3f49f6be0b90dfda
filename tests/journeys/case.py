"""One study on its way from the machine to the patient, and the windows of those who work on it."""

import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page

from tests.dicomgen import ct_dataset, file, uid
from tests.journeys.windows import Windows, vi, wait_for_image
from tests.running import Running

PATIENT = "LÝ THỊ MỸ DUYÊN"
BIRTH_DATE = "19620911"
SLICES = 24
COLUMNS = 256
SPACING = 0.5
# The phantom's disc: 0.8 of the columns wide (tests.dicomfiles.phantom).
DISC_MM = 0.8 * COLUMNS * SPACING
HANH, DUC = "BS. Nguyễn Thị Hạnh", "BSCKII. Lê Minh Đức"


@dataclass
class Case:
    """Filled from test to test; what an earlier test did not reach is skipped by the later ones."""

    windows: Windows
    storescu: str
    folder: Path
    _known: dict[str, Any] = field(default_factory=dict)

    @property
    def hoichan(self) -> Running:
        return self.windows.hoichan

    def keep(self, **known: Any) -> None:
        self._known.update(known)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name not in self._known:
            pytest.skip(f"an earlier step did not come to {name}")
        return self._known[name]

    def send(self) -> None:
        """As a CT does: all slices through DCMTK's storescu."""
        files = []
        for number in range(1, SLICES + 1):
            slice_ = ct_dataset(
                number,
                rows=COLUMNS,
                columns=COLUMNS,
                study="main-job",
                patient_id="BN-6209",
                patient_name="LÝ^THỊ MỸ DUYÊN",
                PatientBirthDate=BIRTH_DATE,
                PatientSex="F",
            )
            path = self.folder / f"{number:03}.dcm"
            path.write_bytes(file(slice_))
            files.append(str(path))
        to = ["-aet", "CT01", "-aec", "DONGXANH", "127.0.0.1", str(self.hoichan.dicom_port)]
        subprocess.run([self.storescu, *to, *files], check=True, capture_output=True, timeout=60)

    @property
    def study_uid(self) -> str:
        return uid("main-job")

    def row(self, page: Page) -> Locator:
        return page.locator("tr[data-key]", has_text=PATIENT)

    def enter_room(self, page: Page) -> None:
        page.goto(f"{self.hoichan.url}/consults/{self.consult}")
        wait_for_image(page)
        page.get_by_role("tab", name=vi("People")).locator(".hr-count").wait_for()

    def state(self, page: Page) -> dict[str, Any]:
        """As the server tells it to this person."""
        found: dict[str, Any] = page.context.request.get(
            f"{self.hoichan.url}/consults/{self.consult}/state"
        ).json()
        return found


def open_tab(page: Page, name: str) -> None:
    """Of the room's panel; a click on the open tab would close it."""
    tab = page.get_by_role("tab", name=vi(name))
    if tab.get_attribute("aria-selected") != "true":
        tab.click()


def say(page: Page, text: str) -> None:
    page.locator("#hr-composer").fill(text)
    page.locator("#hr-composer").press("Enter")


def lines(page: Page) -> Sequence[str]:
    """What has been said, as it stands on this screen; what is not yet sent counts."""
    open_tab(page, "Talk")
    return page.locator(".hr-lines .hr-bubble > p").all_inner_texts()


def id_in(address: str, folder: str) -> str:
    found = re.search(rf"/{folder}/([0-9A-Za-z]+)", address)
    assert found is not None, address
    return found.group(1)
