"""Found by words without accents, in any order; filtered; paged; counted for those who may see it only."""

import pytest

from app.archive.arrivals import association_closed, complete_quiet_studies
from app.base.actor import SYSTEM
from app.web.studies import PER_PAGE
from tests.website import Website


@pytest.fixture
def huong(site: Website) -> str:
    return site.ct(
        site.cast.ct_a,
        "BN77",
        patient_name="ĐẶNG^THỊ HƯỜNG",
        AccessionNumber="PHIEU9",
        StudyDate="20200131",
        StudyDescription="CT ngực",
    )


@pytest.mark.parametrize("words", ["dang huong", "HUONG đặng", "thi", "BN77", "PHIEU9", "hường"])
def test_found_by_name_in_any_order_or_number(site: Website, huong: str, words: str) -> None:
    site.ct(site.cast.ct_a, "other", patient_name="LE^VAN TAM")
    page = site.signed_in(site.cast.alice).get("/studies", query_string={"q": words})
    assert f"/studies/{huong}" in page.text
    assert "LE VAN TAM" not in page.text


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"modality": "CT"}, True),
        ({"modality": "MR"}, False),
        ({"date": "month"}, False),
        ({"date": ""}, True),
        ({"state": "arriving"}, True),
        ({"state": "complete"}, False),
        ({"q": "nobody"}, False),
        ({"modality": "'; DROP TABLE study; --", "state": "x", "page": "x", "date": "x"}, True),
    ],
)
def test_filters(site: Website, huong: str, filters: dict[str, str], *, found: bool) -> None:
    page = site.signed_in(site.cast.alice).get("/studies", query_string=filters)
    assert page.status_code == 200
    assert (huong in page.text) == found
    assert ("No study matches" in page.text) == (not found)


def test_state_and_count_are_told(site: Website, huong: str) -> None:
    alice = site.signed_in(site.cast.alice)
    assert "Arriving" in alice.get("/studies").text
    assert "3 images" in alice.get("/studies").text
    with site.services.db.transaction() as tx:
        association_closed(tx, site.cast.ct_a, association_id="association")
        complete_quiet_studies(tx, SYSTEM, after_seconds=0)
    row = alice.get("/studies").text.split("data-rows")[1]
    assert "Complete" in row
    assert "arriving" not in row


def test_pages_follow_each_other_and_keep_the_search(site: Website) -> None:
    for number in range(PER_PAGE + 1):
        site.ct(site.cast.ct_a, f"P{number:03}", 1, patient_name="TRẦN^VĂN ĐÔNG")
    alice = site.signed_in(site.cast.alice)
    first = alice.get("/studies?q=dong")
    assert first.text.count("data-key=") == PER_PAGE
    assert "/studies?q=dong&amp;page=1" in first.text
    second = alice.get("/studies?q=dong&page=1")
    assert second.text.count("data-key=") == 1
    assert "/studies?q=dong&amp;page=0" in second.text


def test_a_shared_study_says_whose_it_is_and_offers_no_link(site: Website, huong: str) -> None:
    site.share(huong, site.cast.b.id)
    page = site.signed_in(site.cast.bob).get("/studies")
    assert f"Shared by {site.cast.a.name}" in page.text
    assert f"/studies/{huong}/links" not in page.text


def test_an_empty_list_says_how_to_send(site: Website) -> None:
    page = site.signed_in(site.cast.chi).get("/studies")
    assert "storescu -aet CT01 -aec CUARAO 127.0.0.1 11112" in page.text
    assert "/uploads" in page.text


def test_strangers_count_nothing(site: Website, huong: str) -> None:
    page = site.signed_in(site.cast.chi).get("/studies?q=huong")
    assert "data-key=" not in page.text
    assert "No study matches" in page.text


def test_markup_in_names_stays_text(site: Website) -> None:
    site.ct(
        site.cast.ct_a,
        "<b>id",
        patient_name="<script>alert(1)</script>",
        StudyDescription="<img src=x onerror=alert(1)>",
    )
    alice = site.signed_in(site.cast.alice)
    page = alice.get("/studies").text
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    study_id = page.split('data-key="')[1][:26]
    viewer = alice.get(f"/studies/{study_id}").text
    assert "<script>alert" not in viewer
    assert "<img src=x" not in viewer


@pytest.mark.filterwarnings("ignore:The PN component length")
def test_a_name_without_end_is_shortened_in_the_list_and_above_the_images(site: Website) -> None:
    site.ct(site.cast.ct_a, "long", patient_name="NGUYEN^" + "A" * 60_000)
    alice = site.signed_in(site.cast.alice)
    page = alice.get("/studies").text
    study_id = page.split('data-key="')[1][:26]
    shown = "NGUYEN " + "A" * 192 + "…"
    assert f'title="{shown}">{shown}</a>' in page
    assert f'<h1 title="{shown}">{shown}</h1>' in alice.get(f"/studies/{study_id}").text


def test_every_opening_is_on_record_once(site: Website, huong: str) -> None:
    alice = site.signed_in(site.cast.alice)
    for _ in range(2):
        assert alice.get(f"/studies/{huong}").status_code == 200
    lan = site.signed_in(site.cast.lan)
    assert lan.get("/audit").text.count(f"{huong}") >= 2


def test_whoever_may_not_read_studies_is_told_so(site: Website) -> None:
    assert site.signed_in(site.cast.dung).get("/studies").status_code == 403
