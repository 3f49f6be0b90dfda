"""Every page, for every role, in both languages, on a desk and on a phone: nothing in the console, nothing too wide,
no English on a Vietnamese page, a heading, help, and no barrier axe calls serious.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from app.base.i18n import catalogue_for
from tests.journeys.axe import barriers
from tests.journeys.routes import addresses, pages
from tests.journeys.windows import DESKTOP, PHONE, Windows

pytestmark = pytest.mark.journey

# English pages are in dark colours, Vietnamese ones in light. Axe takes its time: it sees every page once, in light,
# and in dark those that together have every kind of part; all share one set of colours.
_SEEN_BY_AXE: set[tuple[str, str]] = set()
_ALSO_DARK = (
    "/studies",
    "/consults",
    "/consults/*",
    "/consults/new",
    "/devices",
    "/hanging",
    "/me",
    "/result",
    "/sign-in",
)
_SCHEMES: dict[str, Literal["dark", "light"]] = {"en": "dark", "vi": "light"}
# What stands on the page: every text node that is not a script, a style or somebody's data, and what is said by attributes.
_LOOK = """() => {
  const texts = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const silent = 'script, style, noscript, code, kbd, [lang=en]';
  for (let node = walk.nextNode(); node; node = walk.nextNode())
    if (!node.parentElement.closest(silent) && node.data.trim()) texts.push(node.data.trim().replace(/\\s+/g, ' '));
  for (const name of ['placeholder', 'aria-label', 'title', 'alt'])
    for (const element of document.querySelectorAll(`[${name}]:not([lang=en])`)) texts.push(element.getAttribute(name));
  return {texts, language: document.documentElement.lang, title: document.title,
    headings: document.querySelectorAll('h1').length,
    help: document.querySelectorAll('details.help .pop-panel p, details.help .pop-panel li').length}; }"""
_TOO_WIDE = """() => { const wide = document.scrollingElement.scrollWidth;
  return wide <= innerWidth ? null : [wide, [...document.querySelectorAll('body *')]
    .filter(e => e.getBoundingClientRect().right > innerWidth + 1).slice(0, 5).map(e => e.tagName + '.' + e.className)]; }"""
# The first image is there, or it is said that there is none for this person: a coordinator reads rooms without them.
_DRAWN = """() => performance.getEntriesByName('hoichan:first-image').length > 0
  || document.querySelector('.hr-without-images') !== null"""
# The standard's own title (PS3.16 CID 7010) of key images that a journey has saved: a series' description, somebody's data.
_DATA = re.compile(r"\bFor Conference\b")
# Words no Vietnamese sentence has.
_ENGLISH = re.compile(r"\b(the|and|is|are|your|with|this|of|for)\b", re.IGNORECASE)


@cache
def _untranslated() -> re.Pattern[str]:
    """Any sentence of the catalogue whose Vietnamese differs, placeholders standing for anything."""
    sentences = [english for english, vietnamese in catalogue_for("vi").items() if english != vietnamese]
    return re.compile("|".join(re.sub(r"\\\{\w+\\\}", ".+", re.escape(english)) for english in sentences))


def _is_english(text: str) -> bool:
    return not _DATA.search(text) and bool(_untranslated().fullmatch(text) or _ENGLISH.search(text))


def _problems(page: Page, language: str) -> Iterator[str]:
    look: dict[str, Any] = page.evaluate(_LOOK)
    if look["language"] != language:
        yield f"its language is {look['language']}"
    if look["headings"] != 1:
        yield f"{look['headings']} main headings"
    if not look["help"]:
        yield "no help"
    if not look["title"].removesuffix(" · Hoichan"):
        yield "no title"
    if language == "vi":
        yield from (f"English: {text}" for text in look["texts"] if _is_english(text))
    for size in (PHONE, DESKTOP):
        page.set_viewport_size(size)
        too_wide = page.evaluate(_TOO_WIDE)
        if too_wide:
            yield f"wider than {size['width']}: {too_wide}"
    if _is_for_axe(page.url, language):
        yield from barriers(page)


def _is_for_axe(url: str, language: str) -> bool:
    pattern = re.sub(r"[0-9a-z]{26}", "*", urlsplit(url).path)
    if (pattern, language) in _SEEN_BY_AXE or (language == "en" and pattern not in _ALSO_DARK):
        return False
    _SEEN_BY_AXE.add((pattern, language))
    return True


def _shown(page: Page, address: str, language: str) -> list[str]:
    page.goto(address)
    if page.locator("[data-viewer], #hoichan-room").count():
        page.wait_for_function(_DRAWN)
    return [f"{address}: {problem}" for problem in _problems(page, language)]


def _speak(page: Page, language: str) -> None:
    if page.locator("html").get_attribute("lang") != language:
        page.locator(f".languages button[value={language}]").click()
        page.locator(f"html[lang={language}]").wait_for()


@pytest.fixture(scope="module")
def _material(windows: Windows) -> None:
    """What the demonstration has no example of: a draft, a patient's link, an upload."""
    page = windows.of("hanh", "/studies")
    page.locator("a[href^='/consults/new']").first.click()
    page.locator("[name=question]").first.fill("Có gãy xương không?")
    page.locator("[name=whom]").select_option(index=1)
    page.locator("button[name=do][value=keep]").click()
    page.wait_for_url("**/consults?box=sent")
    for login in ("hanh", "tam"):
        page = windows.of(login, "/uploads")
        csrf = page.locator("meta[name=csrf-token]").get_attribute("content") or ""
        answer = page.context.request.post(
            f"{windows.hoichan.url}/uploads",
            data={},
            headers={"X-CSRF-Token": csrf, "Accept": "application/json"},
        )
        upload = answer.json()["id"]
        page.context.request.post(f"{windows.hoichan.url}/uploads/{upload}/cancel", form={"csrf_token": csrf})
    _link_made(windows.of("hanh", "/studies"))


def _link_made(page: Page) -> None:
    """A link that asks for a printed code; the page then shows its paper."""
    page.locator("a[href^='/studies/'][href$='/links']").first.click()
    page.locator("[name=text]").fill("Kết quả bình thường.")
    page.locator("[name=factor][value=code]").check()
    page.locator("form.card button[type=submit]").click()
    page.wait_for_url("**/paper")


@pytest.mark.usefixtures("_material")
@pytest.mark.parametrize("language", ["en", "vi"])
@pytest.mark.parametrize("login", ["hanh", "duc", "mai", "tam", "loan", "quantri"])
def test_what_a_person_may_open(windows: Windows, login: str, language: str) -> None:
    page = windows.of(login, "/me", color_scheme=_SCHEMES[language])
    _speak(page, language)
    url = windows.hoichan.url
    found = list(addresses(page, url, login))
    assert len(found) > 2
    problems = [problem for address in found for problem in _shown(page, url + address, language)]
    assert not problems + windows.problems, "\n".join(problems + windows.problems)
    _speak(page, "vi")


@pytest.mark.parametrize("language", ["en", "vi"])
def test_what_a_patient_and_a_newcomer_see(windows: Windows, language: str) -> None:
    hanh = windows.of("hanh", "/studies")
    _link_made(hanh)
    problems = list(_problems(hanh, "vi"))
    address = hanh.locator(".paper-address code").inner_text()
    code = hanh.locator(".paper-digits").inner_text()
    locale = "en-GB" if language == "en" else "vi-VN"
    page = windows.of(locale=locale, color_scheme=_SCHEMES[language])
    for door in ("/sign-in", "/result", "/nowhere"):
        problems += _shown(page, windows.hoichan.url + door, language)
    problems += _shown(page, address, language)
    page.fill("[name=answer]", code)
    page.locator("form.patient-form button").click()
    page.wait_for_url("**/result")
    for path in ("/result", "/result/1/1", "/result/viewer"):
        problems += _shown(page, windows.hoichan.url + path, language)
    page.goto(windows.hoichan.url + "/result")
    with page.expect_navigation():
        page.locator("form[action='/result/close'] button").click()
    problems += [f"closed: {problem}" for problem in _problems(page, language)]
    assert not problems, "\n".join(problems)
    windows.forgive("404")
    windows.forgive("401")


def test_an_invited_person_sees_the_door(windows: Windows) -> None:
    tam = windows.of("tam", "/people/new")
    tam.fill("[name=name]", "BS. Trịnh Thử Việc")
    tam.fill("[name=login]", "thuviec")
    tam.locator("[name=roles]").first.check()
    tam.locator("main form button[type=submit]").click()
    tam.locator(".copyable code").first.wait_for()
    problems = [f"invited: {problem}" for problem in _problems(tam, "vi")]
    address = tam.locator(".copyable code").first.inner_text()
    for language, locale in (("vi", "vi-VN"), ("en", "en-GB")):
        problems += _shown(windows.of(locale=locale), address, language)
    assert not problems, "\n".join(problems)


@pytest.mark.usefixtures("_material")
def test_every_page_of_the_golden_list_is_among_those_looked_at(windows: Windows) -> None:
    looked_at_above = {
        *("/sign-in", "/r/<token>", "/result", "/result/viewer", "/result/<int:series>/<int:image>"),
        *("/invitations/<token>", "/links/<link_id>/paper"),
    }
    for login in ("hanh", "duc", "mai", "tam", "loan", "quantri"):
        page = windows.of(login)
        looked_at_above |= {
            re.sub(r"[0-9a-z]{26}", "*", path.partition("?")[0])
            for path in addresses(page, windows.hoichan.url, login)
        }
    missing = [
        route.pattern
        for route in pages()
        if re.sub("<.+?>", "*", route.pattern) not in looked_at_above and route.pattern not in looked_at_above
    ]
    assert missing == []
