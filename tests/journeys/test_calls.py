"""Two doctors talk and see each other in the room, directly and through a relay; the others' right ends it at once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.calling import Relay, browser_with_devices, flow, in_room, press, sign_out, wait_for_flow
from tests.journeys.case import DUC, HANH, id_in
from tests.journeys.windows import Windows, vi, wait_until
from tests.running import Running


@pytest.fixture(scope="module")
def caller(chromium: str) -> Iterator[Browser]:
    expect.set_options(timeout=60_000)  # pictures are coded by the processor
    with browser_with_devices(chromium) as found:
        yield found
    expect.set_options(timeout=5_000)


@pytest.fixture
def windows(caller: Browser, hoichan: Running) -> Iterator[Windows]:
    found = Windows(caller, hoichan)
    yield found
    found.close()
    assert not found.problems, "\n".join(found.problems)


@pytest.fixture
def consult(windows: Windows) -> str:
    """The demonstration's case that is under way."""
    page = windows.of("duc", "/consults?box=inbox")
    address = page.locator("tr[data-key]", has_text="Nguyễn Văn An").locator("a").first.get_attribute("href")
    assert address
    return id_in(address, "consults")


def test_both_hear_and_see_each_other_and_one_leads_the_other(windows: Windows, consult: str) -> None:
    hanh, duc = in_room(windows, "hanh", consult), in_room(windows, "duc", consult)
    press(hanh, "Video call")
    expect(duc.locator(".hr-call-on")).to_contain_text(HANH)
    press(duc, "With picture")
    for window in (hanh, duc):
        wait_for_flow(window, "audio", "video", "frames")
        expect(window.locator(".hr-tile video")).to_have_count(2)
    speaks_only_while_space_is_down(duc, hanh)
    shares_the_screen(hanh, duc)
    tries_devices(duc)
    press(duc, "Leave the call")
    expect(hanh.locator(".hr-tile")).to_have_count(1)
    wait_until(
        hanh, lambda: hanh.evaluate("() => peers.every((one) => one.connectionState === 'closed')"), "closed"
    )
    press(hanh, "Leave the call")
    leads_and_lends(hanh, duc)


def speaks_only_while_space_is_down(duc: Page, hanh: Page) -> None:
    press(duc, "Mute")
    expect(hanh.locator(".hr-tile", has_text=DUC).locator(".icon").first).to_be_visible()
    duc.locator(".hv-surface").first.focus()
    duc.keyboard.down(" ")
    expect(duc.get_by_role("button", name=vi("Mute"), exact=True)).to_be_visible()
    duc.keyboard.up(" ")
    expect(duc.get_by_role("button", name=vi("Mute"), exact=True)).to_have_count(0)


def shares_the_screen(hanh: Page, duc: Page) -> None:
    """Beside the own picture, which goes on."""
    press(hanh, "Share the screen")
    duc.wait_for_function(
        "() => { const v = document.querySelector('.hr-tile.screen video'); return v && v.videoWidth > 0; }"
    )
    expect(duc.locator(".hr-tile video")).to_have_count(3)
    press(hanh, "Stop sharing the screen")
    expect(duc.locator(".hr-tile.screen")).to_have_count(0)


def tries_devices(duc: Page) -> None:
    """The made-up microphone beeps: the bar moves; the devices have names to choose from."""
    press(duc, "Test microphone, camera and sound")
    duc.wait_for_function("() => document.querySelector('.hr-devices meter')?.value > 0.01")
    expect(duc.locator(".hr-devices video")).to_be_visible()
    assert duc.locator(".hr-devices select").count() >= 2
    press(duc, "Close the test")


def leads_and_lends(hanh: Page, duc: Page) -> None:
    """Whoever leads is followed; they lend it to whoever asks, and take it back."""
    press(hanh, "Lead the view")
    expect(duc.locator(".hr-banner.following")).to_contain_text(HANH)
    press(duc, "Ask to lead")
    press(hanh, "Let them lead")
    expect(hanh.locator(".hr-banner.following")).to_contain_text(DUC)
    press(hanh, "Take it back")
    expect(duc.locator(".hr-banner.following")).to_contain_text(HANH)
    press(hanh, "Stop leading")
    expect(duc.locator(".hr-banner.following")).to_have_count(0)


def test_where_only_a_relay_gets_through_they_talk_through_it(
    windows: Windows, consult: str, tmp_path: Path
) -> None:
    if not Relay.is_here():
        pytest.skip("coturn is not installed")
    relay = Relay(tmp_path)
    relay.start()
    try:
        hanh = in_room(windows, "hanh", consult, relay.extra("hanh"))
        duc = in_room(windows, "duc", consult, relay.extra("duc"))
        press(hanh, "Video call")
        press(duc, "With picture")
        for window in (hanh, duc):
            wait_for_flow(window, "audio", "video")
            assert set(flow(window)["ways"]) == {"relay"}
        # whoever signs out is in the call no longer
        sign_out(duc)
        expect(hanh.locator(".hr-tile")).to_have_count(1)
        press(hanh, "Leave the call")
        duc.close()
        windows.tolerate("401")
        windows.tolerate("CLOSING or CLOSED")
    finally:
        relay.stop()
