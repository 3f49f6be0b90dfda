"""Marks made on the study page, outside of any consult: kept by HTTP, carried by the page, changed by their author."""

import json
import re
from typing import Any

import pytest

from app.base.ids import new_id
from tests.factories import Browser
from tests.website import Website


@pytest.fixture
def study_id(site: Website) -> str:
    return site.ct(site.cast.ct_a, count=1)


@pytest.fixture
def alice(site: Website) -> Browser:
    return site.signed_in(site.cast.alice)


def mark(page: str, study_id: str, **changes: Any) -> dict[str, Any]:
    found = re.search(r'"sop_instance_uid": "([\d.]+)"', page)
    assert found
    return {
        "id": new_id(),
        "kind": "length",
        "graphic_type": "POLYLINE",
        "points": [[10, 10], [20, 20]],
        "text": "12 mm",
        "study_id": study_id,
        "sop_instance_uid": found.group(1),
        "frame_number": 1,
        "revision": 0,
        "values": {"length": 7.07, "unit": "mm"},
        **changes,
    }


def put(browser: Browser, mark: dict[str, Any]) -> Any:
    return browser.send_json("PUT", f"/studies/{mark['study_id']}/annotations/{mark['id']}", mark)


def test_a_mark_is_kept_listed_changed_and_removed(alice: Browser, study_id: str) -> None:
    drawn = mark(alice.get(f"/studies/{study_id}").text, study_id)
    kept = put(alice, drawn)
    assert (kept.status_code, kept.json["revision"]) == (200, 1)
    moved = put(alice, {**drawn, "points": [[11, 10], [20, 20]], "revision": 1})
    assert moved.json["revision"] == 2
    listed = alice.get_json(f"/studies/{study_id}/annotations").json
    assert listed == {"annotations": [moved.json]}
    page = alice.get(f"/studies/{study_id}").text
    config = re.search(r'id="hoichan-config">(.*?)</script>', page, re.DOTALL)
    assert config
    assert json.loads(config.group(1))["annotations"] == [moved.json]
    gone = alice.send_json("DELETE", f"/studies/{study_id}/annotations/{drawn['id']}")
    assert gone.json is not None
    assert gone.json["deleted"]
    assert alice.get_json(f"/studies/{study_id}/annotations").json == {"annotations": []}


def test_only_its_author_changes_it_and_an_old_copy_does_not_win(
    alice: Browser, study_id: str, site: Website
) -> None:
    drawn = mark(alice.get(f"/studies/{study_id}").text, study_id)
    put(alice, drawn)
    put(alice, {**drawn, "text": "13 mm", "revision": 1})
    dao = site.signed_in(site.cast.dao)
    assert put(dao, {**drawn, "text": "mine", "revision": 2}).status_code == 403
    assert put(alice, {**drawn, "text": "14 mm", "revision": 1}).status_code == 409


def test_address_and_mark_must_agree(alice: Browser, study_id: str, site: Website) -> None:
    drawn = mark(alice.get(f"/studies/{study_id}").text, study_id)
    other = site.ct(site.cast.ct_a, "two", 1)
    for path in (
        f"/studies/{study_id}/annotations/{new_id()}",
        f"/studies/{other}/annotations/{drawn['id']}",
    ):
        assert alice.send_json("PUT", path, drawn).status_code == 400
    put(alice, drawn)
    assert alice.send_json("DELETE", f"/studies/{other}/annotations/{drawn['id']}").status_code == 404
    assert alice.send_json("PUT", f"/studies/{study_id}/annotations/{drawn['id']}", []).status_code == 400


def test_strangers_and_technicians_mark_nothing(alice: Browser, study_id: str, site: Website) -> None:
    drawn = mark(alice.get(f"/studies/{study_id}").text, study_id)
    put(alice, drawn)
    chi = site.signed_in(site.cast.chi)
    assert put(chi, {**drawn, "id": new_id()}).status_code == 404
    assert chi.send_json("DELETE", f"/studies/{study_id}/annotations/{drawn['id']}").status_code == 404
    assert chi.get_json(f"/studies/{study_id}/annotations").status_code == 404
    assert put(site.signed_in(site.cast.tam), {**drawn, "id": new_id()}).status_code == 403


@pytest.mark.parametrize(("login", "may_mark"), [("alice", True), ("tam", False)])
def test_the_page_says_whether_marks_of_this_person_are_kept(
    study_id: str, site: Website, login: str, *, may_mark: bool
) -> None:
    page = site.signed_in(getattr(site.cast, login)).get(f"/studies/{study_id}").text
    config = re.search(r'id="hoichan-config">(.*?)</script>', page, re.DOTALL)
    assert config
    assert json.loads(config.group(1))["person"]["may_mark"] is may_mark


def test_a_line_drawn_freely_and_a_ratio_are_kept_with_their_figures(alice: Browser, study_id: str) -> None:
    page = alice.get(f"/studies/{study_id}").text
    figures = {"count": 90, "area_mm2": 22.5, "mean": 5.5, "sd": 8.1, "min": -8, "max": 13, "unit": "HU"}
    outline = [[10 + n % 20, 10 + n % 17] for n in range(200)]
    drawn = mark(page, study_id, kind="freehand", points=outline, values=figures, text="")
    assert put(alice, drawn).json["values"] == figures
    both = {"first": 13.0, "second": 25.0, "ratio": 0.52, "unit": "mm", "at_detector": True}
    lines = [[10, 10], [20, 10], [5, 20], [25, 20]]
    assert put(alice, mark(page, study_id, kind="ratio", points=lines, values=both)).json["values"] == both
    listed = alice.get_json(f"/studies/{study_id}/annotations").json
    assert [one["kind"] for one in (listed or {})["annotations"]] == ["freehand", "ratio"]
