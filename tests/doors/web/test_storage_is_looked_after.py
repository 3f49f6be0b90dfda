"""The storage page: what is kept, terms and holds; what is past its term is destroyed by two people and stays on record."""

from datetime import timedelta

from sqlalchemy import select, update

from app.archive.models import Deletion, Study
from app.archive.retention import classify_new_studies, propose_destruction
from app.base.actor import SYSTEM
from tests.website import Website


def test_terms_and_holds_are_set_with_a_reason(site: Website) -> None:
    study_id = site.ct(site.cast.ct_a)
    dung, alice = site.signed_in(site.cast.dung), site.signed_in(site.cast.alice)
    assert alice.get("/storage").status_code == 403
    assert "none yet" in dung.get("/storage").text
    address = f"/storage/studies/{study_id}"
    assert dung.post(f"{address}/hold", {"reason": " "}).status_code == 400
    assert dung.post(f"{address}/hold", {"reason": "Court of Huế"}).status_code == 302
    assert "Court of Huế" in dung.get(f"/storage?study={study_id}").text
    assert dung.post(f"{address}/term", {"retention_class": "death", "reason": "x"}).status_code == 302
    assert "Death: 30 years" in dung.get(f"/storage?study={study_id}").text
    assert dung.post(f"{address}/lift", {"reason": "over"}).status_code == 302
    hospital = f"/storage/hospitals/{site.cast.a.id}"
    assert dung.post(hospital, {"retention_class": "psychiatric"}).status_code == 302
    assert dung.post(hospital, {"retention_class": "psychiatric", "quota_gb": "1"}).status_code == 403


def test_what_is_past_its_term_is_asked_for_by_one_and_confirmed_by_another(site: Website) -> None:
    site.ct(site.cast.ct_a, patient_id="BN7")
    with site.services.db.transaction() as tx:
        classify_new_studies(tx, SYSTEM)
        long_here = tx.now - timedelta(days=400)
        tx.session.execute(update(Study).values(retain_until="20201231", first_received_at=long_here))
        propose_destruction(tx, SYSTEM)
        deletion = tx.session.scalars(select(Deletion.id)).one()
    tam, dung = site.signed_in(site.cast.tam), site.signed_in(site.cast.dung)
    page = dung.get("/deletions").text
    assert "BN7" in page
    assert "Kept long enough" in page
    assert dung.post(f"/deletions/{deletion}/confirm").status_code == 409
    assert tam.post(f"/deletions/{deletion}/endorse").status_code == 303
    assert tam.post(f"/deletions/{deletion}/confirm").status_code == 403
    assert dung.post(f"/deletions/{deletion}/confirm").status_code == 303
    record = dung.get("/storage/destroyed.csv")
    assert record.text.count("\n") == 2
    assert "retention" in record.text
    assert all(told in record.text for told in ("BN7", site.cast.tam.name, site.cast.dung.name))
