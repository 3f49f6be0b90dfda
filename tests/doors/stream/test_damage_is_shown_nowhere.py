"""What was found damaged is behind no address of an opened study, also where it was drawn and kept before."""

import pytest
from sqlalchemy import update

from app.archive.models import Instance
from app.base.db import Database
from app.stream.answers import REASON
from tests.dicomgen import series
from tests.doors.stream.test_frames_travel_to_the_viewer import Opened, open_page
from tests.website import Website


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    return sqlite_db


@pytest.fixture
def opened(site: Website) -> Opened:
    return open_page(site.signed_in(site.cast.alice), site.store(site.cast.ct_a, tuple(series(5))))


def addresses(page: Opened, image: str) -> list[str]:
    """Every way to an image that gives a part of it."""
    region = "region=0,0,8,8"
    return [
        page.path(f"rendered/{image}/1"),
        page.path(f"stored/{image}/1"),
        page.path(f"stored/{image}/1?{region}"),
        page.path(f"mask/{image}/1"),
        page.path(f"overlay/{image}/1"),
        page.path(f"objects/{image}"),
        page.path(f"tags/{image}"),
        page.path(f"report/{image}"),
        page.path(f"document/{image}"),
    ]


def test_every_address_of_it_refuses(site: Website, opened: Opened) -> None:
    images = [one["id"] for one in opened.series["instances"]]
    before = {path: opened.browser.get(path).status_code for path in addresses(opened, images[2])}
    assert {200} <= set(before.values())
    previews = opened.browser.get(opened.path(f"previews/{opened.series['id']}")).data
    plane = opened.path(
        f"plane/{opened.series['id']}?centre=0,0,3&right=1,0,0&down=0,1,0&spacing=1&size=8x8&quality=full"
    )
    volume = opened.path(f"volume/{opened.series['id']}")
    opened.browser.get(volume)
    with site.services.db.transaction() as tx:
        tx.session.execute(update(Instance).where(Instance.id == images[2]).values(damaged=True))
    for path in before:
        answer = opened.browser.get(path)
        assert answer.status_code >= 400 or REASON in answer.headers, path  # a tile that says why
    for path in addresses(opened, images[1]):
        assert opened.browser.get(path).status_code == before[path.replace(images[1], images[2])], path
    fewer = opened.browser.get(opened.path(f"previews/{opened.series['id']}")).data
    assert len(fewer) < len(previews)
    assert opened.browser.get(plane).status_code >= 400
    copy = opened.browser.get(volume)
    assert copy.status_code >= 400 or not copy.get_json().get("ready")
