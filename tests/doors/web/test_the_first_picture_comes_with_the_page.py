"""The picture a viewer begins with stands in its page: the preview itself where one is kept, the very frame the viewer
chooses, and nothing where the viewer may begin with something else.
"""

import base64
import io
import re
from typing import Any

import pytest
from PIL import Image

from app.archive.integrity import damage_found
from app.archive.queries import series_frames, series_ids
from app.base.actor import SYSTEM
from app.base.db import Database
from app.viewing.actions import set_preference
from tests.dicomgen import ct_dataset, file, pdf_document
from tests.website import Website

IMAGE = re.compile(r'<image href="([^"]+)" width="([\d.]+)" height="([\d.]+)"')
PLACE = re.compile(r'class="(first-picture[^"]*)" data-instance="(\w+)" data-frame="(\d+)"')


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    """Pages do not know which database they came from."""
    return sqlite_db


def _page(site: Website, study_id: str) -> str:
    answer = site.signed_in(site.cast.alice).get(f"/studies/{study_id}")
    assert answer.status_code == 200
    return answer.text


def _make_previews(site: Website, study_id: str) -> None:
    with site.services.db.reading() as tx:
        for series_id in series_ids(tx, site.cast.alice, study_id):
            for place in series_frames(tx, site.cast.alice, series_id):
                site.services.renderer.preview(place)


def test_a_kept_preview_stands_in_the_page_itself(site: Website) -> None:
    study_id = site.ct(site.cast.ct_a, count=12)
    _make_previews(site, study_id)
    page = _page(site, study_id)
    image, place = IMAGE.search(page), PLACE.search(page)
    assert image
    assert place
    head, _, data = image.group(1).partition(",")
    assert head == "data:image/jpeg;base64"
    assert Image.open(io.BytesIO(base64.b64decode(data))).format == "JPEG"
    assert place.group(2) == site.instance_ids(site.cast.alice, study_id)[6]  # the middle of a stack
    assert 'aria-label="Preview of image 7 of 12"' in page


def test_without_a_kept_preview_its_address_is_asked(site: Website) -> None:
    study_id = site.ct(site.cast.ct_a, count=3)
    image = IMAGE.search(_page(site, study_id))
    assert image
    alice = site.signed_in(site.cast.alice)
    first = re.search(r'<image href="(/stream/[^"]+)"', alice.get(f"/studies/{study_id}").text)
    assert first
    picture = alice.get(first.group(1).replace("&amp;", "&"))
    assert picture.status_code == 200
    assert picture.mimetype == "image/jpeg"


def test_pixels_that_are_not_square_are_drawn_as_they_are(site: Website) -> None:
    data = ct_dataset(1, rows=20, columns=30, PixelSpacing=[2.0, 1.0])
    found = IMAGE.search(_page(site, site.store(site.cast.ct_a, [file(data)])))
    assert found
    assert [float(side) for side in found.groups()[1:]] == [30, 40]


def _two_series(site: Website, **more: Any) -> str:
    files = [file(ct_dataset(number, series=f"series {number}", **more)) for number in (1, 2)]
    return site.store(site.cast.ct_a, files)


def test_of_two_series_the_first_stands_alone_where_the_rule_says_one(site: Website) -> None:
    found = PLACE.search(_page(site, _two_series(site)))
    assert found
    assert found.group(1) == "first-picture"


def test_where_a_rule_hangs_several_only_small_screens_begin_with_one(site: Website) -> None:
    with site.services.db.transaction() as tx:
        rules = [{"modality": "CT", "rows": 1, "columns": 2}]
        set_preference(tx, site.cast.alice, name="hanging", value=rules, for_hospital=False)
    found = PLACE.search(_page(site, _two_series(site)))
    assert found
    assert found.group(1).split() == ["first-picture", "first-picture-narrow"]


def test_a_study_without_pictures_has_none(site: Website) -> None:
    assert "first-picture" not in _page(site, site.store(site.cast.ct_a, [pdf_document()]))


def test_a_damaged_image_is_not_shown_though_its_preview_is_kept(site: Website) -> None:
    study_id = site.ct(site.cast.ct_a, count=1)
    _make_previews(site, study_id)
    with site.services.db.reading() as tx:
        (series_id,) = series_ids(tx, site.cast.alice, study_id)
        (place,) = series_frames(tx, site.cast.alice, series_id)
    with site.services.db.transaction() as tx:
        damage_found(tx, SYSTEM, digests=[place.digest], how="test")
    assert "first-picture" not in _page(site, study_id)
