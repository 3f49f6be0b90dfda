"""What the viewer posts becomes an object of the study; patients and strangers save nothing."""

import pytest

from app.base.db import Database
from tests.dicomgen import uid
from tests.website import Website


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    return sqlite_db


def test_key_images_chosen_in_the_browser_become_a_series(site: Website) -> None:
    study_id = site.ct(site.cast.ct_a)
    browser = site.signed_in(site.cast.alice)
    wish = {"form": "ko", "frames": [[uid("one", "one", 2), 1]], "code": "113000", "description": "Xem"}
    answer = browser.send_json("POST", f"/studies/{study_id}/objects", wish)
    assert answer.status_code == 201, answer.text
    page = browser.get(f"/studies/{study_id}").text
    assert answer.json is not None
    assert answer.json["series_instance_uid"] in page


@pytest.mark.parametrize(
    "wish",
    [
        None,
        {"form": "pdf"},
        {"form": "ko", "frames": [["../1", 1]], "code": "113000"},
        {"form": "ko", "frames": [[uid("one", "one", 2), 1]], "code": "113001"},  # would reject images
        {"form": "gsps", "looks": {"1.2": {"rotation": 45}}},
        {"form": "gsps"},
    ],
)
def test_what_cannot_be_saved_is_refused_with_words(site: Website, wish: object) -> None:
    study_id = site.ct(site.cast.ct_a)
    answer = site.signed_in(site.cast.alice).send_json("POST", f"/studies/{study_id}/objects", wish)
    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["detail"]


def test_a_study_of_others_is_not_found(site: Website) -> None:
    study_id = site.ct(site.cast.ct_a)
    wish = {"form": "ko", "frames": [[uid("one", "one", 2), 1]], "code": "113000"}
    assert (
        site.signed_in(site.cast.bob).send_json("POST", f"/studies/{study_id}/objects", wish).status_code
        == 404
    )
