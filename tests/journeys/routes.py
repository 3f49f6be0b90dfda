"""Every address of the golden list that shows a page, and where an example of it is found."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page

from app.base.actor import Actor, ActorKind, Permission
from app.demo.accounts import PEOPLE

GOLDEN = Path(__file__).parents[1] / "golden" / "routes.txt"
# Lists that link to examples.
LISTS = (
    *("/consults?box=all", "/consults?box=sent", "/consults?box=all&closed=1", "/consults/agreements"),
    *("/consults/board", "/consults/groups"),
    *("/deletions", "/devices", "/hospitals", "/links", "/people", "/set-aside", "/studies", "/uploads"),
)
ID = "[0-9a-z]{26}"
# What is asked of a page by its query.
QUERIES = {
    "/consults": ("", "?box=sent", "?box=all", "?box=all&closed=1"),
    "/consults/new": ("?study=<study_id>",),
    "/studies": ("", "?q=xyz-nobody"),
}
OF_ONE_S_OWN = "/studies/<study_id>/"
# Addresses that answer machines or scripts, or lead on at once.
NO_PAGES = re.compile(
    r"^/(health|ready|metrics)$|\.(csv|json|pdf|zip)$|/dicomweb/|/stream/|/oidc/|/files/|/(addressees|state|events|status|annotations|count|priors|scan|arrival|checks|clock|earlier|fhir|glossary|note|readers)$|\.jpg$|/picture/|/attachments/<|/track$|/voices/"
)
# Pages of some cases alone: those that a list links to.
LINKED_ALONE = ("/consults/<consult_id>/give",)
# Nothing of this kind is in the demonstration, or for those alone who asked; their own tests open them.
WITHOUT_EXAMPLE = (
    *(
        "/consults/<consult_id>/recordings/<recording_id>",
        "/consults/quality/<pair_id>",
        "/webhooks/<webhook_id>",
    ),
    *("/consults/<consult_id>/guests", "/consults/<consult_id>/masks", "/g/<token>"),
    "/consults/<consult_id>/masks/<series_id>/<int:columns>/<int:rows>",
    *("/rules/<rule_id>", "/set-aside/<set_aside_id>"),
)


# Kept by a hospital's own administrator: the platform's finds none.
OF_A_HOSPITAL = ("/webhooks", "/webhooks/new")


@dataclass(frozen=True)
class Route:
    pattern: str
    rule: str


def pages() -> Iterator[Route]:
    """Of the golden list: what a person opens in a browser."""
    for line in GOLDEN.read_text(encoding="utf-8").splitlines():
        pattern, methods, rule = re.split(r" {2}", line)
        if methods == "GET" and pattern not in WITHOUT_EXAMPLE and not NO_PAGES.search(pattern):
            yield Route(pattern, rule)


def may_open(login: str, rule: str) -> bool:
    """Whether one of the person's roles gives what the route asks for."""
    roles = next(roles for name, _, _, roles in PEOPLE if name == login)
    actor = Actor(ActorKind.PERSON, login, login, None, roles)
    return rule == "signed-in" or (rule != "public" and actor.allows(Permission(rule.split(maxsplit=1)[0])))


def addresses(page: Page, url: str, login: str) -> Iterator[str]:
    """Of every page this person may open and has an example of."""
    told = "".join(page.context.request.get(url + path).text() for path in LISTS)
    for below in re.findall(f'href="(/studies/{ID}/corrections)"', told)[:1]:
        told += page.context.request.get(url + below).text()
    for route in pages():
        if may_open(login, route.rule) and not (login == "quantri" and route.pattern in OF_A_HOSPITAL):
            for query in QUERIES.get(route.pattern, ("",)):
                yield from _linked(route.pattern + query, told)


def _linked(pattern: str, told: str) -> list[str]:
    """The first address of this kind that a list links to; a page that no list links to has its folder's example."""
    as_linked = re.sub("<.+?>", ID, pattern.replace("?", "[?]"))
    found = re.search(f'href="({as_linked})"', told) if ID in as_linked else None
    if found is None and (as_linked.count(ID) > 1 or pattern in LINKED_ALONE):
        return []
    if found or ID not in as_linked:
        return [found.group(1) if found else pattern]
    folder, _, rest = pattern.partition("<")
    own = "/" if pattern.startswith(OF_ONE_S_OWN) else ""  # lists lead below a study only of the own hospital
    example = re.search(f'href="{folder}({ID}){own}', told)
    return [folder + example.group(1) + rest.partition(">")[2]] if example else []
