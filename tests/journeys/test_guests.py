"""A doctor without an account comes into one room by link and code, is never told whose images these are, and is out
when the invitation is withdrawn.
"""

from io import BytesIO
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.journeys.case import id_in
from tests.journeys.test_pages_look_right import _problems
from tests.journeys.windows import Windows, vi, wait_for_image

pytestmark = pytest.mark.journey

PATIENT, NUMBER, LICENCE = "Văn An", "DX-240113", "001234/HCM-CCHN"


def test_a_guest_who_may_not_know_the_patient(windows: Windows) -> None:
    hanh = windows.of("hanh", "/consults?box=sent")
    address = (
        hanh.locator("tr[data-key]", has_text=f"Nguyễn {PATIENT}").locator("a").first.get_attribute("href")
    )
    consult = id_in(address or "", "consults")
    link, code = _invited(windows, hanh, consult)
    guest = _entered(windows, link, code)
    told = guest.content() + str(_json(guest, f"/consults/{consult}/state"))
    assert PATIENT not in told
    assert NUMBER not in told

    _cover_the_corner(windows, hanh, consult)
    expect(guest.get_by_text(vi("Images were looked through. Reload the page to see them."))).to_be_visible()
    seen = _first_picture(guest, consult)
    assert np.ptp(seen[: len(seen) // 8, : len(seen[0]) // 4]) == 0
    assert np.ptp(seen) > 100

    hanh.goto(f"{windows.hoichan.url}/consults/{consult}/guests")
    hanh.on("dialog", lambda dialog: dialog.accept())
    hanh.get_by_role("button", name=vi("Withdraw"), exact=True).first.click()
    expect(hanh.get_by_text(vi("withdrawn")).first).to_be_visible()
    expect(guest.get_by_text(vi("The invitation was withdrawn; ask whoever invited you."))).to_be_visible(
        timeout=15_000
    )
    expect(guest.get_by_text(vi("This link was taken back or has ended."))).to_be_visible()
    expect(guest.get_by_text(vi("Sign in again"))).to_have_count(0)
    asked: list[str] = []
    guest.on("request", lambda request: asked.append(request.url))
    guest.on("websocket", lambda line: asked.append(line.url))
    guest.wait_for_timeout(12_000)  # longer than any pause between two tries
    assert asked == []
    expect(guest.locator("#hr-composer")).to_have_count(0)
    assert guest.request.get(f"{windows.hoichan.url}/consults/{consult}/state").status == 401
    windows.tolerate("401")
    windows.tolerate("404")


def _invited(windows: Windows, hanh: Page, consult: str) -> tuple[str, str]:
    hanh.goto(f"{windows.hoichan.url}/consults/{consult}/guests")
    for name, value in (("name", "BS. Trần Khách"), ("licence_number", LICENCE), ("hospital", "BV Xa")):
        hanh.locator(f"[name={name}]").fill(value)
    hanh.locator("[name=hides_identity]").check()
    assert list(_problems(hanh, "vi")) == []
    hanh.locator("form.form button[type=submit]").click()
    code = hanh.locator(".guest-code").inner_text()
    assert list(_problems(hanh, "vi")) == []
    return hanh.locator(".guest-address code").inner_text().strip(), code


def _entered(windows: Windows, link: str, code: str) -> Page:
    guest = windows.of(None, link.removeprefix(windows.hoichan.url))
    assert list(_problems(guest, "vi")) == []
    guest.locator("[name=code]").fill(code)
    guest.locator("[name=licence_number]").fill(LICENCE)
    guest.locator("[name=confirmed]").check()
    guest.locator("main form button[type=submit]").click()
    wait_for_image(guest)
    expect(guest.locator(".hr-count.here")).to_be_visible()
    return guest


def _cover_the_corner(windows: Windows, hanh: Page, consult: str) -> None:
    """By drawing over it."""
    hanh.goto(f"{windows.hoichan.url}/consults/{consult}/masks")
    assert list(_problems(hanh, "vi")) == []
    hanh.locator(".mask-others summary").click()
    hanh.locator(".mask-card").first.click()
    assert list(_problems(hanh, "vi")) == []
    box = hanh.locator(".mask-picture img").bounding_box()
    assert box is not None
    hanh.mouse.move(box["x"] + 1, box["y"] + 1)
    hanh.mouse.down()
    hanh.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 4, steps=4)
    hanh.mouse.up()
    expect(hanh.locator(".mask-box")).to_have_count(1)
    hanh.locator("[name=left]").first.fill("0")
    hanh.locator("[name=top]").first.fill("0")
    hanh.locator("[name=looked]").check()
    hanh.locator("button[value=cover]").click()
    expect(hanh.get_by_text(vi("parts are covered"))).to_be_visible()


def _json(page: Page, path: str) -> Any:
    origin = page.evaluate("() => location.origin")
    return page.request.get(origin + path, headers={"Accept": "application/json"}).json()


def _first_picture(guest: Page, consult: str) -> np.ndarray[Any, Any]:
    """As the server gives it to this window."""
    key = _json(guest, f"/consults/{consult}/state")["consult"]["studies"][0]["key"]
    image = _json(guest, f"/stream/{key}/manifest")["series"][0]["instances"][0]["id"]
    origin = guest.evaluate("() => location.origin")
    answer = guest.request.get(f"{origin}/stream/{key}/rendered/{image}/1?type=png&center=40&width=400")
    return np.asarray(Image.open(BytesIO(answer.body())).convert("L")).astype(int)
