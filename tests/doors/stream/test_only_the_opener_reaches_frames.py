"""A frame's address is worth nothing to another session, another study, after the right has ended, or to strangers."""

import pytest

from app.archive.grants import end_grants
from app.base import clock
from tests.doors.stream.test_frames_travel_to_the_viewer import Opened, open_page
from tests.factories import Browser
from tests.website import Website


def addresses(opened: Opened) -> list[str]:
    image = opened.series["instances"][0]["id"]
    return [
        opened.path("manifest"),
        opened.path(f"previews/{opened.series['id']}"),
        opened.path(f"rendered/{image}/1"),
        opened.path(f"stored/{image}/1"),
    ]


def statuses(browser: Browser, opened: Opened) -> set[int]:
    return {browser.get_json(path).status_code for path in addresses(opened)}


def region(opened: Opened) -> dict[str, object]:
    image = opened.series["instances"][0]["id"]
    points = [[0, 0], [9, 0], [9, 9]]
    return {"instance_id": image, "frame": 1, "graphic_type": "POLYLINE", "points": points}


@pytest.fixture
def study_id(site: Website) -> str:
    return site.ct(site.cast.ct_a)


def test_another_session_finds_nothing_even_of_the_same_person(site: Website, study_id: str) -> None:
    opened = open_page(site.signed_in(site.cast.alice), study_id)
    assert statuses(opened.browser, opened) == {200}
    for other in (site.cast.alice, site.cast.dao, site.cast.bob, site.cast.chi):
        thief = site.signed_in(other)
        assert statuses(thief, opened) == {404}
        assert thief.send_json("POST", opened.path("statistics"), region(opened)).status_code == 404


def test_nobody_signed_in_is_told_to_sign_in(site: Website, study_id: str) -> None:
    opened = open_page(site.signed_in(site.cast.alice), study_id)
    stranger = Browser(site.app.test_client(), "", "")
    assert statuses(stranger, opened) == {401}


def test_a_key_opens_its_own_study_only(site: Website, study_id: str) -> None:
    other_id = site.ct(site.cast.ct_a, "two")
    alice = site.signed_in(site.cast.alice)
    opened, other = open_page(alice, study_id), open_page(alice, other_id)
    mixed = Opened(alice, opened.key, other.manifest)
    assert statuses(alice, mixed) == {200, 404}
    assert {alice.get_json(path).status_code for path in addresses(mixed)[1:]} == {404}
    assert alice.send_json("POST", mixed.path("statistics"), region(mixed)).status_code == 404


def test_the_study_page_and_list_show_nothing_to_strangers(site: Website, study_id: str) -> None:
    for stranger in (site.cast.bob, site.cast.chi):
        browser = site.signed_in(stranger)
        assert browser.get(f"/studies/{study_id}").status_code == 404
        assert study_id not in browser.get("/studies").text
        assert browser.get_json(f"/studies/{study_id}/annotations").status_code == 404


def test_a_shared_study_closes_with_the_right(site: Website, study_id: str) -> None:
    site.share(study_id, site.cast.b.id)
    opened = open_page(site.signed_in(site.cast.bob), study_id)
    assert statuses(opened.browser, opened) == {200}
    with site.services.db.transaction() as tx:
        end_grants(tx, site.cast.alice, reason_ref="consult-1", at=clock.now())
    assert statuses(opened.browser, opened) == {404}


def test_after_signing_out_nothing_is_left(site: Website, study_id: str) -> None:
    opened = open_page(site.signed_in(site.cast.alice), study_id)
    opened.browser.post("/sign-out")
    assert statuses(opened.browser, opened) <= {401, 404}


def test_unknown_and_foreign_keys_answer_alike(site: Website, study_id: str) -> None:
    opened = open_page(site.signed_in(site.cast.alice), study_id)
    chi = site.signed_in(site.cast.chi)
    foreign = chi.get_json(opened.path("manifest"))
    unknown = chi.get_json("/stream/never-made/manifest")
    assert (foreign.status_code, foreign.data) == (unknown.status_code, unknown.data)


def test_figures_need_the_forgery_token(site: Website, study_id: str) -> None:
    opened = open_page(site.signed_in(site.cast.alice), study_id)
    bare = opened.browser.client.post(opened.path("statistics"), json=region(opened))
    assert bare.status_code == 403
