"""What is spoken and attached while the line is cut comes in order when it is back, over a reload of the page too."""

from collections.abc import Iterator
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.journeys.browser import fill_sign_in
from tests.journeys.calling import browser_with_devices, press
from tests.journeys.case import id_in
from tests.journeys.windows import Windows, vi, wait_for_image
from tests.running import Running

LINES = ["Trước khi đứt mạng", "Ảnh điện tim", "Sau lời nói"]
HALF = "Nửa câu chưa gửi"


@pytest.fixture(scope="module")
def speaker(chromium: str) -> Iterator[Browser]:
    with browser_with_devices(chromium) as found:
        yield found


@pytest.fixture
def windows(speaker: Browser, hoichan: Running) -> Iterator[Windows]:
    found = Windows(speaker, hoichan)
    yield found
    found.close()
    assert not found.problems, "\n".join(found.problems)


def _talk(page: Page, address: str) -> None:
    page.goto(address)
    wait_for_image(page)
    page.locator("#hr-tab-talk").click()
    expect(page.locator("#hr-composer")).to_be_visible()


def _write(page: Page, words: str) -> None:
    page.locator("#hr-composer").fill(words)
    page.locator("#hr-composer").press("Enter")


def _speak(page: Page) -> None:
    press(page, "Record a voice message")
    expect(page.locator(".hr-voice-clock")).to_contain_text("0:01")
    press(page, "Stop and listen")
    press(page, "Send the voice message")


def test_voices_and_files_of_a_cut_line_come_in_order(windows: Windows) -> None:
    list_ = windows.of("duc", "/consults?box=inbox")
    href = list_.locator("tr[data-key]", has_text="Nguyễn Văn An").locator("a").first.get_attribute("href")
    assert href
    address = f"{windows.hoichan.url}/consults/{id_in(href, 'consults')}"
    hanh, duc = windows.phone("hanh"), windows.of("duc")
    _talk(duc, address)
    _talk(hanh, address)

    # the server can be reached for pages, and for nothing that lasts
    cut = [f"{address}/attachments", f"{address}/messages", "**/socket.io/**"]
    for part in cut:
        hanh.route(part, lambda route: route.abort("connectionfailed"))
    hanh.route_web_socket("**/socket.io/**", lambda socket: socket.close())
    hanh.reload()
    _talk(hanh, address)
    _write(hanh, LINES[0])
    _attach(hanh)
    _write(hanh, LINES[1])
    _speak(hanh)
    _write(hanh, LINES[2])
    expect(hanh.locator(".hr-line.unsent")).to_have_count(4)
    hanh.reload()
    _talk(hanh, address)
    expect(hanh.locator(".hr-line.unsent .hr-player")).to_be_visible()
    expect(duc.locator(".hr-line", has_text=LINES[0])).to_have_count(0)

    hanh.unroute_all()
    hanh.reload()
    _talk(hanh, address)
    expect(hanh.locator(".hr-line.unsent")).to_have_count(0, timeout=60_000)
    came = duc.locator(".hr-line:not(.unsent)")
    expect(came.last).to_contain_text(LINES[2])
    place = came.count()
    expect(came.nth(place - 4)).to_contain_text(LINES[0])
    expect(came.nth(place - 3).locator(".hr-photo img")).to_be_visible()
    came.nth(place - 2).get_by_role("button", name=vi("Play the voice message")).click()
    duc.wait_for_function(
        "() => [...document.querySelectorAll('.hr-line audio')].some((one) => one.currentTime > 0.2)"
    )
    windows.tolerate("ERR_CONNECTION_FAILED")
    windows.tolerate("WebSocket")


def _attach(page: Page) -> None:
    picture = BytesIO()
    Image.new("RGB", (60, 40), "green").save(picture, "JPEG")
    press(page, "More for this line")
    with page.expect_file_chooser() as chooser:
        page.get_by_text(vi("File (PDF, photo)")).click()
    chooser.value.set_files({"name": "ecg.jpg", "mimeType": "image/jpeg", "buffer": picture.getvalue()})
    expect(page.locator(".hr-chip")).to_contain_text("ecg.jpg")


def test_what_is_being_written_is_there_again_after_signing_out_in_another_window(windows: Windows) -> None:
    list_ = windows.of("duc", "/consults?box=inbox")
    href = list_.locator("tr[data-key]", has_text="Nguyễn Văn An").locator("a").first.get_attribute("href")
    assert href
    address = f"{windows.hoichan.url}/consults/{id_in(href, 'consults')}"
    room = list_.context.new_page()
    _talk(room, address)
    room.locator("#hr-composer").fill(HALF)
    list_.locator("form[action='/sign-out']").evaluate("form => form.requestSubmit()")
    list_.wait_for_url("**/sign-in*")
    told = room.get_by_text(
        vi("You are signed out. Sign in with this button and what you were writing is there again.")
    )
    expect(told).to_be_visible()
    expect(room.locator("#hr-composer, .hr-line")).to_have_count(
        0
    )  # nor what was said, for whoever comes next
    assert room.evaluate("() => Object.values(sessionStorage).join()") == ""
    room.locator(".hr-nothing a").click()
    fill_sign_in(room, "duc", windows.hoichan.passwords["duc"])
    room.wait_for_url(address)
    wait_for_image(room)
    room.locator("#hr-tab-talk").click()
    expect(room.locator("#hr-composer")).to_have_value(HALF)
    windows.sessions.pop("duc")
