"""Nobody answers: the case comes to the coordinator, who gives it to a specialist, who accepts it on a phone."""

import sqlite3
from contextlib import closing

from playwright.sync_api import Page, expect

from tests.journeys.case import id_in
from tests.journeys.windows import Windows, vi, wait_for_image
from tests.running import Running

PATIENT = "Phạm Ngọc Mai"
LAM_GIANG = "Bệnh viện Đa khoa tỉnh Lam Giang"
HA = "BSCKI. Phạm Thu Hà"
SOON = 40_000  # ms: the worker looks every ten seconds


def test_what_nobody_answers_goes_by_the_coordinator_to_somebody_who_does(windows: Windows) -> None:
    hanh, mai = windows.of("hanh", "/studies"), windows.of("mai", "/consults/board")
    mai.wait_for_timeout(500)  # its socket is connected while the person reads
    consult_id = _asked(hanh)
    case = mai.locator(".board-card", has=mai.locator(f"a[href='/consults/{consult_id}']"))
    expect(case).to_contain_text(vi("Those on call"))

    _nobody_answers(windows.hoichan, consult_id)
    expect(case).to_contain_text(vi("The coordinator"), timeout=SOON)
    expect(hanh.locator(".hr-promise")).to_contain_text(
        vi("Nobody accepted yet: the coordinator has been asked.")
    )

    case.locator("a[href$='/give']").click()
    mai.get_by_label(HA).check()
    mai.locator("[name=note]").fill("Nhờ chị xem giúp")
    mai.get_by_role("button", name=vi("Give the case")).click()
    mai.wait_for_url("**/consults/board")
    expect(case).to_contain_text(HA)

    ha = windows.phone("ha", f"/consults/{consult_id}")
    wait_for_image(ha)
    ha.get_by_role("button", name=vi("Accept the case")).tap()
    expect(hanh.locator(".hr-case .hr-standing")).to_contain_text(vi("Accepted"))
    expect(case).to_contain_text(vi("Accepted"))


def _asked(hanh: Page) -> str:
    """An emergency, asked of the whole hospital; its room is open then."""
    hanh.locator("tr", has_text=PATIENT).locator("a[href^='/consults/new']").first.click()
    hanh.locator("[name=question]").fill("Có giãn buồng tim không?")
    whom = vi("Any specialist of {hospital}", hospital=LAM_GIANG)
    hanh.locator("[name=whom]").select_option(label=whom)
    hanh.locator("[name=urgency][value=emergency]").check()
    hanh.locator("[name=ground]").select_option("patient-request")
    hanh.locator("[name=informed]").check()
    hanh.locator("button[name=do][value=send]").click()
    wait_for_image(hanh)
    return id_in(hanh.url, "consults")


def _nobody_answers(hoichan: Running, consult_id: str) -> None:
    """As if the minutes were over."""
    with closing(sqlite3.connect(hoichan.data_dir / "hoichan.db", timeout=30)) as db, db:
        db.execute("UPDATE consult_offer SET expires_at = offered_at WHERE consult_id = ?", (consult_id,))
