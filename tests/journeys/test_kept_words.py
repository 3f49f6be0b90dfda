"""What is written and not sent yet outlives its tab and the session, for its writer and for nobody else."""

import pytest
from playwright.sync_api import BrowserContext, Dialog, Page, expect

from tests.journeys.browser import fill_sign_in
from tests.journeys.case import id_in
from tests.journeys.windows import Windows, vi, wait_for_image

pytestmark = pytest.mark.journey

SAID, HALF = "Viết lúc mất mạng", "Nửa câu chưa gửi"
DISK = "() => Object.entries(localStorage).join()"


def _address(windows: Windows, page: Page) -> str:
    href = page.locator("tr[data-key]", has_text="Nguyễn Văn An").locator("a").first.get_attribute("href")
    return f"{windows.hoichan.url}/consults/{id_in(href or '', 'consults')}"


def _talk(page: Page, address: str) -> None:
    if page.url != address:
        page.goto(address)
    wait_for_image(page)
    page.locator("#hr-tab-talk").click()
    expect(page.locator("#hr-composer")).to_be_visible()


def _cut(page: Page, address: str) -> None:
    """Pages come, and nothing goes."""
    page.route(f"{address}/messages", lambda route: route.abort("connectionfailed"))
    page.route_web_socket("**/socket.io/**", lambda socket: socket.close())


def _write(page: Page, words: str) -> None:
    page.locator("#hr-composer").fill(words)
    page.locator("#hr-composer").press("Enter")
    expect(page.locator(".hr-line.unsent", has_text=words)).to_be_visible()


def _asked_on_leaving(page: Page) -> list[str]:
    """What the browser asks when the page is closed; it is closed then."""
    asked: list[str] = []

    def leave(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", leave)
    with page.expect_event("close"):
        page.close(run_before_unload=True)
    return asked


def _sign_in(windows: Windows, context: BrowserContext, login: str, address: str) -> Page:
    """The session before ran out: nobody has signed out."""
    context.clear_cookies()
    page = context.new_page()
    page.goto(address)
    fill_sign_in(page, login, windows.hoichan.passwords[login])
    _talk(page, address)
    return page


def test_a_line_of_a_closed_tab_is_sent_by_the_next_one(windows: Windows) -> None:
    hanh = windows.of("hanh", "/consults?box=sent")
    address = _address(windows, hanh)
    duc = windows.of("duc")
    _talk(duc, address)
    for number in (1, 2):
        tab = hanh.context.new_page()
        _cut(tab, address)
        _talk(tab, address)
        _write(tab, f"{SAID} {number}")
        assert _asked_on_leaving(tab) == ["beforeunload"]
    expect(duc.locator(".hr-line", has_text=SAID)).to_have_count(0)

    tab = hanh.context.new_page()
    _talk(tab, address)
    expect(duc.locator(".hr-line", has_text=SAID)).to_have_count(2)
    expect(duc.locator(".hr-line", has_text=SAID).last).to_contain_text("2")
    expect(tab.locator(".hr-line.unsent")).to_have_count(0)
    assert "sealed" not in tab.evaluate(DISK)
    windows.tolerate("ERR_CONNECTION_FAILED")
    windows.tolerate("WebSocket")


def test_the_next_person_at_the_computer_sends_and_sees_nothing_of_it(windows: Windows) -> None:
    hanh = windows.of("hanh", "/consults?box=sent")
    address, context = _address(windows, hanh), hanh.context
    tab = context.new_page()
    _cut(tab, address)
    _talk(tab, address)
    _write(tab, f"{SAID} ba")
    tab.locator("#hr-composer").fill(HALF)
    tab.close()

    duc = _sign_in(windows, context, "duc", address)
    expect(duc.locator(".hr-line.unsent")).to_have_count(0)
    expect(duc.locator("#hr-composer")).to_have_value("")
    kept = duc.evaluate(DISK)
    assert "sealed" in kept
    assert SAID not in kept
    assert HALF not in kept
    duc.close()

    hanh = _sign_in(windows, context, "hanh", address)
    expect(hanh.locator(".hr-line.mine:not(.unsent)", has_text=f"{SAID} ba")).to_have_count(1)
    expect(hanh.locator("#hr-composer")).to_have_value(HALF)
    hanh.locator("#hr-composer").fill("")
    windows.tolerate("ERR_CONNECTION_FAILED")
    windows.tolerate("WebSocket")


def test_a_page_loaded_again_after_signing_out_elsewhere_keeps_its_draft(windows: Windows) -> None:
    list_ = windows.of("hanh", "/consults?box=sent")
    address = _address(windows, list_)
    room = list_.context.new_page()
    _talk(room, address)
    room.locator("#hr-composer").fill(HALF)
    list_.locator("form[action='/sign-out']").evaluate("form => form.requestSubmit()")
    list_.wait_for_url("**/sign-in*")
    expect(
        room.get_by_text(
            vi("You are signed out. Sign in with this button and what you were writing is there again.")
        )
    ).to_be_visible()
    room.reload()
    fill_sign_in(room, "hanh", windows.hoichan.passwords["hanh"])
    room.wait_for_url(address)
    _talk(room, address)
    expect(room.locator("#hr-composer")).to_have_value(HALF)

    room.locator("form[action='/sign-out']").evaluate("form => form.requestSubmit()")
    room.wait_for_url("**/sign-in*")
    assert "sealed" not in room.evaluate(DISK)
    windows.sessions.pop("hanh")
    windows.tolerate("401")
    windows.tolerate("WebSocket")
