"""Who asks for a study to be destroyed is told who can confirm it, and that it waits."""

import pytest

from app.archive.queries import deletions
from tests.app.storing import no_record
from tests.dicomgen import ct_slice
from tests.website import Website


@pytest.fixture
def study_id(site: Website) -> str:
    found = site.store(site.cast.ct_a, [ct_slice()])
    with site.services.db.transaction() as tx:
        no_record(tx, found)
    return found


def test_a_study_that_waits_to_be_destroyed_says_so_and_is_not_asked_for_again(
    site: Website, study_id: str
) -> None:
    page = f"/studies/{study_id}/corrections"
    tam, dung = site.signed_in(site.cast.tam), site.signed_in(site.cast.dung)
    assert "An administrator other than you can confirm it: Phạm Thùy Dung." in tam.get(page).text
    tam.post(f"{page}/delete", {"reason": "x"})
    for client, who in ((tam, "An administrator other than you can"), (dung, "You can confirm it.")):
        shown = client.get(page).text
        assert "KTV. Lê Minh Tâm asked for this study to be destroyed. Since" in shown
        assert who in shown
        assert "&lt;time" not in shown
        assert '<a href="/deletions">' in shown
        assert f"{page}/delete" not in shown
    assert "An administrator other than you can confirm it: Phạm Thùy Dung." in tam.get("/deletions").text
    assert "can confirm" not in dung.get("/deletions").text


def test_an_only_administrator_who_asks_is_told_that_nobody_can_confirm(site: Website, study_id: str) -> None:
    page = f"/studies/{study_id}/corrections"
    tam, dung = site.signed_in(site.cast.tam), site.signed_in(site.cast.dung)
    alone = "Only an administrator other than you can confirm it, and your hospital has none. Invite one,"
    assert alone in dung.get(page).text
    dung.post(f"{page}/delete", {"reason": "x"})
    for where in (page, "/deletions"):
        assert alone in dung.get(where).text
        assert "administrator other than Phạm Thùy Dung can confirm it, and" in tam.get(where).text
    with site.services.db.reading() as tx:
        (row,) = deletions(tx, site.cast.dung, waiting=True)
    dung.post(f"/deletions/{row.id}/withdraw")
    tam.post(f"{page}/delete", {"reason": "x"})
    with site.services.db.reading() as tx:
        (row,) = deletions(tx, site.cast.dung, waiting=True)
    assert dung.post(f"/deletions/{row.id}/confirm").status_code == 303
