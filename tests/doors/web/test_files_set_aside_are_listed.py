"""A file set aside waits for a person: the study list says so, and a page tells when, from whom and why."""

import pytest

from app.archive.actions import store_instance
from app.archive.part10 import read_part10
from app.archive.states import Source, SourceKind
from tests.dicomgen import ct_slice, uid
from tests.website import Website


@pytest.fixture
def collided(site: Website) -> Website:
    """Another image under an identifier that hospital A has already."""
    site.store(site.cast.ct_a, [ct_slice()])
    data = ct_slice(StudyDescription="<b>another</b>")
    with site.services.blobs.open_spool() as spool:
        spool.write(data)
        blob = spool.commit()
    with site.services.db.transaction() as tx:
        source = Source(SourceKind.DIMSE, "second", "CT<b>07")
        stored = store_instance(tx, site.cast.ct_a, blob=blob, part10=read_part10(data), source=source)
    assert stored.outcome == "set-aside"
    return site


def test_the_study_list_leads_there_when_there_are_any(collided: Website) -> None:
    tam = collided.signed_in(collided.cast.tam)
    assert 'href="/set-aside"' in tam.get("/studies").text
    page = tam.get("/set-aside").text
    assert "CT&lt;b&gt;07" in page
    assert uid("study-1", "series-1", 1)[-14:] in page
    assert "Another image with the same identifier is already here." in page


def test_it_is_told_in_vietnamese(collided: Website) -> None:
    page = collided.signed_in(collided.cast.tam, language="vi").get("/set-aside").text
    assert "Tệp được để riêng" in page
    assert "Đã có một ảnh khác mang cùng mã định danh." in page


def test_another_hospital_sees_nothing_of_it(collided: Website) -> None:
    vinh = collided.signed_in(collided.cast.vinh)
    assert "Nothing is set aside" in vinh.get("/set-aside").text
    assert 'href="/set-aside"' not in collided.signed_in(collided.cast.chi).get("/studies").text


def test_an_empty_page_says_that_all_is_well(site: Website) -> None:
    assert "Nothing is set aside" in site.signed_in(site.cast.tam).get("/set-aside").text


def test_whoever_may_not_correct_may_not_look(collided: Website) -> None:
    assert collided.signed_in(collided.cast.alice).get("/set-aside").status_code == 403
