"""The patient's other studies: listed for who may see them, opened on record, and never another patient's."""

from sqlalchemy import func, select

from app.audit.models import AuditRecord
from app.base.actor import Actor
from app.base.db import Database
from tests.website import Website


def _openings(db: Database, study_id: str) -> int:
    with db.reading() as tx:
        of_study = AuditRecord.kind == "110103", AuditRecord.subject_id == study_id
        return tx.session.scalar(select(func.count()).select_from(AuditRecord).where(*of_study)) or 0


def _listed(site: Website, who: Actor, study_id: str) -> list[str]:
    answer = site.signed_in(who).get_json(f"/studies/{study_id}/priors")
    return [one["id"] for one in answer.json["priors"]] if answer.status_code == 200 and answer.json else []


def test_a_prior_is_listed_and_opened_on_record(site: Website) -> None:
    now = site.ct(site.cast.ct_a, count=1)
    before = site.ct(site.cast.ct_a, name="before", count=1, patient_id="one")
    assert _listed(site, site.cast.alice, now) == [before]
    alice = site.signed_in(site.cast.alice)
    opened = alice.send_json("POST", f"/studies/{now}/priors/{before}", {})
    assert opened.status_code == 200
    assert opened.json
    assert opened.json["manifest"]["study"]["id"] == before
    assert alice.get(f"/stream/{opened.json['key']}/manifest").status_code == 200
    assert _openings(site.services.db, before) == 1


def test_who_may_not_see_it_gets_neither_list_nor_study(site: Website) -> None:
    now = site.ct(site.cast.ct_a, count=1)
    before = site.ct(site.cast.ct_a, name="before", count=1, patient_id="one")
    assert _listed(site, site.cast.chi, now) == []
    chi = site.signed_in(site.cast.chi)
    assert chi.send_json("POST", f"/studies/{now}/priors/{before}", {}).status_code == 404


def test_another_patients_study_is_no_prior(site: Website) -> None:
    now = site.ct(site.cast.ct_a, count=1)
    other = site.ct(site.cast.ct_a, name="other", count=1)
    assert _listed(site, site.cast.alice, now) == []
    alice = site.signed_in(site.cast.alice)
    assert alice.send_json("POST", f"/studies/{now}/priors/{other}", {}).status_code == 404
