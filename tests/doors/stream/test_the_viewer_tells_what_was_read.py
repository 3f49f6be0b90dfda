"""What was on the screen reaches the log only by the opening's own key, session and page."""

from typing import Any

from app.reading.queries import readings_of
from tests.doors.stream.test_frames_travel_to_the_viewer import Opened, open_page
from tests.website import Website


def told(opened: Opened) -> dict[str, Any]:
    runs = [[0, 2]]
    return {"series": {opened.series["id"]: {"frames": 3, "shown": runs, "rendered": [], "full": runs}}}


def test_what_was_on_the_screen_is_on_record(site: Website) -> None:
    study_id = site.ct(site.cast.ct_a)
    opened = open_page(site.signed_in(site.cast.alice), study_id)
    assert opened.browser.send_json("POST", opened.path("reading"), told(opened)).status_code == 204
    with site.services.db.reading() as tx:
        (read,) = readings_of(tx, site.cast.alice, study_id)
    assert (read.reader_id, read.series[0].full) == (site.cast.alice.id, 2)


def test_nobody_writes_into_anothers_reading(site: Website) -> None:
    study_id = site.ct(site.cast.ct_a)
    opened = open_page(site.signed_in(site.cast.alice), study_id)
    for other in (site.cast.alice, site.cast.dao, site.cast.chi):
        thief = site.signed_in(other)
        assert thief.send_json("POST", opened.path("reading"), told(opened)).status_code == 404
    without_token = opened.browser.client.post(opened.path("reading"), json=told(opened))
    assert without_token.status_code == 403


def test_what_cannot_be_understood_is_refused(site: Website) -> None:
    opened = open_page(site.signed_in(site.cast.alice), site.ct(site.cast.ct_a))
    assert opened.browser.send_json("POST", opened.path("reading"), {"series": 3}).status_code == 400
