"""The page of hanging rules: one's own are made, changed, ordered and deleted; the hospital's by who manages them."""

import json
import re
from typing import Any

import pytest

from tests.factories import Browser
from tests.website import Website

RULE = {"of": "own", "n": "", "modality": "MR", "rows": "1", "columns": "2", "also": ["priors"], "do": "save"}


@pytest.fixture
def alice(site: Website) -> Browser:
    return site.signed_in(site.cast.alice)


def _rules(site: Website, browser: Browser) -> list[dict[str, Any]]:
    study_id = site.ct(site.cast.ct_a, count=1)
    found = re.search(
        r'id="hoichan-config">(.*?)</script>', browser.get(f"/studies/{study_id}").text, re.DOTALL
    )
    assert found
    rules: list[dict[str, Any]] = json.loads(found.group(1))["preferences"]["hanging"]
    return rules


def test_an_own_rule_is_made_and_stands_before_all_others(site: Website, alice: Browser) -> None:
    made = alice.post("/hanging/rule", {**RULE, "description-1": "T2", "prior-1": "1"})
    assert made.status_code == 303
    first = _rules(site, alice)[0]
    assert (first["modality"], first["columns"], first["priors"]) == ("MR", 2, True)
    assert [place["description"] for place in first["places"]] == ["", "T2"]
    assert first["places"][1]["prior"] is True


def test_rules_are_changed_ordered_and_deleted(site: Website, alice: Browser) -> None:
    for modality in ("CT", "US"):
        alice.post("/hanging/rule", {**RULE, "modality": modality})
    alice.post("/hanging/rule", {**RULE, "n": "1", "modality": "XA"})
    alice.post("/hanging/move", {"of": "own", "n": "1", "do": "up"})
    assert [rule["modality"] for rule in _rules(site, alice)[:2]] == ["XA", "CT"]
    alice.post("/hanging/move", {"of": "own", "n": "0", "do": "delete"})
    assert _rules(site, alice)[0]["modality"] == "CT"
    assert alice.post("/hanging/rule", {**RULE, "n": "7"}).status_code == 404


def test_nonsense_comes_back_with_a_sentence(alice: Browser) -> None:
    answer = alice.post("/hanging/rule", {**RULE, "modality": "what is this?"})
    assert answer.status_code == 400
    assert alice.post("/hanging/rule", {**RULE, "number-0": "seven"}).status_code == 400


def test_the_grid_grows_before_anything_is_saved(site: Website, alice: Browser) -> None:
    shown = alice.post("/hanging/rule", {**RULE, "rows": "2", "do": "grid"})
    assert shown.text.count('name="description-') == 4
    assert all(rule["modality"] != "MR" or rule["rows"] == 2 for rule in _rules(site, alice))


def test_the_hospitals_rules_are_for_who_manages_them(site: Website, alice: Browser) -> None:
    assert alice.get("/hanging/rule?of=hospital").status_code == 404
    assert alice.post("/hanging/rule", {**RULE, "of": "hospital"}).status_code == 404
    dung = site.signed_in(site.cast.dung)
    assert dung.post("/hanging/rule", {**RULE, "of": "hospital", "modality": "NM"}).status_code == 303
    assert _rules(site, alice)[0]["modality"] == "NM"
    assert "NM" in alice.get("/hanging").text
