"""From a machine's storescu to the patient's revoked link: two doctors in two windows, a patient with a phone."""

import json
import os
import time
from collections.abc import Iterator
from datetime import datetime

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.case import (
    COLUMNS,
    DISC_MM,
    DUC,
    HANH,
    PATIENT,
    SLICES,
    SPACING,
    Case,
    id_in,
    lines,
    open_tab,
    say,
)
from tests.journeys.windows import Windows, middle_row, slice_number, vi, wait_for_image, wait_until

pytestmark = pytest.mark.journey

# Notes every text of the row with this patient, and when it stood there.
_WATCH_ROW = """(patient) => { window.rowTexts = [];
  new MutationObserver(() => { const row = [...document.querySelectorAll('tr[data-key]')].find(r => r.innerText.includes(patient));
    const text = row?.innerText; if (text && window.rowTexts.at(-1)?.[1] !== text)
      window.rowTexts.push([(performance.timeOrigin + performance.now()) / 1000, text]); })
    .observe(document.body, {childList: true, subtree: true, characterData: true}); }"""

# Engine.IO 4 by hand: joins the namespace of the rooms and tries to enter one; gives the answer's text.
_ENTER_BY_SOCKET = """(consult) => new Promise((done) => {
  const socket = new WebSocket(`${location.origin.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
  socket.onmessage = ({data}) => { if (data.startsWith('0')) socket.send('40/consults,');
    else if (data.startsWith('40/consults')) socket.send(`42/consults,0["consult.enter",${JSON.stringify({consult_id: consult, after: 0})}]`);
    else if (data.startsWith('43/consults')) { done(data); socket.close(); } }; })"""


@pytest.fixture(scope="module")
def case(windows: Windows, storescu: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    return Case(windows, storescu, tmp_path_factory.mktemp("slices"))


def a_second() -> float:
    """Longer in proportion to what else this machine is doing."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def test_a_study_appears_in_the_open_list_while_it_arrives(case: Case) -> None:
    hanh = case.windows.of("hanh", "/studies")
    case.keep(hanh=hanh)
    expect(hanh.locator("tr[data-key]").first).to_be_visible()
    assert case.row(hanh).count() == 0
    hanh.wait_for_timeout(500)  # its socket is connected while the person reads
    hanh.evaluate(_WATCH_ROW, PATIENT)
    case.send()
    sent = time.time()
    all_images = vi("{count} images", count=SLICES)
    expect(case.row(hanh)).to_contain_text(all_images)
    seen: list[tuple[float, str]] = hanh.evaluate("() => window.rowTexts")
    whole = next((moment, text) for moment, text in seen if all_images in text)
    assert whole[0] - sent < a_second()
    assert vi("Arriving") in whole[1]
    expect(case.row(hanh)).to_contain_text(vi("Complete"), timeout=20_000)
    case.keep(study=id_in(case.row(hanh).locator("a").first.get_attribute("href") or "", "studies"))


def test_the_referrer_reads_the_images(case: Case) -> None:
    page: Page = case.hanh
    case.row(page).get_by_role("link", name=PATIENT).click()
    wait_for_image(page)
    expect(page.locator(".hv-quality")).to_have_text(vi("Full quality"))
    assert len({grey for _, grey in middle_row(page)}) > 2, "air, the disc and the rod are seen"
    surface = page.locator(".hv-surface").first
    surface.press("Home")
    wait_until(page, lambda: slice_number(page) == 1, "the first image")
    surface.hover()
    for _ in range(5):
        page.mouse.wheel(0, 120)
    wait_until(page, lambda: slice_number(page) == 6, "five notches of the wheel are five images")
    surface.press("PageDown")
    wait_until(page, lambda: slice_number(page) == 16, "a page is ten images")
    before = middle_row(page)
    surface.press("2")
    expect(page.locator(".hv-bottom-left")).to_contain_text(vi("C {center} W {width}", center=40, width=80))
    wait_until(page, lambda: middle_row(page) != before, "a narrower window is another picture")
    expect(page.locator(".hv-top-left").first).to_contain_text(PATIENT)


def test_the_question_reaches_the_open_inbox(case: Case) -> None:
    duc = case.windows.of("duc", "/consults?box=inbox")
    case.keep(duc=duc)
    duc.wait_for_timeout(500)  # its socket is connected while the person reads
    page: Page = case.hanh
    page.get_by_role("link", name=vi("Ask for a consult")).click()
    page.locator("[name=question]").fill("Có xuất huyết không?")
    page.locator("[data-add-question]").click()
    page.locator("[name=question]").nth(1).fill("Có cần chuyển tuyến ngay không?")
    page.locator("[name=history]").fill("Ngã cầu thang 2 giờ trước, đau đầu, nôn 1 lần.")
    page.locator("[name=whom]").select_option(
        label=vi("Any specialist of {hospital}", hospital="Bệnh viện Đa khoa tỉnh Lam Giang")
    )
    page.locator("[name=urgency][value=urgent]").check()
    page.locator("[name=ground]").select_option("patient-request")
    page.locator("[name=informed]").check()
    page.locator("button[name=do][value=send]").click()
    row = duc.locator("tr[data-key]", has_text=PATIENT)
    expect(row).to_contain_text("Có xuất huyết không?")
    expect(row).to_contain_text(vi("and {count} more questions", count=1))
    row.get_by_role("link").first.click()
    duc.wait_for_url("**/consults/*")
    case.keep(consult=id_in(duc.url, "consults"))
    wait_for_image(duc)
    duc.get_by_role("button", name=vi("Accept the case")).click()
    expect(duc.locator(".hr-case .hr-standing")).to_contain_text(vi("Accepted"))
    case.enter_room(page)
    for window in (page, duc):
        expect(window.get_by_role("tab", name=vi("People")).locator(".hr-count")).to_have_text("2")


def test_they_talk_and_a_line_brings_its_view_back(case: Case) -> None:
    hanh, duc = case.hanh, case.duc
    for window in (hanh, duc):
        open_tab(window, "Talk")
    say(hanh, "Kính nhờ anh xem giúp.")
    expect(duc.locator(".hr-lines")).to_contain_text("Kính nhờ anh xem giúp.")
    say(duc, "Tôi đang xem.")
    expect(hanh.locator(".hr-lines")).to_contain_text("Tôi đang xem.")
    surface = hanh.locator(".hv-surface").first
    surface.press("Home")
    surface.press("PageDown")
    wait_until(hanh, lambda: slice_number(hanh) == 11, "ten images on")
    hanh.locator(".hr-attach").click()
    say(hanh, "Chỗ này.")
    duc.locator(".hv-surface").first.press("End")
    wait_until(duc, lambda: slice_number(duc) == SLICES, "the last image")
    duc.locator(".hr-view").click()
    wait_until(duc, lambda: slice_number(duc) == 11, "the view of the line")


def test_a_length_is_seen_while_it_is_drawn_and_has_its_millimetres(case: Case) -> None:
    hanh, duc = case.hanh, case.duc
    surface = hanh.locator(".hv-surface").first
    surface.press("f")
    box = surface.bounding_box()
    lit = [place for place, grey in middle_row(hanh) if grey > 10]
    y = box["y"] + box["height"] / 2
    surface.press("l")
    hanh.mouse.move(lit[0], y)
    hanh.mouse.down()
    hanh.mouse.move((lit[0] + lit[-1]) / 2, y, steps=6)
    expect(duc.locator("svg.hv-marks .hv-mark")).to_be_visible()
    assert case.state(duc)["annotations"] == [], "only a sketch so far"
    hanh.mouse.move(lit[-1], y, steps=6)
    hanh.mouse.up()
    wait_until(hanh, lambda: len(case.state(duc)["annotations"]) == 1, "the mark is kept")
    (mark,) = case.state(duc)["annotations"]
    (x1, y1), (x2, y2) = mark["points"]
    length = ((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5 * SPACING
    assert length == pytest.approx(DISC_MM, abs=2 * COLUMNS / box["height"] * SPACING + SPACING)
    for window in (hanh, duc):
        expect(window.locator("svg.hv-marks")).to_contain_text(f"{length:.1f} mm".replace(".", ","))


def _planes_are_followed(hanh: Page, duc: Page) -> None:
    """Whoever follows sees the same planes, also in a line's view, and leaves them with the other."""
    hanh.get_by_role("button", name=vi("Planes and 3D")).click()
    slice_ = "[data-cell=axial] [data-slice]"
    for window in (hanh, duc):
        expect(window.locator("[data-cell=axial] .hv-quality")).to_have_text(
            vi("Full values"), timeout=30_000
        )
    before = hanh.locator(slice_).get_attribute("data-slice") or ""
    for key in ("ArrowDown", "ArrowDown", "]", "]", "i"):
        hanh.locator("[data-cell=axial] .hv-surface").press(key)
    expect(hanh.locator(slice_)).not_to_have_attribute("data-slice", before)
    now = hanh.locator(slice_).get_attribute("data-slice") or ""
    expect(duc.locator(slice_)).to_have_attribute("data-slice", now)
    expect(duc.locator("[data-cell=axial] .hv-bottom-left")).to_contain_text("MIP 2 mm")
    expect(duc.locator(".hv-mpr").get_by_role("button", name=vi("Invert"))).to_have_attribute(
        "aria-pressed", "true"
    )
    expect(duc.locator(".hr-banner.following")).to_have_count(1)
    hanh.keyboard.press("Escape")
    for window in (hanh, duc):
        expect(window.locator(".hv-mpr")).to_have_count(0)
    hanh.locator(".hv-surface").first.press("Home")
    wait_until(duc, lambda: slice_number(duc) == 1, "still followed")


def test_the_others_pointer_is_seen_and_their_view_followed(case: Case) -> None:
    hanh, duc = case.hanh, case.duc
    box = hanh.locator(".hv-surface").first.bounding_box()
    hanh.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 3)
    hanh.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=8)
    expect(duc.locator("svg.hv-marks .hv-pointer")).to_contain_text(HANH)
    open_tab(duc, "People")
    duc.get_by_role("button", name=vi("Follow {name}", name=HANH)).click()
    expect(duc.locator(".hr-banner.following")).to_contain_text(HANH)
    hanh.locator(".hv-surface").first.press("Home")
    wait_until(duc, lambda: slice_number(duc) == 1, "the followed view")
    hanh.locator(".hv-surface").first.press("3")
    expect(duc.locator(".hv-bottom-left")).to_contain_text(vi("C {center} W {width}", center=75, width=215))
    _planes_are_followed(hanh, duc)
    duc.locator(".hv-surface").first.press("ArrowDown")
    expect(duc.locator(".hr-banner.following")).to_have_count(0)
    wait_until(hanh, lambda: slice_number(hanh) == 1, "the followed one is not moved")
    assert DUC  # named in the next test


OPINION = "Không thấy máu tụ trong sọ. Đề nghị theo dõi tri giác, chụp lại nếu xấu đi."
SAID = ["Kính nhờ anh xem giúp.", "Tôi đang xem.", "Chỗ này."]


def test_a_reload_and_a_restart_of_the_server_lose_and_double_nothing(case: Case) -> None:
    hanh, duc = case.hanh, case.duc
    case.enter_room(duc)  # a reload
    assert list(lines(duc)) == SAID
    expect(duc.locator("svg.hv-marks .hv-mark")).to_have_count(0)  # it lies on another image
    open_tab(hanh, "Talk")
    case.hoichan.kill_web()
    expect(hanh.locator(".hr-banner.late")).to_be_visible()
    say(hanh, "Viết lúc mất đường truyền.")
    said = [*SAID, "Viết lúc mất đường truyền."]
    for window in (hanh, duc):
        expect(window.get_by_role("tab", name=vi("People")).locator(".hr-count")).to_have_text(
            "2", timeout=60_000
        )
        expect(window.locator(".hr-banner")).to_have_count(0)
    expect(hanh.locator(".hr-line.unsent")).to_have_count(0)
    wait_until(duc, lambda: len(lines(duc)) == len(said), "what was written meanwhile")
    case.windows.forgive("net::ERR_")
    say(duc, "Đã nhận được.")
    said = [*said, "Đã nhận được."]
    wait_until(hanh, lambda: len(lines(hanh)) == len(said), "the talk goes on")
    assert list(lines(hanh)) == list(lines(duc)) == said
    assert [message["text"] for message in case.state(hanh)["messages"]] == said
    assert len(case.state(hanh)["annotations"]) == 1


def test_every_question_is_answered_and_the_referrer_told(case: Case) -> None:
    hanh, duc = case.hanh, case.duc
    for window in (hanh, duc):
        open_tab(window, "Case")
    for number, words in ((1, "Không thấy xuất huyết."), (2, "Chưa cần chuyển, theo dõi 6 giờ.")):
        duc.get_by_label(vi("Answer to question {number}", number=number)).fill(words)
        duc.locator(".hr-question").nth(number - 1).get_by_role("button", name=vi("Answer")).click()
        expect(hanh.locator(".hr-question").nth(number - 1)).to_contain_text(words)
    duc.get_by_label(vi("Findings and conclusion")).fill(OPINION)
    duc.get_by_role("button", name=vi("Give the opinion")).click()
    expect(hanh.locator(".hr-case")).to_contain_text(OPINION)
    duc.get_by_role("button", name=vi("Complete the consult")).click()
    duc.locator("dialog").get_by_role("button", name=vi("Complete the consult")).click()
    for window in (hanh, duc):
        expect(window.locator(".hr-case .hr-standing")).to_contain_text(vi("Completed"))
    ends = case.state(duc)["consult"]["access_ends_at"]
    assert 6 * 86400 < datetime.fromisoformat(ends).timestamp() - time.time() < 7 * 86400 + 60


def test_a_stranger_of_the_third_hospital_finds_nothing(case: Case) -> None:
    bao = case.windows.of("bao", "/studies")
    assert PATIENT not in bao.inner_text("body")
    url = case.hoichan.url
    key = case.state(case.hanh)["consult"]["studies"][0]["key"]
    assert case.hanh.context.request.get(f"{url}/stream/{key}/manifest").ok
    paths = [
        f"/studies/{case.study}",
        f"/studies/{case.study}/links",
        f"/studies/{case.study}/annotations",
        f"/consults/new?study={case.study}",
        f"/consults/{case.consult}",
        f"/consults/{case.consult}/state",
        f"/consults/{case.consult}/events?after=0",
        f"/stream/{key}/manifest",
        f"/dicomweb/dong-xanh/studies/{case.study_uid}/metadata",
    ]
    assert {path: bao.context.request.get(url + path).status for path in paths} == dict.fromkeys(paths, 404)
    bao.fill("[name=q]", "duyen ly")
    bao.press("[name=q]", "Enter")
    expect(bao.get_by_role("heading", name=vi("No study matches"))).to_be_visible()
    bao.goto(f"{url}/consults?box=all")
    assert PATIENT not in bao.inner_text("body")
    refused = bao.evaluate(_ENTER_BY_SOCKET, case.consult)
    assert "not-found" in refused or "not_found" in refused, refused


def test_the_patient_sees_text_and_images_on_a_phone(case: Case) -> None:
    hanh = case.hanh
    hanh.get_by_role("link", name=vi("Make a link for the patient")).click()
    expect(hanh.locator("[name=text]")).to_have_value(OPINION)
    hanh.locator("[name=text]").fill("Bác không bị chảy máu trong đầu. Bác nằm theo dõi đến tối.")
    hanh.get_by_role("button", name=vi("Make the link")).click()
    hanh.wait_for_url("**/links/*/paper")
    link = id_in(hanh.url, "links")
    assert hanh.locator(".paper-code img").evaluate("(image) => image.naturalWidth") > 100
    address = hanh.locator(".paper-address code").inner_text()
    phone = case.windows.phone(path=address.removeprefix(case.hoichan.url))
    expect(phone.get_by_role("heading", name="Trung tâm Y tế huyện Đồng Xanh")).to_be_visible()
    assert PATIENT not in phone.inner_text("body")
    phone.fill("[name=answer]", "11/09/1961")
    phone.get_by_role("button", name=vi("Show the result")).click()
    expect(phone.get_by_role("alert")).to_be_visible()
    case.windows.forgive("403")
    phone.fill("[name=answer]", "11/09/1962")
    phone.get_by_role("button", name=vi("Show the result")).click()
    expect(phone.locator(".patient-text")).to_have_text(
        "Bác không bị chảy máu trong đầu. Bác nằm theo dõi đến tối."
    )
    expect(phone.locator(".patient-page")).to_contain_text("Trung tâm Y tế huyện Đồng Xanh")
    phone.locator(".patient-series a").first.click()
    picture = phone.locator("img.patient-image")
    wait_until(
        phone, lambda: picture.evaluate("(image) => image.naturalWidth") >= COLUMNS, "the image in full"
    )
    phone.get_by_role("link", name=vi("Back to the result")).click()
    phone.get_by_role("link", name=vi("Open in the viewer")).click()
    wait_for_image(phone)
    assert len({grey for _, grey in middle_row(phone)}) > 2
    key = json.loads(phone.locator("#hoichan-config").inner_text())["studies"][0]["key"]
    assert phone.context.request.get(f"{case.hoichan.url}/stream/{key}/manifest").ok
    case.keep(phone=phone, link=link, address=address, key=key)


def test_every_opening_is_listed_and_a_revoked_link_opens_nothing(case: Case) -> None:
    hanh, phone, key = case.hanh, case.phone, case.key
    hanh.goto(f"{case.hoichan.url}/links/{case.link}")
    rows = hanh.locator("tbody tr")
    expect(rows.filter(has_text=vi("Wrong answer"))).to_have_count(1)
    expect(rows.filter(has_text=vi("Opened"))).to_have_count(1)
    hanh.once("dialog", lambda dialog: dialog.accept())
    hanh.get_by_role("button", name=vi("Take back")).click()
    expect(hanh.locator(".flash.done")).to_be_visible()
    gone = {"/result": 401, "/result/viewer": 401, "/result/1/1.jpg": 404, f"/stream/{key}/manifest": 401}
    request = phone.context.request
    assert {path: request.get(case.hoichan.url + path).status for path in gone} == gone
    answer = phone.goto(case.address)
    assert answer is not None
    assert answer.status == 404
    case.windows.forgive("404")
    case.windows.tolerate(
        "401 (UNAUTHORIZED)"
    )  # the phone was still asking for images when the link was taken back
